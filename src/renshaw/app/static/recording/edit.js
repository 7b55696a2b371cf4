// The editing view: the source of a unit, its discharges, and what a hand changes in them.

import { address, get, post } from "../api.js";
import { Plot } from "../figure/plot.js";
import { saveMenu, seen } from "../figure/save.js";
import { addressed, announce, element, fromAddress } from "../page.js";
import { Edits, problem, sayLast, showUndo, shown, tried, UnitList, writing } from "./parts.js";
import { plain } from "../words.js";

const at = (id) => document.getElementById(id);
const base = `recording/${at("case").dataset.id}`;
// What stands for a mark in the description: a discharge, or a peak that is none.
const REAL = { discharge: true, "peak that is no discharge": false };
const plot = new Plot(at("source"), {
  point: ({ mark, x }) => mark.name in REAL && clicked({ x, real: REAL[mark.name] }),
  boxed: ({ panel, x, y }) => panel === "source" && change({ kind: tool, box: [...x, ...y] }),
  zoomed: (start, end) => zoomed(start, end),
});
const edits = new Edits(base);
let data = null;
let unit = Number(fromAddress("unit")) || 0;
let span = spanOf(fromAddress("zoom"));
let tool = "zoom";
let cursor = null;
let asked = 0;

const units = new UnitList(at("units"), {
  facts: (each) => ({
    fact: `${each.discharges}${each.flag && !each.aside ? " ?" : ""}`,
    value: each.quality.silhouette ? shown(each.quality.silhouette, 2) : "",
    words: [` discharges${each.flag ? `, ${each.flag}` : ""}${each.quality.silhouette ? ", silhouette " : ""}`, ""],
  }),
  choose: (number) => load(number),
  toggle: (each) => change({ kind: each.aside ? "restore" : "set_aside", unit: each.unit }),
});

/** The span of time that the address names; all of it where it names none. */
function spanOf(words) {
  const [start, end] = (words ?? "").split(":").map(Number);
  return words && start < end ? [start, end] : [null, null];
}

// Drawing.

async function load(number = unit, edges = span, keepsProblem = false) {
  const mine = ++asked;
  const query = edges[0] === null ? "" : `?start=${edges[0]}&end=${edges[1]}`;
  const found = await tried(() => get(`${base}/source/${number || 1}${query}`), keepsProblem);
  if (mine !== asked || !found) return;
  if (found.unit !== unit) cursor = null;
  data = found;
  edits.seen(data.state);
  unit = data.unit;
  span = edges[0] === null ? [null, null] : data.span;
  addressed({ unit, zoom: span[0] === null ? null : span.map((edge) => edge.toFixed(4)).join(":") });
  draw();
}

function draw() {
  const mine = data.facts[unit - 1];
  units.draw(data.facts, data.facts.map((each) => each.unit), data.facts.map((each) => `var(--${each.flag && !each.aside ? "orange" : "accent"})`), unit);
  at("unit-title").textContent = plain(`Unit ${mine.label}`);
  at("flag").textContent = mine.flag ? plain(`Flag: ${mine.flag}`) : "";
  showFigures(mine);
  showUndo(data);
  at("aside").textContent = mine.aside ? "Bring back" : "Set aside";
  for (const id of ["reestimate", "reestimate-view"]) at(id).disabled = !data.estimable;
  at("lock").textContent = data.locked ? "Unlock" : "Lock";
  showMerge();
  at("source-note").textContent = plain(data.note);
  at("edits").replaceChildren(...data.edits.map((words) => element("li", {}, words)));
  at("no-edits").hidden = data.edits.length > 0;
  at("edits").scrollTop = at("edits").scrollHeight;
  showTable();
  drawSource();
  showCursor();
}

/** The source with a ring around what the keyboard is at. */
function drawSource() {
  const point = cursorPoint();
  const ring = { panel: "source", kind: "points", x: [point?.x], y: [point?.y], color: "accent", size: 15, hollow: true, alpha: 0.6 };
  plot.draw(data.figure, { over: point ? [ring] : [] });
}

/** The units that the one shown can be merged with. */
function showMerge() {
  const others = data.facts.filter((each) => each.unit !== unit && !each.aside);
  at("merge").replaceChildren(element("option", { value: "" }, "…"), ...others.map((each) => element("option", { value: String(each.unit) }, `Unit ${each.label}`)));
  at("merge").disabled = !others.length;
}

function showFigures(mine) {
  const live = { ...mine.quality, ...data.live };
  const figures = [["Discharges", mine.discharges, 0], ["Silhouette", live.silhouette, 3], ["PNR (dB)", live.pnr_db, 1], ["CoV (%)", live.cov_isi_pct, 0], ["Confidence", live.confidence, 2]];
  at("figures").replaceChildren(...figures.filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value, decimals]) => element("div", {}, element("dt", {}, name), element("dd", {}, shown(value, decimals)))));
}

function showTable() {
  const head = element("tr", {}, ...["Discharge", "Time (s)", "Rate (pps)", "Height"].map((words) => element("th", { scope: "col", class: "n" }, words)));
  const rows = data.times.slice(0, 2000).map((time, i) => element("tr", {}, element("th", { scope: "row", class: "n" }, String(i + 1)),
    ...[shown(time, 4), i ? shown(data.instant[i - 1]) : "–", shown(data.heights[i], 2)].map((words) => element("td", { class: "n" }, words))));
  at("discharges").replaceChildren(element("caption", {}, data.times.length > 2000 ? "The first 2000 discharges" : "All discharges of the unit"), element("thead", {}, head), element("tbody", {}, ...rows));
}

// Edits.

async function change(sent) {
  const said = await tried(() => edits.send({ unit, ...sent }));
  if (said) sayLast(said, sent.kind);
  await load(unit, span, !said);
}

const clicked = (point) => change({ kind: point.real ? "remove" : "add", times_s: [point.x] });

const zoomed = (start, end) => load(unit, start === null ? [null, null] : [start, end]);

function pick(name) {
  tool = name;
  for (const button of document.querySelectorAll("[data-tool]")) button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
  plot.drag = tool === "zoom" ? "zoom" : "box";
}

// The cursor goes from mark to mark: discharges, and peaks that are none.

function marks() {
  const [start, end] = data.span;
  const real = data.times.map((x, i) => ({ x, y: data.heights[i], real: true }));
  const peaks = (data.peaks?.[0] ?? []).map((x, i) => ({ x, y: data.peaks[1][i], real: false }));
  return [...real, ...peaks].filter(({ x }) => x >= start && x <= end).sort((a, b) => a.x - b.x);
}

function cursorPoint() {
  if (cursor === null) return null;
  return marks().reduce((best, mark) => (best === null || Math.abs(mark.x - cursor) < Math.abs(best.x - cursor) ? mark : best), null);
}

function step(by) {
  const all = marks();
  if (!all.length) return;
  const now = cursorPoint();
  const place = now ? all.findIndex((mark) => mark.x === now.x) + by : by > 0 ? 0 : all.length - 1;
  cursor = all[Math.max(0, Math.min(all.length - 1, place))].x;
  drawSource();
  showCursor();
}

function showCursor() {
  const point = cursorPoint();
  at("cursor").textContent = point ? `${point.x.toFixed(3)} s: ${point.real ? "a discharge; Enter removes it" : "a peak not counted as a discharge; Enter adds it"}` : "";
}

function zoom(factor, shift = 0) {
  const [start, end] = data.span;
  const point = cursorPoint();
  const middle = factor < 1 && point ? point.x : (start + end) / 2 + shift * (end - start);
  const half = ((end - start) * factor) / 2;
  const [first, last] = data.window;
  if (2 * half >= last - first) return zoomed(null, null);
  const from = Math.max(first, Math.min(last - 2 * half, middle - half));
  return zoomed(from, from + 2 * half);
}

const acts = {
  closer: () => zoom(0.5), farther: () => zoom(2), whole: () => zoomed(null, null), earlier: () => zoom(1, -0.5), later: () => zoom(1, 0.5),
  reestimate: () => change({ kind: "reestimate" }), "reestimate-view": () => change({ kind: "reestimate", box: [...data.span, 0, 1] }),
  lock: () => change({ kind: data.locked ? "unlock" : "lock" }), outliers: () => change({ kind: "outliers" }), duplicates: () => change({ kind: "duplicates" }),
  accept: () => change({ kind: "accept" }), restore: () => change({ kind: "restore" }),
  aside: () => change({ kind: data.facts[unit - 1].aside ? "restore" : "set_aside" }),
  undo: () => change({ kind: "undo" }), redo: () => change({ kind: "redo" }),
};
for (const [id, act] of Object.entries(acts)) at(id).addEventListener("click", () => data && act());
for (const button of document.querySelectorAll("[data-tool]")) button.addEventListener("click", () => pick(button.dataset.tool));

at("merge").addEventListener("change", (event) => {
  const other = Number(event.target.value);
  if (data && other) change({ kind: "merge", other });
});

const keys = {
  z: () => pick("zoom"), a: () => pick("add"), d: () => pick("remove"), p: () => pick("split"), n: () => pick("new_unit"), f: () => pick("artifact"),
  r: () => at("reestimate").click(), v: () => at("reestimate-view").click(), l: () => acts.lock(), o: () => acts.outliers(), s: () => acts.aside(), c: () => acts.accept(),
  arrowup: () => units.step(-1), arrowdown: () => units.step(1), arrowleft: () => step(-1), arrowright: () => step(1),
  enter: () => cursorPoint() && clicked(cursorPoint()), "+": acts.closer, "=": acts.closer, "-": acts.farther, 0: acts.whole,
};
document.addEventListener("keydown", (event) => {
  if (!data || writing(event) || event.altKey) return;
  const key = event.key.toLowerCase();
  if (event.ctrlKey || event.metaKey) {
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    return void at(event.shiftKey || key === "y" ? "redo" : "undo").click();
  }
  // Enter on a button or a link is for that button.
  if (key === "enter" && event.target.closest("button:not(.unit), a, summary, label")) return;
  if (!(key in keys)) return;
  event.preventDefault();
  keys[key]();
});

at("replay").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (!file) return;
  const said = await tried(async () => post(`${base}/replay`, { edits: await file.text() }));
  event.target.value = "";
  if (said) {
    announce(`${said.edits.length} edits were made.`);
    await load();
  }
});

const saved = (ending, whole) => address(`${base}/figure/source?${seen(plot.figure, { unit, as: ending }, whole)}`);
at("source-save").append(saveMenu("the source", saved, problem, () => span[0] !== null));
problem();
load();
