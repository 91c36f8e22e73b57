"""English words that are right as they are, though one slip of the keyboard away from a listed one."""

from __future__ import annotations

from voice.claims.lexicon.en_forms import phrases

RIGHT_AS_THEY_ARE = phrases("""
        files; patent; create; creates; compute; clause; token; licensee; handling; handled; testing; tables;
        streams; stream; losses; prevent; deleted; trailing; trail; wherever; replay; replayed; reused; reuse;
        stories; tracing; minus; preset; protect; roots; exiting; exits; dealing; brought; spelling; spells;
        listing; staging; shallow; bounded; linter; super; struck; remainder; phrase; prince; price; splits;
        cloning; basics; flushed; flushes; flush; ensures; ensured; ensure; albert; shells; hosted; strand; strands;
        derive; starved; starving; complaint; complaints; talking; extensive; carter; clearer; wines; stuart;
        slight; halving; stacks; stack; stacked; stacking; grids; francis; drafted; speeding; speed; thorough;
        gardner; excerpt; lacking; slowing; warming; neighborhood; steed; polling; booking; painter; painted;
        tasking; auction; tires; tired; rests; rested; hover; hovers; hovering; compete; striped; rider; paced;
        misused; stapled; ceases; cease; capped; grinning; feather; litter; fling; flying; planting; experts;
        expert; widow; widows; tough; parsons; realms; prosper; shouting; shouted; curtain; curtains; powder;
        powdered; filer; trends; sloping; slope; laying; tying; ruined; cropped; reposted; rater; hardy; charming;
        trough; drafting; tipped; massing; licking; clapping; waist; massage; bowing; diving; cleaver; barley;
        fight; swatches; swatch; carver; sneaker; culling; settling; resent; confection; singing; garage; premise;
        panning; previous; squealing; squeal; squealed; boost; boosts; instills; insured; crush; crushed; crushes;
        stick; stuff; shelve; boxing; wheat; wheel; heels; sheep; sheets; sleep; sleet; steel; house; horse; horses;
        hoses; mouths; moths; mouth; years; yeast; yeasts; beast; feast; least; roast; toast; toasts; breads; bread;
        broad; bears; beads; tiles; tills; pillar; pillow; pills; pails; tails; trails; crabs; crash; clash; trash;
        beans; bean; means; bowel; towel; towels; trowel; trowels; vowel; flour; floor; flower; flowers; crown;
        brown; blown; clown; drown; crows; cream; creams; dream; dreams; scarf; shirts; shorts; shirt; skirt;
        skirts; spoons; spoon; stoop; stoops; steps; strip; strips; stripe; stripes; salts; slots; spots; spout;
        sprout; sprouts; shout; scout; scouts; snout; snouts; trout; couch; coach; touchy; pouch; vouch; batter;
        butter; bitter; better; batters; cutter; gutter; letter; litters; latter; matter; mutter; patter; potter;
        potters; putter; rotter; totter; utter; packer; packers; pocket; pockets; picket; rocket; rockets; locket;
        docket; dockets; ticket; bucket; buckets; casket; basket; baskets; gasket; gaskets; blanket; planet; plants;
        plant; paints; prints; points; joint; hints; mints; tints; pints; paint; faint; saint; wrist; waste; wasted;
        haste; paste; pasta; taste; tasted; tested; rusted; dusted; trusted; crusted; busted; lasted; casted;
        fasted; basted; roasted; toasted; boasted; coasted; dated; rated; hated; mated; noted; voted; doted; quoted;
        floated; bloated; gloated; sheet; shoot; sleeve; sleeves; sleepy; steep; creep; creeps; crepes; spanning;
        spanned; decoded; decodes; scram; bored; realty; numer; finnish; synching; tracer; decades; pickled;
        balling; walling; stable; hallo; salaam; stating; filed; filing; casing; reusing; messing; farther; dosing;
        capping; closet; pulled; puller; pouting; redaction
        """)
