// Each mark of a description as SVG, in the pixels of its panel.

import { plain } from "../words.js";
import { numbersOf } from "./scales.js";

const SVG = "http://www.w3.org/2000/svg";
// Points of paper in pixels of the screen.
const PT = 1.3;
const PALE = 0.35;
const DASHES = { dashed: "5 4", dotted: "1.5 3" };
const LONG_TEXT = 120;

export function shape(name, attributes = {}, words = undefined) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined && value !== null) made.setAttribute(key, value);
  if (words !== undefined) made.textContent = plain(words);
  return made;
}

const dark = () => matchMedia("(prefers-color-scheme: dark)").matches;

/** A color of a description: a name of the page's, or one by day and one by night. */
export function colorOf(color) {
  if (Array.isArray(color)) return color[dark() ? 1 : 0];
  return color === "white" ? "#fefefe" : `var(--${color ?? "ink"})`;
}

const one = (value) => value.toFixed(1);

function pathOf(xs, ys, { x, y }) {
  let d = "";
  let pen = "M";
  for (let i = 0; i < xs.length; i++) {
    if (xs[i] === null || ys[i] === null) pen = "M";
    else {
      d += `${pen}${one(x(xs[i]))} ${one(y(ys[i]))}`;
      pen = "L";
    }
  }
  return d;
}

const stroke = (mark, more) => ({ fill: "none", stroke: colorOf(mark.color), "stroke-linejoin": "round", "stroke-dasharray": DASHES[mark.dash], ...more });

// Outlines of one point around 0, of a radius.
const OUTLINES = {
  circle: (r) => `m${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`,
  square: (r) => `m${-r} ${-r}h${2 * r}v${2 * r}h${-2 * r}z`,
  diamond: (r) => `m0 ${-r * 1.3}l${r * 1.3} ${r * 1.3}l${-r * 1.3} ${r * 1.3}l${-r * 1.3} ${-r * 1.3}z`,
  triangle: (r) => `m0 ${-r}l${r} ${2 * r}h${-2 * r}z`,
  "triangle down": (r) => `m0 ${r}l${r} ${-2 * r}h${-2 * r}z`,
  cross: (r) => `m${-r} ${-r}l${2 * r} ${2 * r}m0 ${-2 * r}l${-2 * r} ${2 * r}`,
  bar: (r) => `m0 ${-r}v${2 * r}`,
  star: (r) => {
    const tip = (i) => [Math.sin((i * Math.PI) / 5), -Math.cos((i * Math.PI) / 5)].map((v) => v * (i % 2 ? 0.4 : 1) * r);
    const tips = Array.from({ length: 10 }, (_, i) => tip(i));
    return `m${tips[0].map(one).join(" ")}${tips.slice(1).map(([x, y], i) => `l${one(x - tips[i][0])} ${one(y - tips[i][1])}`).join("")}z`;
  },
};

/** The look of points: filled, hollow, or mere strokes. */
export function pointLook(mark) {
  const color = colorOf(mark.color);
  if (["cross", "bar"].includes(mark.shape)) return { fill: "none", stroke: color, "stroke-width": 2 };
  if (mark.hollow) return { fill: "var(--raised)", stroke: color, "stroke-width": 1.4 };
  return { fill: color, stroke: "none" };
}

export function outline(mark, radius) {
  return OUTLINES[mark.shape ?? "circle"](Number(radius.toFixed(2)));
}

const draws = {
  line: (mark, at) => shape("path", stroke(mark, { d: pathOf(numbersOf(mark.x), numbersOf(mark.y), at), "stroke-width": (mark.width ?? 1.4) * PT * 0.9 })),
  points(mark, at) {
    const [xs, ys] = [numbersOf(mark.x), numbersOf(mark.y)];
    const outlined = outline(mark, ((mark.size ?? 4) * PT) / 2);
    const d = xs.map((x, i) => (x === null || ys[i] === null ? "" : `M${one(at.x(x))} ${one(at.y(ys[i]))}${outlined}`)).join("");
    return shape("path", { d, ...pointLook(mark) });
  },
  ticks(mark, at) {
    const half = (mark.height ?? 0.72) / 2;
    const top = at.y(mark.y + half);
    const rise = one(at.y(mark.y - half) - top);
    const d = numbersOf(mark.x).map((x) => `M${one(at.x(x))} ${one(top)}v${rise}`).join("");
    return shape("path", stroke(mark, { d, "stroke-width": Math.max(0.5, (mark.width ?? 0.7) * PT) }));
  },
  area(mark, at) {
    const xs = numbersOf(mark.x);
    const [low, high] = [numbersOf(mark.low), numbersOf(mark.high)];
    const there = xs.map((_, i) => i).filter((i) => low[i] !== null && high[i] !== null);
    const along = (ys, order) => order.map((i) => `${one(at.x(xs[i]))} ${one(at.y(ys[i]))}`).join("L");
    const d = there.length ? `M${along(high, there)}L${along(low, [...there].reverse())}Z` : "";
    return shape("path", { d, fill: colorOf(mark.color) });
  },
  span(mark, at) {
    const [from, to] = [at.x(mark.low), at.x(mark.high)].sort((a, b) => a - b);
    const rect = shape("rect", { x: from, y: 0, width: Math.max(1.5, to - from), height: mark.ribbon ? 3 : at.height, fill: colorOf(mark.color) });
    rect.append(shape("title", {}, mark.name ?? ""));
    return rect;
  },
  rule(mark, at) {
    const place = mark.axis === "x" ? { x1: at.x(mark.at), x2: at.x(mark.at), y1: 0, y2: at.height } : { x1: 0, x2: at.width, y1: at.y(mark.at), y2: at.y(mark.at) };
    return shape("line", { ...stroke(mark, place), "stroke-width": (mark.width ?? 0.9) * PT });
  },
  boxes(mark, at) {
    const [xs, ys] = [numbersOf(mark.x), numbersOf(mark.y)];
    const half = [(mark.width ?? 0.92) / 2, (mark.height ?? 0.92) / 2];
    const rect = (i) => [at.x(xs[i] - half[0]), at.y(ys[i] + half[1]), at.x(xs[i] + half[0]), at.y(ys[i] - half[1])];
    const group = shape("g");
    const paths = new Map();
    xs.forEach((_, i) => {
      const [left, top, right, bottom] = rect(i).map(one);
      const fill = mark.colors?.[i] ?? colorOf(mark.color);
      paths.set(fill, `${paths.get(fill) ?? ""}M${left} ${top}H${right}V${bottom}H${left}Z`);
    });
    for (const [fill, d] of paths) group.append(shape("path", { d, fill }));
    if (mark.hatched) {
      const d = xs.map((_, i) => rect(i).map(one)).map(([left, top, right, bottom]) => `M${left} ${bottom}L${right} ${top}`).join("");
      group.append(shape("path", { d, fill: "none", stroke: "var(--muted)", "stroke-width": 0.6 }));
    }
    return group;
  },
  arrow(mark, at) {
    const x = at.x(mark.x);
    const [top, bottom] = [at.y(mark.low), at.y(mark.high)].sort((a, b) => a - b);
    const d = `M${x} ${top}V${bottom}M${x - 4} ${top + 5}l4 -5l4 5M${x - 4} ${bottom - 5}l4 5l4 -5`;
    return shape("path", stroke(mark, { d, "stroke-width": (mark.width ?? 1.3) * PT }));
  },
  text(mark, at) {
    const x = mark.x_in === "panel" ? mark.x * at.width : at.x(mark.x);
    const y = mark.y_in === "panel" ? (1 - mark.y) * at.height : at.y(mark.y);
    const size = (mark.size ?? 8.5) * PT;
    const look = {
      x, y: y + { top: 0.85 * size, middle: 0.35 * size, bottom: -0.15 * size }[mark.up ?? "middle"],
      "text-anchor": { left: "start", center: "middle", right: "end" }[mark.across ?? "left"],
      "font-weight": mark.bold ? 650 : undefined, class: mark.backed ? "backed" : undefined, style: `font-size:${size.toFixed(1)}px;fill:${colorOf(mark.color)}`,
    };
    return shape("text", look, mark.words.slice(0, LONG_TEXT));
  },
};

/** Marks of a key other than the chosen one are pale; details are seen of the chosen one only. */
export function drawMark(mark, at, chosen) {
  if (mark.detail && mark.key !== chosen) return null;
  const made = draws[mark.kind](mark, at);
  const pale = chosen !== null && mark.key !== undefined && mark.key !== chosen;
  made.setAttribute("opacity", (mark.alpha ?? 1) * (pale ? PALE : 1));
  Object.assign(made.dataset, { kind: mark.kind, name: mark.name ?? "", ...(mark.key === undefined ? {} : { key: mark.key }) });
  return made;
}

/** A frame around what is chosen by its key among many of one mark. */
export function drawChosen(mark, at, chosen) {
  const i = chosen === null ? -1 : (mark.keys ?? []).indexOf(chosen);
  if (i < 0) return null;
  const [x, y] = [numbersOf(mark.x)[i], numbersOf(mark.y)[i]];
  if (mark.kind === "points") return shape("circle", { cx: at.x(x), cy: at.y(y), r: 10, fill: "none", stroke: "var(--ink)", "stroke-width": 2, class: "chosen" });
  const half = [(mark.width ?? 0.92) / 2, (mark.height ?? 0.92) / 2];
  const [left, top] = [at.x(x - half[0]), at.y(y + half[1])];
  const frame = { x: left, y: top, width: at.x(x + half[0]) - left, height: at.y(y - half[1]) - top };
  return shape("rect", { ...frame, fill: "none", stroke: "var(--vermilion)", "stroke-width": 2.5, class: "chosen" });
}
