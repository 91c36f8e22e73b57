"""What keeps the console from starting.

ConsoleError
 +-- MissingAsset    a file the pages load is not there: set-up did not bring it
 +-- BadCatalogue    a catalogue of texts cannot be read
"""

from __future__ import annotations

from api.errors import ApiError


class ConsoleError(ApiError):
    """Root of the console's own errors."""


class MissingAsset(ConsoleError):
    """A file the pages load is not there."""


class BadCatalogue(ConsoleError):
    """A catalogue of texts cannot be read."""
