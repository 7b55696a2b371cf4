// ΔF of every pair as a table, with the reasons.

import { element } from "../page.js";
import { shown } from "./parts.js";

const ROWS = 1000;

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

function rowOf(data, [test, control, value, r, gap, modulation, ok, reason, signs], pair, choose) {
  const names = [test, control].map((unit) => data.units[unit - 1].label);
  const mine = pair && pair[0] === test && pair[1] === control;
  const words = ok ? (reason ? `accepted; ${reason}` : "accepted") : reason;
  const numbers = [[value, 2], [r, 2], [gap, 2], [modulation, 1]].map(([number, decimals], i) => element("td", { class: "n" }, number === null ? shown(number) : signs[i] + shown(number, decimals)));
  return element("tr", { class: ok ? "" : "out", "aria-current": mine ? "true" : null },
    element("th", { scope: "row", class: "n" }, names[0]), element("td", { class: "n" }, names[1]), ...numbers, element("td", { class: "w" }, words),
    element("td", {}, element("button", { type: "button", "aria-label": `Show test unit ${names[0]} with control unit ${names[1]}`, onclick: () => choose(test, control) }, "Show")));
}
