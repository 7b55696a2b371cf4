// ΔF of every pair: squares to click, and the same as a table with the reasons.

import { element } from "../page.js";
import { axis, color, config, layout, said, scale } from "./look.js";
import { shown } from "./parts.js";

const ROWS = 1000;
// Pixels of the picture's width for each number below it.
const ROOM = 36;

export function drawMatrix(place, data, pair, choose) {
  const fresh = !place.data;
  const involved = new Set(data.pairs.flatMap(([test, control]) => [test, control]));
  const order = data.order.filter((unit) => involved.has(unit));
  const at = new Map(order.map((unit, i) => [unit, i]));
  const blank = () => order.map(() => order.map(() => null));
  const [good, bad, text] = [blank(), blank(), blank()];
  for (const [test, control, value, r, , , ok, reason] of data.pairs) {
    const [row, column] = [at.get(test), at.get(control)];
    (ok ? good : bad)[row][column] = ok ? value : 0;
    text[row][column] = `test ${label(data, test)}, control ${label(data, control)}<br>ΔF ${shown(value, 2)} pps, r ${shown(r, 2)}<br>${ok ? "accepted" : wrapped(said(reason, 300))}`;
  }
  const squares = { type: "heatmap", text, xgap: 1, ygap: 1, hovertemplate: "%{text}<extra></extra>", hoverongaps: false };
  const bar = { thickness: 10, len: 0.7, title: { text: "ΔF (pps)", side: "right", font: { size: 11, color: color("ink") } }, tickfont: { color: color("muted"), size: 11 }, outlinewidth: 0 };
  const traces = [
    { ...squares, z: bad, colorscale: [[0, color("faint")], [1, color("faint")]], showscale: false, zmin: 0, zmax: 1 },
    { ...squares, z: good, colorscale: scale(), colorbar: bar, showscale: good.some((row) => row.some((z) => z !== null)) },
  ];
  Plotly.react(place, traces, pageOf(data, order, at, pair, place.clientWidth), config);
  if (fresh) place.on("plotly_click", ({ points: [point] }) => choose(place.order[point.y], place.order[point.x]));
  place.order = order;
}

function pageOf(data, order, at, pair, width) {
  const every = Math.max(1, Math.ceil((order.length * ROOM) / width));
  const places = order.map((_, i) => i).filter((i) => i % every === 0);
  const ticks = { tickvals: places, ticktext: places.map((i) => said(data.units[order[i] - 1].label, 6)), showgrid: false, range: [-0.5, order.length - 0.5], constrain: "domain", fixedrange: true };
  const page = layout({ margin: { l: 48, r: 8, t: 8, b: 44 } });
  page.xaxis = axis({ title: "Control unit, by recruitment", ...ticks, tickangle: 0 });
  page.yaxis = axis({ title: "Test unit, by recruitment", ...ticks, scaleanchor: "x" });
  const [test, control] = (pair ?? []).map((unit) => at.get(unit));
  if (test !== undefined && control !== undefined) {
    page.shapes = [{ type: "rect", x0: control - 0.5, x1: control + 0.5, y0: test - 0.5, y1: test + 0.5, line: { color: color("vermilion"), width: 2.5 } }];
  }
  return page;
}

const label = (data, unit) => said(data.units[unit - 1].label, 12);
const wrapped = (words) => words.replace(/(.{44}\S*) /g, "$1<br>");

export function drawPairs(table, data, which, unit, pair, choose) {
  const wanted = { all: () => true, accepted: (row) => row[6], rejected: (row) => !row[6], unit: (row) => row[0] === unit || row[1] === unit };
  const rows = data.pairs.filter(wanted[which]);
  const heads = ["Test", "Control", "ΔF (pps)", "r", "Gap (s)", "Modulation (pps)", "Verdict", ""];
  const head = element("tr", {}, ...heads.map((words, i) => element("th", { scope: "col", class: i < 6 ? "n" : "" }, words || element("span", { class: "visually-hidden" }, "Show"))));
  table.replaceChildren(element("thead", {}, head), element("tbody", {}, ...rows.slice(0, ROWS).map((row) => rowOf(data, row, pair, choose))));
  const more = rows.length > ROWS ? `, the first ${ROWS} are shown` : "";
  const cut = data.pairs_total > data.pairs.length ? ` (of ${data.pairs_total}; the CSV has all)` : "";
  return `${rows.length} pair${rows.length === 1 ? "" : "s"}${cut}${more}`;
}

function rowOf(data, [test, control, value, r, gap, modulation, ok, reason], pair, choose) {
  const names = [test, control].map((unit) => data.units[unit - 1].label);
  const mine = pair && pair[0] === test && pair[1] === control;
  const words = ok ? (reason ? `accepted; ${reason}` : "accepted") : reason;
  const numbers = [[value, 2], [r, 2], [gap, 2], [modulation, 1]].map(([number, decimals]) => element("td", { class: "n" }, shown(number, decimals)));
  return element("tr", { class: ok ? "" : "out", "aria-current": mine ? "true" : null },
    element("th", { scope: "row", class: "n" }, names[0]), element("td", { class: "n" }, names[1]), ...numbers, element("td", { class: "w" }, words),
    element("td", {}, element("button", { type: "button", "aria-label": `Show test unit ${names[0]} with control unit ${names[1]}`, onclick: () => choose(test, control) }, "Show")));
}
