"""What this machine allows: the broker's live delivery and PostgreSQL's COPY, measured in the same run."""

from __future__ import annotations

import struct
import threading
import time
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

import psycopg

from bench import packets
from bench.load import Devices, Publisher, Stretch

COPY_HEADER = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
COPY_TRAILER = struct.pack(">h", -1)
PG_EPOCH_MS = 946_684_800_000


def broker_live(service_url: str, devices: Devices, work: Mapping[str, Stretch]) -> float:
    """Messages a second from publisher to a subscriber that only acknowledges, QoS 1 both ways."""
    total = sum(stretch.messages for stretch in work.values())
    parts = urlsplit(service_url)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    link = packets.opened(parts.hostname or "", parts.port or 1883, "bench-limit", user, password)
    link.sendall(packets.subscribe("vop/v1/+/up/#"))
    ended: list[float] = []

    def drain() -> None:
        buffer, seen = bytearray(), 0
        while seen < total:
            buffer += link.recv(1 << 18)
            answers = bytearray()
            for first, body in packets.split(buffer):
                if first & 0xF0 == packets.PUBLISH:
                    topic_bytes = struct.unpack_from(">H", body)[0]
                    answers += b"\x40\x02" + body[2 + topic_bytes : 4 + topic_bytes]
                    seen += 1
            if answers:
                link.sendall(answers)
        ended.append(time.time())

    reader = threading.Thread(target=drain, daemon=True)
    reader.start()
    publisher = Publisher(devices, work)
    publisher.start()
    started, _ = publisher.times()
    reader.join()
    link.close()
    return total / (ended[0] - started)


def copy_rows(url: str, rows: int) -> float:
    """Rows a second of binary COPY, its bytes made beforehand, into a table with the product's unique index."""
    columns = 8
    buffer = bytearray(COPY_HEADER)
    field8, field4, field2 = struct.Struct(">iq"), struct.Struct(">ii"), struct.Struct(">ih")
    floats = struct.Struct(">if")
    base_us = (time.time_ns() // 1_000_000 - 10 * 86_400_000 - PG_EPOCH_MS) * 1000
    for n in range(rows):
        buffer += struct.pack(">h", 6 + columns)
        buffer += field8.pack(8, base_us + n * 1_000_000) + field8.pack(8, n) + field8.pack(8, 50)
        buffer += field4.pack(4, n % 50) + field4.pack(4, 1) + field2.pack(2, 0)
        for k in range(columns):
            buffer += floats.pack(4, k + n % 100)
    buffer += COPY_TRAILER
    signals = ", ".join(f"s{k} real" for k in range(columns))
    with psycopg.connect(url) as conn:
        conn.execute("DROP TABLE IF EXISTS bench_copy")
        conn.execute(
            "CREATE TABLE bench_copy (ts timestamptz NOT NULL, seq bigint NOT NULL, lag_ms bigint NOT NULL, "
            f"device_id int NOT NULL, boot int NOT NULL, quality smallint NOT NULL, {signals}, "
            "PRIMARY KEY (device_id, ts, boot, seq))".encode()
        )
        conn.commit()
        started = time.perf_counter()
        with conn.cursor().copy("COPY bench_copy FROM STDIN (FORMAT BINARY)") as copy:
            view = memoryview(buffer)
            for at in range(0, len(view), 1 << 20):
                copy.write(view[at : at + (1 << 20)])
        conn.commit()
        elapsed = time.perf_counter() - started
        conn.execute("DROP TABLE bench_copy")
        conn.commit()
    return rows / elapsed
