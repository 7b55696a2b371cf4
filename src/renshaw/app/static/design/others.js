// The recommended therapy beside doing nothing, each part alone, and all.

import { element } from "../page.js";
import { number } from "./words.js";

const COLUMNS = ["Therapy", "What", "Burden left (% of untreated)", "Burden (% MVC s)", "Force kept (%)", "Dose (%)", "Discomfort", "Charge (mC/h)", "Within limits"];

export function othersOf(table, found) {
  const heads = COLUMNS.map((words, n) => element("th", { scope: "col", class: n > 1 && n < 8 ? "n" : null }, words));
  const rows = [...found.alternatives].sort((a, b) => (b.name === "recommended") - (a.name === "recommended"));
  table.append(element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows.map(row)));
}

function row(each) {
  const burden = `${number(each.fresh_burden)} (${number(each.fresh_burden_low)} to ${number(each.fresh_burden_high)})`;
  const numbers = [meter(each.left_pct), burden, ...[each.fresh_force_pct, each.dose_pct, each.discomfort, each.fresh_charge_mC_per_h].map(number)];
  return element("tr", { class: each.name === "recommended" ? "best" : null },
    element("th", { scope: "row" }, each.name),
    element("td", {}, each.therapy),
    ...numbers.map((value) => element("td", { class: "n" }, value)),
    element("td", {}, each.within ? "yes" : "no"));
}

function meter(percent) {
  const share = element("span", { class: "share" });
  share.style.setProperty("--share", `${Math.min(100, percent ?? 0)}%`);
  return element("span", { class: "meter" }, share, number(percent));
}
