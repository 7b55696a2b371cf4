// What the marks of a legend are called: the first mark of each label.

import { element } from "../page.js";
import { colorOf, outline, pointLook, shape } from "./marks.js";

export function labeled(panels) {
  const found = new Map();
  for (const mark of panels.flatMap((panel) => panel.marks)) if (mark.label && !found.has(mark.label)) found.set(mark.label, mark);
  return [...found.values()];
}

export function legendOf(marks) {
  return element("span", { class: "legend" }, ...marks.map((mark) => element("span", {}, swatch(mark), mark.label)));
}

function swatch(mark) {
  if (mark.kind === "points") {
    const place = shape("svg", { width: 13, height: 13, viewBox: "-6.5 -6.5 13 13", "aria-hidden": "true" });
    place.append(shape("path", { d: `M0 0${outline(mark, 4.5)}`, ...pointLook(mark) }));
    return place;
  }
  const block = ["area", "span", "boxes"].includes(mark.kind);
  const made = element("i", { class: block ? (mark.ribbon ? "block ribbon" : "block") : mark.dash ? "dashed" : "" });
  made.style.color = colorOf(mark.color);
  return made;
}
