"""One event to one endpoint, signed by Standard Webhooks 1, to an address that was looked at before it is connected to.

What is registered may point at ourselves, at a cloud's metadata or into the network we stand in (server-side request
forgery). So the name is resolved once, every address is checked, and the connection goes to the very address that was:
a name that answers otherwise the second time gains nothing. Redirects are not followed, and of the answer nothing is
kept but its status.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

TIMEOUT_S: Final = 10.0
MOST_READ: Final = 64 * 1024
"""Bytes of an answer that are read before the connection is closed."""
AGENT: Final = "voice-of-the-product"
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_6TO4 = ipaddress.ip_network("2002::/16")
_TEREDO = ipaddress.ip_network("2001::/32")

Resolve = Callable[[str, int], list[str]]


class Refused(Exception):
    """The address is not one we send to."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an attempt."""

    status: int | None
    """None: nothing was answered."""
    words: str
    """Status or kind of failure, for people; nothing of what was answered."""
    retry_after_s: float | None = None

    @property
    def taken(self) -> bool:
        """Whether the endpoint has it."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """Whether the endpoint wants no more."""
        return self.status == http.client.GONE


def signature(secret: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature`: HMAC-SHA256 over id, time and body."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def checked(url: str, *, private: bool) -> SplitResult:
    """The parts of an address that may be sent to as far as it can be read. Raises `Refused`."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Refused("the address cannot be read") from error
    if parts.scheme not in (("https", "http") if private else ("https",)):
        raise Refused("the address must begin with https://")
    if not parts.hostname or parts.username is not None or parts.password is not None or port == 0:
        raise Refused("the address needs a host, and no user or password in it")
    if any(ord(c) <= 32 or ord(c) == 127 for c in url):
        raise Refused("the address holds a blank or a control character")
    try:
        literal = ipaddress.ip_address(parts.hostname)
    except ValueError:
        return parts
    if not private and not is_public(str(literal)):
        raise Refused("the address lies within a private network")
    return parts


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet: not ours, not the network's, not one that hides another."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if any(found in net for net in (_NAT64, _6TO4, _TEREDO)):
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def resolved(host: str, port: int) -> list[str]:
    """The addresses of a host, each once. Raises `OSError`."""
    return list(dict.fromkeys(str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


def send(
    url: str, secret: bytes, message_id: str, body: str, *, private: bool = False, resolve: Resolve = resolved,
    context: ssl.SSLContext | None = None,
) -> Answer:  # fmt: skip
    """Send one event and say what came of it; raises nothing that an endpoint can cause."""
    try:
        parts = checked(url, private=private)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        assert parts.hostname is not None
        addresses = resolve(parts.hostname, port)
        if not addresses:
            return Answer(None, "its name has no address")
        if not private and not all(is_public(address) for address in addresses):
            return Answer(None, "its name leads into a private network")
        return _posted(parts, addresses[0], port, secret, message_id, body.encode(), context)
    except Refused as error:
        return Answer(None, str(error))
    except socket.gaierror:
        return Answer(None, "its name was not found")
    except TimeoutError:
        return Answer(None, f"no answer within {TIMEOUT_S:.0f} s")
    except ssl.SSLError:
        return Answer(None, "its certificate was not accepted")
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        return Answer(None, f"no connection ({type(error).__name__})")


def _posted(
    parts: SplitResult, address: str, port: int, secret: bytes, message_id: str, body: bytes,
    context: ssl.SSLContext | None,
) -> Answer:  # fmt: skip
    host, timestamp = parts.hostname or "", int(time.time())
    deadline = time.monotonic() + TIMEOUT_S
    with socket.create_connection((address, port), timeout=TIMEOUT_S) as plain:
        stream: socket.socket = plain
        if parts.scheme == "https":
            stream = (context or ssl.create_default_context()).wrap_socket(plain, server_hostname=host)
        connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
        connection.sock = stream
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request(
                "POST",
                path,
                body,
                {
                    "content-type": "application/json",
                    "user-agent": AGENT,
                    "webhook-id": message_id,
                    "webhook-timestamp": str(timestamp),
                    "webhook-signature": signature(secret, message_id, timestamp, body),
                },
            )
            stream.settimeout(max(0.1, deadline - time.monotonic()))
            answer = connection.getresponse()
            answer.read(MOST_READ)
            return Answer(answer.status, f"status {answer.status}", _seconds(answer.getheader("retry-after")))
        finally:
            connection.close()
            stream.close()


def _seconds(text: str | None) -> float | None:
    return float(text) if text is not None and text.isdecimal() and len(text) <= 6 else None
