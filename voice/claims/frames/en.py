"""How English puts figures and periods together."""

from __future__ import annotations

from voice.claims.frames import Frame

_NOUNS = "<noun>? <noun>? <noun>? <noun>?"

FRAMES: tuple[Frame, ...] = (
    # figures of other things
    Frame("void", "<currency> <number>"),
    Frame("void", "<number> <money>"),
    Frame("void", "<number> <measure>"),
    Frame("void", "<number> <noun> <measure>"),
    Frame("void", "<identity> <number>"),
    Frame("void", "<clock> <number> <half_of_day>"),
    Frame("void", "<number> <half_of_day>"),
    Frame("void", "most days|nights|mornings|evenings|weeks|times"),
    # "3 times a week", "3x/week", "two pills per day", "60 boxes of gloves a week"
    Frame("rate", "<number:n> <times>? <per_word> <period:p>"),
    Frame("rate", f"<number:n> {_NOUNS} <per_word> <period:p>"),
    Frame("rate", "<number:n> <use|dose|session|fault> <per_word> <period:p>"),
    # "twice daily", "five boxes daily"
    Frame("rate_periodic", f"<number:n> <times>? {_NOUNS} <periodic:w>"),
    # "twice every 3 days", "once every other week", "one drum every two weeks"
    Frame("rate_in", f"<number:n> <times>? {_NOUNS} <every> <number:k> <period:p>"),
    Frame("rate_in", f"<number:n> <times>? {_NOUNS} <every> <ordinal:k> <period:p>"),
    Frame("rate_in", f"<number:n> <times>? {_NOUNS} <every> <period:p> <hedge_after>", {"hedged": True}),
    Frame("rate_over", f"<number:n> <times>? {_NOUNS} <every> <time:t>"),
    # "a box a day", "a pallet every three weeks"
    Frame("rate", "<article> <noun|item|dose|session> <noun>? <per_word> <period:p>", {"n": 1}),
    Frame("rate_in", "<article> <noun|item|dose|session> <noun>? <every> <number:k> <period:p>", {"n": 1}),
    Frame("rate_in", "<article> <noun|item|dose|session> <noun>? <every> <ordinal:k> <period:p>", {"n": 1}),
    # "3 times in 2 weeks", "five times in the last 10 days", "once in a fortnight"
    Frame("rate_over", f"<number:n> <times>? {_NOUNS} <in> <time:t>"),
    Frame("rate_window", f"<number:n> <times>? {_NOUNS} <window_in> <time:t>"),
    Frame("rate_window", f"<number:n> <times>? {_NOUNS} <window_in> <unit:u>"),
    # "every day", "every 2 days", "every other week", "every hour or two", "every day or so"
    Frame("every", "<every> <period:p>"),
    Frame("every", "<every> <period:p> <hedge_after>", {"hedged": True}),
    Frame("every", "<every> <number:k> <period:p>"),
    Frame("every", "<every> <ordinal:k> <period:p>"),
    Frame("every_over", "<every> <time:t>"),
    Frame("every_over", "<hedge> <every> <time:t>", {"hedged": True}),
    Frame("every", "every <period:p> or two", {"k": (1.0, 2.0)}),
    Frame("every", "each and every <period:p>"),
    Frame("every", "<every> <ordinal:k> <weekday>", {"p": ("week", 1.0)}),
    Frame("every", "not a|one <period:p> goes|passes|went by? without|when|that"),
    Frame(
        "void",
        "the night|day|morning|evening|late|early nurse|shift|staff|team|porter|carer|manager|crew|lads",
    ),
    Frame("void", "<time> old"),
    Frame("per", "per <period:p>"),
    Frame("per", "on a|an <noun> <period:p>"),
    Frame("periodic", "<periodic:w>"),
    # "six days a week", "six days out of seven", "5 out of 7 days"; "45 min a day", "an hour daily"
    Frame("length_per", "<time:t> <per_word> <period:p>"),
    Frame("length_per", "<time:t> of? it? <per_word> <period:p>"),
    Frame("length_per", "<time:t> <every> <period:p>"),
    Frame("length_periodic", "<time:t> <periodic:w>"),
    Frame("days_of", "<number:a> <period:p> out of <number:b>"),
    Frame("days_of", "<number:a> <period:p> in <number:b>"),
    Frame("days_of", "<number:a> out? of the? <number:b> <period:p>"),
    # time that has passed
    Frame("spell", "<for> <time:t> <now>?"),
    Frame("spell", "<time:t> <now>"),
    Frame("spell", "been <time:t> <now>?"),
    Frame("spell", "'s been <time:t> <now>?"),
    Frame("spell_unit", "all <unit:u> <now>?"),
    Frame("ago", "<time:t> <ago>"),
    Frame("ago", "<time:t> since"),
    Frame("ago", "been <time:t> <now>? since"),
    Frame("ago", "'s been <time:t> <now>? since"),
    Frame("ago", "<time:t> have|has|are|is? passed|gone|past since"),
    Frame("ago", "<time:t> passed|gone since"),
    Frame("ago", "<time:t> without"),
    Frame("after", "<after> <time:t>"),
    Frame("window", "<window_in> <time:t>"),
    Frame("window_unit", "<window_in> <unit:u>"),
    Frame("window", "<in> <time:t>"),
    Frame("length", "<time:t>"),
    Frame("moment", "<moment:m>"),
    Frame("since", "<since_word> <moment:m>"),
    Frame("since", "<since_word> <day_part> <moment:m>"),
    Frame("since_weekday", "<since_word> last? <weekday:d>"),
    Frame("on_weekday", "last <weekday:d>"),
    Frame("on_weekday", "on <weekday:d>"),
    # shares
    Frame("share", "<number:a> <times|noun|thing|use|dose>? in <number:b> <times|noun|thing|dose>?"),
    Frame(
        "share",
        "<number:a> <times|noun|thing|use|dose>? <noun>? out|outta of? the? my? his? her? <number:b> <times|noun>?",
    ),
    Frame("share", "<number:a> <times|noun>? of the? my? his? her? <number:b> <times|noun>?"),
    Frame("share", "<number:a> <times|noun>? in|out of? <every> <number:b> <times|noun>?"),
    Frame("share", "<number:a> <every> <number:b> <times>"),
    Frame("share", "of <number:b> <noun> <noun>? <number:a>"),
    Frame("share", "out of <number:b> <noun|dose>? <noun|dose>? <me>? <take|miss|noun>? <number:a>"),
    Frame("nth", "<every> <ordinal:b> single? <times|noun|thing|session|fault|dose|dose_pronoun|use>"),
    Frame("nth", "<every> <ordinal:b> <noun> <noun|thing|session|fault|dose|use>"),
    Frame("nth", "<every> <number:b> <times|session|dose>"),
    Frame("percent", "<number:n> <percent> of? the? <times>?"),
    # "the third time this week"
    Frame("count", "the|my|its <ordinal:n> time|times"),
    Frame("count", "<ordinal:n> time|times"),
    Frame("fraction", "<part:f> of? the|my|his|her|all? <times>?"),
    Frame("all", "<all_of>"),
    Frame("all", "<whole> <dose|dose_pronoun>"),
    Frame("all", "<whole> <noun> <dose>"),
    Frame("always", "<whole> <times>"),
    Frame("always", "<whole> <session>"),
    Frame("always", "<whole> <noun|thing|use>"),
    # nothing
    Frame("none", "<never>"),
    Frame("none", "<none_of>"),
    Frame("none", "<nothing> <dose|dose_pronoun> <noun>?"),
    Frame("none", "not ever? <miss> <a_single>? <dose|dose_pronoun>? <dose|dose_pronoun>?"),
    Frame("none", "<never> <miss> <a_single>? <dose|dose_pronoun>? <dose|dose_pronoun>?"),
    Frame("none", "not <fault> <a_single>?", {"windowed": True}),
    Frame("none", "not <use> <it>? once"),
    Frame("none", "not <use> <it>? at all"),
    Frame("none", "not <use> <it>? a single time"),
    Frame("none", "<nothing> <miss> <noun>?"),
    Frame("none", "<nothing> <fault>", {"windowed": True}),
    Frame("none", "<nothing> <noun> <fault>", {"windowed": True}),
    Frame("none", "<nothing> <session>"),
    Frame("empty", "<empty>"),
    Frame("empty", f"<nothing> {_NOUNS} <left>"),
    Frame("empty", "<nothing> <item>"),
    Frame("void", "out of <out_of_else>"),
    Frame("empty", "out of <noun|item>"),
    Frame("full", "<full>"),
    Frame("full", "<part:f> full|filled|stocked"),
    Frame("full", "<part:f> empty"),
    Frame("vague", "<vague>"),
    Frame("vague", "hardly|barely|scarcely <use|miss>"),
    Frame("vague", "hardly|barely|scarcely <take> <it|dose_pronoun|dose>"),
    Frame("vague", "<use> <it>? loads|plenty"),
    Frame("void", "a lot of"),
    Frame("void", "lots|loads|plenty of"),
    Frame("vague", "not <use|take> <it>? that|so|very|too? often|much|frequently"),
    # "a pallet lasts us two weeks": so many in so long
    Frame(
        "rate_over",
        "<number:n> <item> <noun>? <noun>? <noun>? lasts|last|does|do us|me|them? <time:t>",
        {"goods": True},
    ),
    Frame(
        "rate_over", "<article> <item> <noun>? <noun>? <noun>? lasts|does us|me|them? <time:t>", {"n": 1, "goods": True}
    ),
    Frame(
        "rate_over", "<article> <noun> <item> <noun>? <noun>? lasts|does us|me|them? <time:t>", {"n": 1, "goods": True}
    ),
    # "took this morning's one"
    Frame("moment", "<moment:m> 's <dose|dose_pronoun|session>"),
    Frame("count", "on <number:n> days|mornings|nights|evenings|afternoons"),
    Frame("count", "<number:n> <noun>?"),
)
