"""Where webhooks are sent and where not, and how they are signed."""

from __future__ import annotations

import base64

import pytest

from relay import sending
from relay.jobs.outbox import RETRIES_S, wait
from relay.sending import Refused, checked, is_public, send, signature

SECRET = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")


def test_the_signature_is_that_of_the_specification() -> None:
    """The example of Standard Webhooks 1."""
    body = b'{"test": 2432232314}'
    assert signature(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body) == (
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::",
        "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::", "2001:db8::1",
    ],
)  # fmt: skip
def test_what_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "172.32.0.1", "2606:4700:4700::1111", "::ffff:1.1.1.1"]
)
def test_what_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/", "ftp://example.com/", "file:///etc/passwd", "https://", "https://user:pw@example.com/",
        "https://example.com:0/", "https://example.com:99999/", "https://127.0.0.1/", "https://[::1]/", "https://10.1.2.3/x",
        "https://exa mple.com/", "https://example.com/\r\nX: y", "javascript:alert(1)", "//example.com/", "https://[::1",
    ],
)  # fmt: skip
def test_addresses_that_are_refused(url: str) -> None:
    with pytest.raises(Refused):
        checked(url, private=False)


def test_a_name_that_leads_inside_is_not_followed() -> None:
    for addresses in (["127.0.0.1"], ["1.1.1.1", "10.0.0.1"], ["::ffff:169.254.169.254"]):
        answer = send("https://example.com/", SECRET, "m", "{}", resolve=lambda *_, found=addresses: found)
        assert (answer.status, answer.words) == (None, "its name leads into a private network")
    # In figures that only a resolver reads as an address.
    answer = send("https://2130706433/", SECRET, "m", "{}", resolve=lambda *_: ["127.0.0.1"])
    assert answer.words == "its name leads into a private network"


def test_retries_grow_with_jitter_and_end() -> None:
    for attempts, seconds in enumerate(RETRIES_S):
        drawn = {wait(attempts) for _ in range(20)}
        assert len(drawn) > 1
        assert all(each is not None and 0.8 * seconds <= each.total_seconds() <= 1.2 * seconds for each in drawn)
    assert wait(len(RETRIES_S)) is None
    asked = wait(0, 600)
    assert asked is not None
    assert asked.total_seconds() == 600
    endless = wait(0, 999_999)
    assert endless is not None
    assert endless.total_seconds() <= 86_400 * 1.2


def test_only_seconds_are_read_of_retry_after() -> None:
    assert [sending._seconds(text) for text in ("30", None, "Wed, 21 Oct 2026 07:28:00 GMT", "-1", "9" * 9)] == [
        30, None, None, None, None,
    ]  # fmt: skip
