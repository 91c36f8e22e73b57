"""How Persian puts figures and periods together. A period may come first («هفته‌ای سه بار») or last."""

from __future__ import annotations

from voice.claims.frames import Frame

_WHAT = "<counter|item|dose>? <item|dose>?"
_ANY = "<noun|use|take|lasts|fault|product_fault|miss|stop|it|dose|me|item>?"
_APPROXIMATELY = "ی\u200c"
_NOT = "ن\u200c"

FRAMES: tuple[Frame, ...] = (
    # «هفته‌ای سه بار», «روزی ۵ کارتن», «روزانه سه وقت»
    Frame("rate", f"<period_i:p> <number:n> {_WHAT}"),
    Frame("rate", f"<number:n> <counter|item|dose> <item|dose>? <period_i:p>"),
    # «سه بار در هفته», «در روز ۵ کارتن», «هر هفته سه بار», «هر روز صبح یه دونه»
    Frame("rate", f"<number:n> {_WHAT} <in_word> <period:p>"),
    Frame("rate", f"<in_word> <period:p> <number:n> {_WHAT}"),
    Frame("rate", f"<every> <period:p> <day_part>? <number:n> {_WHAT}"),
    Frame("rate", f"<number:n> {_WHAT} <every> <period:p>"),
    Frame("rate_periodic", f"<periodic:w> <number:n> {_WHAT}"),
    Frame("rate_periodic", f"<number:n> {_WHAT} <periodic:w>"),
    # «هر سه روز یه بار», «دو روز یه بار», «دو روزی یه بار», «یک بار هر دو روز»
    Frame("rate_in", f"<every> <number:k> <period:p> {_APPROXIMATELY}? <number:n> <times>"),
    Frame("rate_in", f"<number:k> <period:p> {_APPROXIMATELY}? <number:n> <times>"),
    Frame("rate_in", f"<number:k> <period:p> {_APPROXIMATELY}? <number:n> <of_units> <item|dose>"),
    Frame("rate_in", f"<every> <number:k> <period:p> <number:n> {_WHAT}"),
    Frame("rate_in", f"<number:n> {_WHAT} <every> <number:k> <period:p>"),
    Frame("rate_over", f"<number:n> {_WHAT} <every> <time:t>"),
    Frame("rate_over", f"<every> <time:t> <number:n> {_WHAT}"),
    Frame("rate_over", f"<time:t> <number:n> <times>"),
    # «سه بار در دو هفته», «در سه ماه اخیر ۹ بار»
    Frame("rate_over", f"<number:n> {_WHAT} <in_word> <time:t>"),
    Frame("rate_over", f"<in_word> <time:t> <number:n> {_WHAT}"),
    Frame("rate_window", f"<number:n> {_WHAT} <in_word> <time:t> <past>"),
    Frame("rate_window", f"<in_word>? <time:t> <recent> <number:n> {_WHAT}".replace("<in_word>? ", "<in_word> ")),
    Frame("rate_window", f"<time:t> <recent> <number:n> {_WHAT}"),
    Frame("rate_window", f"<these> <time:t> <number:n> {_WHAT}"),
    # «هر روز», «هر دو روز», «هر نیم ساعت», «یک روز در میان», «دو روز در میان»
    Frame("every", "<every> <period:p>"),
    Frame("every", "<every> <number:k> <period:p>"),
    Frame("every_over", "<every> <time:t>"),
    Frame("between", f"<number:k> <period:p> {_APPROXIMATELY}? در میان"),
    Frame("between", "<period:p> در میان", {"k": 1}),
    Frame("between", "<period_i:p> در میان", {"k": 1}),
    Frame("nth", "یک بار|دفعه|نوبت|مرتبه|وعده در میان", {"b": 2}),
    Frame("nth", "یکی در میان", {"b": 2}),
    Frame("per", "<in_word> <period:p>"),
    Frame("per", "<period_i:p>"),
    Frame("periodic", "<periodic:w>"),
    # «روزی سه ساعت», «هفته‌ای پنج روز», «یک ساعت در روز», «از هفت روز پنج روز»
    Frame("length_per", "<period_i:p> <time:t>"),
    Frame("length_per", "<every> <period:p> <time:t>"),
    Frame("length_per", "<time:t> <in_word> <period:p>"),
    Frame("length_per", "<in_word> <period:p> <time:t>"),
    Frame("length_per", "<time:t> <every> <period:p>"),
    Frame("length_periodic", "<time:t> <periodic:w>"),
    Frame("days_of", "<number:a> <period:p> از <number:b> <period>"),
    Frame("days_of", "از <number:b> <period:p> <number:a> <period>"),
    # time that has passed: «یه هفته‌ست», «سه روزه», «پنج شش ماهی میشه», «دو هفته‌ای هست که»
    Frame("spell", "<time:t> <is> که?"),
    Frame("spell", "<time:t> <is> <is> که?"),
    Frame("spell", "<time:t> تمام|کامل|آزگار <is>? که?"),
    Frame("spell", "مدت <time:t> <is>? که?"),
    Frame("spell", "به مدت <time:t>"),
    Frame("spell", "برای مدت? <time:t>"),
    Frame("spell", "الان|حالا|اکنون <time:t> <is>? که?"),
    Frame("spell", "از <time:t> <ago> تا? <now>?"),
    Frame("ago", "<time:t> <ago>"),
    Frame("after", "<after> <time:t>"),
    Frame("after", "بعد|پس از <time:t>"),
    Frame("after", "<time:t> بعد"),
    Frame("after", "<time:t> بعدش"),
    Frame("window", "<in_word> <time:t> <recent>"),
    Frame("window", "<time:t> <recent>"),
    Frame("window", "<these> <time:t>"),
    Frame("window", "<in_word> <time:t>"),
    Frame("length", "<time:t>"),
    Frame("length", "<session_each> <time:t>"),
    Frame("spell", "<session_each> <time:t> <is>"),
    Frame("moment", "<moment:m>"),
    Frame("since", "<since_word> <moment:m>"),
    Frame("since_weekday", "<since_word> <weekday:d>"),
    Frame("on_weekday", "<weekday:d> پیش|گذشته|قبل"),
    # shares: «از هر ده تا یکی», «هفت تا از ده تا», «هشتاد درصد», «نصف وقتا»
    Frame("share", "از هر <number:b> <counter|item|dose|noun>? <dose|item|noun>? , <number:a> <counter|item|dose>?"),
    Frame(
        "share", "از هر <number:b> <counter|item|dose|noun>? <dose|item|noun>? <noun>? <number:a> <counter|item|dose>?"
    ),
    Frame("share", "از <number:b> <times|dose> <dose>? <noun>? <number:a> <counter|dose>?"),
    Frame("share", "از <number:b> تا <dose> <number:a> <counter|dose>?"),
    Frame("share", "هر <number:b> <times> <number:a> <counter>"),
    Frame("share", "هر <number:b> تا <dose|item|noun>? <number:a> <counter>?"),
    Frame("share", "<number:a> <counter> <dose>? از هر? <number:b> <counter|dose>"),
    Frame("share", "<number:a> از هر <number:b> <counter|dose>?"),
    Frame("percent", "<number:n> <percent> <whole>? <times|dose>?"),
    Frame("fraction", "<part:f> <times|dose>?"),
    Frame("fraction", "<part:f> وقتا"),
    Frame("fraction", "<part:f> بارها که?"),
    Frame("all", "<all_of> <dose>?"),
    Frame("all", "هر <dose>"),
    Frame("always", "<always_word>"),
    # nothing: «هیچوقت», «یه بارم ... نکرده», «هیچ نوبتی را از دست نداده», «اصلا فراموش نمی‌کنم»
    Frame("none", "<never>"),
    Frame("none", f"<one_also> {_ANY} {_ANY} {_ANY} {_NOT}"),
    Frame("none", f"<hich> <dose|times|fault|noun> {_ANY} {_ANY} {_ANY} {_ANY} {_NOT}"),
    Frame("none", f"<hich> {_ANY} {_ANY} {_NOT}"),
    Frame("none", f"<one_also> {_ANY} {_ANY} {_ANY} <denied_miss>"),
    Frame("none", f"یک روز|شب هم {_ANY} {_ANY} {_ANY} <denied_miss>"),
    Frame("none", f"<at_all> {_ANY} {_ANY} {_ANY} <denied_miss>"),
    Frame("none", f"<hich> {_ANY} {_ANY} {_ANY} {_ANY} <denied_miss>"),
    Frame("none", f"<at_all> {_ANY} {_ANY} <use|last_use> {_NOT}"),
    Frame("none", f"<at_all> {_ANY} {_ANY} <last_use>"),
    Frame("none", f"<zero_of> <times>"),
    Frame("empty", "<empty>"),
    Frame("full", "<full>"),
    Frame("full", "<fraction_value:f> <it>? <full>"),
    Frame("full", "<fraction_value:f> <left|noun> <full>"),
    Frame("vague", "<vague>"),
    Frame("count", f"<number:n> {_WHAT}"),
    Frame("count", "از <number> تا <number:n> <counter|item>"),
    Frame("count", "از <number> <counter|item> <item>? <number:n> <counter|item>"),
    # figures of something else: «ساعت یازده», «۸ کیلو», «شماره سه», «۱۲ تاییه» (twelve in a pack)
    Frame("void", "ساعت <number>"),
    Frame("void", "<number> <of_units>? <measure|money>"),
    Frame("void", "<identity> <number>"),
    Frame("void", f"<number> تا {_APPROXIMATELY} است"),
)
