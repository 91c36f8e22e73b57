"""English words that say a figure is about nothing the product reports."""

from __future__ import annotations

from collections.abc import Mapping

from voice.claims.lexicon.en_forms import phrases, verbs

VOID: Mapping[str, tuple[str, ...]] = {
    "actor": phrases("""
        vacuum by hand; hoover by hand; sweep by hand; clean by hand; vacuum myself; hoover myself; sweep myself;
        with a broom; with the broom; with a mop; vacuum manually; clean manually; do it by hand; old vacuum
        cleaner; upright vacuum; pharmacist; the cleaner; cleaning lady; supplier; chemist; the gp; doctor;
        delivery; deliveries; truck; lorry; the courier; gardener; visitors; guests; the bus; meeting; meetings;
        technician; inspector; auditor; training; webinar; payment; subscription; newsletter; nurse comes; cleaner
        comes; delivery comes; he comes; she comes; comes round; visits us; visits me; visits her; comes by; comes
        in; the wholesaler; wholesaler; the distributor; distributor; vendor; the vendor; the manufacturer; factory;
        the brewery; the dairy; the bakery; the baker; a van; the van; the driver; driver; lorries; trucks; supplies
        us; delivers; brings us; sends us; competitor; a rep;
        pharmacy; the clinic; the surgery; the library; the post office; the bank is; opening times
        """),
    "contact": (
        *verbs("""
        call; ring>rang>rung; phone; email; e-mail; mail; write>wrote>written; wait; text; contact; chase;
        message; dial; hang up; reply; respond; answer; complain; deliver; repair; ask; tell you
        """),
        *phrases("""
        on hold; on the phone; on the line; hotline; hold music; kept on hold; your line; queue; in the queue;
        reply; response; ticket; tickets; your support; support line; helpline; customer service; call centre; call
        center; callback; call back; delivery; delivered; shipping; shipped; courier; parcel; spoke to; spoken to;
        speak to; transferred; passed around; your colleague; your technician; technician; engineer came; repair;
        repaired; replacement; replaced; sent it back; sent back; returned it; refund; emails; messages; calls;
        appointment; your people; your agent; agents; support agent; no answer; no reply; nobody answered; got
        through to; promised me; survey; feedback; newsletter; spam; your engineer; engineer; ordered;
        delivery time; support bot; chatted; listened; postman; asked; been on to; onto ye; on to ye; on to you;
        onto you; been onto; been in touch; in touch; got through; get through to; got hold of you; speak with;
        spoke with; helpdesk; help desk
        """),
    ),
    "money": phrases("""
        euro; euros; eur; €; $; £; dollar; dollars; pound; pounds; quid; bucks; cents; pence; usd; gbp; paid; pay;
        pays; paying; cost; costs; price; priced; charged me; charges; charged; invoice; invoices; bill; billed;
        billing; refund; refunded; discount; fee; fees; subscription; expensive; cheaper; licence; license;
        licences; licenses; plan; tier; worth; salary; wages; rent; tax; vat; rupees; yen; chf; francs; kr;
        coupon; voucher; offer; quid a; seats; deposit; instalments; installments; bank; is too much;
        too much; too dear; too expensive; cheap; rip-off; a share; shares; bonds; profit; stock price; yield;
        loan
        """),
    "identity": phrases("""
        order number; order no; serial; serial number; number is; my number; model; version; ref; reference;
        reference number; case number; customer number; ticket number; phone number; postcode; zip; code; article;
        part number; sku; pin; invoice number; id; account number; ward; aged; years old; year old; year-old; age;
        is 84; stars; star; star rating; rating; firmware; apartment; house number; street; born; room number;
        error code; iso; channel; port; score; marks; points; nps; tracking number; no .; grandchildren;
        months old; birthday;
        aged; rated; rate it; give it; out of ten; out of five
        """),
    "owned": phrases("""
        bought; buy; purchased; purchase; warranty; guarantee; guaranteed; have had it; had it for; have had this;
        owned; own; have owned; own it; customer for; been a customer; a customer; since i bought; since purchase;
        got it; got this; have been using; been using; been with you; installed; have it since; have it for;
        has had it; new one; came with; included; arrived; received; gift; christmas; birthday; ordered;
        receipt; i've had; we've had; had mine; have mine; renewed; signed up; registered; trial; free trial;
        fitted; second hand; lease; leased; rented; working here; in the job; in this job; been doing this job;
        worked here;
        as a present; a present; birthday present; christmas present; leaving present
        """),
    "setting": phrases("""
        set to; set at; is set; was set; set it to; limit; alert; alerts; alarm is set; reorder point; reminder is;
        reminders; schedule; scheduled; timer; programmed; volume; interval; auto-logout; autologout; timeout;
        default; configured; setting; settings; minimum level; warning level; reorder; backup; backups; mode;
        notify; snooze; notification; notifications; set up; set up to; set for; calibrate; calibration; zoom; auto
        logout; due; retention; capacity; max load; threshold is; threshold of; threshold was; thresholds are;
        second threshold; threshold to; alarm is at; alarm at; alert is at; alert at; alarm goes at; alarm goes off
        at; warning at; warns at; alerts at; trigger at; triggers at; trigger is; reorder at; reorder level; minimum
        is; minimum stock; par level; safety stock; cut-off; cutoff; is configured; programmed for; programmed to;
        set the; set my; set our; set her; set his; autosaves; auto-saves; autosave; saves itself; refreshes; syncs
        itself; backs up; backs itself up; emails me; texts me; notifies me; reminds me; updates itself; checks for
        updates; pings me; sends me; sends an alert; sends a report; sends a reading; polls; transmits; reports
        every; samples; measures every; reports back every; syncs every; uploads every; pushes
        """),
    "aside": phrases("""
        charging; to charge; recharge time; charging time; to update; updating; update took; update takes;
        download; downloading; to install; installation; install; to load; loading; loads; load; to sync; to boot;
        boot; to start up; startup; set-up; setup; meeting; commute; drive; walk; holiday; shift; to open;
        opens in; fill it; filling; refill; refilling; training; course; video; lunch; break; to unpack; unboxing;
        to assemble; response time; to respond; to answer; cooking; queueing; hospital; to fix; to find; to reset;
        looking for; search for; reading; reading the manual; walking; typing; explaining; to reply; clearing;
        untangling; cutting; to connect; delay; late by; in advance; notice; expire; expires; expired; deadline;
        project; thesis; exam; flight; wedding; sleep; cleaner; cleaning lady; inspection; audit; audits;
        delivery; deliveries; supplier; truck; lorry; restock; restocked; come in; comes in; arrive; arrives;
        technician; to print; to import; to export; importing; exporting; the import; an import; the export;
        an export; the upload; the download; the sync; backup; the report; the search; search takes; page takes;
        the install; a reset; the reset; reboot; to finish loading; the webinar; the meeting
        """),
    "measure": phrases("""
        kg; kilo; kilos; kilogram; kilograms; g; gram; grams; mg; cm; mm; metre; metres; meter; meters; m²; m2;
        sqm; sq; square; square metres; square meters; litre; litres; liter; liters; l; ml; watt; watts; w; volt;
        volts; v; db; °; degrees; celsius; °c; inch; inches; inch racks; feet; ft; km; miles; px; pixels; gb; mb;
        mbit; ghz; rooms; floors; floor; storeys; bedrooms; people; persons; users; employees; of us; patients;
        residents; shelves; sensors; devices; robots; cabinets; locations; shops; stores; warehouses; branches;
        stations; tons; tonnes; ounces; oz; lbs; mah; fps; bpm; -inch; skus; teams; languages; beds; nurses;
        colleagues; students; dogs; cats; kids; children; offices; kb; wards; milligram; milligrams;
        compartments; compartment; slots; buttons; lights; leds; steps; stairs; flights; hands; eyes; legs;
        """),
    "label": phrases("""
        error; code; bin; silo; shelf; room; ward; version; fridge; freezer; rack; aisle; slot; door; floor; flat;
        step; phase; page; section; zone; model; type; level; grade; class; size; number; cabinet; store; unit;
        line; sensor; gate; bay; row; ticket; order; case; tray; drawer; cupboard; building; hall; block; channel;
        port; window; windows; android; ios; robot; device; part; chapter; release; firmware; update; build
        """),
    "out_of_else": phrases("""
        order; warranty; office; town; luck; curiosity; control; date; sync; nowhere; reach; range; line; hand;
        sight; bed; action; use; here; there; context; tune; pocket; bounds; time; hours; battery; power; juice;
        charge; memory; space; the; my; it; them; this; that; him; her; a; interest; those; these; all; every; any;
        each; what; which; his; your; our; their; whom; some; ten; last; shape; condition; breath; pure; sheer;
        habit; respect; necessity; boredom; the question; the ordinary; spite; season
        """),
    "currency": ("£", "$", "€", "rs", "eur", "usd", "gbp", "#"),
    "clock": ("at", "until", "till", "by", "before", "around", "past"),
}
