"""What receiving a message costs: the worker's own receiver and paho, from the same broker and publisher.

Each runs in a process of its own, takes every message and acknowledges it by hand, in order, a thousand at a time, as
ingest does after a commit; nothing is decoded or stored. CPU time counts, not wall time: who shares the machine does
not change it much. `python -m bench.receiver`
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import statistics
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.load import Devices, Publisher, Stretch
from bench.stage import give_accounts
from ingest.buffer import Buffer
from ingest.mqtt.receiver import MqttReceiver
from vop.services.mosquitto import Mosquitto
from wire.broker import BrokerAddress, Session, connect, new_client
from wire.topics import UP_FILTER

FLEET = 20
BATCH = 1_000
EXPIRY_S = 3600


def own(url: str, messages: int, tell: Connection) -> None:
    """Receive with `ingest.mqtt`; tells when it is ready, and the CPU time in seconds."""
    buffer = Buffer(max_bytes=1 << 25, batch_messages=BATCH, batch_bytes=1 << 23, linger_s=0.02)
    receiver = MqttReceiver(BrokerAddress.parse(url), Session("bench-own", EXPIRY_S), UP_FILTER, buffer)
    receiver.start()
    while not receiver.connected:
        time.sleep(0.01)
    tell.send("ready")
    before, seen = time.process_time(), 0
    while seen < messages:
        batch = receiver.take(0.5)
        seen += receiver.acknowledge(batch)
    tell.send(time.process_time() - before)
    receiver.stop(end_session=True)


def paho(url: str, messages: int, tell: Connection) -> None:
    """The same with paho, whose own thread does it all: no queue to another thread is charged to it."""
    address, session = BrokerAddress.parse(url), Session("bench-paho", EXPIRY_S)
    client = new_client(address, session, manual_ack=True)
    held: list[tuple[str, bytes, int]] = []
    seen = 0

    def message(_client: Any, _data: Any, one: Any) -> None:
        nonlocal seen
        held.append((one.topic, bytes(one.payload), one.mid))
        seen += 1
        if len(held) >= BATCH or seen >= messages:
            for _, _, packet_id in held:
                client.ack(packet_id, 1)
            held.clear()

    def let_in(*_: Any) -> None:
        client.subscribe(UP_FILTER, qos=1)

    client.on_message = message
    client.on_connect = let_in
    client.on_subscribe = lambda *_: tell.send("ready")
    connect(client, address, session)
    client.loop_start()
    before = time.process_time()
    while seen < messages:
        time.sleep(0.05)
    tell.send(time.process_time() - before)
    client.disconnect()
    client.loop_stop()


Way = Callable[[str, int, Connection], None]


def measure(way: Way, place: Path, messages: int, rate: float) -> tuple[float, float]:
    """CPU microseconds a message, and messages a second, with a broker of its own."""
    with Mosquitto(place) as broker:
        names = [f"bench-{n}" for n in range(FLEET)]
        passwords = {name: os.urandom(16).hex() for name in names}
        give_accounts(broker, passwords)
        work = {name: Stretch(messages // FLEET, 1_764_000_000_000) for name in names}
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=way, args=(broker.service_url, messages, theirs))
        process.start()
        ours.recv()
        publisher = Publisher(Devices(broker.host, broker.port, passwords), work, rate)
        publisher.start()
        started, _ = publisher.times()
        cpu_s: float = ours.recv()
        elapsed_s = time.time() - started
        process.join()
    return cpu_s / messages * 1e6, messages / elapsed_s


def main() -> None:
    """Print each round, and the ratio of the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rate", type=float, default=0.0, help="messages a second; 0: as fast as it goes")
    chosen = parser.parse_args()
    costs: dict[str, list[float]] = {"paho": [], "own": []}
    for number in range(chosen.rounds):
        for name, way in (("paho", paho), ("own", own)):
            with TemporaryDirectory(prefix="vop-bench-") as place:
                Path(place).chmod(0o755)
                cost_us, rate = measure(way, Path(place) / "broker", chosen.messages, chosen.rate)
            costs[name].append(cost_us)
            print(f"round {number + 1}: {name:4} {cost_us:6.2f} us a message of CPU, {rate:8,.0f} messages a second")
    ratio = statistics.median(costs["paho"]) / statistics.median(costs["own"])
    print(f"paho takes {ratio:.1f} times the CPU time of the own receiver (medians of {chosen.rounds})")


if __name__ == "__main__":
    main()
