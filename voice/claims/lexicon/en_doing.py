"""English words by field of meaning: the many ways to say use, failure, a charge's length, a run."""

from __future__ import annotations

from collections.abc import Mapping

from voice.claims.lexicon.en_forms import each, phrases, verbs

IT = ("it", "him", "her", "the thing", "the robot", "the app", "the vacuum", "the machine", "the program", "the beast")

DOING: Mapping[str, tuple[str, ...]] = {
    "use": (
        *verbs("""
        put to work>put to work; put to use>put to use; deploy; unleash; let out>let out; wheel out; bring
        out>brought out; get out>got out; trigger; kick off; start off; hop on; hop onto; hop in; hop into; hop+ on;
        hop+ into; hop+ onto; jump on; jump in; jump into; pop+ in; pop+ into; pop+ on; dive into; nip+ in; nip+ on;
        nip+ into; stick on>stuck on; whack on; chuck on; flick on; bung on; crank up; power up; power on; load up;
        call up; bring up>brought up; consult; refer to; hop back on; log+ back in; log+ back on; get back into>got
        back into; interact with; glance at; peek at; look at; look in on; have a look at>had a look at; have a
        look>had a look; have a go>had a go; trundle; potter; patrol+; roam; whir+; whirr; whizz; buzz about; buzz
        around; scoot; zoom about; zoom around; head out; set off>set off; kick in; get to work>got to work; get
        going>got going; dust; scrub+; polish; do the job>did the job; make its rounds>made its rounds; make the
        rounds>made the rounds; go for a spin>went for a spin; go for a run>went for a run; go exploring>went
        exploring; go about>went about; go to work>went to work; rely upon; make use of>made use of; fire off; sit
        down with>sat down with; sit at>sat at; bother with; spend time in>spent time in; spend time on>spent time
        on; dabble in; draw on; put through>put through; resort to; navigate; click into; dial in; sign back in;
        connect to; pull up; do a load>did a load
        """),
        *each(
            phrases("""
            give; gives; gave; given; giving
            """),
            each(
                IT,
                phrases("""
            a go; a spin; a whirl; a run; an outing; a try; a turn; an airing
            """),
            ),
        ),
        *each(
            phrases("""
            take; takes; took; taken; taking
            """),
            each(IT, ("for a spin", "for a run", "out for a spin")),
        ),
        *each(
            phrases("""
            stick; sticks; stuck; pop; pops; popped; stick; put; puts; whack; flick; leave; leaves; left; keep;
            keeps; kept; have; has; had; bung; chuck; turn; turned; switch; switched; fire; fired; boot; booted;
            power; powered
            """),
            each(
                IT,
                phrases("""
            on; running; going; working; up; open; out
            """),
            ),
        ),
        *each(
            phrases("""
            set; sets; get; gets; got; send; sends; sent; let; lets
            """),
            each(
                IT,
                phrases("""
            going; to work; off; out; loose; round; around; roam; rip; run; do its thing; do its rounds; clean
            """),
            ),
        ),
        *phrases("""
        outing; outings; spin; whirl; on duty; is active; was active; on the prowl; does a lap; do a lap; did a lap;
        does its lap; does its laps; a lap of; does its bit; it works; it goes every; it goes daily; goes for it;
        doing the rounds; used; active user; heavy user; regular user; comes out of its; leaves its dock; leaves the
        dock; comes out to; on the floor; in service; put in; logging on; signing in; sign-ins; log-ons; visits;
        does the rugs; does the carpets; does the flat; does the hall; does the bedroom; does the bedrooms; does the
        hallway; do the flat; do the hall; do the rugs; do the carpets; do the bedrooms; do the lounge; does the
        lounge; does the ground floor; does the whole; do the whole; on it every; in it every; on it daily; in it
        daily; i am a; the go-to; out and about; out doing; doing the; out cleaning; was out; been out; out on; ran;
        had a run; has a run; did its thing; did its job; did a run; did the run; does a run; goes on patrol; goes
        on; took a turn; takes a turn; off it goes; out it goes; round it goes; it goes .; it goes ,; there it goes;
        away it goes; in i go; on it goes
        """),
    ),
    "fault": (
        *each(
            phrases("forgets; forgot; forgetting; forget; neglects; declines; omits"),
            phrases("""
        to come; to go; to dock; to return; to charge; to ring; to beep; to open; to dispense; to sync; to save; to
        turn; to send; to update; to drop; to buzz; to start; to stop; to close; to lock; to report; to clean; to
        empty
        """),
        ),
        *each(
            phrases("""
            comes out; come out; came out; comes back; come back; came back; turns out; ends up; end up; ended up;
            comes through; come through; shows up; arrives; lands
            """),
            phrases("""
            double; wrong; blank; empty; garbled; twice; short; broken; crushed; negative; as zero; zero; nonsense;
            as nonsense; as pure nonsense; corrupted; corrupt; crooked; incomplete; half; upside down; scrambled;
            late; doubled; mangled; rubbish; stuck; dead; unreadable; squashed; split; in bits; in pieces
            """),
        ),
        *each(
            ("nothing",),
            phrases("""
            's been; has been; has worked; gets; comes; goes; works; syncs; opens; prints; saves; shows; shows up;
            arrives; registers; responds; turns; moves; drops; came; worked
            """),
        ),
        *each(
            phrases("""
            eats; ate; eaten; eating; eat; swallows; swallowed; chews; chewed; chewing; munched; munches; inhales;
            inhaled; gobbled; devoured; devours; sucked in; sucks in; chews up; chewed up; eats up
            """),
            phrases("""
            a; my; the; our; another; one of; socks; cables; two; somebody's; her; his; its
            """),
        ),
        *verbs("""
        clog+; seize up; bind up>bound up; squeal; screech; clatter; clunk; click; grate; wobble; veer; beach;
        strand; maroon; knot+; bash; ram+; collide; knock over; tumble; go astray>went astray; balk; sulk; ignore;
        skip rooms; dither; hesitate; stumble; keel over; fall apart>fell apart; fall out>fell out; come off>came
        off; come loose>came loose; come apart>came apart; pack in; give up the ghost>gave up the ghost; bomb out;
        dump me out; dump me; chuck me out; kick me off; boot me off; throw me off>threw me off; throw me back>threw
        me back; log me off; log us out; kick us out; throw us out>threw us out; sign us out; log+ itself out; close
        down; grind to a halt>ground to a halt; eat my>ate my; overwrite>overwrote>overwritten; garble; mangle;
        scramble; mix+ up; spit out>spat out; double up; jam up; gum+ up; mess up; screw up; muck up; foul up; go
        offline>went offline; go bonkers>went bonkers; go crazy>went crazy; go funny>went funny; go weird>went
        weird; go quiet>went quiet; go black>went black; go white>went white; go bananas>went bananas; go nuts>went
        nuts; go doolally>went doolally; go wonky>went wonky; shut+ itself off; shut+ itself down; turn itself on;
        switch itself on; power itself off; lose its>lost its; lose the>lost the; lose my>lost my; lose our>lost
        our; drop+ the; drop+ off the; drop+ its; drop+ my; fall offline>fell offline; mishandle; mismatch;
        misplace; misdispense; underdispense; overdispense; misalign; misjudge; mistake>mistook; forget its>forgot
        its; forget the map>forgot the map; forget where>forgot where; need rebooting; need restarting; need
        resetting; need rescuing; need freeing; need recalibrating; need a reboot; need a restart; need a reset;
        need a kick; need a push; need a nudge; need a shove; need rescue; need unjamming; need untangling; need
        unclogging; lie>lied; cheat; exaggerate; underreport; over-report; over-count; under-count; overcount;
        undercount; undercut>undercut; throw a wobbly>threw a wobbly; throw a fit>threw a fit; throw a tantrum>threw
        a tantrum; throw an error>threw an error; throw an exception>threw an exception; throw up>threw up; swerve;
        bang into; barge into; drive into>drove into; drive off>drove off; climb onto; climb on; ride up>rode up;
        suck up; gobble up; splutter; cough; sputter; stall out; wig out; freak out; bail out; bail on; die on
        me>died on me; die on us>died on us; crash on me; hang up on>hung up on; lock itself; lock us out; lag+
        behind; slow down; slow to a; get confused>got confused; get tangled>got tangled; get trapped>got trapped;
        get wedged>got wedged; get hung up>got hung up; get caught>got caught; get beached>got beached
        """),
        *verbs("pack it in; call it quits; jam+ itself; hang itself>hung itself; get into trouble>got into trouble"),
        *each(
            phrases("""
            no; zero; not any; without any; without
            """),
            phrases("""
            suction; power; light; sound; signal; picture; reading; readings; updates; alarm; alarms; beep;
            movement; sign of life; life; response; data; connection; wifi; wi-fi; bluetooth; network; sync; ring;
            reminder; reminders; lights
            """),
        ),
        *phrases("""
        on strike; poorly; out of commission; toast; shot; caput; broke; bricked; beached; marooned; stranded; hung
        up; error message; error messages; error pop-up; pop-up error; crash report; beachball; spinning wheel; egg
        timer; out of sync; out of whack; out of kilter; off kilter; off balance; miles off; way off; far off;
        wildly off; false reading; false readings; bad reading; bad readings; wrong reading; wrong readings;
        phantom; ghost reading; false alert; false alerts; false alarms; wrong pill; wrong pills; wrong dose; wrong
        compartment; wrong slot; wrong time; two instead of; double dose; double doses; two at once; instead of one;
        wrong day; too early; too late; mute; muted; inaudible; shut tight; stays shut; stays closed; stays dark;
        stays silent; stays locked; stays black; stays blank; stays put; will not budge; lifeless; comatose; dead in
        the water; motionless; stationary; hit and miss; temperamental; erratic; flaky; patchy; intermittent;
        unreliable; unusable; unstable; glitchy; buggy; laggy; jittery; juddery; squeaky; noisy; creaky; jammed;
        clogged; tangled; blocked; cracked; snapped; bent; burnt; is down; it's down; system's down; everything's
        down; app's down; server's down; sync's down; site's down; are down; was down; were down; been down; gone
        down; went down; goes down; stays down; comes to a halt; came to a halt; comes to a stop; grinds to a halt;
        nothing happens; nothing happened; nothing comes out; nothing came out; nothing loads; nothing opens;
        nothing works; nothing saves; nothing moves; incomplete; half done; halfway; half-way; mid-run; mid run; mid
        clean; mid-clean; midway; part way; partway; short count; off by one; data loss; lost data; lost work;
        missing data; duplicate; duplicates; cannot cope; kicked out; thrown out; logged out; booted out; chucked
        out; signed out; locked out of; shut out; dropped out; play silly; plays silly; playing up; on the go slow;
        keeps cutting; cut out on; shows nothing; returns nothing; shows zero; reads zero; sends nothing; saves
        nothing; prints nothing; dispenses nothing; drops nothing; unreachable; unavailable; not
        available; lost contact; loses contact; loses wifi; lost wifi; loses wi-fi; lost wi-fi; loses the wifi; lost
        the wifi; off the network; off the wifi; off air; off the air; a hissy fit; a tantrum; a wobbly; a meltdown;
        a strop; acting the fool; acting strange; behaves oddly; acts strange; acts weird; swallows a; swallows my;
        swallows the; eats a; sucks up; sucked up; gobbles; chokes on; does not make it; did not make it; not make
        it home; not make it back; not make it to; never makes it; not get home; not get back; not find its way; not
        come back; not come home; not go back; not go home; not come on; not go on; not come up; not go up; not
        work; not working; not work at; not get anywhere; not go anywhere; not want to; not let me in; not let me;
        not let us; not let her; not let him; not do anything; not do a thing; not make a sound; not make a peep;
        not a peep; not a squeak; cold; hot; boiling hot; overheated; on fire; burning smell; smelly; slow;
        painfully slow; unbearably slow; slow as; crawling; slower; crawls along; not come out; not come off; not
        leave; sluggish; treacle; crushed; squashed; crumbled; chipped; smashed; comes out broken; comes out
        crushed; not charge; not charged; not charging; not hold a charge; not holding a charge; not hold charge;
        not take a charge; not charge up; greyed out; grayed out; loop; loops; looping; dropout; dropouts; drop-out;
        drop-outs; disconnect; disconnects; disconnection; disconnections; blip; blips; snag; snags; stoppage;
        stoppages; breakdown; breakdowns; jams; misfeed; misfeeds; misreads; mistakes; failures; failure; incident;
        incidents; shutdowns; shutdown; lockup; lockups; lock-up; lock-ups; hang-up; hang-ups; freeze-ups; reboots;
        restarts; timeouts; blackout; blackouts; stutters; freezes; stalls; lags; mishap; mishaps; misfire;
        misfires; tumbles; falls; rescues; collisions; spurious; bogus; nuisance alarm; nuisance alarms; false low;
        false low-stock; low-stock alarms; needless alarms; meltdowns; tantrums; strikes; wobblies; interruptions;
        interruption; rejections; refusals; misprints; crash loop; boot loop; login loop; let me down; lets me down;
        let us down; lets us down; letting me down; failed me; fails me; fail me; disappoints; disappointed me;
        dropped on; drops on; drops them; drops pills; drops tablets; spills; spilled; spilt; spilling; lose its
        mind; lost its mind; loses its mind; goes off its head; off its head; off its rocker; goes off on one; has a
        moment; has a fit; is out by; out by; are out by; was out by; wrong by; wide of the mark; closed on me; just
        closed; closes itself; closed itself; just closes; errors out; errored out; takes forever; took forever; all
        over the place; up the creek; up the spout; gone to pot; nothing but beep; nothing but trouble; sulked;
        sulks; sulking
        """),
    ),
    "battery": phrases("""
        aa; aaa;
        coin cell; coin cells; button cell; aa batteries; aaa batteries; aas; aaas; duracells; pair of batteries;
        pack of batteries; power cell; accumulator; battery pack; battery charge; rechargeable; rechargeables;
        batt'ry; batts; lithium; lithium cell; full battery;
        of juice; its juice; no juice; juice left; of charge; of battery
        """),
    "lasts": (
        *verbs("""
        see us through>saw us through; see me through>saw me through; buy me>bought me; buy us>bought us; get us>got
        us; get me>got me; carry it; carry us; keep it alive>kept it alive; keep it going>kept it going; poop out;
        fizzle out; keep it running>kept it running; run down>ran down; run dry>ran dry; wear out>wore out; pack up;
        peter out; squeeze; keel over; run out of steam>ran out of steam; run out of puff>ran out of puff; tire;
        fade; croak; expire; collapse; go dead>went dead; peg+ out; drop+ dead; bite the dust>bit the dust; give up
        the ghost>gave up the ghost; keep running>kept running; keep working>kept working; keep up>kept up;
        power the; power it; want plugging in; need plugging in; need the dock; want the dock; need juice; need
        topping up; crave the dock; beg+ for the dock; squeeze out; eke out; stretch to; stretch; provide; deliver;
        make it to; stay up; stay charged; stay on; survive on; be good for>was good for; be out of juice
        """),
        *phrases("""
        good for; is good for; is kaput; is spent; kaput after; is gone; 's gone; was gone; gone in; gone after;
        gone within; dead within; dead in; dead after; empty after; empty within; empty in; drained within; drained
        in; drained after; limps back; limps home; limp home; scurries back; scuttles back; crawls home; staggers
        back; back on the dock; back on its dock; back in its dock; back to its dock; back to its base; back to
        base; back on charge; back on the charger; needs its dock; heads home; heads for the dock; heads back; goes
        back to charge; toast after; on a full battery; on one battery; on a single battery; per full charge; for
        every charge; battery in; out of one charge; out of a full charge; from a charge; from one
        charge; from a full charge; from a single charge; on each charge; from each charge; with one charge; with a
        full charge; with each charge; on a fresh charge; and it's dead; and it is dead; and it dies; and it's flat;
        and he's dead; and she's dead; dead as a; gives up after
        """),
    ),
    "recharge": phrases("""
        needs plugging in; need plugging in; wants plugging in; plugged in; plug in; feed it batteries; new set of
        batteries; set of batteries; new cells; swap batteries; swap cells; battery change; battery changes; battery
        swap; replace its battery; replace its batteries; change its battery; change its batteries; changing
        batteries; swapping batteries; replacing batteries; goes through batteries; gets through batteries; new pair
        of batteries; topping up; needs juice; a fresh set; swap out the battery; swap out the batteries; eats
        through batteries; chews through batteries; gobbles batteries; burns through batteries; new aa; new aas;
        batteries need changing; batteries need replacing; batteries need swapping; battery needs changing; battery
        needs replacing; eats a battery; eat a battery; goes through a battery; gets through a battery; uses a
        battery; needs a battery; uses up a battery; gobbles a battery; swallows a battery; takes a battery; a new
        battery; a new set; a fresh battery; drinks batteries; eat batteries; devours batteries; eats up batteries;
        kills a battery; drains a battery; through a battery; through a set
        """),
    "session": (
        *each(
            phrases("""
            the whole; the entire; my whole; our whole; all of the; my entire
            """),
            phrases("""
            house; flat; floor; ground floor; downstairs; upstairs; apartment; place; lot; office; shop; first
            floor; top floor; thing
            """),
        ),
        *each(
            phrases("""
            finish; finishes; finished; completes; completed; covers; covered; gets through; got through; gets
            round; got round; cleans; cleaned; done with
            """),
            phrases("""
            the; my; our; all; both; its; a; one
            """),
        ),
        *phrases("""
        stint; stints; spell at; each outing; per outing; each stint; run time per; a typical run; typical session;
        in a go; each cleaning; each cycle; per cycle; per sitting; whirs about; whirs around; whirrs about; buzzes
        around; trundles about; trundles around; potters about; potters around; rattles around; roams; zooms around;
        wraps up in; wraps up within; completes in; completed in; is finished in; was finished in; gets done in;
        gets it done in; gets through it in; knocks it out in; polishes off; whips round; whips around; nips round;
        takes it; took it; sits in it; glued to it; stuck in it; working in it; working with it; worked in it;
        worked on it; works in it; cleaned for; vacuumed for; ran for; runs for; running for; hoovered for; mopped
        for; swept for; cleans for; vacuums for; whirring for; out for; open for; logged on for; logged in for;
        signed in for; on screen for; per day in it; tinkering; my sessions; a session lasts; session length;
        session time; out and about; mission; missions; circuit; circuits; excursion; excursions; patrol; patrols;
        sweep; sweeps; job; jobs; task; tasks; go-round; expedition; expeditions; tours; each visit; each trip; per
        trip; per mission; per job; each job; each mission; pootles about; pootles; bumbles about; bumbles around;
        wanders about; wanders around; whizzes round; whizzes around; zips around; zips about; putters around;
        putters about; tootles about; scoots around; hums around; bobs about; mooches about; travels; chugs; chugs
        along; chugs around; finished in; finished within; is finished within; 's finished within; done inside; done
        in under; through in; over in; over and done; wrapped up in; in and out
        """),
    ),
}
"""Added to the lists of en_topics.py under the same tags."""
