"""Enumerations that are rates: "Monday, Wednesday and Friday", "morning and night", "at 8 and at 20"."""

from __future__ import annotations

from voice.claims.bounds import Interval, exactly
from voice.claims.measures import Measure
from voice.claims.scene import Scene

WEEK = 7
LONGEST = 14
"""Members of one list; longer ones are no list of days."""


def lists_at(scene: Scene, begin: int) -> list[Measure | None]:
    """The enumerations that begin at a token."""
    found = [_weekdays(scene, begin), _day_parts(scene, begin), _doses_by_part(scene, begin), _clock(scene, begin)]
    return [*found, _parts_with_doses(scene, begin)] if scene.lexicon.verb_last else found


def _join(scene: Scene, place: int) -> int | None:
    """Past a comma, an "and" or both; None where nothing joins."""
    after = place
    if after < len(scene.tokens) and scene.lattice.words[after] in (",", "/", "&"):
        after += 1
    join = scene.longest("and", after) if after < len(scene.tokens) else None
    if join is not None:
        after = join.end
    return after if after > place else None


def _skip(scene: Scene, place: int, limit: int = 3) -> int:
    """Past articles and prepositions: "in THE morning and AT night"."""
    for _ in range(limit):
        if place < len(scene.tokens) and "list_word" in scene.lattice.at[place]:
            place += 1
    return place


def _weekdays(scene: Scene, begin: int) -> Measure | None:
    """A list of weekdays, a range of them, or one with "every" or in the plural."""
    each = scene.longest("every", begin) or scene.longest("every_weekday", begin)
    place = each.end if each is not None else begin
    days: set[int] = set()
    plural = scene.longest("every", begin) is not None
    end = begin
    for _ in range(LONGEST):
        if place >= len(scene.tokens):
            break
        entry = scene.longest("weekday", place)
        if entry is None or entry.value is None:
            break
        day = int(entry.value)
        plural = plural or scene.longest("weekday_plural", place) is not None
        days.add(day)
        end = entry.end
        if scene.lexicon.verb_last and (part := scene.longest("day_part", end)) is not None:
            plural, end = plural or scene.lattice.words[part.end - 1].endswith("ها"), part.end  # «دوشنبه شب‌ها»
        until = scene.longest("range", end) if end < len(scene.tokens) else None
        last = scene.longest("weekday", until.end) if until is not None else None
        if last is not None and scene.lattice.words[end] != "or":
            final = int(last.value)
            days.update((day + step - 1) % WEEK + 1 for step in range((final - day) % WEEK + 1))
            plural, end = True, last.end
        following = _join(scene, end)
        if following is None and scene.lexicon.verb_last and scene.longest("weekday", end) is not None:
            following = end  # «شنبه دوشنبه چهارشنبه»
        if following is None:
            break
        again = scene.longest("every", following) or scene.longest("on", following)
        place = again.end if again is not None else following
    if len(days) >= 2 or (days and plural):
        return Measure("rate", exactly(len(days)), per="week", begin=begin, end=end)
    return None


def _day_parts(scene: Scene, begin: int) -> Measure | None:
    """Two or more times of day: so many times a day."""
    first = scene.longest("day_part", begin)
    if first is None:
        return None
    parts = {scene.lattice.words[first.end - 1]}
    end, many = first.end, 1
    while many < LONGEST and (following := _join(scene, end)) is not None:
        entry = scene.longest("day_part", _skip(scene, following))
        if entry is None or scene.lattice.words[entry.end - 1] in parts:
            break
        parts.add(scene.lattice.words[entry.end - 1])
        end, many = entry.end, many + 1
    return Measure("rate", exactly(many), per="day", begin=begin, end=end) if many >= 2 else None


def _doses_by_part(scene: Scene, begin: int) -> Measure | None:
    """ "one in the morning and two at night": the sum a day."""
    total: Interval | None = None
    place, end, many = begin, begin, 0
    while place < len(scene.tokens) and many < LONGEST:
        number = scene.longest("number", place)
        if number is None:
            break
        after = number.end
        if scene.lexicon.verb_last and (counter := scene.longest("counter", after)) is not None:
            after = counter.end
        for tag in ("dose", "noun"):
            thing = scene.longest(tag, after)
            if thing is not None and scene.longest("day_part", after) is None:
                after = thing.end
                break
        part = scene.longest("day_part", _skip(scene, after))
        if part is None:
            break
        total = number.value if total is None else total.plus(number.value)
        end, many = part.end, many + 1
        following = _join(scene, end)
        if following is None:
            break
        place = following
    return Measure("rate", total, per="day", begin=begin, end=end) if many >= 2 and total is not None else None


def _clock(scene: Scene, begin: int) -> Measure | None:
    """ "at 8 and 8", "at 8 am, 2 pm and 10 pm": so many times a day."""
    at = scene.longest("at", begin)
    if at is None:
        return None
    end, many, place = begin, 0, at.end
    while place < len(scene.tokens) and many < LONGEST:
        hour = _hour(scene, place)
        if hour is None:
            break
        end, many = hour, many + 1
        following = _join(scene, end)
        if following is None:
            break
        again = scene.longest("at", following)
        place = again.end if again is not None else following
    return Measure("rate", exactly(many), per="day", begin=begin, end=end) if many >= 2 else None


def _hour(scene: Scene, place: int) -> int | None:
    token = scene.tokens[place]
    number = scene.longest("simple", place)
    is_hour = number is not None and number.value.exact and 0 <= (number.value.low or 0) <= 24
    if is_hour and number is not None:
        place = number.end
    elif token.kind == "code" and token.text[:2].rstrip(":").isdigit() and ":" in token.text:
        place += 1
    else:
        return None
    half = scene.longest("half_of_day", _skip(scene, place)) if place < len(scene.tokens) else None
    part = scene.longest("day_part", _skip(scene, place)) if place < len(scene.tokens) else None
    ended = half or part
    return ended.end if ended is not None else place


def _parts_with_doses(scene: Scene, begin: int) -> Measure | None:
    """«صبح‌ها دو تا می‌خوره شب‌ها یکی»: the same with the time of day first."""
    total: Interval | None = None
    place, end, many = begin, begin, 0
    parts = set()
    while place < len(scene.tokens) and many < LONGEST:
        part = scene.longest("day_part", place)
        if part is None or scene.lattice.words[part.end - 1] in parts:
            break
        also = part.end + 1 if part.end < len(scene.tokens) and scene.lattice.words[part.end] == "هم" else part.end
        number = scene.longest("number", also) or scene.longest("number", _skip(scene, also))
        if number is None:
            break
        parts.add(scene.lattice.words[part.end - 1])
        total = number.value if total is None else total.plus(number.value)
        end, many, after = number.end, many + 1, number.end
        for tag in ("counter", "dose", "item", "take", "use", "consume"):
            thing = scene.longest(tag, after) if after < len(scene.tokens) else None
            if thing is not None:
                after = thing.end
                end = after if tag in ("counter", "dose", "item") else end
        following = _join(scene, after)
        place = following if following is not None else after
    return Measure("rate", total, per="day", begin=begin, end=end) if many >= 2 and total is not None else None
