"""Slow down whoever guesses: failed authentications are counted per address, in this process, in bounded memory.

Counters are per process, so N processes allow N times as many; secrets of 256 bits leave that without weight. The
point is that guessing cannot keep the database busy.
"""

from __future__ import annotations

import hashlib
import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

WINDOW_S = 60.0
MAX_ADDRESSES = 10_000
MAX_GOOD = 10_000


class Throttle:
    """Counts failures per address in windows of `WINDOW_S`.

    A credential that was right lately still passes while its address is blocked: behind one NAT, one bad client must
    not lock out a whole fleet.
    """

    def __init__(self, failures: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._allowed = failures
        self._clock = clock
        self._failed: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._good: OrderedDict[bytes, None] = OrderedDict()
        self._lock = threading.Lock()

    def wait_s(self, address: str, credential: bytes) -> int:
        """Seconds until `address` may try `credential`; 0: now."""
        with self._lock:
            since, count = self._failed.get(_network(address), (0.0, 0))
            left = since + WINDOW_S - self._clock()
            if count < self._allowed or left <= 0 or _digest(credential) in self._good:
                return 0
            return max(1, round(left))

    def failed(self, address: str, credential: bytes) -> None:
        """Note that `credential` was wrong."""
        with self._lock:
            self._good.pop(_digest(credential), None)
            key, now = _network(address), self._clock()
            since, count = self._failed.pop(key, (now, 0))
            self._failed[key] = (now, 1) if now - since >= WINDOW_S else (since, count + 1)
            _bound(self._failed, MAX_ADDRESSES)

    def forget(self) -> None:
        """Forgive every address."""
        with self._lock:
            self._failed.clear()

    def succeeded(self, credential: bytes) -> None:
        """Note that `credential` was right."""
        with self._lock:
            key = _digest(credential)
            self._good[key] = None
            self._good.move_to_end(key)
            _bound(self._good, MAX_GOOD)


def _network(address: str) -> str:
    """IPv6 hosts are given /64 networks: count those, not addresses."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((ip, 64), strict=False)) if ip.version == 6 else str(ip)


def _digest(credential: bytes) -> bytes:
    return hashlib.sha256(credential).digest()


def _bound(table: OrderedDict[str, tuple[float, int]] | OrderedDict[bytes, None], most: int) -> None:
    while len(table) > most:
        table.popitem(last=False)
