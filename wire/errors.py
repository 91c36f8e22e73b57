"""What this room raises. `decode` raises none of it: what a device sends wrong is a `Reject`.

WireError
├── BadTopic          a topic that is not one of ours
└── BadBrokerUrl      a broker address we cannot use
"""

from __future__ import annotations


class WireError(Exception):
    """Root of this package's errors."""


class BadTopic(WireError):
    """A topic outside `vop/v1/{device}/{up|down}/{channel}`, or a part that cannot stand in one."""


class BadBrokerUrl(WireError):
    """The broker's URL is not usable. The message names the setting and never repeats the URL: it
    holds a password.
    """
