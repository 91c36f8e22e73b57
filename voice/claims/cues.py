"""What a clause is about: topic cues as they stand, and those that a denial makes of others.

neg + use     by a person: the time without use ("haven't opened it"); of the product: a fault ("won't start")
cannot + use  a fault ("can't log in")
neg + take    a missed dose
neg + verb    of the product, a verb nobody listed: a fault ("doesn't leave the station")
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from voice.claims.scene import Cue, Scene
from voice.claims.verb_last import apart, bounded_use, by_speaker, made_of_denial

TOPICAL = (
    "use", "fault", "battery", "lasts", "recharge", "session", "miss", "take", "dose", "item", "left", "consume",
    "last_use", "start", "have", "before_end", "full_word", "takes", "now_left", "ended",
)  # fmt: skip
VOID = ("actor", "contact", "money", "identity", "owned", "setting", "aside", "measure")
SWALLOWING = ("product_fault", "fault", "last_use", "miss", "recharge", *VOID)
"""What makes a shorter cue inside it mean something else."""
ENDING = frozenset({"number", "every", "whole", "fault", "product_fault", "miss", "lasts"})
"""What a denial may deny as it stands: it makes no other cue of these."""
FARTHEST = 36
"""Tokens beyond which no cue speaks of a figure: topics.FAR at its weight a token, and a long phrase."""
LABELLED = 5
"""Tokens of a name and its number before a comma."""
REACH = 4
"""Tokens between a denial and its verb."""


@dataclass(frozen=True, slots=True)
class Cues:
    """The cues of a statement, and the denials that none of them used up."""

    cues: tuple[Cue, ...]
    """Both by place."""
    denials: tuple[Cue, ...]

    def near(self, begin: int, end: int) -> tuple[Cue, ...]:
        """The cues that begin within reach of tokens `[begin, end)`."""
        first = bisect_left(self.cues, begin - FARTHEST, key=_place)
        return self.cues[first : bisect_left(self.cues, end + FARTHEST, lo=first, key=_place)]

    def denials_near(self, begin: int, end: int) -> tuple[Cue, ...]:
        """The denials that begin within reach of tokens `[begin, end)`."""
        first = bisect_left(self.denials, begin - FARTHEST, key=_place)
        return self.denials[first : bisect_left(self.denials, end + FARTHEST, lo=first, key=_place)]


def _place(cue: Cue) -> int:
    return cue.begin


def cues_of(scene: Scene) -> Cues:
    """Collect the cues of a statement."""
    found = list(scene.all(*TOPICAL, *VOID, "product_fault"))
    found = [cue for cue in found if cue.tag == "product_fault" or not _inside_longer(scene, cue)]
    found = [cue for cue in found if not _begins(scene, cue) and not _takes_else(scene, cue)]
    denials, made = [], []
    inability = {place for cue in scene.all("cannot") for place in range(cue.begin, cue.end)}
    for neg in scene.all("neg", "cannot"):
        if neg.tag == "neg" and neg.begin in inability:
            continue
        cue = _made(scene, neg)
        if cue is None:
            denials.append(neg)
        else:
            made.append(cue)
    covered = {place for cue in made for place in range(cue.begin, cue.end)}
    found = [cue for cue in found if cue.tag not in ("use", "take", "aside") or cue.begin not in covered]
    if scene.lexicon.verb_last:
        found, made = _verb_last(scene, found, made)
    made += _strange_verbs(scene)
    made += _deeds(scene)
    made += _ongoing(scene)
    made += [
        Cue("take", cue.begin, cue.end)
        for cue in scene.all("has_dose")
        if (cue.end - cue.begin == 1 or _subject(scene, cue.begin) == "me")
        and any(
            not {"number", "dose"}.isdisjoint(scene.lattice.at[place])
            for place in range(cue.end, min(cue.end + 2, len(scene.tokens)))
        )
    ]
    made += _renewals(scene)
    found = [_of_a_run(scene, cue) for cue in found]
    return Cues(tuple(sorted(found + made, key=_place)), tuple(denials))


def _verb_last(scene: Scene, found: list[Cue], made: list[Cue]) -> tuple[list[Cue], list[Cue]]:
    """Cues that stand apart, and those whose denial says how often rather than what fails."""
    made = made + apart(scene)
    uses = [use for neg in scene.all("neg", "cannot") if (use := bounded_use(scene, neg)) is not None]
    mine = {cue.begin for cue in scene.all("neg") if by_speaker(scene, cue)}
    covered = {place for cue in uses for place in range(cue.begin, cue.end)}
    sounding = {place for cue in made if cue.tag == "fault" for place in range(cue.begin, cue.end)}

    def kept(cue: Cue) -> bool:
        if cue.tag in ("fault", "product_fault"):
            own = cue.begin in mine and cue.end - cue.begin == 2
            return cue.begin not in covered and not own
        return cue.tag != "use" or cue.begin not in sounding

    return [cue for cue in found if kept(cue)], [*(cue for cue in made if kept(cue)), *uses]


def _inside_longer(scene: Scene, cue: Cue) -> bool:
    """A use inside a longer fault ("RUNs out of battery") or last use ("last USEd") is none."""
    for place in range(max(cue.begin - 3, 0), cue.begin + 1):
        for tag in ("no_cue", "empty", "past_habit", "correct", *SWALLOWING):
            entry = scene.longest(tag, place)
            if entry is not None and entry.end >= cue.end and (entry.end - place) > (cue.end - cue.begin):
                return True
    return False


def _begins(scene: Scene, cue: Cue) -> bool:
    """A beginning that is a person's ("I started it") begins no fault, and the product's ("it started") is no use."""
    if cue.tag == "contact":
        return _subject(scene, cue.begin) == "it" and scene.tokens[cue.begin].text.endswith(scene.lexicon.verb_endings)
    if cue.tag == "use" and cue.begin > 1 and scene.lattice.words[cue.begin - 1] == ",":
        named = range(max(cue.begin - LABELLED, 0), cue.begin - 1)
        if any("contact" in scene.lattice.at[place] for place in named):
            return True  # "ticket 55102, OPENED 6 days ago"
    if cue.tag == "use" and cue.begin > 0:
        before = scene.lattice.at[cue.begin - 1]
        if ("setting" in before or "aside" in before) and "me" not in before:
            return True  # "backups RUN every night"
    if cue.tag not in ("start", "use"):
        return False
    subject = _subject(scene, cue.begin)
    if cue.tag == "start":
        return subject == "me" and (scene.lexicon.verb_last or cue.end - cue.begin == 1)
    return subject == "it" and scene.longest("start", cue.begin) is not None


def _takes_else(scene: Scene, cue: Cue) -> bool:
    """ "takes the bus": no dose."""
    return (
        cue.tag in ("take", "takes") and scene.longest("away", cue.end) is not None
        if cue.end < len(scene.tokens)
        else False
    )


def _subject(scene: Scene, place: int) -> str | None:
    """ "me" or "it": whichever subject stands last before a place in its clause."""
    start, _ = scene.clause(place)
    found = None
    for cue in scene.all("me", "it", begin=start, end=place):
        if cue.end <= place:
            found = cue.tag
    return found


def _known(scene: Scene, place: int) -> bool:
    """Whether the lexicon says anything about a word."""
    return scene.tokens[place].kind != "word" or not set(scene.lattice.at[place]) <= {"noun"}


def _made(scene: Scene, neg: Cue) -> Cue | None:
    """The cue that a denial makes, "neg_used" where a listed phrase holds it already, None where it only denies."""
    if scene.lexicon.verb_last:
        return made_of_denial(scene, neg)
    lattice = scene.lattice
    if any(
        (entry := lattice.longest(tag, place)) is not None and entry.end > neg.begin
        for place in range(max(neg.begin - 2, 0), neg.begin + 1)
        for tag in ("product_fault", "miss", "not_even", "most", "nothing", "fault", "last_use", "vague", "false")
    ):
        return Cue("neg_used", neg.begin, neg.end) if neg.tag == "neg" else None
    if neg.tag == "neg" and (never := scene.longest("never", neg.begin)) is not None:
        verb = never.end
        acts = (
            verb < len(scene.tokens)
            and not _known(scene, verb)
            and (scene.tokens[verb].text.endswith("s") or _subject(scene, neg.begin) == "it")
        )
        return Cue("strange", neg.begin, verb + 1) if acts else None
    subject = _subject(scene, neg.begin) or _third_person(scene, neg.begin)
    _, end = scene.clause(neg.begin)
    if subject == "me" and _perfect(scene, neg.begin) and _left_alone(scene, neg.end, end):
        return Cue("neg_use", neg.begin, neg.end + 1)
    for place in range(neg.end, min(neg.end + REACH, end)):
        tags = lattice.at[place]
        if not ENDING.isdisjoint(tags):
            return None
        if "consume" in tags and "use" not in tags and "take" not in tags:
            return Cue("fault", neg.begin, place + 1) if subject == "it" else None
        if "use" in tags or "take" in tags:
            return _denied_use(scene, neg, place, subject)
        strange = (not _known(scene, place) or "contact" in tags or "aside" in tags) and _verbal(scene, neg, place)
        bounded = (
            not {"least", "most", "number"}.isdisjoint(lattice.at[place + 1]) if place + 1 < len(lattice.at) else False
        )
        if (
            neg.tag == "cannot"
            and "mild" not in tags
            and not bounded
            and scene.tokens[place].kind == "word"
            and place == neg.end
        ):
            return Cue("fault", neg.begin, place + 1)
        if strange and (subject == "it" or neg.tag == "cannot" or (subject is None and not _people(scene, neg.begin))):
            return Cue("fault", neg.begin, place + 1)
    return None


def _left_alone(scene: Scene, place: int, end: int) -> bool:
    """ "I have not NEEDED IT": a verb nobody listed with the product right behind it."""
    while place < end and "adverb" in scene.lattice.at[place]:
        place += 1
    if place + 1 >= end or not set(scene.lattice.at[place]) <= {"noun", "consume", "takes", "have"}:
        return False
    return any("it" in scene.lattice.at[after] for after in range(place + 1, min(place + 3, end)))


def _verbal(scene: Scene, neg: Cue, place: int) -> bool:
    """Whether an unknown word behind a denial is a verb: "does not SYNC", not "is not ROCKET science"."""
    if neg.tag == "cannot" or scene.tokens[place].text.endswith(("ing", "ed", "en", "wn")):
        return True
    before = scene.lattice.at[neg.begin - 1] if neg.begin else {}
    return "be" not in before and not {"auxiliary", "third_person", "perfect"}.isdisjoint(before)


def _people(scene: Scene, place: int) -> bool:
    """Whether somebody, or something that is sent, stands before a denial: "my parcel has not come"."""
    begin, _ = scene.clause(place)
    return begin == place or any(scene.all("person", "me", "actor", "contact", "others", begin=begin, end=place))


def _third_person(scene: Scene, place: int) -> str | None:
    """ "it" where the verb says so without a subject: "doesn't ring"."""
    lattice = scene.lattice
    return "it" if any("third_person" in lattice.at[n] for n in range(max(place - 1, 0), place + 1)) else None


def _denied_use(scene: Scene, neg: Cue, place: int, subject: str | None) -> Cue:
    tags = scene.lattice.at[place]
    if neg.tag == "cannot":
        return Cue("fault", neg.begin, place + 1)
    if "use" not in tags:
        return Cue("neg_take", neg.begin, tags["take"][0].end)
    _, end = scene.clause(place)
    rated = any("number" in scene.lattice.at[n] or "every" in scene.lattice.at[n] for n in range(place + 1, end))
    idle = "idle" in tags and (rated or _perfect(scene, neg.begin))
    if subject == "it" and not idle:
        return Cue("fault", neg.begin, tags["use"][0].end)
    return Cue("neg_use", neg.begin, tags["use"][0].end)


def _perfect(scene: Scene, place: int) -> bool:
    """Whether the denial follows a perfect: "has NOT run for 3 days"."""
    return any("perfect" in scene.lattice.at[n] for n in range(max(place - 2, 0), place))


def _of_a_run(scene: Scene, cue: Cue) -> Cue:
    """ "a typical clean LASTS half an hour": of a run, not of a charge."""
    if cue.tag != "lasts":
        return cue
    begin, end = scene.clause(cue.begin)
    if scene.lattice.has("battery", begin, end) or scene.lattice.has("before_end", begin, end):
        return cue
    for session in scene.all("session", begin=max(begin, cue.begin - 4), end=cue.begin):
        return Cue("session", session.begin, cue.end)
    return cue


def _deeds(scene: Scene) -> list[Cue]:
    """A person as the subject of a verb nobody listed, and the product in the clause: "I search IN IT"."""
    found = []
    for subject in scene.all("me"):
        place = subject.end
        while place < len(scene.tokens) and "adverb" in scene.lattice.at[place]:
            place += 1
        if place >= len(scene.tokens) or scene.walls[place] != scene.walls[subject.begin]:
            continue
        forced = scene.longest("must", place)
        if forced is not None and forced.end < len(scene.tokens):
            if "care" in scene.lattice.at[forced.end]:
                continue
            tag, place = "strange", forced.end  # "I have to SHOVE it"
        elif _known(scene, place):
            continue
        else:
            tag = "deed"
        _, end = scene.clause(place)
        if scene.lattice.has("it", place + 1, end):
            found.append(Cue(tag, place, place + 1))
    return found


def _ongoing(scene: Scene) -> list[Cue]:
    """ "the link HAS BEEN dropping": nobody's doing, by a word no list knows, and still so."""
    if scene.lexicon.verb_last:
        return []
    found = []
    for cue in scene.all("perfect"):
        place = cue.end
        if place + 1 >= len(scene.tokens) or scene.lattice.words[place] != "been" or _subject(scene, cue.begin) == "me":
            continue
        place += 1
        while place + 1 < len(scene.tokens) and "adverb" in scene.lattice.at[place]:
            place += 1
        if not _known(scene, place) and scene.walls[place] == scene.walls[cue.begin] and not _people(scene, cue.begin):
            found.append(Cue("strange", place, place + 1))
    return found


def _renewals(scene: Scene) -> list[Cue]:
    """A battery that is changed or charged: every so often, it lasts so long."""
    found = []
    for cue in scene.all("renew"):
        begin, end = scene.clause(cue.begin)
        if scene.lattice.has("battery", begin, cue.begin) or scene.lattice.has("battery", cue.end, end):
            found.append(Cue("recharge", cue.begin, cue.end))
    return found


def _strange_verbs(scene: Scene) -> list[Cue]:
    """The product as subject of a verb that no list knows: it does something it should not."""
    if scene.lexicon.verb_last:
        return []  # behind its subject stands anything but the verb
    found = []
    for subject in scene.all("it"):
        place = subject.end
        while place < len(scene.tokens) and "adverb" in scene.lattice.at[place]:
            place += 1
        if place >= len(scene.tokens) or _known(scene, place) or scene.walls[place] != scene.walls[subject.begin]:
            continue
        before = subject.begin - 1
        object_of = (
            subject.end - subject.begin == 1
            and before >= 0
            and scene.walls[before] == scene.walls[subject.begin]
            and (
                not _known(scene, before)
                or not {"use", "take", "consume", "renew"}.isdisjoint(scene.lattice.at[before])
            )
        )
        if object_of:
            continue
        plural = subject.end - subject.begin <= 2 and scene.tokens[subject.end - 1].text.endswith("s")
        if plural or scene.tokens[place].text.endswith(scene.lexicon.verb_endings):
            found.append(Cue("strange", place, place + 1))
    return found
