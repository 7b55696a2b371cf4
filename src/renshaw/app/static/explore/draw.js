// Panels of plain data, as the server sends them, drawn as SVG: two columns on the same scale.
// Nothing is computed here but places on the screen.

import { element } from "../page.js";

const SVG = "http://www.w3.org/2000/svg";
const LEFT = 34, RIGHT = 6, TOP = 9, AXIS = 18;
const HEIGHTS = { discharges: 150, rates: 110, torque: 95, pic: 95, inputs: 95, delta_f: 135 };

function shape(name, attributes, words) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (words !== undefined) made.textContent = words;
  return made;
}

/** Return round numbers between low and high, about so many. */
function ticks(low, high, about) {
  const rough = (high - low) / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough);
  const found = [];
  for (let t = Math.ceil(low / step) * step; t <= high + 1e-9 * step; t += step)
    found.push(Number(t.toPrecision(12)));
  return found;
}

const shown = (value) => String(value).replace("-", "−");

/** Where things are on the screen: x of a time, y of a value. */
function scaleOf(width, height, untilS, low, high) {
  const inner = height - TOP - AXIS;
  const span = high - low || 1;
  return {
    x: (t) => LEFT + (t / untilS) * (width - LEFT - RIGHT),
    y: (v) => TOP + inner * (1 - (v - low) / span),
    bottom: TOP + inner,
    width,
    untilS,
    low,
    high,
  };
}

function path(curve, scale) {
  let d = "";
  let pen = "M";
  curve.values.forEach((value, i) => {
    if (value === null) {
      pen = "M";
      return;
    }
    d += `${pen}${scale.x(curve.start + i * curve.step).toFixed(1)} ${scale.y(value).toFixed(1)}`;
    pen = "L";
  });
  return d;
}

function drawCurve(svg, curve, scale, ghost) {
  const many = curve.weight < 1;
  const line = shape("path", {
    d: path(curve, scale),
    class: ghost ? "line ghost" : `line c-${curve.color}`,
    "stroke-width": ghost ? 1.4 : curve.weight,
  });
  if (curve.dashed) line.setAttribute("stroke-dasharray", "5 4");
  if (many) line.setAttribute("stroke-opacity", 0.6);
  svg.append(line);
}

/** What lasts nearly throughout is a ribbon above: a wash would say nothing of when. */
const isRibbon = (mark, untilS) => mark.to - mark.from > 0.6 * untilS;

function drawMarks(svg, panel, scale) {
  let ribbons = 0;
  for (const mark of panel.marks) {
    const from = scale.x(mark.from);
    if (mark.to > mark.from) {
      const width = Math.max(1.5, scale.x(mark.to) - from);
      const ribbon = isRibbon(mark, scale.untilS);
      const y = ribbon ? 4 * ribbons++ : TOP;
      const height = ribbon ? 3 : scale.bottom - TOP;
      const title = shape("title", {}, mark.label);
      const rect = shape("rect", { class: ribbon ? "mark ribbon" : "mark", x: from, y, width, height });
      rect.append(title);
      svg.append(rect);
    } else {
      const place = { x1: from, x2: from, y1: TOP, y2: scale.bottom };
      svg.append(shape("line", { ...place, class: "c-muted", "stroke-dasharray": "3 3" }));
    }
  }
}

function drawRows(svg, panel, scale) {
  const n = panel.rows.length;
  const each = (scale.bottom - TOP) / Math.max(n, 1);
  let d = "";
  panel.rows.forEach((row, i) => {
    const y = scale.bottom - (i + 0.88) * each;
    for (const t of row) d += `M${scale.x(t).toFixed(1)} ${y.toFixed(1)}v${(0.76 * each).toFixed(1)}`;
  });
  svg.append(shape("path", { d, class: "line c-blue", "stroke-width": 0.9 }));
}

function drawBracket(svg, bracket, scale) {
  const at = scale.x(bracket.at);
  const [high, low] = bracket.levels.map(scale.y);
  bracket.since.forEach((since, i) => {
    const y = [high, low][i];
    const place = { x1: scale.x(since), x2: at, y1: y, y2: y };
    svg.append(shape("line", { ...place, class: "c-ink", "stroke-dasharray": "2 3" }));
    svg.append(shape("circle", { cx: scale.x(since), cy: y, r: 3, class: "c-ink", fill: "none" }));
  });
  svg.append(shape("line", { x1: at, x2: at, y1: high, y2: low, class: "c-ink", "stroke-width": 2 }));
  const place = { x: scale.width - RIGHT, y: TOP + 8, "text-anchor": "end", class: "words" };
  svg.append(shape("text", place, bracket.words));
}

function drawAxes(svg, panel, scale) {
  const values = panel.rows.length ? [] : ticks(scale.low, scale.high, 3);
  for (const value of values) {
    const y = scale.y(value);
    svg.append(shape("line", { x1: LEFT, x2: scale.width - RIGHT, y1: y, y2: y, class: "axis" }));
    svg.append(shape("text", { x: LEFT - 5, y: y + 4, "text-anchor": "end" }, shown(value)));
  }
  const floor = { x1: LEFT, x2: scale.width - RIGHT, y1: scale.bottom, y2: scale.bottom };
  svg.append(shape("line", { ...floor, class: "axis" }));
  for (const t of ticks(0, scale.untilS, scale.width > 420 ? 8 : 4)) {
    const last = t === 0 ? `${shown(t)} s` : shown(t);
    svg.append(shape("text", { x: scale.x(t), y: scale.bottom + 14, "text-anchor": "middle" }, last));
  }
}

function drawPanel(panel, ghosts, scale, height, label) {
  const size = { viewBox: `0 0 ${scale.width} ${height}`, height, role: "img", "aria-label": label };
  const svg = shape("svg", size);
  if (panel.empty) return element("p", { class: "note" }, panel.empty);
  drawMarks(svg, panel, scale);
  drawAxes(svg, panel, scale);
  if (panel.rows.length) drawRows(svg, panel, scale);
  for (const ghost of ghosts) drawCurve(svg, ghost, scale, true);
  for (const curve of panel.curves) drawCurve(svg, curve, scale, false);
  if (panel.bracket) drawBracket(svg, panel.bracket, scale);
  return svg;
}

function legend(panel, hasGhosts, untilS) {
  const items = panel.curves
    .filter((curve) => curve.label)
    .map((curve) => {
      const line = element("i", { class: curve.dashed ? "dashed" : "" });
      line.classList.add(`c-${curve.color}`);
      return element("span", {}, line, curve.label);
    });
  if (hasGhosts) items.push(element("span", {}, element("i", { class: "c-muted" }), "before"));
  // Marks are the same in all panels: the first one, of discharges, names them.
  const marks = panel.rows.length ? new Map(panel.marks.map((mark) => [mark.label, mark])) : new Map();
  for (const [label, mark] of marks)
    items.push(element("span", {}, element("i", { class: isRibbon(mark, untilS) ? "mark ribbon" : "mark" }), label));
  return element("span", { class: "legend" }, ...items);
}

/** Of lines that are one of a kind, the one before stands behind the one now. */
function ghostsOf(panel, before) {
  if (!before || panel.bracket || panel.name === "delta_f") return [];
  return before.curves.filter((curve) => curve.weight >= 1 && !curve.dashed && curve.label !== "all excitation");
}

/** Draw the picture of now beside the one of before (or alone, where there is none). */
export function draw(place, now, before) {
  const untilS = Math.max(now.duration_s, before?.duration_s ?? 0);
  const heads = element(
    "div",
    { class: "heads" },
    element("div", { class: "before" }, "Before"),
    element("div", {}, "Now"),
  );
  const made = [heads];
  const narrow = window.matchMedia("(max-width: 48rem)").matches;
  const space = place.clientWidth - 26;
  const width = Math.max(200, narrow ? space : (space - 16) / 2);
  now.panels.forEach((panel, i) => {
    const old = before?.panels[i];
    const height = HEIGHTS[panel.name] ?? 100;
    const low = Math.min(panel.low, old?.low ?? 0);
    const high = Math.max(panel.high, old?.high ?? 0) || 1;
    const scale = scaleOf(width, height, untilS, low, high);
    const ghosts = ghostsOf(panel, old);
    const unit = element("small", {}, panel.unit);
    const title = element("p", { class: "view-title" }, element("span", {}, panel.title, " ", unit));
    title.append(legend(panel, ghosts.length > 0, untilS));
    const was = element("div", { class: "view before" });
    if (old) was.append(drawPanel(old, [], scale, height, `${panel.title}, before`));
    const is = element("div", { class: "view now" });
    is.append(drawPanel(panel, ghosts, scale, height, `${panel.title}, now`));
    made.push(title, element("div", { class: "row-of-two" }, was, is));
  });
  place.replaceChildren(...made);
}

/** Draw who fires, small, in a place that stays in sight where the picture does not. */
export function glance(place, now) {
  if (!place.clientWidth) return;
  const height = 64;
  const scale = scaleOf(place.clientWidth, height, now.duration_s, 0, 1);
  place.replaceChildren(drawPanel(now.panels[0], [], scale, height, "Discharges, now"));
}
