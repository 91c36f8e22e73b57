"""How English words are written down for a lexicon: lists of phrases, forms of verbs, combinations."""

from __future__ import annotations


def verb(base: str, past: str | None = None, participle: str | None = None) -> tuple[str, ...]:
    """All forms of a verb; of several words the first is inflected ("log in"). "stop+" doubles its consonant."""
    head, _, rest = base.partition(" ")
    doubled = head.endswith("+")
    head = head.rstrip("+")
    stem = head + head[-1] if doubled else head
    if head.endswith(("s", "x", "ch", "sh", "z", "o")):
        third = head + "es"
    elif head.endswith("y") and head[-2] not in "aeiou":
        third = head[:-1] + "ies"
    else:
        third = head + "s"
    silent = head.endswith("e") and not head.endswith(("ee", "oe", "ye"))
    going = (head[:-1] if silent else stem) + "ing"
    if past is None:
        if head.endswith("e"):
            past = head + "d"
        elif head.endswith("y") and head[-2] not in "aeiou":
            past = head[:-1] + "ied"
        else:
            past = stem + "ed"
    past, participle = (form and form.partition(" ")[0] for form in (past, participle))
    forms = dict.fromkeys((head, third, going, past, participle or past))
    return tuple(f"{form} {rest}".strip() for form in forms)


def phrases(text: str) -> tuple[str, ...]:
    """Phrases written one after another with semicolons."""
    return tuple(" ".join(part.split()) for part in text.split(";") if part.strip())


def verbs(text: str) -> tuple[str, ...]:
    """All forms of verbs written with semicolons, irregular ones as base>past>participle."""
    found: list[str] = []
    for written in phrases(text):
        base, *past = written.split(">")
        found += verb(base, *past)
    return tuple(found)


def each(heads: tuple[str, ...], tails: tuple[str, ...]) -> tuple[str, ...]:
    """Every head with every tail."""
    return tuple(f"{head} {tail}" for head in heads for tail in tails)
