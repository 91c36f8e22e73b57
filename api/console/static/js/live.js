// New values as they arrive. Says whether the page is live: what is not live must not look as if it were.

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30000;
const place = document.querySelector("[data-live-devices]");
const locale = document.documentElement.lang === "fa" ? "fa-IR" : "en-GB";
const [large, small] = [2, 5].map((maximumFractionDigits) => new Intl.NumberFormat(locale, { maximumFractionDigits }));
let wait = FIRST_WAIT_MS;

// As the service writes numbers: at most two digits after the point, three significant ones below one.
export function number(value) {
  const text = Math.abs(value) >= 1 || value === 0 ? large.format(value) : small.format(value.toPrecision(3));
  return text.replace("\u200e", "").replace(/[-\u2212]/, "\u200e\u2212");
}

function say(state) {
  place.classList.toggle("live-on", state === "on");
  place.classList.toggle("live-off", state !== "on");
  const text = place.querySelector(".live-text");
  if (text.textContent !== place.dataset[state]) text.textContent = place.dataset[state];
}

function show(item) {
  for (const [key, found] of Object.entries(item.latest)) {
    const wanted = `[data-live-device="${CSS.escape(item.device)}"][data-live-signal="${CSS.escape(key)}"]`;
    for (const element of document.querySelectorAll(wanted)) {
      element.textContent = typeof found.value === "number" ? number(found.value) : String(found.value);
    }
  }
  for (const element of document.querySelectorAll(`time.ago[data-live-device="${CSS.escape(item.device)}"]`)) {
    element.dateTime = item.arrived_at;
    document.dispatchEvent(new CustomEvent("vop:ages"));
  }
  document.dispatchEvent(new CustomEvent("vop:latest", { detail: item }));
}

function connect() {
  const query = new URLSearchParams(place.dataset.liveDevices.split(" ").map((device) => ["device", device]));
  const stream = new EventSource(`/api/v1/stream?${query}`);
  stream.addEventListener("watching", () => { wait = FIRST_WAIT_MS; say("on"); });
  stream.addEventListener("latest", (event) => show(JSON.parse(event.data)));
  stream.addEventListener("error", async () => {
    stream.close();
    say("off");
    if (await isSignedOut()) { say("ended"); return; }
    setTimeout(connect, wait * (0.75 + Math.random() / 2));
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  });
  addEventListener("pagehide", () => stream.close(), { once: true });
}

// A refused stream tells a script no more than a broken line does.
async function isSignedOut() {
  try {
    return (await fetch("/api/v1/me")).status === 401;
  } catch {
    return false;
  }
}

if (place) connect();
