"""English words of clauses that claim nothing, of contrast, and of what is denied or past."""

from __future__ import annotations

from collections.abc import Mapping

from voice.claims.lexicon.en_forms import each, phrases
from voice.claims.lexicon.en_names import PAPERS, RELATIVES, SAYS, SCREENS, SHOWS, STATES, STRANGERS

GUARDS: Mapping[str, tuple[str, ...]] = {
    "question": phrases("""
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
    "not_question": phrases("""
        what a; whatever; how lovely; how nice; how annoying; what happens is; which is; what the; what my; what
        our; by what; from what; what he says; what she says; what i; what we; who says; which says; how it; how he;
        how she; that's what; that is what; it's what; know what; see what; no matter how; no matter what; where it;
        where the; which i; which we; which it; which makes; which means; who use; who uses; who runs; who takes
        """),
    "asks": phrases("""
        wondering; i wonder; wanted to ask; want to ask; like to ask; like to know; want to know; wanted to know;
        tell me if; tell me whether; is it possible; need to know; my question is; the question is; question is
        """),
    "wh": phrases("""
        how; what; where; why; who; which; whose; anyone; anybody; any; is; are; can; could; do; does; did; will
        """),
    "tag_question": phrases("""
        you know; right; isn't it; innit; eh; ok; okay; no; understand; yes; see; get it; get me; aye; huh;
        is it not; do you understand; is that normal; normal; what now; hello; really; why; how come; what gives;
        believe it; can you believe it; wtf
        """),
    "if": phrases("""
        if; unless; should it; should i; should she; should he; should we; should they; should the; in case;
        provided; as soon as; whether; suppose; supposing; assuming; what if; in the event; imagine; as long as;
        once it drops; when fewer; when less; when it drops; when stock drops; when there are fewer; when below;
        were it; were i; even if it; when it falls; if only
        """),
    "not_if": phrases("""
        as if; if that; if not; if i remember; if i am honest; if i'm honest; if you ask me; if memory; if i am
        lucky; if we are lucky; if i had to guess; if you want; lucky if; lucky when; fortunate if; if i may; even
        if; if lucky; if you must know; if truth be told; if anything; what if anything; if i am not mistaken; if i
        recall
        """),
    "wish": phrases("""
        id like; id love; we would want; want; wants; wanted; wish; would like; i'd like; we'd like; would love; i'd
        love; hope; hoping; please; kindly; need to; going to; will; would; could; should; must; ought; plan to;
        planning; planning to; thinking of; let me know; remind me; make it; let us; set it; i'd pay; i'd rather; 'd
        like; 'd love; 'd be; 'd want; 'd prefer; prefer; pls; plz; would be; next week; next month; next year;
        tomorrow; from now on; in future; in the future; intend; considering; can you; could you; i'm off; give me;
        send me; i need; we need; needs to; have to have; request; add; upgrade; soon; recommend; suggest;
        suggestion; feature; looking to; aim to; expecting; expect; ready to; promise you; another one more time; i
        demand; or i go; shall; may i; don't forget to; do not forget to; helpful if; nice if; great if; ought to;
        had better; remind; remind her; remind him; tell her; i'd use; we'd use; i'd run; we'd run; i'd open; i'd
        take; i'd log; would use; would run; plan on; plans on; planning on; aim for; aiming; hope to; about to;
        look forward; thinking about; want to; plan for; dream of; once we; once you; the goal is; our goal; target
        is; our target; my target; goal of
        """),
    "not_wish": phrases("""
        it will; will not; would not; i would say; i would estimate; i would guess; as you will; i must say; i must
        admit; would you believe; must have; must be; please note; i would imagine; could not; should say; i should
        think; i should say; i'd say; kindly note; please be informed; kindly be informed; kindly update; kindly do
        the needful; please guide; please advise; please help; please check; please be advised; i have to say; could
        be; would stop; would freeze; would crash; could have been; would have; make it to; i'd reckon; would put
        it; i'd put it; must recharge; must charge; must change; must restart; must reset; must free; must pull;
        need to recharge; need to charge; need to restart; need to reset; need to change; needs to be charged; must
        push; must help; must unjam; not make it; does make it; makes it; made it; never make it; to make it; make
        it back; make it home; set it going; set it off; set it loose; set it to work; set it running; set it free;
        set it on; will admit; will confess; will be honest; will tell you; will grant you; will give you that; will
        not lie; all we need; all i need; all that we need; what we need; all it needs; all she needs; would have
        you know; would like to report; would like to inform; want to report; want to inform; wanted to report;
        wanted to say; wanted to let you know; want to let you know; like to let you know; wish to report; wish to
        inform; like to mention; want to mention; like to say; want to say; like to point out; must inform; have to
        inform; please know; please understand; please believe; could hardly; would say; will do; would call it;
        would bet; would swear; would argue; would estimate; would hazard; will only; will just; will last; will run
        for; will hold; would only last; would last; will give me; will give us; will keep; will go; that'd be; that
        would be; it'd be; it would be; which would be; would come to; would make; i'd be lying; i'd be surprised;
        would be about; would be around; be honest; to be honest; i'd wager; i'd bet; 'd be lucky; i make it; we
        make it; she makes it; i made it; we made it; they make it; he makes it; i have it; we have it
        """),
    "told": (
        *(
            f"{art} {paper} {says}"
            for art in ("the", "my", "your", "his", "her", "our", "a", "its")
            for paper in PAPERS
            for says in STATES
        ),
        *each(
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
        *phrases("""
        prescribed; prescribes; as prescribed; supposed to; meant to; is to take; are to take; am to take; was to
        take; advertised; advertised as; rated for; rated at; is rated; should last; should take; should be taking;
        should hold; ought to last; according to the manual; according to the box; according to the leaflet;
        according to the website; according to the doctor; according to my doctor; according to his doctor; on
        paper; recommended; recommendation; instructed; instructions; promised; promises; you promised; guaranteed;
        was told to; were told to; told to; tells me to; told me to; tells him to; tells her to; told him to; told
        her to; orders are; doctor's orders; regimen is; prescription is; she has to take; he has to take; i have to
        take; i must take; he must take; she must take; needs to take; need to take; you said; you say; your ad;
        marketed; dosage is; dose is; reviews say; review said; the reviews; i read; i've read; i read that; on your
        website; on the box; on the label; on the packaging; in the manual; in the leaflet; in the brochure; he
        needs; she needs; they claim; manufacturer; they promised; you claim; printed; allowed; permitted; is
        limited to; max dose; no more than prescribed; has to have; quoted; was quoted; were quoted; quoted me;
        quoted us; estimated delivery; eta; lead time; promised within; assured; assured me; were promised; was
        promised; am promised
        """),
    ),
    "display": (
        *(
            f"{art} {screen} {shows}"
            for art in ("the", "your", "my", "our", "its", "this")
            for screen in SCREENS
            for shows in SHOWS
        ),
        *each(
            ("display", "screen", "app", "report", "sensor", "chart", "dashboard", "system", "list", "log"),
            ("says", "shows", "reads", "claims", "showed", "said", "thinks"),
        ),
        *phrases("""
        it says; it shows; it claims; it said; it tells me; it reports; it reads; it displays; it thinks; it showed;
        according to the app; according to your app; according to the display; according to the report; according to
        your report; according to the sensor; according to your system; according to the dashboard; your system
        says; you have me down; on the display; on the screen; your records; you have recorded; you've recorded; it
        counts; it counted; it logged; in the app it; your mail claims; your mail says; your email says; your letter
        says; i can read on; it still says; it still shows; it thinks i; in the report; on the dashboard; per your
        report; as per the app; as per your report; according to it; it only counts; counts as; gets counted; is
        counted as; you've got it down; you have it down; you've got me; you have me; got me down; got it down; you
        have down; you've noted; you've logged; you've got us; you have us; you've got her; you've got him; you have
        written; you wrote; you reckon; you claim; you think; you say; your lot say; it's written; it is written; is
        recorded as; was recorded as; got logged as; was logged as; you've put; you put down; you've put down; on my
        file; on file; on record; in my file; in your file; in your files; in your records; in the records
        """),
    ),
    "others": (
        *each(
            tuple(f"my {whose}'s" for whose in (*STRANGERS, *RELATIVES)),
            phrases("""
        one; robot; vacuum; unit; device; dispenser; app; runs; does; goes; gets; is; has; holds; manages; works;
        lasts; crashes; cleans; battery; machine; sensor; shop; warehouse; hoover; installation; account; version;
        copy; login; pc; laptop; computer
        """),
        ),
        *each(
            tuple(f"my {who}" for who in STRANGERS),
            phrases("""
        has; have; owns; bought; uses; runs; got; had; says his; says hers; takes; sells; who has; opens;
        with the same; gets
        """),
        ),
        *each(
            tuple(f"my {who}" for who in RELATIVES),
            phrases("""
        has one; has the same; has another; owns one; bought one; has her own; has his own; has two; got one;
        bought hers; bought his; has a different; has yours; uses hers; uses his; runs hers; runs his;
        has an older; has the older; has the old; has the other
        """),
        ),
        *each(
            phrases("the last; the previous; our previous; my previous; the former; my last; our last; the first"),
            phrases("""
        hoover; vacuum; robot; dispenser; system; software; program; machine; device; sensor; gadget; app we had;
        one we had
        """),
        ),
        *phrases("""
        neighbour's; neighbours'; neighbor's; a friend of mine; a mate of mine; a friend has; a mate's; mate's
        place; friend's place; next door; the neighbours; the neighbour; the neighbor; my neighbour; my neighbor;
        neighbours have; someone else; somebody else; other people; other customers; other users; other brand;
        another brand; competitor; competitors; competing; my old one; my old robot; my old vacuum; old one; the old
        model; previous model; my previous; our previous; our old; my old; the old one; her old; his old; in the
        forum; on the forum; on reddit; a forum; people online; some people; on youtube; youtube; my last one; my
        first one; the other one; the other shop; the other branch; our other; my late husband; my late wife; the
        previous one; a colleague has; a colleague of mine; at my sister's; at my mother's; at my mum's; at my
        parents'; at my friend's; my friend 's; my sister 's; my brother 's; my neighbour 's; my cousin 's; most
        people; average user; a customer of mine; dyson; roomba; my previous one; the last model; old hoover; old
        vacuum; hers runs; hers is; hers has; hers does; hers lasts; theirs is; theirs runs; theirs lasts; sister
        shop; sister store; other shop; other store; other warehouse; another branch; next shop; head office; my
        sister takes; my brother takes; my friend takes; my neighbour takes; the man next door; a colleague; her
        neighbour; his neighbour; their one; my mate; a mate; my pal; previous owner; former owner; owner before;
        switched from; moved from; came from a; migrated from; the one before; before this one; the program we had;
        the system we had; a rival; a rival's; rival product; elsewhere; my last hoover; my last vacuum; my last
        robot; our last robot; our last system; our last program; my last machine; my last phone; our last
        dispenser; our last supplier; my last app; our last machine; my first robot; our first robot; my former; our
        former; the earlier model; the older model; other model; my ex's; my ex; the one at my; the one my; the last
        place; where we lived; where i lived; used to live; our old place; my old flat; my old house; in my last
        job; at my old job; my previous job; my old job; our last flat; my last job; my old company; my former
        employer; my previous employer; in the old flat; in the old house; a friend; an acquaintance; has the same
        model; has the same one; has the same machine; has one too; a woman at; a guy at; a bloke at; a lady at;
        someone at work; somebody at work; another customer; another user; and hers; and his jams; and theirs; the
        lady next door; the woman next door; the guy next door; next-door; flat below; flat above; upstairs
        neighbour; downstairs neighbour; my sister has; my brother has; my cousin; the folks next door; other
        families; other wards; another ward; a different ward; the ward upstairs; the ward below; other sites; the
        other site; our other site; another site; sister site; a sister company; the parent company; theirs; reddit;
        people say; people on the; say theirs; reviewers; the reviews say; the internet; facebook; twitter; tiktok;
        online reviews; some bloke; some guy; other folks; other folk; folks say; on the net; in a review; a review;
        a blog; the blog; a video; 's friend; 's mate; 's neighbour; 's neighbor; 's pal; 's colleague; 's
        boyfriend; 's girlfriend; 's cousin; 's workmate; 's flatmate; 's in-laws; another make; a different make;
        other make; different brand; a different brand; a different model; not your brand; of another make
        """),
    ),
    "contrast": phrases("""
        but; however; yet; though; although; whereas; in reality; in practice; tho; while; in truth; except;
        nevertheless; otherwise; truth is; and yet; the truth is; on mine; but mine; reality is; mine is;
        mine does; mine runs; mine has; mine only; mine lasts; mine just; ours is; ours runs; ours only; ours has;
        mine gets; mine goes
        """),
    "own": phrases("""
        i; we; mine; ours; there are; there is; there's; my own
        """),
    "not_others": phrases("""
        took my last one; take my last one; had my last one; popped my last one; swallowed my last one; taken my
        last one; my last one was; my last one at; my last one on; my last one yesterday; my last one last night; my
        last one this
        """),
    "turn": phrases("""
        still; actually; honestly; anyway; i get; we get; in fact; instead; meanwhile
        """),
    "greeting": phrases("""
        hi; hello; hey; dear; dear sir; dear madam; dear team; good morning; good day; good evening; morning; sir;
        madam; well; so; and; but; ok; okay; oh; ah; um; uh; right; now; then; also; sorry; pardon; greetings;
        salam; hi there; hello there; ladies and gentlemen; mate; quick question; question; one question;
        another thing
        """),
    "relative": (
        *(
            f"{art} {person} {says}"
            for art in ("my", "our", "the", "his", "her")
            for person in RELATIVES
            for says in SAYS
        ),
        *phrases("""
        i am told; i was told; i've been told; i hear; according to my wife; according to my husband;
        according to my colleague; they tell me; he says; she says; he reckons; she reckons; he told me;
        she told me; he thinks; she thinks; according to my son; according to my daughter;
        according to the nurse; according to the team; mum says; mom says; dad says; mum reckons; dad reckons;
        according to mum; according to dad; i'm told; according to my colleagues; according to my mother;
        according to the storeman; word is; they say; i heard
        """),
    ),
    "person": RELATIVES,
    "says": SAYS,
    "false": phrases("""
        is not true; 's not true; is not correct; 's not correct; is not right; 's not right; is wrong; 's wrong; is
        false; 's false; was wrong; is simply false; is simply wrong; is simply not true; is just wrong; is just not
        true; is a lie; 's a lie; is nonsense; 's nonsense; is rubbish; 's rubbish; not the case; is incorrect; 's
        incorrect; that is not so; is untrue; 's untrue; thats false; thats wrong; thats not true; not true that;
        wrong that; not correct that; it's false that; incorrect that; untrue that; not accurate; is inaccurate; 's
        inaccurate; is made up; thats rubbish; thats nonsense; is bollocks; 's bollocks; is bull; 's bull; i deny;
        we deny; i dispute; 's plain wrong; is plain wrong; thats a lie; complete rubbish; total nonsense; absolute
        rubbish; is not so; false .; wrong .; not true .; is not accurate; is a mistake; is simply not so; is just
        not so; not so .; is plainly not so; is quite untrue; is not how it is; is a fib; is a myth; is fiction; is
        fantasy; is not what happens; is far from true; is far from it; could not be further from the truth; not a
        word of it is true; is not accurate at all; is hogwash; is baloney; is codswallop; is poppycock; is
        claptrap; is twaddle; 's hogwash; 's baloney; 's codswallop; 's poppycock; 's fiction; 's fantasy; 's a
        myth; 's a fib; 's a mistake; 's made up; 's tosh; is tosh; no way; i object; we dispute; i contest; is
        erroneous; is mistaken; 's mistaken; is absurd; 's absurd; is ridiculous; 's ridiculous; is not true at all;
        is not the truth; 's not the truth; is off the mark; 's off the mark
        """),
    "accused": phrases("""
        whoever; anyone who; anybody who; the person who; the people who; the claim that; the statement that; the
        idea that; the suggestion that; the story that; the assertion that; saying that; to say that; to claim that;
        claiming that; your claim; your statement; your assertion; your figure; your report that; the report that;
        the notion that; the allegation
        """),
    "pointer": phrases("""
        that; this; it; which; these; simply; just; plain; so; all; what
        """),
    "precise": phrases("""
        to be precise; to be exact; precisely; exactly; to be accurate; if you want it exactly; to be specific; on
        the dot; i measured; i timed; i counted; timed it; measured it; by the clock; by my watch; on the stopwatch;
        i checked; i clocked it; clocked it; i looked it up
        """),
    "yours": ("your", "ur"),
    "reading_out": ("the", "a", "an", "some"),
    "reads_out": (
        "reads",
        "displays",
        "flashes",
        "states",
        "lists",
        "announces",
        "reading",
        "displaying",
        "flashing",
        "stating",
    ),
    "screen": (
        "dashboard",
        "display",
        "app",
        "report",
        "screen",
        "portal",
        "printout",
        "summary",
        "readout",
        "console",
        "log",
    ),
    "shows": SHOWS,
    "correct": phrases("""
        sorry; no sorry; i mean; no wait; wait no; wait; scratch that; correction; make that; or rather; rather; no
        , i tell a lie; i tell a lie; no i tell a lie; pardon; i meant; excuse me; my mistake; i stand corrected;
        err no; no actually; actually no; no; strike that; hang on; hold on; let me correct; beg your pardon; well
        actually; nope; that's wrong; that is wrong; thats wrong; not true; let me correct myself; sorry no; oops;
        whoops; i lie; no i lie; or is it; or was it; never mind that; forget that; ignore that; i take that back;
        let me think again; let me rephrase; make it; i should say; better said; i misspoke; typo; meant; nah; naw;
        jk; just kidding; kidding; joking; only joking; just joking; lol no; haha no; seriously; well no; okay no;
        ok no; ach no; och no
        """),
    "past_habit": phrases("""
        before that; before now; before ,; before .; before but; before and now; before then; in former times;
        used to; formerly; previously; at first; in the beginning; back then;
        originally; when it was new; once upon a time; at the start; initially; earlier;
        until recently; years ago; in the old days; until last month; until last week; up to last month;
        """),
    "nowadays": phrases("""
        now; nowadays; these days; currently; at present; at the moment; today; lately; recently; as of now;
        since then; anymore; by now; this year; meanwhile
        """),
}
