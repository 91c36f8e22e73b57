"""Persian words as they are written in Latin letters. Data only; finglish.py lets spellings of one sound meet."""

from __future__ import annotations

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


WORDS: Final[dict[str, str]] = {
    # numbers
    "یک": "yek ye ie y", "دو": "do", "سه": "se seh", "چهار": "chahar char chaar chehar", "پنج": "panj pang",
    "شش": "shish shesh", "هفت": "haft", "هشت": "hasht", "نه": "noh na nah", "ده": "dah", "یازده": "yazdah yazda",
    "دوازده": "davazdah davazda", "سیزده": "sizdah sizda", "چهارده": "chahardah chardah charda",
    "پونزده": "punzdah panzdah poonzdah punzda", "شونزده": "shunzdah shanzdah", "هفده": "hefdah hivdah hifdah hivda",
    "هجده": "hejdah hijdah hezhdah hijda", "نوزده": "nuzdah nunzdah", "بیست": "bist bis", "سی": "si", "چهل": "chehel chel",
    "پنجاه": "panjah panja", "شصت": "shast shas", "هفتاد": "haftad", "هشتاد": "hashtad", "نود": "navad", "صد": "sad",
    "دویست": "divist devist", "سیصد": "sisad", "چهارصد": "chaharsad charsad", "پونصد": "punsad pansad", "ششصد": "shishsad sheshsad",
    "هزار": "hezar", "نیم": "nim", "ربع": "rob rob'", "نصف": "nesf nesfe nespe", "ثلث": "sols", "سوم": "sevom sovom",
    "چند": "chand chan", "چندین": "chandin", "یکی": "yeki", "درصد": "darsad", "میلیون": "milyon milion",
    "چهارم": "chaharom charom", "پنجم": "panjom", "دوم": "dovom", "اول": "aval avval",
    # counting
    "بار": "bar baar", "دفعه": "dafe dafee daf'e dafeh", "مرتبه": "martabe", "نوبت": "nobat nowbat", "تا": "ta taa",
    "دونه": "dune done doone dooneh", "عدد": "adad", "بسته": "baste", "کارتن": "karton carton kartn", "جعبه": "jabe ja'be",
    "کیسه": "kise", "قوطی": "ghuti ghooti", "بطری": "botri", "وعده": "vade vaade", "سری": "seri",
    # time
    "ثانیه": "saniye sanie saniyeh", "دقیقه": "daghighe daghigheh daqiqe daghe dyghe daghiqe dighe deyghe daige deighe daqiqeh dagige", "ساعت": "saat sa'at saeat sat",
    "روز": "ruz rooz roz rouz", "شب": "shab", "هفته": "hafte hafteh haftte", "ماه": "mah maah", "سال": "sal saal",
    "صبح": "sobh sob", "ظهر": "zohr zor", "عصر": "asr", "روزی": "ruzi roozi rozi", "ماهی": "mahi maahi", "سالی": "sali",
    "شبی": "shabi", "ساعتی": "saati", "هفته‌ای": "haftei hafteii haftey hafteyi hafteee", "امروز": "emruz emrooz emroz",
    "دیروز": "diruz dirooz diroz", "پریروز": "pariruz parirooz", "دیشب": "dishab", "امشب": "emshab", "فردا": "farda",
    "پارسال": "parsal", "امسال": "emsal", "پیش": "pish pishe", "قبل": "ghabl qabl", "گذشته": "gozashte", "روزانه": "ruzane roozane rozane",
    "هفتگی": "haftegi", "ماهانه": "mahane mahiane", "درمیون": "darmiyun darmioon darmiyoon darmion darmiyan",
    "میون": "miyun miun mioon miyoon mian miyan", "اخیر": "akhir", "شنبه": "shanbe", "یکشنبه": "yekshanbe yeshanbe",
    "دوشنبه": "doshanbe", "سه‌شنبه": "seshanbe", "چهارشنبه": "chaharshanbe charshanbe", "پنجشنبه": "panjshanbe", "جمعه": "jome jom'e jomee",
    # words that hold a clause
    "هر": "har", "از": "az", "به": "be", "تو": "too tu", "در": "dar", "با": "ba", "که": "ke keh", "را": "ro ra", "و": "o va",
    "هم": "ham", "این": "in", "اون": "un oon", "من": "man", "ما": "ma", "یا": "ya", "برای": "baraye vase", "بعد": "bad ba'd baad",
    "ازش": "azash azsh", "باهاش": "bahash", "بهش": "behesh", "رو": "ru roo", "اگه": "age agar ageh", "ولی": "vali", "اما": "amma ama",
    "چون": "chon", "وقتی": "vaghti", "الان": "alan aln", "دیگه": "dige digeh", "هنوز": "hanuz hanooz", "فقط": "faghat faqat", "خیلی": "kheili kheyli xeyli kheily",
    "بیشتر": "bishtar", "کمتر": "kamtar", "حدود": "hodud hodood hodoode hodude", "حدودا": "hodudan hodoodan", "تقریبا": "taghriban taqriban",
    "شاید": "shayad", "فکر": "fek fekr", "کنم": "konam", "فکر کنم": "fekonam", "گمونم": "gamunam gamonam begamunam", "انگار": "engar", "نزدیک": "nazdik nazdike",
    "حداقل": "hadeaghal hadaghal hadaqal hadeaqal haddeaghal", "حداکثر": "hadeaksar hadaksar", "نهایتا": "nahayatan nahaytan", "اینا": "ina", "همیشه": "hamishe",
    "هیچ": "hich", "هیچوقت": "hichvaght hichvaqt hichvakht hichvagt", "اصلا": "aslan asln", "هرگز": "hargez", "حتی": "hata hatta", "گاهی": "gahi", "بعضی": "bazi ba'zi", "وقتا": "vaghta vaghtha",
    "به ندرت": "benodrat", "ندرت": "nodrat", "معمولا": "mamulan mamoolan", "مرتب": "moratab", "همه": "hame hameye", "تمام": "tamame", "همین": "hamin", "همینه": "hamine",
    "آخرین": "akharin", "وقت": "vaght vaqt", "وقته": "vaghte", "است": "ast hast hastesh", "نیست": "nist", "نیس": "nis", "بودن": "budan",
    # questions, wishes, people, contacts
    "چرا": "chera", "چی": "chi", "چیه": "chie chiye", "چطور": "chetor chetori", "کی": "key kei", "کجا": "koja", "آیا": "aya", "چقدر": "cheghadr cheghad chghadr chanta", "مگه": "mage",
    "لطفا": "lotfan", "باید": "bayad", "کاش": "kash kashki", "میشه": "mishe misheh", "ممنون": "mamnoon mamnun merci mersi", "سلام": "salam slm", "بله": "bale", "نخیر": "nakheir",
    "دکتر": "doktor doctor dr", "مادر": "madar", "مادرم": "madaram", "مامان": "maman", "مامانم": "mamanam", "پدر": "pedar", "پدرم": "pedaram", "بابا": "baba", "بابام": "babam", "خواهر": "khahar", "برادر": "baradar",
    "خانم": "khanom khanoom", "خانومم": "khanomam khanoomam", "شوهر": "shohar", "زن": "zan", "همسایه": "hamsaye", "رفیق": "refigh", "دوست": "dust doost", "همکار": "hamkar",
    "زنگ": "zang", "تماس": "tamas", "ایمیل": "email imeil", "جواب": "javab", "پشت": "posht poshte", "خط": "khat", "پشتیبانی": "poshtibani", "گارانتی": "garanti", "خریدم": "kharidam",
    "تومن": "toman tomn tman", "تومان": "tuman", "پول": "pul pool", "قیمت": "gheymat gheimat", "شماره": "shomare", "سفارش": "sefaresh", "داداش": "dadash", "آقا": "agha", "خدا": "khoda",
    # the products
    "قرص": "ghors qors gors ghorse", "دارو": "daru daroo", "دوا": "dava", "کپسول": "kapsul capsule", "باتری": "batri baatri battery", "شارژ": "sharj sharzh charge sharje", "دستگاه": "dastgah",
    "دستگا": "dastga", "جارو": "jaru jaroo", "ربات": "robat robot", "برنامه": "barname", "نرم افزار": "narmafzar", "اپ": "app ap", "سنسور": "sensor", "قفسه": "ghafase qafase", "انبار": "anbar", "سیستم": "system sistem",
    "موجودی": "mojudi mojoodi", "مصرف": "masraf", "فروش": "forush foroosh", "فاکتور": "faktor factor", "گزارش": "gozaresh", "خونه": "khune khoone", "خانه": "khane", "کار": "kar", "استفاده": "estefade estefadeh",
    "روشن": "roshan rowshan", "روشنش": "roshanesh", "خاموش": "khamush khamoosh", "خراب": "kharab", "خالی": "khali", "پر": "por", "تموم": "tamum tamoom tamom", "قطع": "ghat ghat' qat", "وصل": "vasl", "گیر": "gir", "هنگ": "hang",
    "کرش": "crash kerash kersh", "قفل": "ghofl qofl", "ارور": "error eror", "خطا": "khata", "باگ": "bag bug", "لاگین": "login log-in", "باز": "baz", "بسته ": "basteh", "بالا": "bala", "وارد": "vared", "یاد": "yad", "یادم": "yadam", "فراموش": "faramush faramoosh",
    "جا": "ja jaa", "دوام": "davam", "دووم": "davum davoom duvum", "دست": "dast", "نزدم": "nazadam", "خاک": "khak", "گم": "gom", "صدا": "seda", "مونده": "moonde munde monde mande", "مونده ": "mundeh", "ته": "tah", "کامل": "kamel", "سشن": "session",
    "بیشتر ": "bishtare", "جلسه": "jalase", "نقشه": "naghshe", "چرخ": "charkh", "فرش": "farsh", "مبل": "mobl", "زیر": "zir zire", "طول": "tool tul", "اینجوری": "injuri injoori", "اینطوری": "intori", "پرید": "parid", "ریستارت": "restart", "ریست": "reset", "آپدیت": "update",
    "مشکل": "moshkel", "ایراد": "irad", "بد": "bade", "خوب": "khub khoob khob", "عالی": "ali", "راضی": "razi razyam", "راستش": "rastesh", "واقعا": "vaghean", "دروغ": "dorugh doroogh", "غلط": "ghalat", "اشتباه": "eshtebah", "بقیه": "baghie baghiye", "شده": "shode shodeh", "کرده": "karde",
    "نگه": "negah", "می": "mi", "نمی": "nemi", "ها": "ha", "ای": "i ii", "هست": "hast", "باشه": "bashe", "لنگ": "leng", "صفحه": "safhe", "خودش": "khodesh", "خود": "khod", "جدید": "jadid", "قدیمی": "ghadimi",
    "صبح و شب": "sobhoshab", "دو سه": "dose", "سر": "sar sare", "موقع": "moghe", "حال": "hal", "تا حالا": "tahala", "حالا": "hala", "تموم شده": "tamomshode", "پیغام": "peigham", "پیام": "payam", "دانشگاه": "daneshgah",
}  # fmt: skip

PRESENT: Final[dict[str, str]] = {
    "کن": "kon", "ش": "sh shav", "خور": "khor", "زن": "zan", "ر": "r rav", "ا": "a ay ia", "د": "d dah", "دار": "dar",
    "ذار": "zar gozar", "فت": "oft ofte ft yoft", "نداز": "andaz endaz ndaz", "گیر": "gir", "کش": "kesh kash", "مون": "mun mon moon man",
    "تون": "tun ton toon tavan", "خوا": "kha khah", "گ": "g gu", "بین": "bin", "بر": "bar", "یار": "ar yar iar", "فروش": "forush foroosh",
    "خر": "khar", "پر": "par", "میر": "mir", "رس": "res ras", "گذر": "gozar", "نویس": "nevis", "چرخ": "charkh", "دون": "dun don doon dan",
    "فرست": "ferest", "شکن": "shekan", "بند": "band", "ایست": "ist", "وایس": "vays vaysta", "گرد": "gard", "خواب": "khab", "فهم": "fahm", "باش": "bash",
    "سوز": "suz", "ریز": "riz", "شنو": "shenav", "چسب": "chasb", "پیچ": "pich", "مال": "mal",
}  # fmt: skip
PAST: Final[dict[str, str]] = {
    "کرد": "kard", "شد": "shod", "خورد": "khord", "زد": "zad", "رفت": "raft", "اومد": "umad oomad omad amad yumad yoomad", "داد": "dad", "داشت": "dasht",
    "گذاشت": "gozasht zasht", "افتاد": "oftad oftd yoftad", "انداخت": "andakht endakht ndakht", "گرفت": "gereft", "کشید": "keshid kashid", "موند": "mund mond moond mand",
    "تونست": "tunest tonest toonest tavanest", "خواست": "khast", "گفت": "goft", "دید": "did", "برد": "bord", "آورد": "avord ovord avard", "فروخت": "forukht forookht",
    "خرید": "kharid", "پرید": "parid", "مرد": "mord", "رسید": "resid", "گذشت": "gozasht", "نوشت": "nevesht", "چرخید": "charkhid", "دونست": "dunest donest", "فرستاد": "ferestad",
    "شکست": "shekast", "سوخت": "sukht", "بست": "bast", "وایساد": "vaysad", "برگشت": "bargasht", "خوابید": "khabid", "فهمید": "fahmid", "بود": "bud bood bod", "شنید": "shenid", "ریخت": "rikht", "ترکید": "terekid",
}  # fmt: skip

AMBIGUOUS: Final = _words(
    """man to in bar an do no me be dar ham so ham too or par bad a i ma o va ya am had has hang crash error app battery charge login
    reset restart update session system robot sensor doctor email carton capsule factor bug bag dose done sat sal mage age key
    dune si ali far bash ran did dad mad mid mire mine nice bin be band ban bi bird bit here her hem hot shod bod
    raft bast bod d e r y n m s t na noh none name ne nay need next near new now net name nap nine naps shes rob rozes
    pang say sold shade car char chore chan chat chi dan don and mission middle minute mind miss miles mile mid mite
    mice mire mike mixed milk mind minor mini min mine min. bed bee been beg bell bend best bet beat bean bind bold bone born both
    boat body boss bore bid big bin bill bingo bite bar bad bath base basic baste batch pool gas gar gone gum ay ha hat hate hall
    halt hand hang hard harm has hash haste have hen hers hide ie ii un us use used van vat zone zoo razor kind key kit
    sad saw sat seat set sea see sob son soon sool ruin rude run ruins rare rat rate roz ru roz sali pish post mobile leng tool
    tools hal sar rest resident zany zero moored mode mode's model modem amor merci ok okay char kar
    baba mamanam"""
)
"""Also English words, or too short to tell a language by."""
