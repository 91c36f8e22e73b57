"""English words that frames and the grammar use: bounds, doubt, time, shares, negation."""

from __future__ import annotations

from collections.abc import Mapping

from voice.claims.lexicon.en_forms import phrases
from voice.claims.lexicon.en_names import DAY_PARTS, DEVICES, RELATIVES, WEEKDAYS

GRAMMAR: Mapping[str, tuple[str, ...]] = {
    "list_word": (
        "just",
        "before",
        "when",
        "i",
        "as",
        "she",
        "he",
        "we",
        "another",
        "for",
        "to",
        "her",
        "his",
        "to go",
        "in",
        "the",
        "at",
        "again",
        "on",
        "one",
        "with",
        "after",
        "of",
        "my",
        "around",
        "also",
        "then",
    ),
    "on": ("on", "every", "each", "a", "an", "on a", "of a", "the", "also", "then", "sometimes"),
    "every_weekday": ("on", "on a", "of a", "each", "on the", "come"),
    "weekday_plural": phrases("""
        mondays; tuesdays; wednesdays; thursdays; fridays; saturdays; sundays
        """),
    "at": ("at", "around", "about"),
    "half_of_day": (
        "am",
        "pm",
        "sharp",
        "on the dot",
        "prompt",
        "a.m.",
        "p.m.",
        "o'clock",
        "in the morning",
        "in the evening",
        "at night",
    ),
    "must": phrases("""
        have to; had to; has to; having to; end up; ended up; forced to; end up having to; ended up having to; got
        to
        """),
    "care": phrases("""
        wash; clean; empty; wipe; dust; polish; refill; fill; brush; top; charge; recharge; plug; change; replace;
        pay; buy; wait; update; upgrade; log; sign; use; run; open; take; feed; rinse; dry
        """),
    "auxiliary": phrases("""
        do; does; did; is; are; am; was; were; can; could; will; would; have; has; had; should; must; may; might
        """),
    "mild": phrases("""
        say; tell; complain; believe; remember; recall; swear; wait; afford; imagine; think; understand; stand;
        recommend; fault; know; help; blame; explain; thank; stress; grumble; praise; rate; judge; guess; promise
        """),
    "had": phrases("we had; i had; there were; there was; we got; i got; we received; came in; come in; comes in"),
    "of_the": phrases("""
        the; my; his; her; our; the last; the past; the previous; my last; his last; her last; our last; its last;
        these; those
        """),
    "past_be": ("was", "were"),
    "be": ("is", "are", "was", "were", "am", "'s", "been", "be", "being"),
    "perfect": ("have", "has", "had", "'ve", "been"),
    "adverb": phrases("""
        just; also; still; now; then; always; usually; normally; often; sometimes; only; even; really; actually;
        keeps; keep; kept; then just; simply; suddenly; constantly; always just; has; has just; does; will; is;
        gets; got; was; rarely; occasionally; frequently; to; it; itself; again; regularly; 's; been; went;
        then it; started; starts; begins; began; tends to; decided to; decides to; likes to
        """),
    "session_each": ("each time", "every time", "each run", "each session", "a time", "a go", "at a time"),
    "sound": phrases("""
        um; uh; er; erm; umm; uhh; ooh; hmm; hm; ehm; eh
        """),
    "pause": phrases("like; well; you know; i mean; say; let me see; let me think; let's see; wait for it"),
    "article": phrases("""
        a; an; one
        """),
    "pronoun_one": ("one",),
    "not_ours": ("your", "whatever", "whatever the", "whatever your"),
    "possessive": phrases("""
        's
        """),
    "determiner": phrases("""
        the; this; that; which; my; his; her; these; other; each; another
        """),
    "odd": phrases("""
        - odd; odd; - ish
        """),
    "hedge": phrases("""
        about; around; roughly; approximately; approx; approx.; circa; ca; ca.; almost; nearly; close to; near
        enough; maybe; perhaps; probably; possibly; i think; i thinks; i guess; i believe; i suppose; i reckon;
        reckon; i'd say; i would say; i'd guess; i'd estimate; i would estimate; i would guess; guess; my guess is;
        more or less; i'd reckon; somewhere around; something like; in the region of; in the neighbourhood of;
        presumably; i imagine; if i remember right; if i remember correctly; if memory serves; as far as i know; as
        far as i can tell; seems like; apparently; may have; might have; could have been; must have; must be; must
        have been; may be; might be; could be; kind of; sort of; kinda; sorta; roundabout; round about; pretty much;
        practically; virtually; estimated; by my estimate; not sure but; not sure; not certain; not quite sure; can
        not swear; do not know exactly; not exactly sure; off the top of my head; say; bordering on; just about; on
        average; supposedly; in my estimation; i feel like; feels like; i assume; i 'd imagine; i would imagine;
        ish; prob; probs; mebbe; somewhere between; somewhere near; likely; if i had to guess; give or take; or
        thereabouts; from memory; well nigh; i fancy; aboot; i 'd have said; it looks like; i'd put it at; i would
        put it at; should be about; thereabouts; i want to say; as good as; bout; abt; for all i know; i do not know
        maybe; dunno; i dunno; somewhere in the region of; to my knowledge; i 'm guessing; i am guessing;
        nigh on; close on; nearing; approaching; touching; hard on; not far off; just short of; just
        shy of; shy of; the guts of; in the order of; on the order of; in the ballpark of; ballpark; plus or minus;
        roughly speaking; at a guess; at a rough guess; if i am not mistaken; if i am not wrong; i am fairly sure; i
        am pretty sure; i am almost sure; or close to it; call it; let's say; let's call it; shall we say; you could
        say; as near as; as far as i remember; as far as i recall; if i recall; if i recall correctly; from what i
        remember; from what i can tell; by my reckoning; by my count; i would put it; i 'd put it; i have the
        impression; my impression is; my guess; best guess; educated guess; something around; anywhere around;
        somewhere about; close enough to; approximatly; aprox; aproximately; arround; probly; prolly;
        or so i think; or so i believe; i am not sure; i am not certain; do not quote me; give or
        take a few; i could not say exactly; rough estimate; my estimate; my
        estimation; for what i know; in my opinion; i have a feeling; methinks; i am inclined to say; i
        gather; if i am honest maybe; reckons; at a push maybe; it seems; seemingly; it appears
        """),
    "hedge_before": phrases("""
        some; like; ~; ≈; more like; say
        """),
    "hedge_after": phrases("""
        or so; or thereabouts; - ish; ish; odd; give or take; or something; or something like that; thereabouts;
        approx; approximately; more or less; roughly; i think; i guess; i reckon; i'd say; maybe; i would say; i
        believe; i suppose; probably; perhaps; if i had to guess; or whatever; i should think; i imagine; or around
        that; or near enough; -odd; ish or so; or close to it; at a guess; if i am not mistaken; i would guess; i 'd
        guess; give or take a few; or something of the kind; or so i think; or so i believe; or similar; or round
        there; or around there; or about that; or about; i would reckon; as far as i know; as far as i can tell; if
        memory serves; if i recall; if i remember right; i dunno; idk; dunno; i assume; i would think; i 'd think;
        something; or what; i believe so; if i had to say; by my count; by my reckoning; on average; circa; -ish; i
        would imagine; i 'd imagine; i am guessing; i 'm guessing; i fancy; i expect; i gather; apparently; it
        seems; in my estimation; presumably; i want to say
        """),
    "least": phrases("""
        at least; more than; over; above; upwards of; no fewer than; no less than; not less than; not fewer than;
        minimum; a minimum of; min.; well over; north of; in excess of; >; > =; easily over; just over;
        a bit over; a little over; slightly over; a bit more than; a little more than; slightly more than;
        a good bit over; beyond; exceeding; way over; way more than; far more than; much more than; better than;
        not under
        """),
    "least_after": phrases("""
        or more; plus; +; at least; or longer; minimum; and more; or better; or above;
        at the least; at the very least; and up
        """),
    "most": phrases("""
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
    "most_after": phrases("""
        at most; at best; at the most; tops; max; maximum; or less; or fewer; at the very most; at the outside; if i
        am lucky; if we are lucky; if you are lucky; if lucky; top; or under; lucky if i; lucky if it; lucky if we;
        lucky to; lucky when it; lucky if he; lucky if she; fortunate if it; fortunate if i; lucky if the robot;
        lucky if you; with luck; with a bit of luck; on a good day; and no more; and no longer; at a push; at
        maximum; at the best; or below; at a stretch; at the absolute most; max.
        """),
    "not_even": phrases("""
        not even; do not even; does not even; did not even; can not even; could not even; is not even;
        will not even; never even; not so much as; fails to even; never makes it to; never reaches;
        not make it to; not reach; not get past; never gets past; not manage; never lasts; never more than;
        not go beyond
        """),
    "filler": phrases("""
        only; just; exactly; precisely; a good; a solid; a full; a whole; the whole; full; whole; another;
        a measly; a mere; merely; a total of; in total; all of; a lousy; a miserable; the full; only just;
        literally; still; a further; easily; barely; hardly; scarcely; good; no; yet another; a paltry;
        all in all; altogether; some good; solid; a pathetic; a proper; like clockwork; these; a grand total of;
        the; honestly; definitely; certainly; clearly; um; uh; er; erm; as long as; as many as; as much as;
        as little as; as few as
        """),
    "range": phrases("""
        to; or; -; till; until; or maybe; or perhaps; or even; to maybe; through; up to; or sometimes;
        and sometimes; if not; or possibly; or occasionally; bis; or at most
        """),
    "between": phrases("""
        between; from; anywhere between; anywhere from; somewhere between; in between
        """),
    "and": phrases("""
        and; &; n; plus; an; 'n; , and
        """),
    "one": phrases("""
        a; an; one; another; full; whole; a full; a whole
        """),
    "of_units": phrases("""
        of; or so; more; full; whole; long; straight; odd; - odd; solid; good; entire; consecutive; hole; single;
        bloody; working; complete; fucking; entire
        """),
    "times": phrases("""
        times; time; x; occasions; separate times; separate occasions; different occasions; tiems; tims; tmes;
        goes; different times; occasion; ×
        """),
    "weekday": tuple(WEEKDAYS),
    "day_part": DAY_PARTS,
    "percent": phrases("""
        percent; %; per cent; pct; per cents; percents
        """),
    "whole": phrases("""
        every; each; each and every; every single; every blessed; every bloody; every last; every damn;
        every fucking; every one of; every . single .; every .; literally every; any and every
        """),
    "per_word": phrases("""
        a; an; per; each; every; /; in a; the; every single; in the; in every; each and every; in one; over a;
        in each; of a; during a; within a; p; every blessed; by
        """),
    "every": phrases("""
        every; each; evry; every single; each and every; ev'ry; evrey; once every; every blessed
        """),
    "ago": phrases("""
        ago; back; before now; prior
        """),
    "for": phrases("""
        for; since; these; fer; since the last; since the past; going on; coming up to; coming up on; now for;
        already for; already since; for the best part of; for the better part of; since now; getting on for;
        near on
        """),
    "in": phrases("""
        in; within; over; during; inside; in the space of; in the course of; across; within the space of; out of
        """),
    "window_in": phrases("""
        in the last; in the past; over the last; over the past; during the last; within the last; within the past;
        the last; the past; during the past; in these last; in these; across the last; in the previous; this last;
        this past; over these; for the last; for the past; in last; in past; for these last; for these past;
        since the last; these past; these last; through the last
        """),
    "after": phrases("""
        after; afer; aftr
        """),
    "since_word": phrases("""
        since; from; ever since; as of; starting; since early; since late
        """),
    "now": phrases("""
        now; already; by now; at this point; straight; running; in a row; on the trot; solid; on end; so far;
        today; and counting; consecutively; now already; non - stop; nonstop
        """),
    "nothing": phrases("""
        not a single; not one; no; zero; none; not any; not a; nae; nary a; not even one; not even a single;
        not a one; never any; no more; 0; without a single; without any; without one; nil; not a solitary;
        without a
        """),
    "never": phrases("""
        never; not once; not ever; never ever; never once; not a single time; not one time; nevr; not at all;
        at no time; not even once; not one single time; have yet to
        """),
    "vague": phrases("""
        rarely; seldom; hardly ever; scarcely ever; barely ever; often; very often; frequently; sometimes;
        occasionally; a lot; now and then; now and again; every now and then; every now and again;
        from time to time; once in a while; every once in a while; once in a blue moon; every so often;
        again and again; time and again; regularly; irregularly; infrequently; not often; not very often;
        not that often; not much; not a lot; on and off; off and on; at times; here and there; quite often;
        quite a lot; quite a bit; all the time; constantly; continually; over and over; repeatedly;
        every few minutes or so; only rarely; sporadically; too often; so often; ever so often; the odd time;
        at random; randomly; once in a long while; intermittently; a fair bit; many times; countless times;
        umpteen times; loads of times; lots of times; a bunch of times; not too often;
        almost never; next to never; practically never; very rarely; only occasionally; only sometimes
        """),
    "joint": phrases("""
        and; because; so; while; then; as; cos; coz; cause; since then; which; who; that 's why; or else; when;
        whenever; plus; & then; and then; though; although; after that; where; because of
        """),
    "me": (
        *(f"the {r}" for r in RELATIVES),
        *phrases("""
        i; we; he; she; you; mum; mom; dad; mother; father; granny; gran; grandma; grandpa; grandad; my wife;
        my husband; my son; my daughter; my mother; my father; my mum; my dad; the patient; patient; everyone;
        nobody; somebody; people; they; my team; our team; the team; the nurses; the lads; the kids; my sister;
        my brother; the staff; us; himself; herself
        """),
    ),
    "it": (
        *(f"{art} {device}" for art in ("the", "this", "my", "our", "that", "its", "your") for device in DEVICES),
        *DEVICES,
        *phrases("""
        it; this; that thing; she keeps; he keeps; they keep
        """),
    ),
    "stop": phrases("""
        a; an; the; of; to; in; on; at; by; for; with; from; into; out; up; down; off; over; is; are; was; were; be;
        been; being; am; 's; has; have; had; do; does; did; will; would; can; could; 'd; i; we; you; he; she; it;
        they; me; us; him; her; them; my; our; your; his; its; their; this; that; these; those; there; here; and;
        or; but; so; as; if; then; than; not; no; yes; yeah; very; too; also; only; just; even; still; already; now;
        ever; again; well; like; um; uh; ok; okay; oh; ah; hey; hi; hello; dear; sir; please; thanks; really; quite;
        more; most; much; many; some; any; all; each; every; when; which; what; who; because; since; mostly; mainly;
        usually; normally; honestly; lol; mate; love; pal; bro; man; roughly; always; same; one; em; 'em; back;
        away; around; however; though; without; until; while; after; before; almost; during; per; fair; sure; mind;
        guess; think; say; less; least; actually; basically; simply; literally; sadly; unfortunately; guys; team;
        get; gets; got; getting; gotten; go; goes; going; come; comes; make; makes; made; keep; let; lets; seem;
        seems; want; wants; need; needs; try; tried; tries; manage; able; bloody; damn; fucking; bless; fine; good;
        great; true; fact; thing; stuff; way; lot; bit; yet
        """),
    "neg": phrases("""
        dosnt; dosent; doesn; didn; havn't; havnt; dont; nae; nivver; isn; wasn;
        not; never; no longer; without; nobody; neither; nor;
        no one; none of us; neither of us; noone; not a soul; nobody's; none of them has; no-one
        """),
    "cannot": phrases("""
        can not; could not; unable to; will not let me; does not let me; did not let me; not able to; not possible
        to; impossible to; fail to; fails to; failed to; refuses to; refused to; refuse to; will not; would not; no
        longer possible to; struggles to; not let me; not allow me to; not been able to; not managed to; not manage
        to; not been allowed to; been unable to; could no longer; can no longer; could never; no way to; not get it
        to; not get him to; not make it; never lets me; stops me; can never; not succeeded in; never manage to; not
        get to; not get in; not get into; not get on; not reach the
        """),
}
