"""English words. Contractions are written out by the tokeniser: "don't" is "do not", "it's" is "it 's"."""

from __future__ import annotations

from voice.claims.lexicon import Lexicon


def _verb(base: str, past: str | None = None, participle: str | None = None) -> tuple[str, ...]:
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


def _phrases(text: str) -> tuple[str, ...]:
    """Phrases written one after another with semicolons."""
    return tuple(" ".join(part.split()) for part in text.split(";") if part.strip())


def _verbs(text: str) -> tuple[str, ...]:
    """All forms of verbs written with semicolons, irregular ones as base>past>participle."""
    found: list[str] = []
    for verb in _phrases(text):
        base, *past = verb.split(">")
        found += _verb(base, *past)
    return tuple(found)


def _each(heads: tuple[str, ...], tails: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{head} {tail}" for head in heads for tail in tails)


_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINALS = ("third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth")

_WEEKDAYS = {
    "monday": 1, "tuesday": 2, "wednesday": 3, "thursday": 4, "friday": 5, "saturday": 6, "sunday": 7,
    "mon": 1, "tue": 2, "tues": 2, "wed": 3, "weds": 3, "thu": 4, "thur": 4, "thurs": 4, "fri": 5, "sat": 6, "sun": 7,
    "mondays": 1, "tuesdays": 2, "wednesdays": 3, "thursdays": 4, "fridays": 5, "saturdays": 6, "sundays": 7,
}  # fmt: skip

_DAY_PARTS = (
    "morning", "mornings", "noon", "lunch", "lunchtime", "midday", "afternoon", "afternoons", "evening", "evenings",
    "night", "nights", "bedtime", "breakfast", "dinner", "supper", "teatime", "tea", "dinnertime", "a.m.", "p.m.",
    "midnight", "dawn", "first thing", "last thing", "before bed", "before work", "after work", "going to bed",
)  # fmt: skip

_RELATIVES = _phrases("""
    mother-in-law; mother in law; father-in-law; father in law; brother in law; sister in law;
    wife; husband; son; daughter; mother; father; mum; mom; mam; dad; sister; brother; colleague; colleagues;
    coworker; co-worker; boss; manager; flatmate; roommate; housemate; partner; girlfriend; boyfriend; missus;
    grandson; granddaughter; grandma; grandpa; gran; nan; aunt; uncle; cousin; kid; kids; cleaner; assistant;
    secretary; carer; caregiver; nurse; storeman; team; team lead; workmate; hubby; niece; nephew; warehouse lad;
    foreman; supervisor; apprentice; staff; intern; teammate; deputy; shift lead; other half; the lads; the lad
    """)

_STRANGERS = ("neighbour", "neighbor", "friend", "mate", "neighbours", "friends", "brother-in-law", "sister-in-law")
_SAYS = _phrases("""
    says; said; say; tells me; told me; tells us; told us; reckons; reckon; thinks; claims; swears; insists;
    believes; mentioned; is saying; keeps saying; keeps telling me; reports; reported; is telling me; estimates;
    guesses; complains; maintains; is telling; tell me
    """)

_PAPERS = _phrases("""
    box; leaflet; brochure; manual; advert; ad; website; site; packaging; pack insert; booklet; spec; specs;
    spec sheet; datasheet; data sheet; label; salesman; salesperson; sales rep; seller; shop; advertising;
    commercial; guide; install guide; instructions; handbook; product page; page; listing; video; guarantee;
    sticker; contract; catalogue; catalog; marketing; doctor; gp; nurse; pharmacist; chemist; cardiologist;
    consultant; specialist; physician; surgeon; prescription; dr; doc; hospital; clinic; neurologist; documentation;
    docs; blurb; package; plan
    """)

_STATES = _phrases("""
    says; said; say; states; stated; promises; promised; promise; claims; claimed; claim; wants; wanted; told;
    tells; prescribed; prescribes; ordered; recommends; recommended; advertises; advertised; reads; mentions; shows;
    lists; asks; asked; put me on; put him on; put her on; insists; suggests; suggested; advised; advises; quotes;
    quoted; specifies; gives; talks about; talked about; has me on; has him on; has her on; swore; assured; wrote;
    writes; has
    """)

_SCREENS = _phrases("""
    display; screen; app; report; chart; graph; list; system; console; dashboard; counter; log; logs; statistics;
    stats; history; panel; mail; email; e-mail; letter; message; notification; printout; summary; page; portal;
    record; records; readout; led; overview; technician; agent; support; bot; calendar; tablet; widget; software;
    sensor; gauge; status; monitor; programme; program; tracker; indicator; forecast; sheet; spreadsheet; computer;
    data
    """)

_SHOWS = _phrases("""
    says; said; shows; showed; show; shows me; claims; claimed; reads; reports; reported; tells me; told me;
    displays; displayed; thinks; writes; wrote; states; stated; insists; counts; counted; gives; reckons; indicates;
    has me down; is showing; is telling; is saying; lists; is reporting; believes; still says; still shows;
    still thinks; keeps saying; is reading
    """)

_DEVICES = _phrases("""
    robot; vacuum; hoover; robot vacuum; bot; machine; device; dispenser; unit; sensor; scale; app; program;
    programme; software; system; thing; gadget; lid; alarm; brush; battery; wheel; wheels; motor; screen; button;
    light; led; tray; carousel; drawer; shelf; gateway; connection; sync; export; import; login; dashboard; report;
    calendar; editor; map; dock; charger; bumper; display; buzzer; clock; speaker; display panel; antenna; radio;
    load cell; weight; reading; readings; count; search; printer; print; module; page; window; keyboard; server;
    installation; update; upload; uploads; exports; imports; scheduler; fan; bin; mop; laser; lidar; filter;
    product; appliance; vac; cleaner bot; tool; platform; pill box; pillbox; sound; reminder; hinge; beeper; siren;
    gauge; station; base; suction; side brush; main brush; roller; cable; lamp; plug
    """)

LEXICON = Lexicon(
    language="en",
    verb_endings=("s", "ed", "ing", "en", "wn"),
    numbers={
        **{word: float(value) for value, word in enumerate(_ONES)},
        **{word: float(20 + 10 * place) for place, word in enumerate(_TENS)},
        "fourty": 40.0,
        "twelf": 12.0,
        "eigth": 8.0,
        "fiveteen": 15.0,
        "nil": 0.0,
        "a couple": (2.0, 3.0),
        "a couple of": (2.0, 3.0),
        "couple": (2.0, 3.0),
        "couple of": (2.0, 3.0),
        "a cuppla": (2.0, 3.0),
        "coupla": (2.0, 3.0),
        "a coupla": (2.0, 3.0),
        "a few": (3.0, 5.0),
        "few": (3.0, 5.0),
        "a few of": (3.0, 5.0),
        "several": (3.0, 7.0),
        "half a dozen": 6.0,
        "alf a dozen": 6.0,
        "half a dozen of": 6.0,
        "half dozen": 6.0,
        "a half dozen": 6.0,
        "a dozen": 12.0,
        "a dozen of": 12.0,
        "a good dozen": 12.0,
        "a hundred": 100.0,
        "a thousand": 1000.0,
        "a pair of": 2.0,
        "a handful of": (3.0, 5.0),
        "a single": 1.0,
        "a hundred of": 100.0,
        "dozen": 12.0,
        "one single": 1.0,
        "a score of": 20.0,
    },
    scales={
        "hundred": 100.0,
        "thousand": 1000.0,
        "k": 1000.0,
        "dozen": 12.0,
        "dozens": 12.0,
        "grand": 1000.0,
        "million": 1e6,
    },
    fractions={
        "half": 0.5,
        "halves": 0.5,
        "third": 1 / 3,
        "thirds": 1 / 3,
        "quarter": 0.25,
        "quarters": 0.25,
        "fifth": 0.2,
        "fifths": 0.2,
        "tenth": 0.1,
        "tenths": 0.1,
        "sixth": 1 / 6,
        "eighth": 0.125,
        "fourth": 0.25,
        "fourths": 0.25,
        "eighths": 0.125,
    },
    once={
        "once": 1.0,
        "twice": 2.0,
        "thrice": 3.0,
        "two times": 2.0,
        "a couple of times": (2.0, 3.0),
        "a couple times": (2.0, 3.0),
        "couple of times": (2.0, 3.0),
        "couple times": (2.0, 3.0),
        "a few times": (3.0, 5.0),
        "few times": (3.0, 5.0),
        "several times": (3.0, 7.0),
        "one time": 1.0,
        "a single time": 1.0,
        "just the once": 1.0,
        "the once": 1.0,
        "a dozen times": 12.0,
        "half a dozen times": 6.0,
        "the odd time": (1.0, 2.0),
    },
    units={
        "minute": ("min", 1.0),
        "minutes": ("min", 1.0),
        "min": ("min", 1.0),
        "mins": ("min", 1.0),
        "minuts": ("min", 1.0),
        "mintues": ("min", 1.0),
        "minute's": ("min", 1.0),
        "mns": ("min", 1.0),
        "hour": ("min", 60.0),
        "hours": ("min", 60.0),
        "hr": ("min", 60.0),
        "hrs": ("min", 60.0),
        "h": ("min", 60.0),
        "second": ("min", 1 / 60),
        "seconds": ("min", 1 / 60),
        "sec": ("min", 1 / 60),
        "secs": ("min", 1 / 60),
        "day": ("day", 1.0),
        "days": ("day", 1.0),
        "night": ("day", 1.0),
        "nights": ("day", 1.0),
        "week": ("day", 7.0),
        "weeks": ("day", 7.0),
        "wk": ("day", 7.0),
        "wks": ("day", 7.0),
        "weekes": ("day", 7.0),
        "fortnight": ("day", 14.0),
        "fortnights": ("day", 14.0),
        "month": ("day", 30.0),
        "months": ("day", 30.0),
        "mth": ("day", 30.0),
        "mths": ("day", 30.0),
        "year": ("day", 365.0),
        "years": ("day", 365.0),
        "yr": ("day", 365.0),
        "yrs": ("day", 365.0),
        "m": ("min", 1.0),
        "mornings": ("day", 1.0),
    },
    periods={
        "day": ("day", 1.0),
        "days": ("day", 1.0),
        "night": ("day", 1.0),
        "nights": ("day", 1.0),
        "morning": ("day", 1.0),
        "mornings": ("day", 1.0),
        "evening": ("day", 1.0),
        "evenings": ("day", 1.0),
        "afternoon": ("day", 1.0),
        "week": ("week", 1.0),
        "weeks": ("week", 1.0),
        "wk": ("week", 1.0),
        "weekend": ("week", 1.0),
        "month": ("month", 1.0),
        "months": ("month", 1.0),
        "mth": ("month", 1.0),
        "year": ("year", 1.0),
        "years": ("year", 1.0),
        "yr": ("year", 1.0),
        "annum": ("year", 1.0),
        "fortnight": ("week", 2.0),
        "fortnights": ("week", 2.0),
        "hour": ("day", 1 / 24),
        "hours": ("day", 1 / 24),
        "hr": ("day", 1 / 24),
        "hrs": ("day", 1 / 24),
        "minute": ("day", 1 / 1440),
        "minutes": ("day", 1 / 1440),
        "min": ("day", 1 / 1440),
        "mins": ("day", 1 / 1440),
        "quarter": ("month", 3.0),
        "wks": ("week", 1.0),
        "calendar month": ("month", 1.0),
        "calendar week": ("week", 1.0),
        "working week": ("week", 1.0),
    },
    periodic={
        "daily": (1, 1, "day"),
        "nightly": (1, 1, "day"),
        "weekly": (1, 1, "week"),
        "monthly": (1, 1, "month"),
        "yearly": (1, 1, "year"),
        "quarterly": (1 / 3, 1 / 3, "month"),
        "half-yearly": (2, 2, "year"),
        "annually": (1, 1, "year"),
        "hourly": (24, 24, "day"),
        "fortnightly": (0.5, 0.5, "week"),
        "everyday": (1, 1, "day"),
        "mornings": (1, 1, "day"),
        "nights": (1, 1, "day"),
        "evenings": (1, 1, "day"),
        "in the mornings": (1, 1, "day"),
        "in the evenings": (1, 1, "day"),
        "on a daily basis": (1, 1, "day"),
        "on a weekly basis": (1, 1, "week"),
        "on a monthly basis": (1, 1, "month"),
        "day in day out": (1, 1, "day"),
        "day in , day out": (1, 1, "day"),
        "day and daily": (1, 1, "day"),
        "week in week out": (1, 1, "week"),
        "day after day": (1, 1, "day"),
        "night after night": (1, 1, "day"),
        "on weekdays": (5, 5, "week"),
        "weekdays": (5, 5, "week"),
        "every weekday": (5, 5, "week"),
        "every working day": (5, 5, "week"),
        "each weekday": (5, 5, "week"),
        "each working day": (5, 5, "week"),
        "every workday": (5, 5, "week"),
        "on workdays": (5, 5, "week"),
        "on working days": (5, 5, "week"),
        "working days": (5, 5, "week"),
        "every business day": (5, 5, "week"),
        "workdays": (5, 5, "week"),
        "every week day": (5, 5, "week"),
        "monday to friday": (5, 5, "week"),
        "monday through friday": (5, 5, "week"),
        "mon to fri": (5, 5, "week"),
        "mon-fri": (5, 5, "week"),
        "monday-friday": (5, 5, "week"),
        "mon - fri": (5, 5, "week"),
        "monday till friday": (5, 5, "week"),
        "every weekend": (1, 2, "week"),
        "each weekend": (1, 2, "week"),
        "at weekends": (1, 2, "week"),
        "at the weekend": (1, 2, "week"),
        "on weekends": (1, 2, "week"),
        "on the weekends": (1, 2, "week"),
        "at the weekends": (1, 2, "week"),
        "weekends": (1, 2, "week"),
        "the weekends": (1, 2, "week"),
        "every day except sunday": (6, 6, "week"),
        "every day except sundays": (6, 6, "week"),
        "every day but sunday": (6, 6, "week"),
        "every day bar sunday": (6, 6, "week"),
        "every day except saturday": (6, 6, "week"),
        "every day except friday": (6, 6, "week"),
        "every day but friday": (6, 6, "week"),
        "every day except the weekend": (5, 5, "week"),
        "every day except weekends": (5, 5, "week"),
        "twice-daily": (2, 2, "day"),
        "round the clock every hour": (24, 24, "day"),
        "on the hour": (24, 24, "day"),
    },
    moments={
        "today": ("day", 0),
        "this morning": ("day", 0),
        "this afternoon": ("day", 0),
        "this evening": ("day", 0),
        "tonight": ("day", 0),
        "earlier today": ("day", 0),
        "this very morning": ("day", 0),
        "just now": ("day", 0),
        "yesterday": ("day", 1),
        "last night": ("day", 1),
        "last nite": ("day", 1),
        "yesterdy": ("day", 1),
        "2day": ("day", 0),
        "dis morning": ("day", 0),
        "this mornin": ("day", 0),
        "earlier on": ("day", 0),
        "yesterday evening": ("day", 1),
        "yest": ("day", 1),
        "yesterday morning": ("day", 1),
        "yesterday night": ("day", 1),
        "yesterday afternoon": ("day", 1),
        "yday": ("day", 1),
        "the day before yesterday": ("day", 2),
        "day before yesterday": ("day", 2),
        "two nights ago": ("day", 2),
        "the night before last": ("day", 2),
        "this week": ("week", 0),
        "last week": ("week", 1),
        "the previous week": ("week", 1),
        "the week before last": ("week", 2),
        "this month": ("month", 0),
        "last month": ("month", 1),
        "the previous month": ("month", 1),
        "this year": ("year", 0),
        "last year": ("year", 1),
        "in the past day": ("rolling", 1),
        "so far this week": ("week", 0),
        "so far this month": ("month", 0),
        "already today": ("day", 0),
        "already this week": ("week", 0),
        "in the week": ("week", 0),
        "the other day": ("vague", 0),
        "the month before last": ("month", 2),
        "this past week": ("rolling", 7),
        "this past month": ("rolling", 30),
        "the past 24 hours": ("rolling", 1),
        "in the last 24 hours": ("rolling", 1),
        "in the past 24 hours": ("rolling", 1),
    },
    extra={
        "ordinal": {
            **{word: float(place + 3) for place, word in enumerate(_ORDINALS)},
            "second": 2.0,
            "other": 2.0,
            "2nd": 2.0,
            "3rd": 3.0,
            "4th": 4.0,
            "5th": 5.0,
            "6th": 6.0,
            "7th": 7.0,
            "8th": 8.0,
            "9th": 9.0,
            "10th": 10.0,
            "twentieth": 20.0,
            "20th": 20.0,
        },
    },
    values={phrase: float(day) for phrase, day in _WEEKDAYS.items()},
    tags={
        "list_word": ("in", "the", "at", "again", "on", "one", "with", "after", "of", "my", "around", "also", "then"),
        "on": ("on", "every", "each"),
        "every_weekday": ("on",),
        "weekday_plural": _phrases("""
            mondays; tuesdays; wednesdays; thursdays; fridays; saturdays; sundays
            """),
        "at": ("at", "around", "about"),
        "half_of_day": ("am", "pm", "a.m.", "p.m.", "o'clock", "in the morning", "in the evening", "at night"),
        "greeting": _phrases("""
            hi; hello; hey; dear; dear sir; dear madam; dear team; good morning; good day; good evening; morning; sir;
            madam; well; so; and; but; ok; okay; oh; ah; um; uh; right; now; then; also; sorry; pardon; greetings;
            salam; hi there; hello there; ladies and gentlemen; mate; quick question; question; one question;
            another thing
            """),
        "asks": _phrases("""
            wondering; i wonder; wanted to ask; want to ask; like to ask; like to know; want to know; wanted to know;
            tell me if; tell me whether; is it possible; need to know; my question is; the question is; question is
            """),
        "wh": _phrases("""
            how; what; where; why; who; which; whose; anyone; anybody; any; is; are; can; could; do; does; did; will
            """),
        "not_question": _phrases("what a; whatever; how lovely; how nice; how annoying; what happens is; which is"),
        "perfect": ("have", "has", "had", "'ve", "been"),
        "adverb": _phrases("""
            just; also; still; now; then; always; usually; normally; often; sometimes; only; even; really; actually;
            keeps; keep; kept; then just; simply; suddenly; constantly; always just; has; has just; does; will; is;
            gets; got; was; rarely; occasionally; frequently; to; it; itself; again; regularly; 's; been; went;
            then it; started; starts; begins; began; tends to; decided to; decides to; likes to
            """),
        "session_each": ("each time", "every time", "each run", "each session", "a time", "a go", "at a time"),
        "have": _phrases("""
            we have; i have; we have got; i have got; we've; i've got; there is; there are; is at; we own
            """),
        "before_end": _phrases("""
            before it; before he; before she; before the battery; before dying; before the thing; and then it dies;
            then it dies; then dies; and it is dead; and it's dead; and then it's dead; then it's flat; and it dies;
            then needs charging; and dies; and then dies; and it's flat; till it dies; until it dies;
            until the battery; fully charged; on a full charge; full charge; on one charge; on a charge; per charge;
            to a charge; on a single charge; when full; from full; charge lasts
            """),
        "currency": ("£", "$", "€", "rs", "eur", "usd", "gbp", "#"),
        "clock": ("at", "by", "before", "around", "past"),
        "sound": _phrases("""
            um; uh; er; erm; umm; uhh; ooh; hmm; hm; ehm; eh
            """),
        "pause": _phrases("like; well; you know; i mean; say; let me see; let me think; let's see; wait for it"),
        "third_person": ("does", "dosnt", "doesn", "is", "has", "was"),
        "renew": _phrases("""
            change; changed; changing; replace; replaced; replacing; swap; swapped; swapping; renew; renewed;
            recharge; recharged; charge; charged; new; fresh; put new; put in new; be changed; be replaced;
            be charged; be recharged; insert; buy new; need new; needs new; dies; goes flat
            """),
        "a_single": _phrases("""
            a single; a; one; any; even one; a single one; a solitary; even a single; one single; a one; once;
            any of them; anything
            """),
        "article": _phrases("""
            a; an; one
            """),
        "idle": _phrases("""
            run; ran; cleaned; been; used; vacuumed; running; driven
            """),
        "thing": _DEVICES,
        "person": _RELATIVES,
        "says": _SAYS,
        "pronoun_one": ("one",),
        "possessive": _phrases("""
            's
            """),
        "no_cue": _phrases("""
            on my phone; on his phone; on her phone; my phone; the phone app; on our phones; on the phone app;
            phone app; full stop; of course; in a row; by the way; of charge; free of charge; without fail
            """),
        "takes": _phrases("""
            take; takes; took; taking; needs; need; taken
            """),
        "away": _phrases("""
            the bus; the train; the tram; a bus; the dog; the car; a taxi; a walk; a nap; a bath; the stairs; care;
            place; part; photos; pictures; notes; a look; a break; a holiday; the metro; the tube; the underground;
            a shower; lessons; time; ages; the blame; her to; him to; me to; us to; a lot of; offence; time off;
            days off; exercise
            """),
        "actor": _phrases("""
            pharmacist; the cleaner; cleaning lady; supplier; chemist; the gp; doctor; delivery; deliveries; truck;
            lorry; the courier; gardener; visitors; guests; the bus; meeting; meetings; technician; inspector;
            auditor; training; webinar; payment; subscription; newsletter; nurse comes; cleaner comes; delivery comes;
            he comes; she comes; comes round; visits us; visits me; visits her; comes by; comes in
            """),
        "determiner": _phrases("""
            the; this; that; which; my; his; her; these; other; each; another
            """),
        "label": _phrases("""
            error; code; bin; silo; shelf; room; ward; version; fridge; freezer; rack; aisle; slot; door; floor; flat;
            step; phase; page; section; zone; model; type; level; grade; class; size; number; cabinet; store; unit;
            line; sensor; gate; bay; row; ticket; order; case; tray; drawer; cupboard; building; hall; block; channel;
            port; window; windows; android; ios; robot; device; part; chapter; release; firmware; update; build
            """),
        "out_of_else": _phrases("""
            order; warranty; office; town; luck; curiosity; control; date; sync; nowhere; reach; range; line; hand;
            sight; bed; action; use; here; there; context; tune; pocket; bounds; time; hours; battery; power; juice;
            charge; memory; space; the; my; it; them; this; that; him; her; a; interest
            """),
        "now_left": _phrases("""
            as of now; right now; currently; at the moment; at present; as we speak; now; at this moment; presently;
            still; today; this minute; just now; here
            """),
        "dose_pronoun": _phrases("""
            them; em; 'em; one; ones; it; mine; those; these; of them; of em; of mine
            """),
        "has_dose": _phrases("""
            have; has; had; get; gets; having; gives; give; gave
            """),
        "pointer": _phrases("""
            that; this; it; which; these; simply; just; plain; so; all; what
            """),
        "to_do": _phrases("""
            to
            """),
        "finish": _phrases("""
            finish; do; complete; go; get
            """),
        "turn": _phrases("""
            still; actually; honestly; anyway; i get; we get; in fact; instead; meanwhile
            """),
        "odd": _phrases("""
            - odd; odd; - ish
            """),
        "full_word": ("full", "empty", "stocked"),
        "hedge": _phrases("""
            about; around; roughly; approximately; approx; approx.; circa; ca; ca.; almost; nearly; close to;
            near enough; maybe; perhaps; probably; possibly; i think; i thinks; i guess; i believe; i suppose;
            i reckon; reckon; i'd say; i would say; i'd guess; i'd estimate; i would estimate; i would guess; guess;
            my guess is; more or less; i'd reckon; somewhere around; something like; in the region of;
            in the neighbourhood of; presumably; i imagine; if i remember right; if i remember correctly;
            if memory serves; as far as i know; as far as i can tell; seems like; apparently; may have; might have;
            could have been; must have; must be; must have been; may be; might be; could be; kind of; sort of; kinda;
            sorta; roundabout; round about; pretty much; practically; virtually; estimated; by my estimate;
            not sure but; not sure; not certain; not quite sure; can not swear; do not know exactly;
            not exactly sure; off the top of my head; say; bordering on; just about; on average; supposedly;
            in my estimation; i feel like; feels like; i assume; i 'd imagine; i would imagine; ish; prob; probs;
            mebbe; somewhere between; somewhere near; likely; if i had to guess; give or take; or thereabouts;
            from memory; well nigh; i fancy; aboot; i 'd have said; it looks like; i'd put it at; i would put it at;
            should be about; thereabouts; i want to say; as good as; bout; abt; for all i know; i do not know maybe;
            dunno; i dunno; somewhere in the region of; to my knowledge; i take it; i 'm guessing; i am guessing
            """),
        "hedge_before": _phrases("""
            some; like; ~; ≈; more like; say
            """),
        "hedge_after": _phrases("""
            or so; or thereabouts; - ish; ish; odd; give or take; or something; or something like that; thereabouts;
            approx; approximately; more or less; roughly; i think; i guess; i reckon; i'd say; maybe; i would say;
            i believe; i suppose; probably; perhaps; if i had to guess; or whatever; i should think; i imagine;
            or around that; or near enough; -odd; ish or so
            """),
        "least": _phrases("""
            at least; more than; over; above; upwards of; no fewer than; no less than; not less than; not fewer than;
            minimum; a minimum of; min.; well over; north of; in excess of; >; > =; easily over; just over;
            a bit over; a little over; slightly over; a bit more than; a little more than; slightly more than;
            a good bit over; beyond; exceeding; way over; way more than; far more than; much more than; better than;
            not under
            """),
        "least_after": _phrases("""
            or more; plus; +; at least; or longer; minimum; and more; or better; and counting; or above;
            at the least; at the very least; and up
            """),
        "most": _phrases("""
            at most; at the most; less than; fewer than; under; below; up to; not even; no more than; not more than;
            maximum; max; a maximum of; at max; not as much as; never more than; at the very most; within; <; < =;
            no longer than; not longer than; just under; a bit under; a little under; a bit less than;
            a little less than; slightly less than; slightly under; not over; well under; hardly more than;
            no better than; not quite; nothing over; nowhere near; max.; max of; not say more than;
            not think it is more than; not believe it is more than; not get more than; not do more than;
            not last more than; never do more than; never exceed; not exceed; never exceeds; not exceeding;
            never longer than; never above; never over; rarely more than; rarely longer than; rarely over;
            seldom more than; hardly over
            """),
        "most_after": _phrases("""
            at most; at best; at the most; tops; max; maximum; or less; or fewer; at the very most; at the outside;
            if i am lucky; if we are lucky; if you are lucky; if lucky; top; or under; at a push; at maximum;
            at the best; or below; at a stretch; at the absolute most; max.
            """),
        "not_even": _phrases("""
            not even; do not even; does not even; did not even; can not even; could not even; is not even;
            will not even; never even; not so much as; fails to even; never makes it to; never reaches;
            not make it to; not reach; not get past; never gets past; not manage; never lasts; never more than;
            not go beyond
            """),
        "filler": _phrases("""
            only; just; exactly; precisely; a good; a solid; a full; a whole; the whole; full; whole; another;
            a measly; a mere; merely; a total of; in total; all of; a lousy; a miserable; the full; only just;
            literally; still; a further; easily; barely; hardly; scarcely; good; no; yet another; a paltry;
            all in all; altogether; some good; solid; a pathetic; a proper; like clockwork; these; a grand total of;
            the; honestly; definitely; certainly; clearly; um; uh; er; erm; as long as; as many as; as much as;
            as little as; as few as
            """),
        "range": _phrases("""
            to; or; -; till; until; or maybe; or perhaps; or even; to maybe; through; up to; or sometimes;
            and sometimes; if not; or possibly; or occasionally; bis; or at most
            """),
        "between": _phrases("""
            between; from; anywhere between; anywhere from; somewhere between; in between
            """),
        "and": _phrases("""
            and; &; n; plus; an; 'n; , and
            """),
        "one": _phrases("""
            a; an; one; the; each; another; full; whole; a full; a whole
            """),
        "of_units": _phrases("""
            of; or so; more; full; whole; long; straight; odd; - odd; solid; good; entire; consecutive; hole; single;
            bloody; working; complete; fucking; entire
            """),
        "times": _phrases("""
            times; time; x; occasions; separate times; separate occasions; different occasions; tiems; tims; tmes;
            goes; different times; occasion; ×
            """),
        "weekday": tuple(_WEEKDAYS),
        "day_part": _DAY_PARTS,
        "percent": _phrases("""
            percent; %; per cent; pct; per cents; percents
            """),
        "whole": _phrases("""
            every; each; each and every; every single; every blessed; every bloody; every last; every damn;
            every fucking; every one of; every . single .; literally every; any and every
            """),
        "per_word": _phrases("""
            a; an; per; each; every; /; in a; the; every single; in the; in every; each and every; in one; over a;
            in each; of a; during a; within a; p; every blessed; by
            """),
        "every": _phrases("""
            every; each; evry; every single; each and every; ev'ry; evrey; once every; every blessed
            """),
        "ago": _phrases("""
            ago; back; before now; prior
            """),
        "for": _phrases("""
            for; since; these; fer; since the last; since the past; going on; coming up to; coming up on; now for;
            already for; already since; for the best part of; for the better part of; since now; getting on for;
            near on
            """),
        "in": _phrases("""
            in; within; over; during; inside; in the space of; in the course of; across; within the space of; out of
            """),
        "window_in": _phrases("""
            in the last; in the past; over the last; over the past; during the last; within the last; within the past;
            the last; the past; during the past; in these last; in these; across the last; in the previous; this last;
            this past; over these; for the last; for the past; in last; in past; for these last; for these past;
            since the last; these past; these last; through the last
            """),
        "after": _phrases("""
            after; afer; aftr
            """),
        "since_word": _phrases("""
            since; from; ever since; as of; starting; since early; since late
            """),
        "now": _phrases("""
            now; already; by now; at this point; straight; running; in a row; on the trot; solid; on end; so far;
            today; and counting; consecutively; now already; non - stop; nonstop
            """),
        "all_of": _phrases("""
            all of them; all of it; all of my pills; all my pills; all my tablets; all my meds; every one;
            every one of them; every single one; every last one; all the pills; all the tablets; all the doses;
            all my doses; all of my tablets; all of my doses; all of the doses; all of 'em; all of em; the lot;
            the whole lot; everything; each one of them; all his pills; all her pills; all his tablets;
            all her tablets; all my medication; all my medicine; all the medication; all his medication;
            all her medication; all his medicine; all her medicine; all of his pills; all of her pills;
            all of his tablets; all of her tablets; all the meds; all of my medication; all of my medicine;
            all of my meds; all my medicines; all his meds; all her meds; all the medicine; all his doses;
            all her doses; all of his doses; all of her doses; all of the pills; all of the tablets;
            all of his medication; all of her medication; them all; every last one of them; each and every one;
            all of the lot; all my capsules; all the capsules; all my drops; all of the medicine; all of these
            """),
        "none_of": _phrases("""
            none of them; none of my pills; none of the pills; none of my tablets; none of the doses; none of em;
            not one of them; none of it; none of his pills; none of her pills
            """),
        "nothing": _phrases("""
            not a single; not one; no; zero; none; not any; not a; nae; nary a; not even one; not even a single;
            not a one; never any; no more; 0; without a single; without any; without one; nil; not a solitary
            """),
        "never": _phrases("""
            never; not once; not ever; never ever; never once; not a single time; not one time; nevr; not at all;
            at no time; not even once; not one single time; have yet to
            """),
        "vague": _phrases("""
            rarely; seldom; hardly ever; scarcely ever; barely ever; often; very often; frequently; sometimes;
            occasionally; a lot; now and then; now and again; every now and then; every now and again;
            from time to time; once in a while; every once in a while; once in a blue moon; every so often;
            again and again; time and again; regularly; irregularly; infrequently; not often; not very often;
            not that often; not much; not a lot; on and off; off and on; at times; here and there; quite often;
            quite a lot; quite a bit; loads; all the time; constantly; continually; over and over; repeatedly;
            every few minutes or so; only rarely; sporadically; too often; so often; ever so often; the odd time;
            at random; randomly; once in a long while; intermittently; a fair bit; many times; countless times;
            umpteen times; loads of times; lots of times; a bunch of times; not too often; hardly; barely; scarcely;
            almost never; next to never; practically never; very rarely; only occasionally; only sometimes
            """),
        "joint": _phrases("""
            and; because; so; while; then; as; cos; coz; cause; since then; which; who; that 's why; or else; when;
            whenever; plus; & then; and then; though; although; after that; where; because of
            """),
        "contrast": _phrases("""
            but; however; yet; though; although; whereas; in reality; in practice; tho; while; in truth; except;
            nevertheless; otherwise; truth is; and yet; the truth is; on mine; but mine; reality is; mine is;
            mine does; mine runs; mine has; mine only; mine lasts; mine just; ours is; ours runs; ours only; ours has;
            mine gets; mine goes
            """),
        "me": (
            *(f"the {r}" for r in _RELATIVES),
            *_phrases("""
            i; we; he; she; you; mum; mom; dad; mother; father; granny; gran; grandma; grandpa; grandad; my wife;
            my husband; my son; my daughter; my mother; my father; my mum; my dad; the patient; patient; everyone;
            nobody; somebody; people; they; my team; our team; the team; the nurses; the lads; the kids; my sister;
            my brother; the staff; us; himself; herself
            """),
        ),
        "it": (
            *(f"{art} {device}" for art in ("the", "this", "my", "our", "that", "its", "your") for device in _DEVICES),
            *_DEVICES,
            *_phrases("""
            it; this; that thing; she keeps; he keeps; they keep
            """),
        ),
        "stop": _phrases("""
            a; an; the; of; to; in; on; at; by; for; with; from; into; out; up; down; off; over; is; are; was; were;
            be; been; being; am; 's; has; have; had; do; does; did; will; would; can; could; 'd; i; we; you; he; she;
            it; they; me; us; him; her; them; my; our; your; his; its; their; this; that; these; those; there; here;
            and; or; but; so; as; if; then; than; not; no; yes; yeah; very; too; also; only; just; even; still;
            already; now; ever; again; well; like; um; uh; ok; okay; oh; ah; hey; hi; hello; dear; sir; please;
            thanks; really; quite; more; most; much; many; some; any; all; each; every; when; which; what; who;
            because; since; mostly; mainly; usually; normally; honestly; lol; mate; love; pal; bro; man; roughly;
            always; which; same; one; em; 'em; back; away; around; however; though; without; until; while; after;
            before; almost; during; per; fair; sure; mind; guess; think; say; more; less; least; actually; basically;
            simply; literally; sadly; unfortunately; guys; team; get; gets; got; getting; gotten; go; goes; going;
            come; comes; make; makes; made; keep; let; lets; seem; seems; want; wants; need; needs; try; tried; tries;
            manage; able; bloody; damn; fucking; bless; fine; good; great; true; fact; thing; stuff; way; lot; bit;
            yet
            """),
        "neg": _phrases("""
            dosnt; dosent; doesn; didn; havn't; havnt; dont; nae; nivver; isn; wasn;
            not; never; no longer; without; nobody; neither; nor
            """),
        "cannot": _phrases("""
            can not; could not; unable to; will not let me; does not let me; did not let me; not able to;
            not possible to; impossible to; fail to; fails to; failed to; refuses to; refused to; refuse to;
            will not; would not; no longer possible to; struggles to; not let me; not allow me to
            """),
        "false": _phrases("""
            is not true; 's not true; is not correct; 's not correct; is not right; 's not right; is wrong; 's wrong;
            is false; 's false; was wrong; is simply false; is simply wrong; is simply not true; is just wrong;
            is just not true; is a lie; 's a lie; is nonsense; 's nonsense; is rubbish; 's rubbish; not the case;
            is incorrect; 's incorrect; that is not so; is untrue; 's untrue; thats false; thats wrong;
            thats not true; not true that; wrong that; not correct that; it's false that; incorrect that;
            untrue that; not accurate; is inaccurate; 's inaccurate; is made up; thats rubbish; thats nonsense;
            is bollocks; 's bollocks; is bull; 's bull; i deny; we deny; i dispute; 's plain wrong; is plain wrong;
            thats a lie; complete rubbish; total nonsense; absolute rubbish; is not so; false .; wrong .; not true .;
            is not accurate; is a mistake
            """),
        "correct": _phrases("""
            sorry; no sorry; i mean; no wait; wait no; wait; scratch that; correction; make that; or rather; rather;
            no , i tell a lie; i tell a lie; no i tell a lie; pardon; i meant; excuse me; my mistake;
            i stand corrected; err no; no actually; actually no; no; strike that; hang on; hold on; let me correct;
            beg your pardon; well actually; nope
            """),
        "past_habit": _phrases("""
            before that; before now; before ,; before .; before but; before and now; before then; in former times;
            used to; formerly; previously; at first; in the beginning; back then;
            originally; when it was new; once upon a time; at the start; initially; earlier;
            until recently; years ago; in the old days; until last month; until last week; up to last month;
            """),
        "nowadays": _phrases("""
            now; nowadays; these days; currently; at present; at the moment; today; lately; recently; as of now;
            since then; anymore; by now; this year; meanwhile
            """),
        "relative": (
            *(
                f"{art} {person} {says}"
                for art in ("my", "our", "the", "his", "her")
                for person in _RELATIVES
                for says in _SAYS
            ),
            *_phrases("""
            i am told; i was told; i've been told; i hear; according to my wife; according to my husband;
            according to my colleague; they tell me; he says; she says; he reckons; she reckons; he told me;
            she told me; he thinks; she thinks; according to my son; according to my daughter;
            according to the nurse; according to the team; mum says; mom says; dad says; mum reckons; dad reckons;
            according to mum; according to dad; i'm told; according to my colleagues; according to my mother;
            according to the storeman; word is; they say; i heard
            """),
        ),
        "use": (
            *_verbs("""
            use; run+>ran>run; start; launch; open; log in; log on; log into; log onto; log+ in; log+ on; log+ into;
            login; sign in; sign into; sign on; turn on; turn it on; switch on; switch it on; fire up; fire it up;
            put on; set off>set off; set it off>set it off; vacuum; hoover; clean; sweep>swept; mop+; operate;
            work with; work in; work on; access; activate; visit; go on>went on>gone on; touch; boot up; play;
            employ; utilise; utilize; rely on; send it round>sent it round; send it out>sent it out;
            let it run>let it run; let it loose>let it loose; check; pop in; pop into; look at; look into;
            turn her on; switch him on; go into>went into>gone into; get into>got into; get on>got on; tap; press go;
            press start; be on>was on; put it on>put it on; leave it on>left it on; let him>let him; set him loose;
            dip into; dip in
            """),
            *_phrases("""
            in and out; logged in; in use; it's on; it is on; goes round; goes out; goes off; went round; have it on;
            had it on; on it; i'm in; usage; we are in it; i'm on it; runs; logging in; logins; log-ins; i am in;
            i am on; doing its rounds; does its rounds; does the rounds; does its round; does the floor;
            does the floors; does the kitchen; does the house; does the living room; does its thing; do the floors;
            do the kitchen; give it a go; gets used; out of the cupboard; touched; have it going; out for a run;
            goes over the floor; does the downstairs; does the upstairs; do a run; get it out; in there; does the;
            did the; done the; doing the; do the; 's out; is out; 's at it; is at it; send it; sent it; let it go;
            let it do; goes over; went over; run by; 'm in; am in; 're in; was in it; was on it; was in there;
            give it a run; gave it a run; gave it a go; have it running; had it running; daily user;
            sit in front of it; sat in front of it; in front of it; press start on; hit start; gets hers; gets his;
            get mine; gets her; gets his; search; searching; searches; browse; scroll; edit; editing; type in; enter;
            live in it; live in; lives in it; out on the floor; have it open; had it open; bother with; bothers with;
            bother
            """),
        ),
        "fault": (
            *_verbs("""
            crash; freeze>froze>frozen; hang>hung; fail; stall; jam+; stick>stuck; block; glitch; break>broke>broken;
            break down; restart; reboot; reset+; disconnect; drop+ off; drop+ out; drop+ the connection;
            lose connection; lose>lost; quit+; time out; beep; tangle; flash; blink; flicker; rattle; squeak; leak;
            drift; bug+; lag+; malfunction; crap+ out; conk out; pack up; play up; act up; lock up; lock me out;
            kick me out; throw me out>threw me out>thrown me out; log me out; log+ me out; boot me out; sign me out;
            shut+ down; shut+ off; close by itself; close on me; turn itself off; switch itself off; switch off;
            turn off; power off; trip+; bump+; fall down>fell down>fallen down; fall off>fell off>fallen off;
            fall over>fell over>fallen over; fall from>fell from>fallen from; fall into>fell into>fallen into;
            misread; miscount; spin+;
            circle; wander; refuse; overload; overheat; corrupt; duplicate; bounce; choke; vanish; disappear; wedge;
            trap+; stop working; stop responding; stop charging; stop cleaning; stop sending; stop dispensing;
            stop syncing; stop moving; scream; stop+ working; stop+ responding; stop+ sending; stop+ charging;
            stop+ dispensing; stop+ moving; stop+ in the middle; stop+; howl; hiccup; error; error out; go down;
            go offline>went offline; go dark>went dark; miss the dock; crash out; go blank>went blank;
            go missing>went missing; go down>went down; go haywire>went haywire; go mad>went mad;
            go silent>went silent; go dead>went dead; go wrong>went wrong; go off line>went off line;
            swallow my data; eat my>ate my; snag+; scratch; grind; stutter; lurch; ghost; ring by itself; miss rooms;
            give up>gave up; cut+ out; stick fast; get lost>got lost; false alarm; time+ out; abort
            """),
            *_phrases("""
            fault; faults; faulty; problem; problems; issue; issues; error; errors; bug; bugs; broken; down; dead;
            wrong; nonsense; garbage; offline; stuck; out of order; defective; trouble; on the fritz; bust; kaput;
            knackered; banjaxed; wonky; mirrored; red light; stuck on; silent; unresponsive; not responding; dodgy;
            crooked; has been off; is off by; outage; outages; misbehaving; black screen; blue screen; white screen;
            out of action; borked; buggered; acting up; acting weird; goofy; weird; odd noise; strange noise; noise;
            deaf; blind; loose; wrongly; incorrect; incorrectly; late; garbled; off the scale; frozen screen;
            lost connection; stuck under; makes a noise; loses its way; useless; blank; duff; crashy; cracked;
            in a loop; locked out; bricked; conked out; not working; not working properly; not working right; hiccups;
            shows wrong; wrong weight; wrong count; on the blink; disconnected; haywire; kaputt; hosed; messed up;
            screwed up; sluggish; this fault; the fault; does it; bomb; bombs; bombed; seized; tank; tanks;
            drops connection; drops the connection; loses signal; loses the signal; seizes; misfires; fizzles; croaks;
            sticks; sticking; won; throws an error; goes quiet; goes berserk; went berserk; is off; are off; ringing;
            jerks; judders; stalls; plays dead; cuts off; misses; rescue; rescued; rescuing; free it; freeing it;
            unstick; unstuck it; unjam; pull it out; fish it out; dig it out; carry it; lift it out; have to restart;
            have to reset; have to reboot; set it right; help it; push it; pick it up from; been off; were off;
            runs into; flips over; tips over; topples; keels over; goes round in circles; round in circles;
            in circles; breaks off; shuts itself; turns itself off; switches itself off; loses its place; knocks;
            knocked; burps; grinds; smokes; smells; hums; whines; stutters; takes it down; took it down;
            comes unstuck; throws; spits; forgets where; forgets its; forgets the; by itself; on its own;
            all by itself; of its own accord; for no reason; without reason; for no apparent reason; is gone;
            are gone; was gone; has gone; lose my work; lost my work; loses my work; loses data; lost data;
            double counts; counts double; counts twice; double count; crackles; limping; limps; chews; devours;
            eats the; no sound; no signal; no connection; no light; no response; no reaction; no alarm; no data;
            no readings; no display; rubbish
            """),
        ),
        "battery": _phrases("""
            battery; batteries; charge; full charge; one charge; a charge; single charge; battery life; akku; accu;
            batt; battry; batterie; cell; charged; set of batteries; run time; runtime; set of aas; aas; power pack;
            out of juice
            """),
        "lasts": (
            *_verbs("""
            last; hold>held; hold out; die>died; go flat>went flat; drain; run flat>ran flat; conk out; give out;
            give up>gave up; run out; survive; endure; manage; keep going>kept going; stop; stop+; quit+; cut out;
            power down; shut+ down; shut+ off; discharge; empty; hold up; stay alive; go dead>went dead; shut off;
            pack in; need charging; want charging
            """),
            *_phrases("""
            lasts me; lasts us; does me; does us; gives me; gives us; get out of; on a charge; per charge;
            on one charge; on a single charge; on a full charge; becomes finish; become finish; is finished; finished;
            is dead; is flat; is empty; goes; before it wants the dock; before it dies; before it needs charging;
            before dying; before the battery dies; before it goes back to charge; before it stops; from full; i get;
            we get; goes empty; out of juice; out of power; heads back; crawls back; returns to the dock;
            wants the dock; goes home; back to the dock; then it dies; per battery; to a charge; out of a charge;
            between charges; a charge; goes to dock; needs the charger; without charging; goes flat; went flat;
            flat battery; gets flat; dead flat; flat again; flat within; flat in; flat by; flat after; was flat;
            's flat; 's empty
            """),
        ),
        "recharge": _phrases("""
            charge it; charge him; charge her; recharge; recharge it; recharging; charging it; change the battery;
            change the batteries; changing the batteries; changing the battery; replace the battery;
            replace the batteries; new batteries; new battery; swap the battery; swap the batteries;
            swapping the batteries; replacing the batteries; replacing the battery; plug it in; needs charging;
            needs a charge; fresh batteries; wants charging; needs new batteries; wants new batteries;
            needs recharging; put it on charge; i charge; we charge; have to charge; needs a recharge;
            changed the batteries; batteries changed; eats batteries; change batteries; replace batteries
            """),
        "session": _phrases("""
            session; sessions; run; runs; cleaning; cleanings; clean; cleans; cycle; cycles; round; rounds; each time;
            every time; a time; a go; a pop; at a time; per run; per session; per clean; per cleaning; at a stretch;
            in one go; a session; a run; done in; finished in; sitting; sittings; visit; visits; tour; per use;
            each run; each session; each clean; trip; a sitting; in one sitting; logged in; finishes in; done within;
            one pass; pass; per visit; spend; spends; spent; spending; the whole house; to do the; to clean; busy;
            at it; is out for; on the go; stay in; stay logged in; am in it; i am in; in it for; i work in it;
            i am on; each go; per go; was in it; was on it; been in it; been on it; each sitting; every go;
            each visit; each round; a clean; every session; each use; finished with; is finished with; done with;
            's finished with; it does its; in for; in and out in; on for; at it for; lap; laps; each lap
            """),
        "miss": (
            *_verbs("""
            miss; skip+; forget>forgot>forgotten; omit+; leave out>left out; overlook;
            leave off>left off; sleep through>slept through; neglect; fail to take
            """),
            *_phrases("""
            forgetting; forgetten; missd; forgt; slips my mind; slipped my mind; went without; gone without;
            go without; without taking; missing; not had; passed up; late with; leave a; leave half; leave one;
            leave some; leaves a; leaves half; leave about; leave out; leaves some; left her pills; left his pills;
            left my pills; left them in; leaves them in; leaves her pills; leaves his pills; slipped up
            """),
        ),
        "take": (
            *_verbs("""
            take>took>taken; swallow; pop+; down; gulp
            """),
            *_phrases("""
            taking; tooken; takin; has her pills; has his pills; have my pills; have my tablets; has her tablets;
            has his tablets; on them; gets her pills; gets his pills; compliance; adherence
            """),
        ),
        "dose": _phrases("""
            pill; pills; tablet; tablets; tabs; dose; doses; capsule; capsules; medication; medications; meds;
            medicine; medicines; med; drops; insulin; dosage; dosages; the morning one; the evening one
            """),
        "item": _phrases("""
            box; boxes; carton; cartons; pack; packs; packet; packets; bag; bags; sack; sacks; can; cans; tin; tins;
            bottle; bottles; crate; crates; roll; rolls; keg; kegs; piece; pieces; pcs; unit; units; item; items;
            pallet; pallets; tray; trays; jar; jars; tube; tubes; case; cases; cup; cups; bar; bars; sheet; sheets;
            ream; reams; pair; pairs; bundle; bundles; barrel; barrels; drum; drums; spool; spools; reel; reels
            """),
        "left": _phrases("""
            left; remaining; in stock; on the shelf; in the cabinet; in the store; on hand; there are; there is;
            there 's; there're; in the cellar; on the rack; still here; on the shelves; in the fridge; down to;
            in the bin; in the drawer; in the warehouse; in the store room; in the storeroom; in the cupboard;
            sitting here; lying here; left over; in the back; are there; theres; available; is remaining; remain;
            remains; stands at; stand at; sits at; stock is; are on the shelf; in the box; in the tray;
            in the dispenser; in the magazine; in the machine; in here; here now; we still have; still got;
            in the freezer; on the pallet; in reserve; in the silo; in the container; shelf has; shelf holds;
            is down to; are down to; inventory is; the level is; bin is; shelf is; silo is; rack is; drawer is;
            cabinet is; tank is; currently hold; holding; on stock; i see; i can see; we can see; you can see;
            stock at; remaining stock; count is; stock level is; tank 's; bin 's; shelf 's; silo 's; rack 's;
            drawer 's; level 's; tank at; bin at; silo at; shelf at
            """),
        "consume": (
            *_verbs("""
            go through>went through>gone through; get through; get through>got through; sell>sold; use>used; use up;
            consume; shift; get rid of>got rid of; take out>took out; pull; empty; burn through; move; dispense;
            issue; hand out; give out>gave out; fit+; need; pack; pick; drink; ship+; run through; work through;
            churn through; chew through; eat>ate>eaten; serve; pour; rip+ through; plough through; fly through; draw;
            withdraw; dish out; change; bake; cook; order; blow through; get shot of>got shot of; throw out; install;
            send out; build in
            """),
            *_phrases("""
            goes out; go out; leave the shop; leaves the shelf; leave the shelf; consumption; demand; usage; sales;
            out the door; go over the counter; going out; ran through; leave the store; are sold; are used; get used;
            fly off; walk out; turnover; sold; leave here; leave us; disappear; goes; go; vanish
            """),
        ),
        "last_use": _phrases("""
            last used; last use; last opened; last ran; last run; last logged in; last time; last clean;
            last cleaning; last session; last dose; last pill; my last dose; last login; last touched; last took;
            last took them; last went on; last started; last turned; since i used; since i last; since we used;
            since we last; since it was used; since i opened; since i logged; since i ran; since it last ran;
            since the last; since i have used; since i took; since i 've used; since i turned; since we ran;
            the last time; most recently; since she used; since he used; since anyone used; since anybody used;
            without using; without opening; without running; since i started it; since i have opened; gathering dust;
            been idle; sat idle; sitting idle; lying idle; stood idle; untouched; unused; not in use; out of use;
            collecting dust; since last use; since it last cleaned; been in its box; not been in; not been on;
            not been near; not been logged in; not had it on; not had it out; not been inside; not been into;
            not gone in; not gone near; not been at it; not laid a finger on; not gone into; was last in; was last on;
            last in it; last on it; last had it on; last had it out; last went in; was last used; was last opened;
            was last run; stayed away from; stayed off; kept away from; kept off; stopped using; quit using;
            given up using; not had the thing on; not had the robot on; not had the machine on; not had the vacuum on;
            not had the app open; not had it open; not had the thing out; not had the robot out; not had it running
            """),
        "start": _phrases("""
            started; began; has begun; happening; happens; happened; going on; has been like this; been like this;
            been doing this; been doing that; been going on; like this; like that; persists; exists; this way; set in;
            occurred; the case; this is so; that is so; it is so; is so; has been so; been so; is the case
            """),
        "contact": (
            *_verbs("""
            call; ring>rang>rung; phone; email; e-mail; mail; write>wrote>written; wait; text; contact; chase;
            message; dial; hang up; reply; respond; answer; complain; deliver; repair; ask; tell you
            """),
            *_phrases("""
            on hold; on the phone; on the line; hotline; hold music; kept on hold; your line; queue; in the queue;
            reply; response; ticket; tickets; your support; support line; helpline; customer service; call centre;
            call center; callback; call back; delivery; delivered; shipping; shipped; courier; parcel; spoke to;
            spoken to; speak to; transferred; passed around; your colleague; your technician; technician;
            engineer came; repair; repaired; replacement; replaced; sent it back; sent back; returned it; refund;
            emails; messages; calls; appointment; your people; your agent; agents; support agent; no answer; no reply;
            nobody answered; got through to; promised me; survey; feedback; newsletter; spam; your engineer; engineer;
            workshop; ordered; delivery time; support bot; chatted; listened; postman; asked
            """),
        ),
        "money": _phrases("""
            euro; euros; eur; €; $; £; dollar; dollars; pound; pounds; quid; bucks; cents; pence; usd; gbp; paid; pay;
            pays; paying; cost; costs; price; priced; charged me; charges; charged; invoice; invoices; bill; billed;
            billing; refund; refunded; discount; fee; fees; subscription; expensive; cheaper; licence; license;
            licences; licenses; plan; tier; worth; salary; wages; rent; tax; vat; rupees; yen; chf; francs; kr;
            coupon; voucher; offer; quid a; seats; deposit; instalments; installments; grand; bank; is too much;
            too much; too dear; too expensive; cheap; rip-off; a share; shares; bonds; profit; stock price; yield;
            loan
            """),
        "identity": _phrases("""
            order number; order no; serial; serial number; number is; my number; model; version; ref; reference;
            reference number; case number; customer number; ticket number; phone number; postcode; zip; code; article;
            part number; sku; pin; invoice number; id; account number; ward; aged; years old; year old; year-old; age;
            is 84; stars; star; star rating; rating; firmware; apartment; house number; street; born; room number;
            error code; iso; channel; port; score; marks; points; nps; tracking number; no .; grandchildren;
            months old; birthday
            """),
        "owned": _phrases("""
            bought; buy; purchased; purchase; warranty; guarantee; guaranteed; have had it; had it for; have had this;
            owned; own; have owned; own it; customer for; been a customer; a customer; since i bought; since purchase;
            got it; got this; have been using; been using; been with you; installed; have it since; have it for;
            has had it; new one; came with; included; arrived; received; gift; present; christmas; birthday; ordered;
            receipt; i've had; we've had; had mine; have mine; renewed; signed up; registered; trial; free trial;
            fitted; second hand; lease; leased; rented; working here; in the job; in this job; been doing this job;
            worked here
            """),
        "setting": _phrases("""
            set to; set at; is set; was set; set it to; limit; alert; alerts; alarm is set; reorder point;
            reminder is; reminders; schedule; scheduled; timer; programmed; volume; interval; auto-logout; autologout;
            timeout; default; configured; setting; settings; minimum level; warning level; reorder; backup; backups;
            mode; notify; snooze; notification; notifications; set up; set up to; set for; calibrate; calibration;
            zoom; auto logout; due; retention; capacity; max load; threshold is; threshold of; threshold was;
            thresholds are; second threshold; threshold to
            """),
        "aside": _phrases("""
            charging; to charge; recharge time; charging time; to update; updating; update took; update takes;
            download; downloading; to install; installation; install; to load; loading; loads; load; to sync; to boot;
            boot; to start up; startup; set-up; setup; meeting; commute; drive; walk; holiday; shift; to open;
            opens in; fill it; filling; refill; refilling; training; course; video; lunch; break; to unpack; unboxing;
            to assemble; response time; to respond; to answer; cooking; queueing; hospital; to fix; to find; to reset;
            looking for; search for; reading; reading the manual; walking; typing; explaining; to reply; clearing;
            untangling; cutting; to connect; delay; late by; in advance; notice; expire; expires; expired; deadline;
            project; thesis; exam; flight; trip; wedding; sleep; cleaner; cleaning lady; inspection; audit; audits;
            delivery; deliveries; supplier; truck; lorry; restock; restocked; come in; comes in; arrive; arrives;
            technician; to print; to import; to export; importing; exporting; the import; an import; the export;
            an export; the upload; the download; the sync; backup; the report; the search; search takes; page takes;
            the install; a reset; the reset; reboot; to finish loading; the webinar; the meeting
            """),
        "measure": _phrases("""
            kg; kilo; kilos; kilogram; kilograms; g; gram; grams; mg; cm; mm; metre; metres; meter; meters; m²; m2;
            sqm; sq; square; square metres; square meters; litre; litres; liter; liters; l; ml; watt; watts; w; volt;
            volts; v; db; °; degrees; celsius; °c; inch; inches; inch racks; feet; ft; km; miles; px; pixels; gb; mb;
            mbit; ghz; rooms; floors; floor; storeys; bedrooms; people; persons; users; employees; of us; patients;
            residents; shelves; sensors; devices; robots; cabinets; locations; shops; stores; warehouses; branches;
            stations; tons; tonnes; ounces; oz; lbs; mah; fps; bpm; -inch; skus; teams; languages; beds; nurses;
            colleagues; students; dogs; cats; kids; children; offices; kb; wards; milligram; milligrams
            """),
        "question": _phrases("""
            how; what; where; why; who; which; whose; can i; can you; can we; can it; can one; can the; could you;
            could i; could we; could it; do you; do i; do we; does it; does this; does the; does that; do they;
            did you; did i; did it; is it; is there; is that; is this; is the; is my; are there; are you; are they;
            are these; are the; will it; will you; will i; will the; will there; would it; would you; would that;
            would the; should i; should we; should it; shall i; may i; might i; has it; have you; has anyone; have i;
            has my; was it; were there; what if; how come; how many; how often; how long; how much; anyone; anybody;
            any chance; any way; any idea; does anyone; is anyone; is one; whether; wondering; wonder; i wonder;
            possible to; is it possible; do not you; can not you; can not i; when will; when do; when does; when is;
            when can; wanted to ask; want to ask; like to ask; like to know; want to know; curious; can a; does a;
            do the; can he; can she; does he; does she; did he; did she; should he; should she; must i; must we;
            can they; isn't there; would a; will a; are we; am i; is your; does your; do your; can your; is he;
            is she; could the; could a; tell me if; tell me whether; was that
            """),
        "tag_question": _phrases("""
            you know; right; isn't it; innit; eh; ok; okay; no; understand; yes; see; get it; get me; aye; huh;
            is it not; do you understand; is that normal; normal; what now; hello; really; why; how come; what gives;
            believe it; can you believe it; wtf
            """),
        "if": _phrases("""
            if; unless; should it; should i; should she; should he; should we; should they; should the; in case;
            provided; as soon as; whether; suppose; supposing; assuming; what if; in the event; imagine; as long as;
            once it drops; when fewer; when less; when it drops; when stock drops; when there are fewer; when below;
            were it; were i; even if it; when it falls; if only
            """),
        "not_if": _phrases("""
            as if; if that; if not; if i remember; if i am honest; if i'm honest; if you ask me; if memory;
            if i am lucky; if we are lucky; if i had to guess; if you want; if i may; even if; if lucky;
            if you must know; if truth be told; if anything; what if anything; if i am not mistaken; if i recall
            """),
        "wish": _phrases("""
            id like; id love; we would want; want; wants; wanted; wish; would like; i'd like; we'd like; would love;
            i'd love; hope; hoping; please; kindly; need to; going to; will; would; could; should; must; ought;
            plan to; planning; planning to; thinking of; let me know; remind me; make it; let us; set it; i'd pay;
            i'd rather; 'd like; 'd love; 'd be; 'd want; 'd prefer; prefer; pls; plz; would be; next week;
            next month; next year; tomorrow; from now on; in future; in the future; intend; considering; can you;
            could you; i'm off; give me; send me; i need; we need; needs to; have to have; request; add; upgrade;
            soon; recommend; suggest; suggestion; feature; looking to; aim to; expecting; expect; ready to;
            promise you; another one more time; i demand; or i go; shall; may i; don't forget to; do not forget to;
            helpful if; nice if; great if; ought to; had better; remind; remind her; remind him; tell her; i'd use;
            we'd use; i'd run; we'd run; i'd open; i'd take; i'd log; would use; would run
            """),
        "not_wish": _phrases("""
            it will; will not; would not; i would say; i would estimate; i would guess; as you will; i must say;
            i must admit; would you believe; must have; must be; please note; i would imagine; could not; should say;
            i should think; i should say; i'd say; kindly note; please be informed; kindly be informed; kindly update;
            kindly do the needful; please guide; please advise; please help; please check; please be advised;
            i have to say; could be; would stop; would freeze; would crash; could have been; would have; make it to;
            i'd reckon; would put it; i'd put it; must recharge; must charge; must change; must restart; must reset;
            must free; must pull; need to recharge; need to charge; need to restart; need to reset; need to change;
            needs to be charged; must push; must help; must unjam
            """),
        "told": (
            *(
                f"{art} {paper} {says}"
                for art in ("the", "my", "your", "his", "her", "our", "a", "its")
                for paper in _PAPERS
                for says in _STATES
            ),
            *_each(
                (
                    "leaflet",
                    "box",
                    "brochure",
                    "manual",
                    "website",
                    "doctor",
                    "advert",
                    "gp",
                    "prescription",
                    "label",
                    "ad",
                    "spec",
                    "specs",
                    "packaging",
                    "salesman",
                    "dr",
                    "doc",
                ),
                ("says", "said", "promises", "promised", "states", "claims", "stated", "claimed", "wants"),
            ),
            *_phrases("""
            prescribed; prescribes; as prescribed; supposed to; meant to; is to take; are to take; am to take;
            was to take; advertised; advertised as; rated for; rated at; is rated; should last; should take;
            should be taking; should hold; ought to last; according to the manual; according to the box;
            according to the leaflet; according to the website; according to the doctor; according to my doctor;
            according to his doctor; on paper; recommended; recommendation; instructed; instructions; promised;
            promises; you promised; guaranteed; was told to; were told to; told to; tells me to; told me to;
            tells him to; tells her to; told him to; told her to; orders are; doctor's orders; regimen is;
            prescription is; she has to take; he has to take; i have to take; i must take; he must take;
            she must take; needs to take; need to take; you said; you say; your ad; marketed; dosage is; dose is;
            reviews say; review said; the reviews; i read; i've read; i read that; on your website; on the box;
            on the label; on the packaging; in the manual; in the leaflet; in the brochure; he needs; she needs;
            they claim; manufacturer; they promised; you claim; printed; allowed; permitted; is limited to; max dose;
            no more than prescribed; has to have
            """),
        ),
        "display": (
            *(
                f"{art} {screen} {shows}"
                for art in ("the", "your", "my", "our", "its", "this")
                for screen in _SCREENS
                for shows in _SHOWS
            ),
            *_each(
                ("display", "screen", "app", "report", "sensor", "chart", "dashboard", "system", "list", "log"),
                ("says", "shows", "reads", "claims", "showed", "said", "thinks"),
            ),
            *_phrases("""
            it says; it shows; it claims; it said; it tells me; it reports; it reads; it displays; it thinks;
            it showed; according to the app; according to your app; according to the display; according to the report;
            according to your report; according to the sensor; according to your system; according to the dashboard;
            your system says; you have me down; on the display; on the screen; your records; you have recorded;
            you've recorded; it counts; it counted; it logged; in the app it; your mail claims; your mail says;
            your email says; your letter says; i can read on; it still says; it still shows; it thinks i;
            in the report; on the dashboard; per your report; as per the app; as per your report; according to it;
            it only counts; counts as; gets counted; is counted as
            """),
        ),
        "others": (
            *_each(
                tuple(f"my {whose}'s" for whose in (*_STRANGERS, *_RELATIVES)),
                _phrases("""
            one; robot; vacuum; unit; device; dispenser; app; runs; does; goes; gets; is; has; holds; manages; works;
            lasts; crashes; cleans; battery; machine; sensor; shop; warehouse; hoover; installation; account; version;
            copy; login; pc; laptop; computer
            """),
            ),
            *_each(
                tuple(f"my {who}" for who in _STRANGERS),
                _phrases("""
            has; have; owns; bought; uses; runs; got; had; says his; says hers; takes; sells; who has; opens;
            with the same; gets
            """),
            ),
            *_each(
                tuple(f"my {who}" for who in _RELATIVES),
                _phrases("""
            has one; has the same; has another; owns one; bought one; has her own; has his own; has two; got one;
            bought hers; bought his; has a different; has yours; uses hers; uses his; runs hers; runs his;
            has an older; has the older; has the old; has the other
            """),
            ),
            *_phrases("""
            neighbour's; neighbours'; neighbor's; a friend of mine; a mate of mine; a friend has; a mate's;
            mate's place; friend's place; next door; the neighbours; the neighbour; the neighbor; my neighbour;
            my neighbor; neighbours have; someone else; somebody else; other people; other customers; other users;
            other brand; another brand; competitor; competitors; competing; my old one; my old robot; my old vacuum;
            old one; the old model; previous model; my previous; our previous; our old; my old; the old one; her old;
            his old; in the forum; on the forum; on reddit; a forum; people online; some people; on youtube; youtube;
            my last one; my first one; the other one; the other shop; the other branch; our other; my late husband;
            my late wife; the previous one; a colleague has; a colleague of mine; at my sister's; at my mother's;
            at my mum's; at my parents'; at my friend's; my friend 's; my sister 's; my brother 's; my neighbour 's;
            my cousin 's; most people; average user; a customer of mine; dyson; roomba; my previous one;
            the last model; old hoover; old vacuum; hers runs; hers is; hers has; hers does; hers lasts; theirs is;
            theirs runs; theirs lasts; sister shop; sister store; other shop; other store; other warehouse;
            another branch; next shop; head office; my sister takes; my brother takes; my friend takes;
            my neighbour takes; the man next door; a colleague; her neighbour; his neighbour; their one; my mate;
            a mate; my pal; previous owner; former owner; owner before
            """),
        ),
        "empty": _phrases("""
            empty; is empty; all gone; run out; ran out; running out; run out of; ran out of; out of stock; sold out;
            cleaned out; bare; stripped bare; nothing left; none left; nothing in it; nothing on it; nothing there;
            is out; we are out; are out of; am out of; we're out of; completely out; totally out; fresh out of;
            all out of; clean out of; nothing on the shelf; have nothing; nothing remaining; nowt left; nada left;
            not a thing left; we have none; there are none; there is none; there is nothing; there's nothing;
            none remaining; no stock; depleted; cleared out; finished up; nothing in there; none in stock;
            nothing in stock; all used up; is used up; completely used up
            """),
        "full": _phrases("""
            is full; are full; full up; still full; completely full; filled to the brim; full to the brim; brim full;
            chock full; totally full
            """),
    },
)
