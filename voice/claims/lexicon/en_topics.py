"""English words that say what a figure is about."""

from __future__ import annotations

from collections.abc import Mapping

from voice.claims.lexicon.en_forms import phrases, verbs
from voice.claims.lexicon.en_names import DEVICES

TOPICS: Mapping[str, tuple[str, ...]] = {
    "use": (
        *verbs("""
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
        *phrases("""
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
        *verbs("""
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
        *phrases("""
        fault; faults; faulty; problem; problems; issue; issues; error; errors; bug; bugs; broken; dead;
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
    "battery": phrases("""
        battery; batteries; charge; full charge; one charge; a charge; single charge; battery life; akku; accu;
        batt; battry; batterie; cell; charged; set of batteries; run time; runtime; set of aas; aas; power pack;
        out of juice
        """),
    "lasts": (
        *verbs("""
        last; hold>held; hold out; die>died; go flat>went flat; drain; run flat>ran flat; conk out; give out;
        give up>gave up; run out; survive; endure; manage; keep going>kept going; stop; stop+; quit+; cut out;
        power down; shut+ down; shut+ off; discharge; empty; hold up; stay alive; go dead>went dead; shut off;
        pack in; need charging; want charging
        """),
        *phrases("""
        lasts me; lasts us; does me; does us; gives me; gives us; get out of; on a charge; per charge;
        on one charge; on a single charge; on a full charge; becomes finish; become finish;
        is dead; is flat; is empty; goes; before it wants the dock; before it dies; before it needs charging;
        before dying; before the battery dies; before it goes back to charge; before it stops; from full; i get;
        we get; goes empty; out of juice; out of power; heads back; crawls back; returns to the dock;
        wants the dock; goes home; back to the dock; then it dies; per battery; to a charge; out of a charge;
        between charges; a charge; goes to dock; needs the charger; without charging; goes flat; went flat;
        flat battery; gets flat; dead flat; flat again; flat within; flat in; flat by; flat after; was flat;
        's flat; 's empty
        """),
    ),
    "recharge": phrases("""
        charge it; charge him; charge her; recharge; recharge it; recharging; charging it; change the battery;
        change the batteries; changing the batteries; changing the battery; replace the battery;
        replace the batteries; new batteries; new battery; swap the battery; swap the batteries;
        swapping the batteries; replacing the batteries; replacing the battery; plug it in; needs charging;
        needs a charge; fresh batteries; wants charging; needs new batteries; wants new batteries;
        needs recharging; put it on charge; i charge; we charge; have to charge; needs a recharge;
        changed the batteries; batteries changed; eats batteries; change batteries; replace batteries
        """),
    "session": phrases("""
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
        *verbs("""
        miss; skip+; forget>forgot>forgotten; omit+; leave out>left out; overlook;
        leave off>left off; sleep through>slept through; neglect; fail to take
        """),
        *phrases("""
        forgetting; forgetten; missd; forgt; slips my mind; slipped my mind; went without; gone without;
        go without; without taking; missing; not had; passed up; late with; leave a; leave half; leave one;
        leave some; leaves a; leaves half; leave about; leave out; leaves some; left her pills; left his pills;
        left my pills; left them in; leaves them in; leaves her pills; leaves his pills; slipped up
        """),
    ),
    "take": (
        *verbs("""
        take>took>taken; swallow; pop+; down; gulp
        """),
        *phrases("""
        taking; tooken; takin; has her pills; has his pills; have my pills; have my tablets; has her tablets;
        has his tablets; on them; gets her pills; gets his pills; compliance; adherence
        """),
    ),
    "dose": phrases("""
        pill; pills; tablet; tablets; tabs; dose; doses; capsule; capsules; medication; medications; meds;
        medicine; medicines; med; drops; insulin; dosage; dosages; the morning one; the evening one
        """),
    "dose_pronoun": phrases("""
        them; em; 'em; one; ones; it; mine; those; these; of them; of em; of mine
        """),
    "item": phrases("""
        box; boxes; carton; cartons; pack; packs; packet; packets; bag; bags; sack; sacks; can; cans; tin; tins;
        bottle; bottles; crate; crates; roll; rolls; keg; kegs; piece; pieces; pcs; unit; units; item; items;
        pallet; pallets; tray; trays; jar; jars; tube; tubes; case; cases; cup; cups; bar; bars; sheet; sheets;
        ream; reams; pair; pairs; bundle; bundles; barrel; barrels; drum; drums; spool; spools; reel; reels
        """),
    "left": phrases("""
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
        *verbs("""
        go through>went through>gone through; get through; get through>got through; sell>sold; use>used; use up;
        consume; shift; get rid of>got rid of; take out>took out; pull; empty; burn through; move; dispense;
        issue; hand out; give out>gave out; fit+; need; pack; pick; drink; ship+; run through; work through;
        churn through; chew through; eat>ate>eaten; serve; pour; rip+ through; plough through; fly through; draw;
        withdraw; dish out; change; bake; cook; order; blow through; get shot of>got shot of; throw out; install;
        send out; build in
        """),
        *phrases("""
        goes out; go out; leave the shop; leaves the shelf; leave the shelf; consumption; demand; usage; sales;
        out the door; go over the counter; going out; ran through; leave the store; are sold; are used; get used;
        fly off; walk out; turnover; sold; leave here; leave us; disappear; goes; go; vanish
        """),
    ),
    "last_use": phrases("""
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
    "ended": phrases("""
        stopped working; stopped responding; stopped charging; stopped cleaning; stopped sending; stopped
        dispensing; stopped syncing; stopped moving; stopped ringing; stopped altogether; stopped reporting; stopped
        loading; stopped opening; quit working; ceased working; quit on me; died on me; died on us; packed up;
        packed in; gave up; gave up the ghost; broke; broke down; went dead; went offline; went dark; went silent;
        went blank; conked out; seized up; snapped; went down; died; bit the dust; kicked the bucket; fell apart;
        stopped; came off; fell off; burnt out; burned out; blew; froze up
        """),
    "start": phrases("""
        started; began; has begun; happening; happens; happened; going on; has been like this; been like this; been
        doing this; been doing that; been going on; like this; like that; persists; exists; this way; set in;
        occurred; the case; this is so; that is so; it is so; is so; has been so; been so; is the case; had that
        going on; had this going on; that going on; this going on; it going on; going on like this; been happening;
        been the case; been an issue; been a problem; been the same;
        like it; been so; been that way; been this way; that way; been acting up
        """),
    "have": phrases("""
        we have; i have; we have got; i have got; we've; i've got; there is; there are; is at; we own
        """),
    "before_end": phrases("""
        before it; before he; before she; before the battery; before dying; before the thing; and then it dies;
        then it dies; then dies; and it is dead; and it's dead; and then it's dead; then it's flat; and it dies;
        then needs charging; and dies; and then dies; and it's flat; till it dies; until it dies;
        until the battery; fully charged; on a full charge; full charge; on one charge; on a charge; per charge;
        to a charge; on a single charge; when full; from full; charge lasts
        """),
    "renew": phrases("""
        change; changed; changing; replace; replaced; replacing; swap; swapped; swapping; renew; renewed;
        recharge; recharged; charge; charged; new; fresh; put new; put in new; be changed; be replaced;
        be charged; be recharged; insert; buy new; need new; needs new; dies; goes flat
        """),
    "takes": phrases("""
        take; takes; took; taking; needs; need; taken
        """),
    "full_word": ("full", "empty", "stocked"),
    "now_left": phrases("""
        as of now; right now; currently; at the moment; at present; as we speak; now; at this moment; presently;
        still; today; this minute; just now; here; at the minute; at this time; at this very moment; as it stands;
        as of today; at time of writing; as i write; at the mo; as of this morning; this very minute; atm
        """),
    "has_dose": phrases("""
        have; has; had; get; gets; having; 's on; am on; is on
        """),
    "idle": phrases("""
        run; ran; cleaned; been; used; vacuumed; running; driven
        """),
    "all_of": phrases("""
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
    "none_of": phrases("""
        none of them; none of my pills; none of the pills; none of my tablets; none of the doses; none of em;
        not one of them; none of it; none of his pills; none of her pills
        """),
    "empty": phrases("""
        empty; is empty; all gone; run out; ran out; running out; run out of; ran out of; out of stock; sold out;
        cleaned out; bare; stripped bare; nothing left; none left; nothing in it; nothing on it; nothing there;
        is out; we are out; are out of; am out of; we're out of; completely out; totally out; fresh out of;
        all out of; clean out of; nothing on the shelf; have nothing; nothing remaining; nowt left; nada left;
        not a thing left; we have none; there are none; there is none; there is nothing; there's nothing;
        none remaining; no stock; depleted; cleared out; finished up; nothing in there; none in stock;
        nothing in stock; all used up; is used up; completely used up
        """),
    "full": phrases("""
        is full; are full; full up; still full; completely full; filled to the brim; full to the brim; brim full;
        chock full; totally full
        """),
    "third_person": ("does", "dosnt", "doesn", "is", "has", "was"),
    "a_single": phrases("""
        a single; a; one; any; even one; a single one; a solitary; even a single; one single; a one; once;
        any of them; anything
        """),
    "finish": phrases("""
        finish; do; complete; go; get
        """),
    "to_do": phrases("""
        to
        """),
    "thing": DEVICES,
    "away": phrases("""
        the bus; the train; the tram; a bus; the dog; the car; a taxi; a walk; a nap; a bath; the stairs; care;
        place; part; photos; pictures; notes; a look; a break; a holiday; the metro; the tube; the underground;
        a shower; lessons; time; ages; the blame; her to; him to; me to; us to; a lot of; offence; time off;
        days off; exercise
        """),
    "no_cue": phrases("""
        on my phone; on his phone; on her phone; my phone; the phone app; on our phones; on the phone app;
        phone app; full stop; of course; in a row; by the way; of charge; free of charge; without fail
        """),
}
