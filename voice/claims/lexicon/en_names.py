"""Names that several English phrases are made of: days, people, papers, screens, parts of products."""

from __future__ import annotations

from voice.claims.lexicon.en_forms import phrases

ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
ORDINALS = ("third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth")

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sept", "oct", "nov", "dec",
)  # fmt: skip

WEEKDAYS = {
    "monday": 1, "tuesday": 2, "wednesday": 3, "thursday": 4, "friday": 5, "saturday": 6, "sunday": 7,
    "mon": 1, "tue": 2, "tues": 2, "wed": 3, "weds": 3, "thu": 4, "thur": 4, "thurs": 4, "fri": 5, "sat": 6, "sun": 7,
    "mondays": 1, "tuesdays": 2, "wednesdays": 3, "thursdays": 4, "fridays": 5, "saturdays": 6, "sundays": 7,
}  # fmt: skip

DAY_PARTS = (
    "porridge", "cereal", "toast", "coffee", "turn in", "turning in", "head home", "heading home", "wake up",
    "waking up",
    "get up", "getting up", "elevenses", "brunch", "lights out", "sunrise", "sunset", "bed", "wake", "get home",
    "getting home", "leave work", "start work", "leave the office", "lie down", "brekkie", "brekky", "breaky", "arvo",
    "morning", "mornings", "noon", "lunch", "lunchtime", "midday", "afternoon", "afternoons", "evening", "evenings",
    "night", "nights", "bedtime", "breakfast", "dinner", "supper", "teatime", "tea", "dinnertime", "a.m.", "p.m.",
    "midnight", "dawn", "first thing", "last thing", "before bed", "before work", "after work", "going to bed",
)  # fmt: skip

RELATIVES = phrases("""
        mother-in-law; mother in law; father-in-law; father in law; brother in law; sister in law; wife; husband;
        son; daughter; mother; father; mum; mom; mam; dad; sister; brother; colleague; colleagues; coworker;
        co-worker; boss; manager; flatmate; roommate; housemate; partner; girlfriend; boyfriend; missus; grandson;
        granddaughter; grandma; grandpa; gran; nan; aunt; uncle; cousin; kid; kids; cleaner; assistant; secretary;
        carer; caregiver; nurse; storeman; team; team lead; workmate; hubby; niece; nephew; warehouse lad; foreman;
        barman; barmaid; bartender; chef; cook; waiter; waitress; storekeeper; storewoman; head nurse; ward sister;
        porter; janitor; receptionist; clerk; warehouse manager; floor manager; shop manager; store manager;
        sister-in-law; auntie; granddad; teacher; bookkeeper; accountant; daughter-in-law; son-in-law; lodger; au
        pair; housekeeper; home help; helper; caretaker; matron; charge nurse; packer; picker; driver; cellarman;
        supervisor; apprentice; staff; intern; teammate; deputy; shift lead; other half; the lads; the lad
        """)

STRANGERS = ("neighbour", "neighbor", "friend", "mate", "neighbours", "friends", "brother-in-law", "sister-in-law")
SAYS = phrases("""
    says; said; say; tells me; told me; tells us; told us; reckons; reckon; thinks; claims; swears; insists;
    believes; mentioned; is saying; keeps saying; keeps telling me; reports; reported; is telling me; estimates;
    guesses; complains; maintains; is telling; tell me
    """)

PAPERS = phrases("""
    box; leaflet; brochure; manual; advert; ad; website; site; packaging; pack insert; booklet; spec; specs;
    spec sheet; datasheet; data sheet; label; salesman; salesperson; sales rep; seller; shop; advertising;
    commercial; guide; install guide; instructions; handbook; product page; page; listing; video; guarantee;
    sticker; contract; catalogue; catalog; marketing; doctor; gp; nurse; pharmacist; chemist; cardiologist;
    consultant; specialist; physician; surgeon; prescription; dr; doc; hospital; clinic; neurologist; documentation;
    docs; blurb; package; plan
    """)

STATES = phrases("""
    says; said; say; states; stated; promises; promised; promise; claims; claimed; claim; wants; wanted; told;
    tells; prescribed; prescribes; ordered; recommends; recommended; advertises; advertised; reads; mentions; shows;
    lists; asks; asked; put me on; put him on; put her on; insists; suggests; suggested; advised; advises; quotes;
    quoted; specifies; gives; talks about; talked about; has me on; has him on; has her on; swore; assured; wrote;
    writes; has
    """)

SCREENS = phrases("""
    display; screen; app; report; chart; graph; list; system; console; dashboard; counter; log; logs; statistics;
    stats; history; panel; mail; email; e-mail; letter; message; notification; printout; summary; page; portal;
    record; records; readout; led; overview; technician; agent; support; bot; calendar; tablet; widget; software;
    sensor; gauge; status; monitor; programme; program; tracker; indicator; forecast; sheet; spreadsheet; computer;
    data
    """)

SHOWS = phrases("""
        flashes; flashing; blinks; announces; prints; pops up; reads out; alerts; beams; displays; notes; noted; has
        it down; says; said; shows; showed; show; shows me; claims; claimed; reads; reports; reported; tells me;
        told me; displayed; thinks; writes; wrote; states; stated; insists; counts; counted; gives; reckons;
        indicates; has me down; has it; has me; has us; has him; has her; have it; have me; have us; have him; have
        her; puts it at; puts me at; puts us at; logged; logs; records; recorded; registers; registered; is showing;
        is telling; is saying; lists; is reporting; believes; still says; still shows; still thinks; keeps saying;
        is reading
        """)

DEVICES = phrases("""
        robot; vacuum; hoover; robot vacuum; bot; machine; device; dispenser; unit; sensor; scale; app; program;
        programme; software; system; thing; gadget; lid; alarm; brush; battery; wheel; wheels; motor; screen;
        button; light; led; tray; beast; wee beast; critter; little fella; contraption; little guy; creature; little
        fellow; monster; carousel; drawer; shelf; gateway; connection; sync; export; import; login; dashboard;
        report; calendar; editor; map; dock; charger; bumper; display; buzzer; clock; speaker; display panel;
        antenna; radio; load cell; weight; reading; readings; count; search; printer; print; module; page; window;
        keyboard; server; installation; update; upload; uploads; exports; imports; scheduler; fan; bin; mop; laser;
        lidar; filter; product; appliance; vac; cleaner bot; tool; platform; pill box; pillbox; sound; reminder;
        hinge; beeper; siren; gauge; station; base; suction; side brush; main brush; roller; cable; lamp; plug
        """)
