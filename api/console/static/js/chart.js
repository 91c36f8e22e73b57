// Charts of a device's history. All charts of one device on a page are one board: they share their period, one request
// for the values, one for the gaps, and the pointer. The period is in the address, so a link shows what was seen.
import { columns, draw } from "./chart-draw.js";
import { wordsFor } from "./chart-words.js";

// Two pixels a bucket: each shows its lowest and highest, so more would look the same and weigh double.
const PIXELS_A_POINT = 2;
const [FEWEST_POINTS, MOST_POINTS] = [100, 500];
const MOST_SIGNALS = 20;
const SHORTEST_S = 60;
const LONGEST_S = 5 * 365 * 86400;
const ENGLISH = document.documentElement.lang === "en"; // as problems of the API are told
const texts = document.getElementById("chart-texts").dataset;
const now = () => Date.now() / 1000;
const iso = (seconds) => new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, "Z");

class Chart {
  constructor(figure, board) {
    this.board = board;
    this.figure = figure;
    this.signal = figure.dataset.signal;
    this.area = figure.querySelector(".chart-area");
    this.reading = figure.querySelector(".chart-reading");
    this.zone = figure.dataset.zone;
    this.sync = figure.dataset.sync;
    this.unit = figure.dataset.unit;
    this.words = wordsFor(figure.dataset);
    this.spoken = new Map(Object.entries(JSON.parse(figure.dataset.spoken || "{}")));
    this.stepped = ["bool", "enum", "text", "counter"].includes(figure.dataset.kind);
    this.wait = this.area.innerHTML;
    this.table = figure.querySelector(".chart-table");
    this.table.addEventListener("toggle", () => this.fillTable());
    this.area.addEventListener("keydown", (event) => this.key(event));
    this.area.addEventListener("dblclick", () => board.whole());
    new ResizeObserver(() => this.plot?.setSize({ width: this.area.clientWidth, height: this.area.clientHeight })).observe(this.area);
  }

  get range() { return [this.board.from, this.board.to]; }
  get gaps() { return this.board.gaps; }
  get marks() { return this.board.marks; }

  show(buckets) {
    this.plot?.destroy();
    this.plot = null;
    if (!buckets.length) { this.say(texts.empty); return; }
    const { data, counts, names } = columns(buckets, this.gaps);
    Object.assign(this, { data, counts, names: names.map((word) => this.spoken.get(word) ?? word) });
    this.stepped ||= names.length > 0;
    this.plot = draw(this, data);
    this.figure.dataset.drawn = String(data[0].length);
    this.fillTable();
  }

  say(text, retry = false) {
    this.plot?.destroy();
    this.plot = null;
    const box = document.createElement("p");
    box.className = "chart-wait meta";
    box.append(text);
    if (retry) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = texts.retry;
      button.addEventListener("click", () => this.board.load());
      box.append(button);
    }
    this.area.replaceChildren(box);
    this.figure.dataset.drawn = "0";
  }

  text(index) {
    const [times, highs, means, lows] = this.data;
    const say = (value) => (this.names.length && value !== null ? this.names[value] : this.words.number(value));
    const value = means[index] === null ? texts.gap : `${say(means[index])} ${this.unit}`;
    const spread = !this.stepped && highs[index] !== lows[index] ? ` (${say(lows[index])} – ${say(highs[index])})` : "";
    const reach = (this.range[1] - this.range[0]) / 200;
    const near = this.marks.filter(({ at }) => Math.abs(at - times[index]) < reach).map(({ label }) => label);
    return [`${this.words.moment(times[index])}: ${value}${spread}`, ...near].join(" · ");
  }

  onCursor(index) {
    this.reading.textContent = index === null || index === undefined ? "" : this.text(index);
  }

  onRange(from, to) { this.board.go(from, to); }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== this.area) return;
    const [from, to] = this.range;
    const span = to - from;
    const index = this.plot?.cursor.idx;
    const centre = this.data && index !== null && index !== undefined ? this.data[0][index] : (from + to) / 2;
    const zoom = (factor) => this.board.go(centre - (centre - from) * factor, centre + (to - centre) * factor);
    const actions = {
      "+": () => zoom(0.5), "=": () => zoom(0.5), "-": () => zoom(2), Home: () => this.board.whole(),
      PageUp: () => this.board.go(from - span / 2, to - span / 2), PageDown: () => this.board.go(from + span / 2, to + span / 2),
      ArrowLeft: () => this.step(-1), ArrowRight: () => this.step(1),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  step(by) {
    if (!this.plot) return;
    const last = this.data[0].length - 1;
    const index = this.plot.cursor.idx ?? (by > 0 ? -1 : last + 1);
    const next = Math.min(Math.max(index + by, 0), last);
    this.plot.setCursor({ left: this.plot.valToPos(this.data[0][next], "x"), top: this.area.clientHeight / 3 });
    this.onCursor(next);
  }

  append(seconds, value) {
    if (!this.plot || this.names.length || seconds <= (this.data[0].at(-1) ?? 0)) return;
    this.data[0].push(seconds);
    for (const column of this.data.slice(1)) column.push(Number(value));
    this.counts.push(1);
    this.plot.setData(this.data);
    this.figure.dataset.drawn = String(this.data[0].length);
  }

  fillTable() {
    if (!this.table.open || !this.data) return;
    const table = document.createElement("table");
    const row = (into, cells, tag) => {
      const line = into.insertRow();
      for (const cell of cells) {
        const box = document.createElement(tag);
        box.textContent = cell;
        if (tag === "th") box.scope = "col";
        line.append(box);
      }
    };
    row(table.createTHead(), [texts.time, texts.mean, texts.lowest, texts.highest, texts.count], "th");
    const body = table.createTBody();
    const say = (value) => (this.names.length && value !== null ? this.names[value] : this.words.number(value));
    this.data[0].forEach((seconds, i) => {
      if (this.data[2][i] === null) return row(body, [this.words.moment(seconds), texts.gap, "", "", ""], "td");
      return row(body, [this.words.moment(seconds), say(this.data[2][i]), say(this.data[3][i]), say(this.data[1][i]), this.words.number(this.counts[i])], "td");
    });
    this.table.querySelector(".scroll").replaceChildren(table);
  }
}

class Board {
  constructor(device, figures) {
    this.device = device;
    this.source = figures[0].dataset.source;
    // The page has the browser ask for the first values while scripts are still on their way.
    this.first = document.querySelector("link[data-first-values]")?.href || "";
    this.gaps = [];
    const { from, to } = figures[0].dataset;
    this.start = [from ? Date.parse(from) / 1000 : now() - 86400, to ? Date.parse(to) / 1000 : now()];
    this.live = figures.some((figure) => "live" in figure.dataset) && !new URLSearchParams(location.search).has("to");
    [this.from, this.to] = this.start;
    this.marks = [...document.querySelectorAll(".chart-marks [data-at]")].map((item) => ({ at: Date.parse(item.dataset.at) / 1000, kind: item.dataset.kind, label: item.textContent.trim() }));
    this.charts = figures.map((figure) => new Chart(figure, this));
  }

  whole() { this.go(...this.start, true); }

  go(from, to, whole = false) {
    if (to - from < SHORTEST_S) { const centre = (from + to) / 2; [from, to] = [centre - SHORTEST_S / 2, centre + SHORTEST_S / 2]; }
    if (to - from > LONGEST_S) return;
    [this.from, this.to] = [from, to];
    this.live = whole && this.live;
    const address = new URL(location.href);
    address.searchParams.set("from", iso(from));
    address.searchParams.set("to", iso(to));
    history.replaceState(history.state, "", address);
    document.dispatchEvent(new CustomEvent("vop:range", { detail: { from: iso(from), to: iso(to) } }));
    this.load();
  }

  async load() {
    this.asked?.abort();
    this.asked = new AbortController();
    const { signal } = this.asked;
    const path = this.source || `/api/v1/devices/${encodeURIComponent(this.device)}`;
    const period = { from: iso(this.from), to: iso(this.to) };
    const width = Math.max(...this.charts.map(({ area }) => area.clientWidth));
    const points = Math.min(Math.max(Math.round(width / PIXELS_A_POINT), FEWEST_POINTS), MOST_POINTS);
    const get = async (end, query) => {
      const first = end === "history" ? this.first : "";
      this.first = end === "history" ? "" : this.first;
      const answer = await fetch(first || `${path}/${end}${this.source ? ".json" : ""}?${new URLSearchParams(query)}`, { signal });
      if (!answer.ok) throw new Error((await answer.json()).title);
      return answer.json();
    };
    const groups = [];
    for (let i = 0; i < this.charts.length; i += MOST_SIGNALS) groups.push(this.charts.slice(i, i + MOST_SIGNALS));
    this.found = null;
    this.gaps = [];
    // Silences take longer to find than values do, and a chart without them is better than none: they come after.
    get("gaps", period).then((found) => {
      this.gaps = found.silence.map(({ since, until }) => [Date.parse(since) / 1000, Date.parse(until) / 1000]).sort((a, b) => a[0] - b[0]);
      if (this.found && this.gaps.length) this.show();
    }).catch((error) => { if (!signal.aborted) console.warn("silences could not be loaded:", error.message); });
    try {
      const answers = await Promise.all(
        groups.map((charts) => get("history", [...charts.map((c) => ["signal", c.signal]), ...Object.entries({ ...period, points })])),
      );
      this.found = grouped(answers.flatMap(({ items }) => items));
      this.show();
    } catch (error) {
      if (!signal.aborted) for (const chart of this.charts) chart.say(texts.failed + (ENGLISH ? ` ${error.message}` : ""), true);
    }
  }

  show() {
    // Asked of all before any is drawn: each drawn chart makes the page's layout stale.
    for (const chart of this.charts) chart.size = { width: chart.area.clientWidth, height: chart.area.clientHeight };
    for (const chart of this.charts) chart.show(this.found.get(chart.signal) || []);
  }

  heard({ latest }) {
    if (!this.live) return;
    const span = this.to - this.from;
    this.to = Math.max(this.to, now());
    this.from = this.to - span;
    for (const chart of this.charts) {
      const value = latest[chart.signal];
      if (value && typeof value.value !== "string") chart.append(Date.parse(value.ts) / 1000, value.value);
    }
  }
}

function grouped(items) {
  const by = new Map();
  for (const item of items) (by.get(item.signal) ?? by.set(item.signal, []).get(item.signal)).push(item);
  return by;
}

const devices = new Map();
for (const figure of document.querySelectorAll("[data-chart]")) {
  const { device } = figure.dataset;
  devices.set(device, [...(devices.get(device) || []), figure]);
}
const boards = [...devices].map(([device, figures]) => new Board(device, figures));
for (const board of boards) board.load();

document.addEventListener("vop:latest", (event) => {
  for (const board of boards) if (board.device === event.detail.device) board.heard(event.detail);
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const board of boards) for (const chart of board.charts) chart.plot?.redraw(false);
});
