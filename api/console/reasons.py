"""Why elements are refused, told to people: the words of the wire contract in a sentence, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from api.console.catalogues import N_
from catalog.elements import Reason


@dataclass(frozen=True, slots=True)
class Words:
    """Not yet translated."""

    title: str
    advice: str


WORDS: dict[str, Words] = {
    Reason.NOT_UTF8: Words(N_("Not UTF-8"), N_("Encode the message as UTF-8 before it is sent.")),
    Reason.NOT_JSON: Words(
        N_("Not JSON"),
        N_("Send JSON: keys and text in double quotes, no comma at the end, no NaN. A shell may eat quotes."),
    ),
    Reason.TOO_DEEP: Words(N_("Nested too deeply"), N_("Flatten the message: values stand beside each other.")),
    Reason.TOO_LARGE: Words(N_("Too large"), N_("Send at most 256 KiB and 1,000 elements in one message.")),
    Reason.WRONG_SHAPE: Words(
        N_("Wrong shape"), N_("Send a reading, an event or a state as the wire contract shows, or a list of them.")
    ),
    Reason.WRONG_TYPE: Words(
        N_("Wrong type"),
        N_('Send the type the catalogue declares: "1" and true are no numbers, and an enum has its words.'),
    ),
    Reason.NOT_FINITE: Words(N_("Not a finite number"), N_("Leave a value out when there is none.")),
    Reason.BAD_TS: Words(N_("Unusable time"), N_("Send ts as whole milliseconds since 1970 in UTC, or leave it out.")),
    Reason.UNKNOWN_DEVICE: Words(
        N_("Unknown device"), N_("Register the device, or correct its id in the topic; then replay what came.")
    ),
    Reason.BAD_TOPIC: Words(
        N_("Wrong topic"), N_("Publish on vop/v1/{device}/up/telemetry, up/event or up/state, letter by letter.")
    ),
    Reason.CONTENT_TYPE: Words(
        N_("Unknown content type"), N_("Leave the content type out, or set it to application/json.")
    ),
    Reason.CONFLICT: Words(
        N_("Contradicts what is stored"),
        N_("The same time, boot and seq came with other values; the first stay. Count seq up with every element."),
    ),
    Reason.DATABASE: Words(N_("Refused by the database"), N_("Look at the detail; tell whoever runs this service.")),
}  # fmt: skip
"""Every reason."""
