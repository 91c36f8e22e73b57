// Numbers and times on charts, by the page's language, the reader's calendar and the zone of what is shown.

const LOCALES = { en: "en-GB", fa: "fa-IR" };
const DAY_S = 86400;

const kept = new Map();

// One for all charts of a zone: formats take a browser longer to make than a chart takes to draw.
export function wordsFor({ zone, calendar }, language = document.documentElement.lang) {
  const name = [zone, calendar, language].join(" ");
  return kept.get(name) ?? kept.set(name, made(zone, calendar, language)).get(name);
}

function made(zone, calendar, language) {
  const locale = `${LOCALES[language] || "en-GB"}-u-ca-${calendar === "persian" ? "persian" : "gregory"}`;
  const format = (options) => {
    let found = null;
    return { format: (date) => (found ??= new Intl.DateTimeFormat(locale, { timeZone: zone, hourCycle: "h23", ...options })).format(date) };
  };
  const numbers = new Intl.NumberFormat(locale, { maximumSignificantDigits: 6 });
  const full = format({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const minute = format({ hour: "2-digit", minute: "2-digit" });
  const second = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const day = format({ day: "numeric", month: "short" });
  const month = format({ month: "short", year: "numeric" });
  // Isolated: a canvas draws from left to right, and a Persian day before its month would change places with it.
  const isolated = (text) => `\u2068${text}\u2069`;
  const at = (seconds) => new Date(seconds * 1000);
  return {
    number: (value) => (value === null || value === undefined ? "–" : numbers.format(value)),
    moment: (seconds) => full.format(at(seconds)),
    // The day is written under the first tick of each, so an axis of hours still says which day it is.
    ticks(splits, step) {
      let before = "";
      return splits.map((seconds) => {
        if (seconds === null) return null;
        if (step >= 28 * DAY_S) return isolated(month.format(at(seconds)));
        const date = isolated(day.format(at(seconds)));
        if (step >= DAY_S) return date;
        const clock = (step < 60 ? second : minute).format(at(seconds));
        const text = date === before ? clock : `${clock}\n${date}`;
        before = date;
        return text;
      });
    },
  };
}
