"""Stems of Persian verbs, words that are English too, and loans, in Latin letters. Data only: finglish.py inflects."""

from __future__ import annotations

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PRESENT: Final[dict[str, str]] = {
    "کن": "kon",
    "ش": "sh shav",
    "خور": "khor",
    "زن": "zan",
    "ر": "r rav",
    "ا": "a ay ia",
    "د": "d dah",
    "دار": "dar",
    "ذار": "zar gozar",
    "فت": "oft ofte ft yoft",
    "نداز": "andaz endaz ndaz",
    "گیر": "gir",
    "کش": "kesh kash",
    "مون": "mun mon moon man",
    "تون": "tun ton toon tavan",
    "خوا": "kha khah",
    "گ": "g gu",
    "بین": "bin",
    "بر": "bar",
    "یار": "ar yar iar",
    "فروش": "forush foroosh",
    "خر": "khar",
    "پر": "par",
    "میر": "mir",
    "رس": "res ras",
    "گذر": "gozar",
    "نویس": "nevis",
    "چرخ": "charkh",
    "دون": "dun don doon dan",
    "فرست": "ferest",
    "شکن": "shekan",
    "بند": "band",
    "ایست": "ist",
    "وایس": "vays vaysta",
    "گرد": "gard",
    "خواب": "khab",
    "فهم": "fahm",
    "باش": "bash",
    "سوز": "suz",
    "ریز": "riz",
    "شنو": "shenav",
    "چسب": "chasb",
    "پیچ": "pich",
    "مال": "mal",
}
PAST: Final[dict[str, str]] = {
    "کرد": "kard",
    "شد": "shod",
    "خورد": "khord",
    "زد": "zad",
    "رفت": "raft",
    "اومد": "umad oomad omad amad yumad yoomad",
    "داد": "dad",
    "داشت": "dasht",
    "گذاشت": "gozasht zasht",
    "افتاد": "oftad oftd yoftad",
    "انداخت": "andakht endakht ndakht",
    "گرفت": "gereft",
    "کشید": "keshid kashid",
    "موند": "mund mond moond mand",
    "تونست": "tunest tonest toonest tavanest",
    "خواست": "khast",
    "گفت": "goft",
    "دید": "did",
    "برد": "bord",
    "آورد": "avord ovord avard",
    "فروخت": "forukht forookht",
    "خرید": "kharid",
    "پرید": "parid",
    "مرد": "mord",
    "رسید": "resid",
    "گذشت": "gozasht",
    "نوشت": "nevesht",
    "چرخید": "charkhid",
    "دونست": "dunest donest",
    "فرستاد": "ferestad",
    "شکست": "shekast",
    "سوخت": "sukht",
    "بست": "bast",
    "وایساد": "vaysad",
    "برگشت": "bargasht",
    "خوابید": "khabid",
    "فهمید": "fahmid",
    "بود": "bud bood bod",
    "شنید": "shenid",
    "ریخت": "rikht",
    "ترکید": "terekid",
}

AMBIGUOUS: Final = _words(
    """
        man to in bar an do no me be dar ham so ham too or par bad a i ma o va ya am had has hang crash error app
        battery charge login reset restart update session system robot sensor doctor email carton capsule factor bug
        bag dose done sat sal mage age key dune si ali far bash ran did dad mad mid mire mine nice bin be band ban bi
        bird bit here her hem hot shod bod raft bast bod d e r y n m s t na noh none name ne nay need next near new
        now net name nap nine naps shes rob rozes pang say sold shade car char chore chan chat chi dan don and
        mission middle minute mind miss miles mile mid mite mice mire mike mixed milk mind minor mini min mine min.
        bed bee been beg bell bend best bet beat bean bind bold bone born both boat body boss bore bid big bin bill
        bingo bite bar bad bath base basic baste batch pool gas gar gone gum ay ha hat hate hall halt hand hang hard
        harm has hash haste have hen hers hide ie ii un us use used van vat zone zoo razor kind key kit sad saw sat
        seat set sea see sob son soon sool ruin rude run ruins rare rat rate roz ru roz sali pish post mobile leng
        tool tools hal sar rest resident zany zero moored mode mode's model modem amor merci ok okay char kar baba
        mamanam
        """
)
"""Also English words, or too short to tell a language by."""

LOANS: Final[dict[str, str]] = {
    "فریز": "freeze freez froze frozen",
    "سینک": "sync",
    "تیکت": "ticket tiket",
    "دقیقه": "min minute minutes",
    "ساعت": "hour",
    "لاگین": "login loggin log-in",
    "لاگ اوت": "logout",
    "خاموش": "shutdown off shut",
    "روشن": "on",
    "آفلاین": "offline",
    "آنلاین": "online",
    "دیسکانکت": "disconnect disconnected dc",
    "کانکت": "connect connected",
    "گزارش": "report",
    "خروجی": "export",
    "بکاپ": "backup",
    "کاربر": "user",
    "سرور": "server",
    "پنل": "panel",
    "داشبورد": "dashboard",
    "داک": "dock",
    "شارژ": "charge",
    "فول": "full",
    "خالی": "empty",
    "باکس": "box",
    "پک": "pack",
    "کارتن": "carton",
    "سفارش": "order",
    "پشتیبانی": "support",
    "تایم اوت": "timeout",
    "آلارم": "alarm",
    "نوتیف": "notification notif",
    "پیامک": "sms",
    "درصد": "percent",
    "قرص": "pill tablet",
    "کرش": "crash",
    "هنگ": "hang",
    "لگ": "lag",
    "باگ": "bug",
    "ارور": "error",
    "آپدیت": "update",
    "آپلود": "upload",
    "دانلود": "download",
    "لود": "load loading",
    "ریست": "reset",
    "ریستارت": "restart reboot",
    "جلسه": "session",
    "استفاده": "use",
    "تمیز": "clean",
    "موجودی": "stock",
    "میس": "miss",
    "اسکیپ": "skip",
    "استارت": "start",
    "استپ": "stop",
    "ران": "run",
    "باز": "open",
    "فیل": "fail",
    "دان": "down",
    "باتری": "battery",
    "اپ": "app",
    "سیستم": "system",
    "اکسل": "excel",
    "وای فای": "wifi",
    "تبلت": "tablet",
}
"""English words as they stand in Persian; they make no text Persian."""
