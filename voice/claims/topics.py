"""Which topic a measure is about: the nearest cue that fits its kind wins; a cue of nothing may win too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from voice.claims.cues import VOID, Cues
from voice.claims.measures import MINUTES_A_DAY, Kind, Measure
from voice.claims.scene import SENTENCE, Cue, Scene
from voice.claims.verb_last_figures import denied_within, left_out

Weights = Mapping[str, Mapping[str, float]]
"""topic -> cue -> tokens added to its distance: below 0 for a cue that says much."""

SAYING_LITTLE = frozenset({"stop", "hedge", "hedge_after", "most_after", "least_after", "filler", "greeting", "vague"})
FRAGMENT_WORDS = 1
"""Words with a meaning of their own beside the figure."""
ELLIPSIS = 5.0
"""What a sentence's end counts where the next one is a bare figure, or the one before was."""
NEAR_BY = 6.0
"""What the words of that sentence count at most."""
LASTING = frozenset({"last", "lasts", "lasted", "lasting"})
VOID_FAR = 10.0
"""Cues of nothing farther off than this void no figure."""
WEEKENDS = (1.0, 2.0)
UNSURE = 6.0
"""Distance of a topic that no word names."""
SAYS_NOTHING = "nothing"
FAR_BEFORE_VERB = 20.0
"""The same where the verb comes last, and everything else before it."""
FAR = 14.0
"""Cues farther off than this (in tokens and walls) do not count."""
NAMED_FIRST = frozenset({"battery", "aside", "session"})
"""Nouns that stand before their figure where the verb comes last: «باتریش نیم ساعت کار می‌کنه»."""
WRONG_SIDE = 1.5
"""Added where the verb stands on the unusual side of its figure."""

_USE = {"use": 0.0, "take": 0.0, "dose": 2.0, "session": 1.5}
_FAULT = {"fault": 0.0, "product_fault": -0.5, "strange": 1.0, "start": 5.0}
_MISS = {"miss": -1.5, "neg_take": -1.5}
_SINCE = {"fault": 0.0, "product_fault": -0.5, "strange": 1.5, "start": -0.5}
_LAST = {"neg_use": -2.0, "last_use": -2.0, "neg_take": 0.0}

FITS: Mapping[Kind, Weights] = {
    "rate": {
        "usage_frequency": {**_USE, "deed": 2.5}, "fault_frequency": _FAULT, "missed_doses": _MISS,
        "stock_consumption": {"consume": -1.0, "item": 2.0, "use": 0.0}, "battery_runtime": {"recharge": -2.0},
    },
    "length": {
        "usage_duration": {"session": 0.0, "use": 1.0, "takes": 2.0},
        "battery_runtime": {"battery": -1.0, "lasts": 0.0, "recharge": 1.0, "before_end": -2.5},
        "fault_since": {"fault": 2.5, "product_fault": 2.0, "start": 0.0, "strange": 4.0},
        "last_used": {"neg_use": -2.0, "last_use": -1.0},
    },
    "length_per": {"usage_duration": {"use": 0.0, "session": 0.0}},
    "spell": {
        "fault_since": _SINCE, "last_used": _LAST,
        "battery_runtime": {"battery": -1.0, "lasts": 0.0, "before_end": -2.5},
        "usage_duration": {"session": 1.0, "use": 1.5},
    },
    "ago": {"last_used": {**_LAST, "use": 0.0, "take": 0.0}, "fault_since": _SINCE},
    "after": {"battery_runtime": {"battery": -1.0, "lasts": 0.0, "fault": 1.0, "product_fault": 1.0}},
    "since": {"fault_since": _SINCE, "last_used": _LAST},
    "moment": {
        "last_used": {"last_use": -2.0, "use": 0.0, "take": 0.0}, "fault_since": {"ended": -1.0, "start": 0.5},
        "missed_doses": {"neg_take": -1.5, "miss": -1.5},
    },
    "share": {
        "adherence": {"miss": -1.5, "neg_take": -1.5, "take": -0.2, "dose": 1.0}, "fault_frequency": _FAULT,
        "stock_level": {"left": 0.0, "full_word": 0.0},
    },
    "all": {"adherence": {"take": 0.0, "dose": 0.0, "miss": 0.0}},
    "always": {"fault_frequency": _FAULT, "adherence": {"take": 1.0}},
    "none": {
        "missed_doses": {"miss": -1.5}, "usage_frequency": {"use": 0.0, "take": 0.0, "neg_use": 0.0},
        "fault_frequency": {"fault": 0.0, "product_fault": -0.5}, "stock_level": {"left": 0.0}, "adherence": {},
    },
    "vague": {
        "usage_frequency": {"use": 0.0, "take": 0.0, "neg_use": 0.0}, "fault_frequency": _FAULT, "missed_doses": _MISS,
        "stock_consumption": {"consume": 0.5},
    },
    "count": {"stock_level": {"left": 0.0, "have": 2.5, "now_left": 1.0}, "missed_doses": _MISS},
    "empty": {"stock_level": {}},
    "full": {"stock_level": {}},
}  # fmt: skip
OF_DOSES = frozenset({"take", "dose", "miss", "neg_take"})
DOSE_TOPICS = frozenset({"missed_doses", "adherence"})
"""Verbs of taking and leaving out say something where the product gives doses."""
OUTSIDE = frozenset({"lasts", "use", "start"})
"""Verbs: inside a figure's own words they are none ("in the LAST two weeks")."""
FAR_OF: Mapping[Kind, float] = {"count": 6.0, "moment": 5.0}
"""Kinds that must stand closer to what says what they are."""
VOIDS: Mapping[str, float] = {**dict.fromkeys(VOID, 0.5), "measure": -3.0}
TOUCHING: Mapping[str, float] = {"measure": 0.0, "identity": 1.7}
"""Nouns that void only the figure they count or stand beside; the verbs of the others void their clause."""
LENGTHS = frozenset({"length", "spell", "after", "length_per", "window"})
"""What an "aside" (charging, an update) may be the length of."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A topic and the cue that decided for it; `topic` None: none fits."""

    topic: str | None
    cue: Cue | None
    distance: float


def _contradicts(scene: Scene, measure: Measure, topic: str, cue: Cue) -> bool:
    """Whether a measure cannot be of a topic, whatever is near."""
    pattern = measure.frame.pattern if measure.frame is not None else ""
    if topic == "usage_duration":
        long = measure.kind != "length_per" and measure.value is not None and (measure.value.low or 0) >= MINUTES_A_DAY
        return measure.unit != "min" or long
    if topic == "last_used":
        return measure.kind == "length" and measure.unit == "min"
    if topic in ("stock_consumption", "stock_level"):
        return not measure.countable
    if measure.kind == "none" and ("<miss>" in pattern or "<denied_miss>" in pattern):
        return topic != "missed_doses"
    if topic == "stock_level" and measure.frame is not None and measure.frame.kind == "nth":
        return True
    if topic == "fault_frequency":
        value = measure.value
        if pattern == "<periodic:w>" and value is not None and (value.low, value.high) == WEEKENDS:
            return True  # "it went mad at the weekend": once
        # «نصف خونه» is no share of the runs
        return cue.tag == "miss" or (measure.frame is not None and "of_things" in measure.frame.given)
    if topic == "fault_since" and pattern == "<in> <time:t>":
        # "dead WITHIN 20 minutes" is no time since; "has not moved IN 2 days" is
        begin, _ = scene.clause(measure.begin)
        return not scene.lattice.has("perfect", begin, measure.begin)
    return False


def pattern_of(measure: Measure) -> str:
    """What a measure came by."""
    return measure.frame.pattern if measure.frame is not None else ""


def _weight(scene: Scene, measure: Measure, topic: str, cue: Cue, fits: Mapping[str, float]) -> float | None:
    if _contradicts(scene, measure, topic, cue):
        return None
    if cue.tag == "neg_take" and measure.kind == "rate":
        # "I don't take them four times a day" denies a habit; "didn't take two yesterday" missed them.
        habit = measure.moment is None and not (scene.lexicon.verb_last and left_out(scene, measure, cue))
        wanted = "usage_frequency" if habit else "missed_doses"
        return -1.5 if topic == wanted else None
    if cue.tag == "neg_use" and measure.kind in ("rate", "length", "length_per", "none") and topic.startswith("usage_"):
        return -1.0 if measure.kind == "none" else 0.0
    if topic.startswith("usage_") and cue.tag == "session" and measure.kind == "rate" and measure.countable:
        return 0.0
    beside = cue.tag == "session" and cue.begin == measure.end and not scene.lexicon.verb_last
    if topic == "usage_duration" and beside:
        begin, end = scene.clause(measure.begin)
        if not scene.lattice.has("battery", begin, end):
            return -4.0  # "out for ten minutes A TIME"
    if cue.tag in ("have", "now_left") and not measure.of_goods and not scene.lexicon.verb_last:
        begin, end = scene.clause(measure.begin)
        if not (scene.lattice.has("have", begin, end) and scene.lattice.has("now_left", begin, end)):
            return None
    if topic == "adherence" and cue.tag == "miss" and scene.lexicon.verb_last and denied_within(scene, cue):
        return None  # «همه‌شو خورد، یکی هم جا ننداخت»
    if topic == "adherence" and measure.kind == "none":
        return -2.5 if cue.tag == "neg_take" and "<hich>" in pattern_of(measure) else None
    if topic == "battery_runtime" and cue.tag == "product_fault" and measure.unit == "min":
        dying = scene.lattice.has("battery", cue.begin, cue.end) or scene.lattice.has("lasts", cue.begin, cue.end)
        within = measure.kind == "length" or (measure.frame is not None and measure.frame.pattern == "<in> <time:t>")
        return 0.5 if dying and within else fits.get(cue.tag)  # "the battery dies WITHIN 20 minutes"
    return fits.get(cue.tag)


def distance(scene: Scene, measure: Measure, cue: Cue) -> float:
    """Tokens and walls between a measure and a cue."""
    if cue.end <= measure.begin:
        gap = measure.begin - cue.end
        walls = scene.between(cue.end - 1, measure.begin)
        side = WRONG_SIDE if scene.lexicon.verb_last and cue.tag not in NAMED_FIRST else 0.0
    elif cue.begin >= measure.end:
        gap = cue.begin - measure.end
        walls = scene.between(measure.end - 1, cue.begin)
        side = 0.0 if scene.lexicon.verb_last else WRONG_SIDE
    else:
        return 0.0
    return gap * 0.6 + walls + side


def _stocked(scene: Scene, cues: Cues, measure: Measure, topics: frozenset[str]) -> Resolved:
    """Empty and full speak of stock, unless a battery is."""
    begin, end = scene.clause(measure.begin)
    for cue in cues.near(measure.begin, measure.end):
        if cue.tag == "battery" and begin <= cue.begin < end:
            return Resolved(SAYS_NOTHING, cue, 0.0)
    return Resolved("stock_level" if "stock_level" in topics else None, None, 1.0)


def _elsewhere(scene: Scene, cues: Cues, measure: Measure, best: Cue | None) -> bool:
    """Whether what takes so long is something else than a run: an update, a delivery, a queue."""
    begin, end = scene.clause(measure.begin)
    if best is None or best.tag not in ("takes", "session"):
        return False
    if best.begin - begin <= 1 and begin > 1 and not scene.lexicon.verb_last:
        begin, _ = scene.clause(begin - 2)  # "the download was big AND TOOK 40 minutes"
    if best.tag == "takes" and "to_do" in scene.lattice.at[measure.end] if measure.end < len(scene.tokens) else False:
        doing = scene.lattice.at[measure.end + 1] if measure.end + 1 < len(scene.tokens) else {}
        if {"use", "session", "finish"}.isdisjoint(doing):
            return True  # "took 40 minutes to reconnect"
    return any(
        cue.tag in ("aside", "contact") and begin <= cue.begin < end for cue in cues.near(measure.begin, measure.end)
    )


def _of_a_fault(scene: Scene, measure: Measure) -> bool:
    begin, end = scene.clause(measure.begin)
    return measure.kind in ("spell", "since", "length") and (
        scene.lattice.has("fault", begin, end) or scene.lattice.has("product_fault", begin, end)
    )


def _supplied(scene: Scene, cues: Cues, measure: Measure) -> bool:
    """Whether somebody who brings goods is the subject: "the supplier ships 60 boxes a week"."""
    begin, _ = scene.clause(measure.begin)
    return any(
        cue.tag == "actor" and begin <= cue.begin < measure.begin for cue in cues.near(measure.begin, measure.end)
    )


def resolve(scene: Scene, cues: Cues, measure: Measure, topics: frozenset[str]) -> Resolved:
    """The topic of a measure among `topics`, those the product has claims about."""
    if measure.kind in ("empty", "full"):
        return _stocked(scene, cues, measure, topics)
    best = _nearest(scene, cues, measure, topics, alone=False)
    if (
        best.topic is None
        and measure.frame is not None
        and measure.frame.kind == "length_each"
        and measure.unit == "min"
    ):
        return Resolved("usage_duration" if "usage_duration" in topics else None, None, UNSURE)
    if best.topic is None and _fragment(scene, measure):
        best = _nearest(scene, cues, measure, topics, alone=True)
    if best.topic == "stock_consumption" and _supplied(scene, cues, measure):
        return Resolved(SAYS_NOTHING, best.cue, best.distance)
    charging = best.topic in ("battery_runtime", "fault_since") and measure.kind == "length"
    if charging and not scene.lexicon.verb_last:
        # "charging it TAKES two hours" is no time it lasts
        begin, end = scene.clause(measure.begin)
        if scene.lattice.has("aside", begin, end) and scene.lattice.has("takes", begin, end):
            return Resolved(SAYS_NOTHING, best.cue, best.distance)
    if best.topic == "usage_duration" and _elsewhere(scene, cues, measure, best.cue):
        return Resolved(SAYS_NOTHING, best.cue, best.distance)
    if best.topic is None:
        return Resolved(_plain_topic(scene, measure, topics), None, UNSURE)
    return best


def _nearest(scene: Scene, cues: Cues, measure: Measure, topics: frozenset[str], *, alone: bool) -> Resolved:
    """The nearest cue; of a bare figure (`alone`) also one in the sentence before or behind it."""
    weights = FITS.get(measure.kind, {})
    far = FAR_BEFORE_VERB if scene.lexicon.verb_last and measure.kind in ("rate", "spell") else FAR
    best = Resolved(None, None, far)
    for cue in cues.near(measure.begin, measure.end):
        scene.lattice.steps += 1
        reach = _reach(scene, measure, cue, alone=alone)
        if reach is None or reach >= best.distance + 3:
            continue
        if cue.tag in VOIDS:
            if cue.tag == "owned" and _of_a_fault(scene, measure):
                continue  # "we've had the wrong tax for a year"
            if reach > VOID_FAR:
                continue
            if reach + VOIDS[cue.tag] < best.distance:
                best = Resolved(SAYS_NOTHING, cue, reach + VOIDS[cue.tag])
            continue
        for topic, fits in weights.items():
            weight = _weight(scene, measure, topic, cue, fits)
            dying = cue.tag == "lasts" and scene.tokens[cue.begin].text not in LASTING
            if dying and topic == "fault_frequency" and "battery_runtime" not in topics:
                weight = 0.5  # "it dies on me", of what has no battery
            if cue.tag in OF_DOSES and DOSE_TOPICS.isdisjoint(topics):
                continue
            if weight is not None and topic in topics and reach + weight < best.distance:
                best = Resolved(topic, cue, reach + weight)
    return best


def _reach(scene: Scene, measure: Measure, cue: Cue, *, alone: bool) -> float | None:
    """How far a cue is from a measure; None where it cannot speak of it."""
    apart = scene.sentence[cue.begin] - scene.sentence[measure.begin]
    if apart not in (0, -1, 1) or (apart != 0 and cue.tag in VOIDS):
        return None
    if apart == 1 and (not alone or measure.kind == "rate" or scene.sentence[cue.begin] in scene.figured):
        return None
    if scene.lexicon.verb_last and cue.tag == "identity" and measure.kind != "count" and cue.begin >= measure.end:
        return None  # «دو هفته‌ست سنسور شماره پنج»: it names what stands behind it
    inside = measure.begin <= cue.begin < measure.end
    outside = (
        cue.tag in OUTSIDE
        and measure.kind not in ("none", "vague")
        and not (cue.tag == "use" and measure.kind == "rate" and measure.countable)
    )
    goods = measure.frame is not None and "goods" in measure.frame.given
    if inside and (outside or (cue.tag in VOIDS and (measure.kind == "share" or goods))):
        return None  # "1 in 20 EMAILS isn't saved" counts them
    reach = distance(scene, measure, cue)
    if alone and apart != 0:
        reach = ELLIPSIS + min(reach - SENTENCE, NEAR_BY)  # "My average session? 12 minutes tops."
    if measure.kind in FAR_OF and not (alone and apart) and reach > FAR_OF[measure.kind]:
        return None
    if cue.tag in TOUCHING and (reach > TOUCHING[cue.tag] or (cue.tag == "measure" and cue.end <= measure.begin)):
        return None
    if cue.tag == "aside":
        if measure.kind not in LENGTHS:
            return None
        if cue.begin == measure.end:
            reach -= 3.0  # "four hours TO CHARGE"
    return reach


def _plain_topic(scene: Scene, measure: Measure, topics: frozenset[str]) -> str | None:
    """What a figure is about where no word says it."""
    begin, end = scene.clause(measure.begin)
    if measure.kind == "rate" and scene.lattice.has("had", begin, end):
        return None
    if measure.kind == "length_per" and "usage_duration" in topics:
        return "usage_duration"
    nth = measure.frame is not None and measure.frame.kind in ("nth", "nth_or")
    if nth and "fault_frequency" in topics and not scene.lattice.has("dose", measure.begin, measure.end):
        return "fault_frequency" if scene.lattice.has("times", measure.begin, measure.end) else None
    if measure.kind == "rate" and measure.countable and "stock_consumption" in topics:
        return "stock_consumption"
    counted = measure.frame is not None and measure.frame.kind == "count"
    if counted and measure.value is not None and not measure.value.times and not measure.of_times:
        return None  # "I turned 70 on Friday"
    if scene.lexicon.verb_last and measure.kind == "rate" and measure.countable and "adherence" in topics:
        return "usage_frequency"
    if measure.kind == "rate" and "usage_frequency" in topics and _fragment(scene, measure):
        return "usage_frequency"
    return None


def _fragment(scene: Scene, measure: Measure) -> bool:
    """Whether the sentence is little more than its figure: "Two or three times a week, no more." """
    begin, end = scene.span_of(scene.sentence[measure.begin])
    others = [
        place
        for place in range(begin, end)
        if not measure.begin <= place < measure.end
        and scene.tokens[place].kind == "word"
        and SAYING_LITTLE.isdisjoint(scene.lattice.at[place])
    ]
    return len(others) <= FRAGMENT_WORDS
