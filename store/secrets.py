"""Secrets of devices and people: made, shown once, and kept only as hashes.

A secret of 256 random bits cannot be guessed, so a fast hash keeps it: SHA-256 for HTTP, and
Mosquitto's PBKDF2 form at the broker's own default of 101 rounds. Stretching is for passwords
people choose; nobody chooses one here.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from secrets import token_bytes, token_urlsafe

SECRET_BYTES = 32
MOSQUITTO_ROUNDS = 101
"""PBKDF2 rounds `mosquitto_passwd` itself uses (PW_DEFAULT_ITERATIONS)."""
SALT_BYTES = 12
TOKEN_PREFIX = "vop_"  # noqa: S105 - lets scanners recognise a leaked token; it is no secret


def new_secret() -> str:
    """A new device secret: 32 bytes of the system's CSPRNG in 43 characters `[A-Za-z0-9_-]`."""
    return token_urlsafe(SECRET_BYTES)


def new_token() -> str:
    """A new API token: `vop_` and 256 random bits."""
    return TOKEN_PREFIX + token_urlsafe(SECRET_BYTES)


def sha256(secret: str) -> bytes:
    """The 32 bytes kept in a secret's place. Total: a lone surrogate, which nobody was issued,
    hashes too.
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def verify(secret: str, kept: bytes | None) -> bool:
    """Whether `secret` is the one whose SHA-256 is `kept`, in constant time. Without `kept` nothing
    fits.
    """
    return hmac.compare_digest(sha256(secret), kept if kept is not None else b"")


def mosquitto_line(secret: str, *, salt: bytes | None = None) -> str:
    """Mosquitto's form `$7$101$salt$hash` (PBKDF2-HMAC-SHA512, base64), as it stands after `user:`
    in a password file.

    `salt` is for tests; left out, it is 12 random bytes.
    """
    salt = salt if salt is not None else token_bytes(SALT_BYTES)
    digest = hashlib.pbkdf2_hmac("sha512", secret.encode(), salt, MOSQUITTO_ROUNDS)
    encoded = (base64.b64encode(part).decode() for part in (salt, digest))
    return "$".join(("", "7", str(MOSQUITTO_ROUNDS), *encoded))


def verify_mosquitto(secret: str, line: str) -> bool:
    """Whether `line`, in the form of `mosquitto_line`, was made from `secret`. False for any other
    form.
    """
    parts = line.split("$")
    if len(parts) != 5 or parts[:2] != ["", "7"] or not parts[2].isdigit():
        return False
    digest = hashlib.pbkdf2_hmac("sha512", secret.encode(), base64.b64decode(parts[3]), int(parts[2]))
    return hmac.compare_digest(digest, base64.b64decode(parts[4]))
