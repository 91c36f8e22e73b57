// One chart: its data in columns, and how uPlot draws them. No fetching here.

const PIXELS = devicePixelRatio || 1;

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// Buckets of one signal to uPlot's columns [time, highest, mean, lowest]. Where nothing was heard the line breaks.
export function columns(buckets, gaps) {
  const names = [];
  const level = (value) => {
    if (typeof value === "boolean") return Number(value);
    if (typeof value !== "string") return value ?? null;
    if (!names.includes(value)) names.push(value);
    return names.indexOf(value);
  };
  const rows = buckets.map((b) => {
    const middle = level(b.avg ?? b.mode ?? b.last);
    return [Date.parse(b.t) / 1000, level(b.max) ?? middle, middle, level(b.min) ?? middle, b.n];
  });
  const broken = [];
  let next = 0;
  for (const row of rows) {
    while (next < gaps.length && gaps[next][1] <= row[0]) {
      const [start, end] = gaps[next++];
      if (broken.length && broken.at(-1)[0] < end) broken.push([Math.max(start, broken.at(-1)[0] + 0.001), null, null, null, 0]);
    }
    broken.push(row);
  }
  return { data: [0, 1, 2, 3].map((i) => broken.map((row) => row[i])), counts: broken.map((row) => row[4]), names };
}

function shade(plot, gaps) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.fillStyle = colour("--chart-gap");
  for (const [start, end] of gaps) {
    const left = Math.max(plot.valToPos(start, "x", true), bbox.left);
    const right = Math.min(plot.valToPos(end, "x", true), bbox.left + bbox.width);
    if (right > left) ctx.fillRect(left, bbox.top, right - left, bbox.height);
  }
  ctx.restore();
}

function mark(plot, marks) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = colour("--chart-mark");
  ctx.lineWidth = PIXELS;
  for (const { at, kind } of marks) {
    const x = plot.valToPos(at, "x", true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.setLineDash(kind === "firmware" ? [] : [3 * PIXELS, 3 * PIXELS]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.beginPath();
    const size = 4 * PIXELS;
    if (kind === "firmware") ctx.rect(x - size, bbox.top, 2 * size, 2 * size);
    else { ctx.moveTo(x - size, bbox.top); ctx.lineTo(x + size, bbox.top); ctx.lineTo(x, bbox.top + 2 * size); }
    ctx.fill();
  }
  ctx.restore();
}

// `chart` has area, size, zone, sync, words, gaps, marks, names, stepped, range, onRange and onCursor.
export function draw(chart, data) {
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const stepped = chart.stepped ? uPlot.paths.stepped({ align: 1 }) : undefined;
  const edge = { stroke: "transparent", width: 0, points: { show: false }, paths: stepped };
  const axis = { stroke: () => colour("--soft"), font, grid: { stroke: () => colour("--chart-grid"), width: 1 }, ticks: { show: false } };
  const { names, words } = chart;
  const values = names.length
    ? { splits: () => names.map((_, i) => i), values: () => names, size: 90 }
    : { values: (_, splits) => splits.map(words.number), size: 58 };
  const options = {
    ...chart.size,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), chart.zone),
    padding: [8, 28, 0, 0],
    legend: { show: false },
    cursor: { sync: { key: chart.sync }, drag: { x: true, y: false, setScale: false }, points: { size: 7 } },
    scales: {
      x: { range: () => chart.range },
      y: names.length ? { range: [-0.5, names.length - 0.5] } : { range: (_, low, high) => spread(low, high) },
    },
    axes: [{ ...axis, space: 70, size: 40, values: (_, splits, __, ___, step) => words.ticks(splits, step) }, { ...axis, ...values }],
    series: [
      {},
      edge,
      { stroke: () => colour("--chart-line"), width: 1.75, points: { show: alone, size: 5, fill: () => colour("--chart-line") }, paths: stepped },
      edge,
    ],
    bands: [{ series: [1, 3], fill: () => colour("--chart-band") }],
    hooks: {
      drawClear: [(plot) => shade(plot, chart.gaps)],
      draw: [(plot) => mark(plot, chart.marks)],
      setCursor: [(plot) => chart.onCursor(plot.cursor.idx)],
      setSelect: [(plot) => {
        const { left, width } = plot.select;
        if (width > 4) chart.onRange(plot.posToVal(left, "x"), plot.posToVal(left + width, "x"));
        plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
      }],
    },
  };
  chart.area.replaceChildren();
  return new uPlot(options, data, chart.area);
}

// A value with nothing on either side is a point: a line needs two.
function alone(plot, series, from, to) {
  return to - from < 2 || plot.data[series].length < 2;
}

function spread(low, high) {
  if (low === null) return [0, 1];
  const room = (high - low || Math.abs(high) || 1) * 0.08;
  return [low >= 0 && low - room < 0 ? 0 : low - room, high + room];
}
