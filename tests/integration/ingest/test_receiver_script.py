"""The receiver with a broker that misbehaves, leaves, or says what real ones rarely say."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from itertools import count
from threading import Event

import pytest

from ingest.mqtt import link as link_module
from ingest.mqtt import receiver as module
from ingest.mqtt.link import Link
from ingest.mqtt.retained import retained
from tests.integration.ingest.scripted_broker import (
    CONNACK,
    CONNACK_RESUMED,
    DISCONNECT,
    PINGREQ,
    PUBACK,
    Peer,
    ScriptedBroker,
    receiving,
    taken,
)
from tests.waiting import poll
from wire.broker import BrokerAddress, Session


def stays(peer: Peer) -> None:
    """Let the receiver in, and wait until it leaves."""
    peer.accept()
    peer.waits_for_the_end()


def comes_back(peer: Peer) -> None:
    """The same with the session it had."""
    peer.accept(CONNACK_RESUMED)
    peer.waits_for_the_end()


def test_a_session_that_was_taken_over_is_left_to_who_took_it() -> None:
    def takes_over(peer: Peer) -> None:
        peer.accept()
        peer.sock.sendall(b"\xe0\x01\x8e")

    with ScriptedBroker(takes_over) as broker, receiving(broker.address) as receiver:
        poll(lambda: receiver.taken_over, what="taken over")
        poll(lambda: not receiver._thread.is_alive(), what="no further attempt")
        assert not receiver.connected
        assert receiver.refused is None


@pytest.mark.parametrize(
    ("granted", "said"),
    [
        (b"\x87", "refuses the subscription vop/v1/+/up/#: not authorized"),
        (b"\x00", "grants vop/v1/+/up/# at QoS 0 only"),  # nothing could be acknowledged after the commit
    ],
)
def test_a_subscription_that_is_refused_is_said(granted: bytes, said: str) -> None:
    def refuses(peer: Peer) -> None:
        peer.packet()
        peer.sock.sendall(CONNACK)
        for reason in (b"\x00", granted):
            peer.sock.sendall(b"\x90\x04" + peer.until(0x82)[:2] + b"\x00" + reason)
        peer.waits_for_the_end()

    with ScriptedBroker(refuses) as broker, receiving(broker.address) as receiver:
        poll(lambda: receiver.refused, what="the refusal")
        assert said in str(receiver.refused)
        assert not receiver.connected


@pytest.mark.parametrize("reason", [0x84, 0x85, 0x86, 0x87, 0x8A, 0x8C])
def test_a_refusal_that_lasts_ends_the_attempts(reason: int) -> None:
    with (
        ScriptedBroker(lambda peer: peer.sock.sendall(b"\x20\x03\x00" + bytes([reason, 0]))) as broker,
        receiving(broker.address) as receiver,
    ):
        poll(lambda: not receiver._thread.is_alive(), what="the attempts ending")
        assert "refuses ingest-0: " in str(receiver.refused)
        assert "secret" not in str(receiver.refused)


def test_a_refusal_that_may_pass_is_said_once_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    def busy(peer: Peer) -> None:
        peer.packet()
        peer.sock.sendall(b"\x20\x03\x00\x88\x00")

    with ScriptedBroker(busy, busy, busy, stays) as broker, receiving(broker.address) as receiver:
        poll(lambda: receiver.connected, what="let in the fourth time")
    assert [r.getMessage() for r in caplog.records if "server unavailable" in r.getMessage()] == [
        f"broker {broker_name(caplog)} refuses the connection: server unavailable"
    ]


def broker_name(caplog: pytest.LogCaptureFixture) -> str:
    return next(w for r in caplog.records for w in r.getMessage().split() if w.startswith("mqtt://"))


def test_a_host_name_that_cannot_be_one_is_said(caplog: pytest.LogCaptureFixture) -> None:
    with receiving(BrokerAddress("no..host", 1883)) as receiver:
        poll(lambda: "cannot be reached" in caplog.text, what="the complaint")
        assert receiver._thread.is_alive()


def test_who_has_stopped_meanwhile_does_not_take_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that took long to be made may come when another client has the session."""
    opened, stopped = Event(), Event()
    open_link = Link.open

    def slow(address: BrokerAddress, tls: object = None) -> Link:
        link = open_link(address)
        opened.set()
        assert stopped.wait(30)
        return link

    monkeypatch.setattr(Link, "open", slow)
    monkeypatch.setattr(module, "FLUSH_TIMEOUT_S", 0.01)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        with receiving(BrokerAddress("127.0.0.1", listener.getsockname()[1])) as receiver:
            peer, _ = listener.accept()
            with peer:
                assert opened.wait(30)
                receiver.stop()
                stopped.set()
                assert peer.recv(1) == b""


def test_a_broker_that_cannot_be_reached_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as taken_port:
        taken_port.bind(("127.0.0.1", 0))  # bound and not listening: refused
        address = BrokerAddress("127.0.0.1", taken_port.getsockname()[1])
        attempts: list[int] = []

        def counted(**_: float) -> Iterator[float]:
            for number in count():
                attempts.append(number)
                yield 0.0

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "reconnect_delays", counted)
            with receiving(address):
                poll(lambda: len(attempts) > 3, what="four attempts")
    assert len([r for r in caplog.records if "cannot be reached" in r.getMessage()]) == 1


@pytest.mark.parametrize(
    ("bad", "reason"),
    [(b"\x32\xff\xff\xff\xff\x01", 0x81), (b"\x90\xff\xff\xff\x7f", 0x95), (b"\x34\x08\x00\x01t\x00\x01\x00{}", 0x82)],
    ids=["malformed", "oversized", "QoS 2"],
)
def test_a_broker_that_breaks_the_protocol_is_told_and_left(
    bad: bytes, reason: int, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks_it(peer: Peer) -> None:
        peer.accept()
        peer.sock.sendall(bad)
        assert peer.until(DISCONNECT) == bytes([reason])

    with ScriptedBroker(breaks_it, comes_back) as broker, receiving(broker.address) as receiver:
        poll(lambda: broker.done == 1 and receiver.connected, what="connected again")
    assert "(from the broker)" in caplog.text


def test_a_broker_that_falls_silent_is_left_and_found_again(caplog: pytest.LogCaptureFixture) -> None:
    def falls_silent(peer: Peer) -> None:
        peer.accept()
        peer.until(PINGREQ)
        peer.waits_for_the_end()

    with ScriptedBroker(falls_silent, comes_back) as broker, receiving(broker.address, keepalive_s=1) as receiver:
        poll(lambda: broker.done == 1 and receiver.connected, what="connected again")
    assert "silent for one and a half keep-alives" in caplog.text


def test_a_broker_that_never_answers_is_left(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(module, "CONNECT_TIMEOUT_S", 0.2)
    with (
        ScriptedBroker(Peer.waits_for_the_end, stays) as broker,
        receiving(broker.address) as receiver,
    ):
        poll(lambda: receiver.connected, what="let in the second time")
    assert "no answer to CONNECT" in caplog.text


def test_the_broker_may_want_a_shorter_keep_alive() -> None:
    def wants_one_second(peer: Peer) -> None:
        peer.accept(b"\x20\x06\x00\x00\x03\x13\x00\x01")
        for _ in range(3):
            peer.until(PINGREQ)
            peer.sock.sendall(b"\xd0\x00")

    with ScriptedBroker(wants_one_second) as broker, receiving(broker.address, keepalive_s=60):
        broker.finishes()


def test_while_the_buffer_is_full_pings_go_on_and_nothing_is_lost() -> None:
    heard = Event()

    def sends_too_much(peer: Peer) -> None:
        peer.accept()
        peer.publish(1, 100, b"x" * 5_000)
        for _ in range(4):  # two seconds of a keep-alive of one
            peer.until(PINGREQ)
        heard.set()
        peer.publish(101, 100, b"x" * 5_000)
        assert [peer.until(PUBACK) for _ in range(200)] == [n.to_bytes(2, "big") for n in range(1, 201)]
        peer.waits_for_the_end()

    with (
        ScriptedBroker(sends_too_much) as broker,
        receiving(broker.address, keepalive_s=1, buffer_bytes=10_000) as receiver,
    ):
        poll(heard.is_set, what="pings for longer than the broker's patience")
        assert not receiver._buffer.wait_for_room(0)
        found: list[int] = []

        def work() -> int:
            batch = receiver.take(0.1)
            found.extend(m.packet_id for m in batch)
            receiver.acknowledge(batch)
            return len(found)

        poll(work, until=lambda n: n == 200, what="all 200")
        assert found == list(range(1, 201))
        receiver.stop()
        broker.finishes()


def test_acknowledgements_the_broker_does_not_read_wait_and_keep_their_order() -> None:
    go_on = Event()

    def reads_late(peer: Peer) -> None:
        peer.accept()
        peer.publish(1, 60_000)
        assert go_on.wait(30)
        assert [peer.until(PUBACK) for _ in range(60_000)] == [n.to_bytes(2, "big") for n in range(1, 60_001)]
        peer.waits_for_the_end()

    with (
        ScriptedBroker(reads_late, receive_bytes=4096) as broker,
        receiving(broker.address) as receiver,
    ):
        messages = taken(receiver, 60_000)
        assert receiver._link is not None
        # On loopback the kernel takes it all: give it less room than the acknowledgements need.
        receiver._link._sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        for at in range(0, 60_000, 7_000):
            part = messages[at : at + 7_000]
            assert receiver.acknowledge(part) == len(part)
        assert receiver._link.unsent_bytes > 0
        go_on.set()
        poll(lambda: receiver._link and receiver._link.unsent_bytes == 0, what="everything sent")
        receiver.stop()
        broker.finishes()


def test_a_broker_that_reads_nothing_is_left(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(link_module, "MAX_UNSENT_BYTES", 100_000)

    left = Event()

    def reads_nothing(peer: Peer) -> None:
        peer.accept()
        peer.publish(1, 60_000)
        assert left.wait(30)

    with (
        ScriptedBroker(reads_nothing, comes_back, receive_bytes=4096) as broker,
        receiving(broker.address) as receiver,
    ):
        messages = taken(receiver, 60_000)
        assert receiver._link is not None
        receiver._link._sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        receiver.acknowledge(messages)
        poll(lambda: "reads nothing" in caplog.text, what="the connection given up")
        left.set()
        poll(lambda: broker.done == 1 and receiver.connected, what="connected again")


def test_messages_of_a_lost_connection_are_not_acknowledged_on_the_next() -> None:
    def sends_and_leaves(peer: Peer) -> None:
        peer.accept()
        peer.publish(1, 3)
        peer.until(PUBACK)

    def sends_again(peer: Peer) -> None:
        peer.accept(CONNACK_RESUMED)
        peer.publish(2, 2)
        assert [peer.until(PUBACK) for _ in range(2)] == [b"\x00\x02", b"\x00\x03"]
        peer.waits_for_the_end()

    with ScriptedBroker(sends_and_leaves, sends_again) as broker, receiving(broker.address) as receiver:
        first = taken(receiver, 3)
        assert receiver.acknowledge(first[:1]) == 1
        again = taken(receiver, 2)
        assert receiver.acknowledge(first[1:]) == 0
        assert receiver.acknowledge(again) == 2
        receiver.stop()
        broker.finishes()


def test_a_lost_session_and_one_kept_too_short_are_said(caplog: pytest.LogCaptureFixture) -> None:
    def forgets(peer: Peer) -> None:
        peer.accept(b"\x20\x08\x00\x00\x05\x11\x00\x00\x00\x3c")

    with ScriptedBroker(forgets, stays) as broker, receiving(broker.address) as receiver:
        poll(lambda: broker.done == 1 and receiver.connected, what="connected again")
    assert "keeps session ingest-0 for 60 s only, not for 3600" in caplog.text
    assert "has lost session ingest-0" in caplog.text


@pytest.mark.parametrize(("end_session", "body"), [(False, b"\x00"), (True, b"\x00\x05\x11\x00\x00\x00\x00")])
def test_stopping_sends_acknowledgements_first_and_does_not_wait_for_a_broker_that_stays(
    end_session: bool, body: bytes
) -> None:
    said: list[tuple[int, bytes]] = []
    over = Event()

    def never_closes(peer: Peer) -> None:
        peer.accept()
        peer.publish(1, 2)
        while not said or said[-1][0] != DISCONNECT:
            said.append(peer.packet())
        assert over.wait(30)

    with ScriptedBroker(never_closes) as broker, receiving(broker.address) as receiver:
        receiver.acknowledge(taken(receiver, 2))
        receiver.stop(end_session=end_session)
        assert not receiver._thread.is_alive()
        over.set()
        broker.finishes()
    assert said == [(PUBACK, b"\x00\x01"), (PUBACK, b"\x00\x02"), (DISCONNECT, body)]


def test_a_broker_that_says_nothing_of_its_drops_is_not_asked_twice(caplog: pytest.LogCaptureFixture) -> None:
    """As rumqttd does: the question ends the connection."""

    def ends_at_the_question(peer: Peer) -> None:
        peer.packet()
        peer.sock.sendall(CONNACK)
        assert b"$SYS" in peer.until(0x82)

    def is_asked_for_the_rest(peer: Peer) -> None:
        peer.packet()
        peer.sock.sendall(CONNACK)
        asked = peer.until(0x82)
        assert b"$SYS" not in asked
        peer.sock.sendall(b"\x90\x04" + asked[:2] + b"\x00\x01")
        peer.waits_for_the_end()

    caplog.set_level(logging.INFO)
    with ScriptedBroker(ends_at_the_question, is_asked_for_the_rest) as broker, receiving(broker.address) as receiver:
        poll(lambda: receiver.connected, what="subscribed")
        receiver.stop()
        broker.finishes()
    assert "does not tell how many messages it throws away" in caplog.text


def test_filters_of_another_way_of_working_are_given_up_once_there_is_a_session() -> None:
    def has_the_session(peer: Peer) -> None:
        peer.accept(CONNACK_RESUMED)
        asked = peer.until(0xA2)
        assert b"$share/ingest/#" in asked
        peer.sock.sendall(b"\xb0\x04" + asked[:2] + b"\x00\x00")
        assert b"vop/v1/+/up/#" in peer.until(0xA2)
        peer.waits_for_the_end()

    with (
        ScriptedBroker(has_the_session) as broker,
        receiving(broker.address, unwanted=["$share/ingest/#"]) as receiver,
    ):
        poll(lambda: receiver.connected, what="subscribed")
        receiver.unsubscribe()
        receiver.unsubscribe()
        receiver.stop()
        broker.finishes()


def test_a_defect_of_ours_ends_the_connection_and_not_the_receiving(caplog: pytest.LogCaptureFixture) -> None:
    def tells_of_drops(peer: Peer) -> None:
        peer.accept()
        topic = module.DROPPED_TOPIC.encode()
        peer.sock.sendall(b"\x30" + bytes([len(topic) + 4]) + len(topic).to_bytes(2, "big") + topic + b"\x007")
        peer.waits_for_the_end()

    def fails(count: int) -> None:
        raise ArithmeticError(f"{count} drops")

    with (
        ScriptedBroker(tells_of_drops, comes_back) as broker,
        receiving(broker.address, on_dropped=fails) as receiver,
    ):
        poll(lambda: broker.done == 1 and receiver.connected, what="connected again")
    assert "ArithmeticError: 7 drops" in caplog.text


def test_connections_that_end_at_once_are_attempted_with_growing_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = []

    def counted(**_: float) -> object:
        begun.append(1)
        return iter([0.0] * 10)

    monkeypatch.setattr(module, "reconnect_delays", counted)
    with ScriptedBroker(Peer.accept, Peer.accept, comes_back) as broker, receiving(broker.address) as receiver:
        poll(lambda: broker.done == 2 and receiver.connected, what="connected the third time")
        assert len(begun) == 1
    monkeypatch.setattr(module, "HELD_S", 0.0)
    with ScriptedBroker(Peer.accept, Peer.accept, comes_back) as broker, receiving(broker.address) as receiver:
        poll(lambda: broker.done == 2 and receiver.connected, what="connected the third time")
    assert len(begun) == 5  # at the start, and after each connection that held


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (b"\x20\x03\x00\x87\x00", "not authorized"),
        (CONNACK + b"\x90\x04\x00\x01\x00\x87", "refuses vop/#"),
        (b"", "closed it"),
    ],
    ids=["refused", "filter refused", "leaves"],
)
def test_who_cannot_read_what_is_retained_is_told(answer: bytes, text: str) -> None:
    def answers(peer: Peer) -> None:
        peer.packet()
        peer.sock.sendall(answer)

    with ScriptedBroker(answers) as broker, pytest.raises(OSError, match=text):
        list(retained(broker.address, Session("r"), "vop/#", Event()))


def test_nobody_to_read_from_is_an_error() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        with pytest.raises(OSError, match="refused"):
            list(retained(BrokerAddress("127.0.0.1", bound.getsockname()[1]), Session("r"), "vop/#", Event()))
