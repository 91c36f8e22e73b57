"""English words by field of meaning: taking, leaving out, goods, being there, going out, lying idle."""

from __future__ import annotations

from collections.abc import Mapping

from voice.claims.lexicon.en_doing import DOING, IT
from voice.claims.lexicon.en_forms import each, phrases, verbs

FIELDS: Mapping[str, tuple[str, ...]] = {
    **DOING,
    "miss": (
        *each(
            ("leaves", "leave", "leaving"),
            phrases("""
            about; roughly; around; nearly; almost; half; every; at least; up to; between; three; several; more
            than; approximately
            """),
        ),
        *each(
            ("slip", "slips", "slipped", "slipping"),
            phrases("""
            my mind; her mind; his mind; our minds; their minds
            """),
        ),
        *each(
            ("leave", "leaves", "leaving"),
            phrases("""
            the; his; her; my; one; a; some; two; it; them; most
            """),
        ),
        *each(
            phrases("""
            left the; left his; left her; left my; left it
            """),
            phrases("""
            in the; morning; evening; noon; pill; tablet; dose
            """),
        ),
        *verbs("""
        pass on; give it a miss>gave it a miss; give a miss>gave a miss; fall through>fell through; dodge; duck;
        flush; hide>hid>hidden; oversleep>overslept; blank on; slip past; slip by; slip through; throw
        away>threw away; bottle it
        """),
        *phrases("""
        untaken; not taken; unswallowed; left untouched; left lying; left sitting; left in the tray; left in the
        slot; left in the compartment; still in the tray; still in the slot; still in the compartment; clean forgot;
        plain forgot; clean forgets; forgotten about; forgot about; forgot all about; slipped through; slept
        through; not swallow; not swallowed; lapse; lapses; no-show; no show; uneaten; went astray; goes untaken; go
        untaken; went untaken; gone untaken; goes unswallowed; not make it to the; lets slide; let slide; let one
        slide; let slip; lets slip; skipper; forgetful; omission; omissions; gap; gaps; refused to take; too late;
        late with; late taking; took late; taken late; hours late; blew off; blow off; blown off; fell asleep
        before; still in there; still in the machine; still sitting there; still lying there; remains in the tray;
        remained in the tray; stays in the tray; stayed in the tray; back in the box
        """),
    ),
    "take": (
        *verbs("""
        consume; get down>got down; choke down; polish off; manage; stick to>stuck to; stick with>stuck with;
        comply; ingest; keep to>kept to; keep up with>kept up with; neck; knock back; put away; wash down;
        administer; inject
        """),
        *phrases("""
        get taken; gets taken; got taken; go down; going down; gone down; went down; are taken; is taken; was taken;
        were taken; goes down; compliant; adherent; down the hatch; gets them down; got them down; gets down; got
        down; swallowed; actually taken; ends up taken; end up taken; by mouth; goes in her; goes in him; goes in
        my; makes it into; make it into; gets into; his meds; her meds; my meds; dosed
        """),
    ),
    "dose": phrases("""
        caplet; caplets; lozenge; lozenges; pillule; pillules; painkiller; painkillers; statin; statins; vitamin;
        vitamins; antibiotic; antibiotics; beta blocker; beta blockers; metformin; aspirin; aspirins; warfarin;
        paracetamol; ibuprofen; blood pressure pill; blood pressure pills; heart pill; heart pills; heart tablet;
        heart tablets; water tablet; water tablets; water pill; water pills; sleeping pill; sleeping pills; sachet;
        sachets; gel cap; gelcaps; round; the lunchtime one; the night one; the noon one; the bedtime one; tabletts;
        medecine; medicin; refills; drug; drugs; antihypertensive; antihypertensives; insulin shot; shots; inhaler;
        puffs; thyroxine; levothyroxine; prescription
        """),
    "item": phrases("""
        sleeve; sleeves; slab; slabs; bale; bales; brick; bricks; block; blocks; batch; batches; basket; baskets;
        bin; bins; bucket; buckets; tub; tubs; pot; pots; loaf; loaves; wheel; wheels; cask; casks; cartridge;
        cartridges; coil; coils; container; containers; copy; copies; crates; cylinder; cylinders; dispenser pack;
        flask; flasks; jerrycan; jerrycans; kit; kits; load; loads; log; logs; mask; masks; glove; gloves; syringe;
        syringes; vial; vials; ampoule; ampoules; mug; mugs; napkin; napkins; nut; nuts; bolt; bolts; screw; screws;
        parcel; parcels; plank; planks; plate; plates; punnet; punnets; sachet; sachets; set; sets; stack; stacks;
        strip; strips; stick; sticks; tile; tiles; towel; towels; truckload; truckloads; wrap; wraps; egg; eggs;
        apple; apples; panel; panels; valve; valves; filter; filters; tyre; tyres; tire; tires; cones; cone; bulb;
        bulbs; blade; blades; brush; brushes; candle; candles; diaper; diapers; nappy; nappies; bandage; bandages;
        gown; gowns; swab; swabs; mop heads; toner; toners; lid; lids; cake; cakes; pie; pies; pint; pints; steaks;
        fillets; burger; burgers; sausage; sausages; sandwich; sandwiches; croissant; croissants; muffin; muffins;
        roses; bouquet; bouquets; plant; plants; pencil; pencils; pen; pens; notebook; notebooks; chair; chairs;
        battery packs; jug; jugs; canister; canisters; cans of; dozen eggs; sixpack; sixpacks; six-pack; six-packs;
        multipack; multipacks; binder; binders
        """),
    "left": phrases("""
        dropped to; has dropped to; fallen to; has fallen to; fell to; dwindled to; shrunk to; gone down to; went
        down to; is now at; stands now at; hovering at; hovers at; at the moment stands; the last of; the very last;
        to go; in the building; spare; unopened; untouched on; still there; still on the; still in the; in storage;
        in the storage; in the back room; on the floor; in the pile; on the pile; stacked; stacked up; in the
        racking; on the racks; in the shed; in the barn; in the pantry; in the larder; in the cellar; in the store
        cupboard; in the depot; behind the bar; behind the counter; under the counter; to hand; within reach; at
        hand; on premises; on site; on the premises; we are at; i am at; down to our last; down to my last; down to
        the last; our last; my last; stock level; stock levels; in total now; is sitting; are sitting; sit there;
        sits there; sitting there; lying around; lie there; i counted; we counted; just counted; by my count; count
        shows; physically here; physically there; on the trolley; in the trolley; in its belly; in the carousel; in
        the hopper; in the compartment; in the compartments; in the cassette; in the cartridge; are in it; inside
        it; contains; contain; hold; has got; is filled to; filled to; is at; are at; 's at; reserves; leftover;
        surviving; survive; nothing but; no more than a; we're at; we're down to; still has; i count; we count; i
        can count; stock :; stock -; inventory :; remaining :; left :; in stock :; stock count :; level :; stock
        level :; count :; on hand :; stock now; left out the back; left out back; left out there; left out; left
        over there; left in; left on; left at; left here; left there; still inside; are inside; is inside; inside
        still; left inside; inside the machine; inside the box; inside the dispenser; tipped out; tipped them out;
        that's what's left; that is what is left; that's all that's left; that's all we have; that's all i have; is
        all that's left; is what's left; that's all there is; is all there is; is all we have; is all i have; ' s
        at; all we've got; all i've got; that's our lot; that's the lot
        """),
    "consume": (
        *verbs("""
        flog+; hawk; offload; dispatch; despatch; retail; peddle; vend; turn over; clear; knock out; hand over; part
        with; push out; blitz; demolish; polish off; munch through; gobble; knock back; devour; dole out; give
        away>gave away; supply; distribute; load out; check out; ring up>rang up; sling>slung; trade; rattle
        through; race through; whip+ through; tear through>tore through; zip+ through; power through; crack open;
        open; uncork; munch; guzzle; drain; eat through>ate through; drink through; use through; take off the shelf;
        pick off; sell through>sold through; sell on>sold on; plow through; storm through; swallow; require;
        average; print through; hand round; get rid>got rid; run up; deplete; go down by>went down by; drop+ by;
        fall by>fell by; shrink by; hammer; smash through; cut into; dip into; burn; swipe; nick; melt away; dish
        up; plate up; pump out
        """),
        *phrases("""
        are consumed; is consumed; are eaten; are drunk; are dispatched; is needed; are needed; out of the door; off
        the shelf; off the shelves; over the counter; across the counter; through the till; through the tills; to
        customers; to the wards; to the ward; per shift; get eaten; gets eaten; get drunk; gets used; turned over;
        sell-through; offtake; throughput; average demand; daily demand; weekly demand; our rate; burn rate;
        consumption rate; rate of use; walks out; leaves us; goes each; goes every; go each; go every; go daily; our
        usage
        """),
    ),
    "last_use": (
        *each(
            phrases("""
            not had; not got; not put; not set; not turned; not switched
            """),
            each(
                IT,
                phrases("""
            on; out; going; open; running; up; off
            """),
            ),
        ),
        *each(
            phrases("""
            took; had; swallowed; popped; take; taken
            """),
            phrases("""
            her last; his last; the last one; my last; mine last; the latest
            """),
        ),
        *each(
            ("last", "previous"),
            phrases("""
            spin; outing; whirl; visit; sign in; signed in; log in; turned on; switched on; set it off; started it;
            ran it; used it; opened it; touched it; cleaned; went round; went out; was on; was out; was in there;
            was used; was opened; was run; took one; took mine; took it; took my; took her; took his; had one; had
            mine; had a dose; saw action; saw daylight; saw use; saw service; checked; checked in; looked; looked
            in; looked at; tablet; swallowed; accessed; launched; operated; clean was; got used; did the floors; did
            the house; vacuumed; hoovered; popped; fired up; fired it up; powered; put it on; put to use; went
            round; went near
            """),
        ),
        *phrases("""
        not seen action; not seen use; not seen any use; not seen daylight; not seen any action; not seen service;
        without being used; without use; gathered dust; gathers dust; lain idle; been lying; been dormant; lies
        dormant; lay dormant; lying dormant; been in the cupboard; been in the closet; been in the corner; sits in
        the corner; sat in the corner; been standing idle; been parked; been sitting unused; gone unused; gone
        untouched; went unused; remained unused; remained untouched; stayed in its box; stayed in the cupboard;
        stays in the cupboard; switched off for; not bothered with; not bothered to use; not bothered; not been
        switched on; not been turned on; not been started; not been opened; not been used; not been touched; not
        been out; not been run; not been round; not gone round; not gone out; not had a go; not given it a; not had
        a run; not had a spin; not had an outing; not looked at; not looked in; not set foot in; not laid hands on;
        not laid a hand on; not so much as touched; not been anywhere near; not had cause to; not had occasion to;
        been away from; not logged; in mothballs; mothballed; retired it; shelved it; put it away; packed it away;
        been packed away; abandoned; dropped using; ceased using; have not had to use; no need for it for; since
        anybody ran; since anyone ran; since anyone opened; since it was on; since it was last; since it went round;
        since it last went; since it last saw; since it ran; since it cleaned; since my last; since our last; since
        her last; since his last; since the robot last; since my previous; since its last; no activity; no use; no
        usage; nobody has used; nobody has opened; nobody has touched; no one has used; no one has touched; nobody
        used; nobody touched; no one used; nobody's used; nobody's touched; no one's used; no one's touched; took my
        last; took the last; my last one; had my last; opened it last; used it last; ran it last; was in it last;
        took it last; was when i; when i last; was on it last; last was; when we last; when it last; when she last;
        when he last; left it alone; leave it alone; left the thing alone; let it be; been without it; gone without
        it; left it in; left it on its dock; left it off; kept it off
        """),
    ),
    "start": phrases("""
        came on; first noticed; i noticed; we noticed; noticed it; first saw; kicked in; kicked off; appeared; first
        appeared; showed up; cropped up; came up; first happened; first time this happened; it all started; trouble
        started; has been going
        """),
    "have": phrases("""

        we got; i got in stock; we hold; we are holding; we keep; there remain; there remains; we count; i count; i
        make it; we stock; we've still; i still have; we still have; still got
        """),
    "before_end": phrases("""
        before it limps; before it crawls; before it wants; before it needs; before it gives up; before it conks;
        before it packs; before it runs; before needing; before wanting; before going flat; before going back;
        before heading; before the dock; before charging; before a recharge; before recharging; before it collapses;
        before it quits; before the juice; then dead; then flat; then nothing; then it's dead; then it is dead; then
        it's off to; then it needs; then it wants; then back to; then it goes back; then it heads; in and it's dead;
        in and it is dead; in and dead; in and it dies; and that's it; and it conks; and it gives up; till it's
        dead; till it's flat; until it's dead; until it's flat; without going back; without recharging; without a
        recharge; without charging; without a charge; without heading; without needing; from full to flat; full to
        flat; full to empty; from full to empty; from full to dead
        """),
    "idle": phrases("operated; active; busy; touched; clean; vacuum; hoover; mop; sweep; go out; go round; cleans"),
    "empty": (
        *each(
            phrases("""
            reserve; stock; supply; reserves; stash; tablets; pills; cartridge; refill; last box; meds
            """),
            phrases("""
            is finished; are finished; is gone; are gone; is over; is up; are up; is used up; are used up; is
            exhausted; has gone; have gone; is done
            """),
        ),
        *phrases("""
        zilch; nada; bone dry; run dry; ran dry; dry; wiped out; stripped; cleared; not a crumb; not one left; zero
        stock; zero left; zero remaining; out completely; all out; nothing to sell; nothing to be had; nothing but
        air; nothing but dust; stock is zero; stock at zero; stock is nil; bare shelf; bare shelves; empty shelf;
        empty shelves; all sold; sold the last; used the last; took the last; last one went; last one sold; fully
        depleted; totally empty; exhausted; all been used; none to be found; none to be had; have none; has none;
        got none; we have nothing; got nothing left; nothing's left; nothing is left; without any stock; no more
        stock; no stock left; stockout; stocked out; is finish; are finish; is finished now; is all gone; are all
        gone; have run out; has run out; had run out; 've run out; 's run out; done with; down to nothing; down to
        zero; down to nil; cleaned us out
        """),
    ),
    "vague": phrases("""
        that often; all that often; very seldom; once in a great while; every once in a blue moon; from time to
        time; every so often; more often than not; way too often; far too often; much too often; not so often; not
        all that often; not too much; sporadic; occasional; infrequent; at odd times; in fits and starts; ever so
        rarely; only seldom; now and then; only now and then; once or twice in a blue moon; pretty often; fairly
        often; rather often; pretty rarely; fairly regularly; quite regularly; quite frequently; very frequently;
        pretty regularly; too frequently; very occasionally; several times over; any number of times; no end of
        times; a good deal; left and right; here and again; every now and then; periodically; once in a blue;
        all day long; half the day; time after time; again and over; over and over again; on occasion; on occasions;
        oftentimes
        """),
    "away": phrases("""
        a shower; us a; me a; him a; forever; place; part in; its time; its sweet time; a while; a minute to; too
        long; so long; an age; some getting; it out; them out; it back; them back; it apart; it off; hold; over;
        turns; note; pride; the plunge; the mick; the piss; the biscuit; up space; up room; up a lot; up too; up
        half
        """),
    "no_cue": phrases("""
        in one piece; brand new; on earth; on purpose; in a way; on top; in the world; to be fair; on the house; go
        figure; on the other hand; hand on heart; first of all; second of all; in the end; at the end; one day; one
        thing; for one; used to it; get used to; got used to; good use; no use crying; what use; of no use; of any
        use; of use; user friendly; shut down the shop; cold turkey; hot water; hot meal; hot meals; cold drinks;
        cold brew; hot chocolate; hot dog; hot dogs; open day; opening hours; open hours; cold room; cold store;
        cold storage; go down her; go down his; go down my; goes down her; goes down his; goes down my; go down
        well; goes down well; went down well
        """),
}
"""Added to the lists of en_topics.py under the same tags."""
