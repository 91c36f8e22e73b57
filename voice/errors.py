"""Everything `voice` raises on purpose.

VoiceError
 +-- BadWindow         the window asked for is empty, naive, or lies outside the years we count in
 +-- TooManyPeriods    the window holds more periods than one answer may
 +-- UnknownZone       the time zone is not in the IANA database
 +-- NoSuchProduct     the catalogue lacks the product of a device
 +-- BadFile           a file of statements cannot be read
"""

from __future__ import annotations


class VoiceError(Exception):
    """Root of this package's errors."""


class BadWindow(VoiceError):
    """The window cannot be counted in."""


class TooManyPeriods(VoiceError):
    """The window holds too many periods for one answer."""


class UnknownZone(VoiceError):
    """There is no such time zone."""


class NoSuchProduct(VoiceError):
    """The catalogue has no such product."""


class BadFile(VoiceError):
    """The file is no list of statements; the message says where and why."""
