"""The device registry: who may speak, with which secret, and what we know of their being there.

`identity` what a device is · `credentials` what it proves itself with · `batch` many at once ·
`presence` connected, reporting, healthy · `search` finding one. Whatever changes a device's right
to connect ends with a notice on `store.notify.ACCOUNTS`.
"""

from store.devices.batch import Imported, NewDevice, register_many
from store.devices.credentials import authenticate, revoke, rotate, set_status
from store.devices.identity import STATUSES, Device, Status, by_id, describe, get, register
from store.devices.narrowing import Standing, Wanted
from store.devices.presence import OpenFault, Presence, presence, presences
from store.devices.search import DeviceSummary, Looked, Owner, look, search

__all__ = [
    "STATUSES",
    "Device",
    "DeviceSummary",
    "Imported",
    "Looked",
    "NewDevice",
    "OpenFault",
    "Owner",
    "Presence",
    "Standing",
    "Status",
    "Wanted",
    "authenticate",
    "by_id",
    "describe",
    "get",
    "look",
    "presence",
    "presences",
    "register",
    "register_many",
    "revoke",
    "rotate",
    "search",
    "set_status",
]
