// A described figure on the screen: the panels, axes, marks and words that paper shows of the same
// description. Nothing is computed here but places; who points, clicks, drags or zooms is heard here.

import { element } from "../page.js";
import { labeled, legendOf } from "./legend.js";
import { drawChosen, drawMark, shape } from "./marks.js";
import { numbersOf, scaleOf, shown, ticksOf } from "./scales.js";

const PER_INCH = 96;
const LETTER = 6.3;
const NEAR = 12;
// A panel that is shown without its fellows has more room.
const ALONE = 1.7;
const SLOP = 4;

export class Plot {
  #place;
  #hands;
  #panels = [];
  #tip = element("div", { class: "tip", hidden: true });
  #outer = 0;
  #width = 0;

  /**
   * `hands`: `point(hit)` hears a click on a mark, `boxed({panel, x, y})` a box that was drawn while `drag`
   * is "box", `zoomed(low, high)` a stretch of the x axis (null for all of it); by default the plot zooms by
   * itself and asks `finer(window)` for a figure with more points where some were left out.
   */
  constructor(place, hands = {}) {
    this.#place = place;
    this.#hands = { drag: "zoom", ...hands };
    place.classList.add("figure");
    place.plot = this;
    new ResizeObserver(() => requestAnimationFrame(() => this.figure && place.clientWidth !== this.#outer && this.#redraw())).observe(place);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.figure && this.#redraw());
  }

  /** Draw a figure, or only some of its panels; a mark more may be laid over a panel. */
  draw(figure, { only = null, over = [] } = {}) {
    Object.assign(this, { figure, only, over });
    this.#redraw();
  }

  choose(chosen) {
    this.draw({ ...this.figure, chosen }, this);
  }

  set drag(how) {
    this.#hands.drag = how;
    this.#place.dataset.drag = how;
  }

  /** Look at a stretch of the x axis; at all of it if there is none. */
  async look(window) {
    this.draw({ ...this.figure, window }, this);
    if (!this.#hands.finer || !this.figure.panels.some((panel) => panel.thinned || window === null)) return;
    const finer = await this.#hands.finer(window);
    const same = String(this.figure.window) === String(window);
    if (finer && same) this.draw({ ...finer, chosen: this.figure.chosen }, this);
  }

  /** Where values of a panel are in the window, in pixels. */
  at(name, x, y) {
    const { area, at } = this.#panels.find((each) => each.panel.name === name);
    const box = area.getBoundingClientRect();
    return [box.x + at.x(x), box.y + at.y(y)];
  }

  #redraw() {
    const { figure, only } = this;
    this.#outer = this.#place.clientWidth;
    const { paddingLeft, paddingRight } = getComputedStyle(this.#place);
    // A place that is not in the page yet has no padding, in no unit.
    this.#width = Math.floor(this.#outer - (parseFloat(paddingLeft) || 0) - (parseFloat(paddingRight) || 0));
    this.#panels = [];
    const panels = figure.panels.filter((panel) => !only || only.includes(panel.name));
    const columns = only || (!figure.heads.length && this.#width < 480) ? 1 : figure.columns;
    const rows = rowsOf(panels, columns);
    const made = [];
    if (figure.one_legend) made.push(element("p", { class: "figure-legend" }, legendOf(labeled(panels))));
    if (figure.heads.length > 1) made.push(element("div", { class: "heads" }, ...figure.heads.map((head) => element("div", { class: head.toLowerCase() }, head))));
    const lefts = leftsOf(rows, figure, this.#width);
    rows.forEach((row, number) => made.push(...this.#row(row, lefts, columns, rows.slice(number + 1))));
    made.push(this.#tip);
    this.#tip.hidden = true;
    this.#place.replaceChildren(...made);
  }

  #row(row, lefts, columns, below) {
    const { figure } = this;
    const shared = figure.heads.length > 0;
    const widths = figure.widths.length === columns ? figure.widths : Array(columns).fill(1);
    const grid = element("div", { class: "panels" });
    grid.style.gridTemplateColumns = widths.map((width) => `minmax(0, ${width}fr)`).join(" ");
    const whole = widths.reduce((sum, width) => sum + width, 0);
    const narrow = shared && matchMedia("(max-width: 48rem)").matches;
    const gap = 16;
    let column = 0;
    for (const panel of row) {
      const span = Math.min(panel.span, columns);
      const share = widths.slice(column, column + span).reduce((sum, width) => sum + width, 0) / whole;
      const room = narrow ? this.#width : (this.#width - gap * (columns - 1)) * share + gap * (span - 1);
      const last = !figure.shared_x || !below.some((each) => each.reduce((sum, other) => sum + other.span, 0) > column);
      const cell = element("div", { class: "view" });
      if (shared && figure.heads[column]) cell.classList.add(figure.heads[column].toLowerCase());
      cell.style.gridColumn = `span ${span}`;
      if (!shared) cell.append(...titleOf([panel], figure));
      cell.append(this.#panel(panel, { width: Math.max(120, Math.floor(room)), left: lefts[placeOf(column, panel)], last, head: figure.heads.length > 1 ? figure.heads[column] : "" }));
      grid.append(cell);
      column += span;
    }
    return shared ? [...titleOf(row, figure), grid] : [grid];
  }

  #panel(panel, { width, left, last, head }) {
    if (panel.empty) return element("p", { class: "note" }, panel.empty);
    const { figure } = this;
    const numbers = last || figure.heads.length > 0;
    const margin = { top: 6, right: 8 + outsideOf(panel), bottom: numbers ? (last && panel.x.words ? 36 : 20) : 8, left };
    const inner = { width: Math.max(60, width - margin.left - margin.right), height: heightOf(panel, innerHeight) * (this.only ? ALONE : 1) };
    if (panel.square) inner.height = inner.width = Math.min(inner.width, Math.max(220, 0.75 * innerHeight));
    const whole = { width: inner.width + margin.left + margin.right, height: inner.height + margin.top + margin.bottom };
    const ends = { x: this.#xEnds(panel), y: [panel.y.low, panel.y.high] };
    const at = { x: scaleOf(panel.x, ends.x, [0, inner.width]), y: scaleOf(panel.y, ends.y, [inner.height, 0]), ...inner };
    const label = [panel.title || panel.y.label || figure.title, head.toLowerCase()].filter(Boolean).join(", ");
    const svg = shape("svg", { viewBox: `0 0 ${whole.width} ${whole.height}`, width: whole.width, height: whole.height, role: "img", "aria-label": label });
    Object.assign(svg.dataset, { panel: panel.name, x: ends.x.join(" "), y: ends.y.join(" ") });
    const body = shape("g", { transform: `translate(${margin.left} ${margin.top})` });
    body.append(axesOf(panel, at, ends, { numbers, last, words: figure.heads.length ? "" : panel.y.words, left: margin.left }));
    const area = shape("svg", { width: inner.width, height: inner.height, class: "area" });
    // Something to point at where nothing is drawn.
    area.append(shape("rect", { width: inner.width, height: inner.height, fill: "transparent" }));
    const words = shape("g", { class: "said" });
    for (const mark of [...panel.marks, ...this.over.filter((each) => each.panel === panel.name)]) {
      const drawn = drawMark(mark, at, figure.chosen);
      if (drawn) (mark.kind === "text" ? words : area).append(drawn);
      const frame = drawChosen(mark, at, figure.chosen);
      if (frame) words.append(frame);
    }
    if (panel.scale) words.append(barOf(panel.scale, at));
    body.append(area, words);
    svg.append(body);
    const known = { panel, area, at, svg };
    this.#panels.push(known);
    this.#listen(known);
    return svg;
  }

  #xEnds(panel) {
    return this.figure.shared_x && this.figure.window ? this.figure.window : [panel.x.low, panel.x.high];
  }

  // Hands.

  #listen(known) {
    const { area } = known;
    const place = (event) => {
      const box = area.getBoundingClientRect();
      return [event.clientX - box.x, event.clientY - box.y];
    };
    area.addEventListener("pointermove", (event) => !event.buttons && this.#hover(known, place(event)));
    area.addEventListener("pointerleave", () => (this.#tip.hidden = true));
    area.addEventListener("pointerdown", (event) => event.button === 0 && this.#press(known, place, event));
    area.addEventListener("dblclick", () => this.figure.shared_x && this.#zoomed(null, null));
  }

  #press(known, place, event) {
    const from = place(event);
    const boxed = this.#hands.drag === "box";
    const can = boxed || this.figure.shared_x;
    const frames = (boxed ? [known] : this.#panels).map((each) => [each, shape("rect", { class: "dragged", y: 0, height: each.at.height })]);
    let to = from;
    const moved = (next) => {
      to = place(next);
      if (!can || Math.abs(to[0] - from[0]) < SLOP) return;
      const [left, right] = [from[0], to[0]].sort((a, b) => a - b);
      for (const [each, frame] of frames) {
        if (!frame.isConnected) each.area.append(frame);
        frame.setAttribute("x", left);
        frame.setAttribute("width", right - left);
        if (boxed) {
          frame.setAttribute("y", Math.min(from[1], to[1]));
          frame.setAttribute("height", Math.abs(to[1] - from[1]));
        }
      }
    };
    const ended = (last) => {
      for (const name of ["pointermove", "pointerup", "pointercancel"]) window.removeEventListener(name, name === "pointermove" ? moved : ended);
      for (const [, frame] of frames) frame.remove();
      if (last.type === "pointercancel") return;
      to = place(last);
      if (Math.abs(to[0] - from[0]) < SLOP) {
        const hit = this.#hit(known, from);
        if (hit) this.#hands.point?.(hit);
      } else if (can) this.#dragged(known, from, to, boxed);
    };
    event.preventDefault();
    window.addEventListener("pointermove", moved);
    window.addEventListener("pointerup", ended);
    window.addEventListener("pointercancel", ended);
  }

  #dragged({ panel, at }, from, to, boxed) {
    const ends = (scale, a, b, most) => [a, b].map((v) => scale.value(Math.max(0, Math.min(most, v)))).sort((p, q) => p - q);
    const x = ends(at.x, from[0], to[0], at.width);
    if (boxed) this.#hands.boxed?.({ panel: panel.name, x, y: ends(at.y, from[1], to[1], at.height) });
    else this.#zoomed(...x);
  }

  #zoomed(low, high) {
    if (this.#hands.zoomed) this.#hands.zoomed(low, high);
    else this.look(low === null ? null : [low, high]);
  }

  #hover(known, place) {
    const hit = this.#hit(known, place);
    this.#tip.hidden = !hit;
    known.area.style.cursor = hit && this.#hands.point ? "pointer" : "crosshair";
    if (!hit) return;
    this.#tip.replaceChildren(...wordsOf(hit, known.panel).map((line, i) => element(i ? "div" : "strong", {}, line)));
    const [mine, outer] = [known.area.getBoundingClientRect(), this.#place.getBoundingClientRect()];
    const x = mine.x - outer.x + known.at.x(hit.x);
    this.#tip.style.left = `${Math.max(4, Math.min(x + 12, outer.width - this.#tip.offsetWidth - 4))}px`;
    this.#tip.style.top = `${mine.y - outer.y + known.at.y(hit.y) + 14}px`;
  }

  /** The mark that is pointed at, the last drawn first: {mark, index, key, x, y}. */
  #hit({ panel, at }, place) {
    let best = null;
    for (const mark of panel.marks) {
      if (mark.detail && mark.key !== this.figure.chosen) continue;
      const found = hits[mark.kind]?.(mark, at, place);
      if (found && (!best || found.far <= best.far)) best = { ...found, mark, panel: panel.name, key: mark.keys?.[found.index] ?? mark.key };
    }
    return best;
  }
}

// Who is near: {index, x, y, far}, or nothing.

function nearest(mark, at, [px, py], weight) {
  const [xs, ys] = [numbersOf(mark.x), numbersOf(mark.y)];
  let best = null;
  for (let i = 0; i < xs.length; i++) {
    if (xs[i] === null || ys[i] === null) continue;
    const far = Math.hypot(at.x(xs[i]) - px, at.y(ys[i]) - py) + weight;
    if (far < NEAR && (!best || far < best.far)) best = { index: i, x: xs[i], y: ys[i], far };
  }
  return best;
}

const hits = {
  // A point wins over the line that goes through it.
  points: (mark, at, place) => nearest(mark, at, place, 0),
  line: (mark, at, place) => nearest(mark, at, place, 3),
  ticks(mark, at, [px, py]) {
    const half = (mark.height ?? 0.72) / 2;
    if (py < at.y(mark.y + half) - 1 || py > at.y(mark.y - half) + 1) return null;
    return nearest({ x: mark.x, y: numbersOf(mark.x).map(() => mark.y) }, { x: at.x, y: () => py }, [px, py], 0);
  },
  boxes(mark, at, [px, py]) {
    const [x, y] = [at.x.value(px), at.y.value(py)];
    const index = numbersOf(mark.x).findIndex((each, i) => Math.abs(each - x) <= (mark.width ?? 0.92) / 2 && Math.abs(numbersOf(mark.y)[i] - y) <= (mark.height ?? 0.92) / 2);
    return index < 0 ? null : { index, x: numbersOf(mark.x)[index], y: numbersOf(mark.y)[index], far: 0 };
  },
};

function wordsOf(hit, panel) {
  const { mark } = hit;
  const said = (mark.words?.[hit.index] ?? "").split("\n").filter(Boolean);
  if (mark.kind === "boxes") return said.length ? said : [mark.name ?? ""];
  const value = (axis, v) => `${axis.label || ""} ${shown(Number(v.toPrecision(5)))} ${axis.unit || ""}`.trim();
  const y = mark.kind === "ticks" || panel.bare ? "" : value(panel.y, hit.y);
  const x = panel.x.ticks ? "" : value(panel.x, hit.x);
  return [mark.name ?? "", ...said, [x, y].filter(Boolean).join(", ")].filter(Boolean);
}

// Places.

function rowsOf(panels, columns) {
  const rows = [];
  let free = 0;
  for (const panel of panels) {
    const span = Math.min(panel.span, columns);
    if (span > free) {
      rows.push([]);
      free = columns;
    }
    rows.at(-1).push(panel);
    free -= span;
  }
  return rows;
}

const placeOf = (column, panel) => `${column}+${panel.span}`;

/** Panels of one column begin at one place: beside the longest words of their y axes. */
function leftsOf(rows, figure, width) {
  const lefts = {};
  for (const row of rows) {
    let column = 0;
    for (const panel of row) {
      const words = panel.y.ticks ? panel.y.ticks.map(([, each]) => each) : [shown(Number(panel.y.high.toPrecision(2))), "0.00"];
      const label = !figure.heads.length && panel.y.words ? 18 : 0;
      const needed = panel.empty ? 0 : 10 + label + Math.min(0.42 * width, LETTER * Math.max(0, ...words.map((each) => each.length)));
      const place = placeOf(column, panel);
      lefts[place] = Math.max(lefts[place] ?? 30, needed);
      column += panel.span;
    }
  }
  return lefts;
}

/** Words that begin where the panel ends need room beside it. */
function outsideOf(panel) {
  const lengths = panel.marks.filter((mark) => mark.kind === "text" && mark.x_in === "panel" && mark.x >= 1).map((mark) => mark.words.length);
  return lengths.length ? Math.min(180, LETTER * Math.max(...lengths) + 10) : 0;
}

const heightOf = (panel, most) => Math.max(24, Math.min(panel.height * PER_INCH, Math.max(260, 0.75 * most)));

function titleOf(panels, figure) {
  const titled = panels.find((panel) => panel.title);
  const marks = figure.one_legend ? [] : labeled(panels);
  if (!titled && !marks.length) return [];
  const words = element("span", {}, titled?.title ?? "");
  if (figure.heads.length && titled?.y.unit) words.append(" ", element("small", {}, titled.y.unit));
  if (titled && !Array.isArray(titled.title_color)) words.style.color = `var(--${titled.title_color})`;
  return [element("p", { class: "view-title" }, words, ...(marks.length ? [legendOf(marks)] : []))];
}

function axesOf(panel, at, ends, { numbers, last, words, left }) {
  const group = shape("g", { class: "axes" });
  for (const [y, word] of ticksOf(panel.y, ends.y, at.height, panel.y.ticks ? 10 : 16)) {
    if (panel.y.grid || !panel.y.ticks) group.append(shape("line", { x1: 0, x2: at.width, y1: at.y(y), y2: at.y(y), class: "axis" }));
    group.append(shape("text", { x: -5, y: at.y(y) + 4, "text-anchor": "end", class: "tick-y" }, word));
  }
  group.append(shape("line", { x1: 0, x2: at.width, y1: at.height, y2: at.height, class: "axis floor" }));
  const room = (word) => LETTER * Math.max(3, ...word.split("\n").map((line) => line.length)) + 4;
  if (numbers) {
    for (const [x, word] of ticksOf(panel.x, ends.x, at.width, 26, room)) {
      const text = shape("text", { y: at.height + 14, "text-anchor": "middle", class: "tick-x" });
      word.split("\n").forEach((line, i) => text.append(shape("tspan", { x: at.x(x), dy: i ? 12 : 0 }, line)));
      group.append(text);
    }
  }
  if (last && panel.x.words) group.append(shape("text", { x: at.width / 2, y: at.height + 31, "text-anchor": "middle", class: "axis-words x" }, panel.x.words));
  if (words) group.append(shape("text", { transform: `translate(${11 - left} ${at.height / 2}) rotate(-90)`, "text-anchor": "middle", class: "axis-words y" }, words));
  return group;
}

/** The steps of a color scale, in the corner that pairs leave empty. */
function barOf(scale, at) {
  const group = shape("g", { class: "bar", transform: `translate(${0.56 * at.width} ${0.8 * at.height})` });
  const step = (0.38 * at.width) / scale.colors.length;
  scale.colors.forEach((fill, i) => group.append(shape("rect", { x: i * step, width: step + 0.5, height: 8, fill })));
  const every = Math.ceil((scale.edges.length * 20) / (0.38 * at.width));
  scale.edges.forEach((edge, i) => i % every === 0 && group.append(shape("text", { x: i * step, y: 20, "text-anchor": "middle" }, shown(edge))));
  group.append(shape("text", { x: 0.19 * at.width, y: 34, "text-anchor": "middle" }, scale.label));
  return group;
}
