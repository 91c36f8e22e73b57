// What every page does: the CSRF token with htmx's requests, words when one fails, copying, and ages that stay true.

const notices = document.getElementById("notices");
const language = document.documentElement.lang;

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = document.querySelector('meta[name="csrf"]').content;
});

export function notify(text) {
  const box = document.createElement("div");
  const close = document.createElement("button");
  box.append(text);
  close.type = "button";
  close.className = "quiet";
  close.textContent = notices.dataset.close;
  close.addEventListener("click", () => box.remove());
  box.append(close);
  notices.replaceChildren(box);
}

// A refused request answers with words of its own: they are shown where the answer was to go.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { status } = event.detail.xhr;
  const isHtml = (event.detail.xhr.getResponseHeader("Content-Type") || "").startsWith("text/html");
  if (status >= 400 && isHtml) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  } else if (status >= 400 && !event.detail.xhr.getResponseHeader("HX-Redirect")) {
    notify(notices.dataset.refused);
  }
});
document.addEventListener("htmx:sendError", () => notify(notices.dataset.offline));
document.addEventListener("htmx:timeout", () => notify(notices.dataset.offline));

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = button.parentElement.querySelector("code");
  const before = button.dataset.label || button.textContent;
  button.dataset.label = before;
  try {
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = before; }, 2000);
  } catch {
    getSelection().selectAllChildren(source); // without a secure connection there is no clipboard: ready for Ctrl-C
  }
});

const STEPS = [["year", 31557600], ["month", 2629800], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
const words = new Intl.RelativeTimeFormat(language, { numeric: "always" });

export function age(moment, now = Date.now()) {
  const gone = (now - moment) / 1000;
  const [unit, length] = STEPS.find(([, seconds]) => Math.abs(gone) >= seconds) || ["second", 1];
  return words.format(-Math.trunc(gone / length), unit);
}

function refreshAges() {
  for (const element of document.querySelectorAll("time.ago")) {
    const moment = Date.parse(element.dateTime);
    const text = age(moment);
    if (Math.abs(Date.now() - moment) >= 5000 && element.textContent !== text) element.textContent = text;
  }
}
setInterval(refreshAges, 15000);
document.addEventListener("vop:ages", refreshAges);

// Where the row of pages or views does not fit, what is open is in sight.
for (const row of document.querySelectorAll(".menu, .tabs")) {
  const open = row.querySelector("[aria-current]");
  if (open && row.scrollWidth > row.clientWidth) {
    const [inner, outer] = [open.getBoundingClientRect(), row.getBoundingClientRect()];
    row.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
  }
}
