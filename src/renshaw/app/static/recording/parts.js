// Parts that the pages of the tab share: problems, tables, the list of units.

import { post } from "../api.js";
import { announce, element } from "../page.js";
import { plain } from "../words.js";

/** Show what went wrong, or nothing. */
export function problem(words = "") {
  const place = document.getElementById("problem");
  place.textContent = plain(words);
  place.hidden = !words;
}

/** Do something and show what goes wrong; what went wrong before stays in sight if it shall. */
export async function tried(work, keepsProblem = false) {
  try {
    if (!keepsProblem) problem();
    return await work();
  } catch (fault) {
    if (fault.name !== "AbortError") problem(fault.message);
    return undefined;
  }
}

/** A table of the report. */
export function tableOf(table, labelled = true) {
  const head = element("tr", {}, ...table.columns.map((column) =>
    element("th", { scope: "col", class: column.numeric ? "n" : "" }, column.title || unseen("Unit"), column.unit ? element("small", {}, ` (${column.unit})`) : "")));
  const body = table.rows.map((row) => element("tr", { class: row.ok ? "" : "out" }, ...row.cells.map((cell, i) => {
    const column = table.columns[i];
    return i === 0 ? element("th", { scope: "row" }, cell) : element("td", { class: column.numeric ? "n" : column.wide ? "w" : "" }, cell);
  })));
  const made = element("table", {}, labelled ? element("caption", {}, table.caption) : "", element("thead", {}, head), element("tbody", {}, ...body));
  return element("div", { class: "scroll tall-table", tabindex: "0", role: "group", "aria-label": table.caption }, made);
}

/** A number with so many decimals, a dash for none. */
export const shown = (value, decimals = 1) => (value === null || value === undefined ? "–" : value.toFixed(decimals).replace("-", "−"));

/** Whether a key was pressed while someone writes. */
export const writing = (event) => ["INPUT", "SELECT", "TEXTAREA"].includes(event.target.tagName) && event.target.type !== "checkbox";

/** Words for those who listen: what is seen says it by its place. */
const unseen = (words) => element("span", { class: "visually-hidden" }, words);

/** The list of units; `facts(unit)` gives {fact, value, words between and after}, `choose(unit)` and `toggle(unit)` act. */
export class UnitList {
  constructor(place, { facts, choose, toggle }) {
    Object.assign(this, { place, facts, choose, toggle });
    place.addEventListener("keydown", (event) => this.#moved(event));
  }

  draw(units, order, colors, chosen) {
    const focused = this.place.contains(document.activeElement);
    const top = this.place.scrollTop;
    this.order = order;
    // One stop for the Tab key; arrow keys go from unit to unit.
    const stop = chosen || order[0];
    this.place.replaceChildren(...order.map((number, i) => this.#row(units[number - 1], colors[i], chosen, number === stop ? "0" : "-1")));
    this.place.scrollTop = top;
    const current = this.place.querySelector('[aria-current="true"]');
    if (current && focused) current.focus({ preventScroll: true });
    this.#reveal(current);
  }

  #row(unit, color, chosen, tabindex) {
    const { fact, value, words: [between, after] } = this.facts(unit);
    const mine = unit.unit === chosen;
    const state = unit.aside ? "out" : unit.flag ? "doubt" : "";
    const button = element("button", { type: "button", class: "unit", tabindex, "data-unit": unit.unit, "aria-current": mine ? "true" : null, title: unit.flag || null, onclick: () => this.choose(unit.unit) },
      unseen("Unit "), element("span", { class: "dot", style: `--dot:${color}`, "aria-hidden": "true" }),
      element("span", { class: "label" }, unit.label), element("span", { class: "fact" }, fact), unseen(between), element("span", { class: "value" }, value), unseen(after));
    const words = unit.aside ? "Bring back" : "Set aside";
    const toggle = element("button", { type: "button", class: "toggle", tabindex, onclick: () => this.toggle(unit) }, words, unseen(` unit ${unit.label}`));
    return element("li", { class: state }, button, toggle);
  }

  #reveal(row) {
    if (!row) return;
    const [outer, inner] = [this.place.getBoundingClientRect(), row.getBoundingClientRect()];
    if (inner.top < outer.top) this.place.scrollTop -= outer.top - inner.top;
    else if (inner.bottom > outer.bottom) this.place.scrollTop += inner.bottom - outer.bottom;
  }

  #moved(event) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    this.step(by);
  }

  /** Choose the unit after the chosen one, or before it. */
  step(by) {
    const row = this.place.querySelector("[aria-current=\"true\"]");
    const at = row ? this.order.indexOf(Number(row.dataset.unit)) : by > 0 ? -1 : this.order.length;
    const next = this.order[Math.max(0, Math.min(this.order.length - 1, at + by))];
    if (next === undefined) return;
    this.choose(next);
    this.place.querySelector(`[data-unit="${next}"]`)?.focus({ preventScroll: true });
  }
}

/** Edits of one tab: they go one after the other, and each says which state of the recording it was meant for. */
export class Edits {
  #state;
  #last = Promise.resolve();
  #waiting = 0;

  constructor(base) {
    this.base = base;
  }

  /** This state is shown now. */
  seen(state) {
    if (!this.#waiting) this.#state = state;
  }

  send(sent) {
    this.#waiting += 1;
    const mine = this.#last.then(() => this.#sent(sent));
    this.#last = mine.catch(() => {}).finally(() => (this.#waiting -= 1));
    return mine;
  }

  async #sent(sent) {
    const said = await post(`${this.base}/change`, { state: this.#state, ...sent });
    this.#state = said.state;
    return said;
  }
}

/** Let Undo and Redo say what they would do. */
export function showUndo(data) {
  for (const [id, words, verb] of [["undo", data.undoable, "Undo"], ["redo", data.redoable, "Redo"]]) {
    const button = document.getElementById(id);
    button.disabled = !words;
    button.title = words;
    button.setAttribute("aria-label", words ? `${verb}: ${words}` : verb);
  }
}

/** Say what was done last. */
export const sayLast = (data, verb) => announce(verb === "undo" ? `Undone: ${data.redoable}` : data.undoable || "No edits.");
