// A finished study: what it found, with a figure of each arm.

import { address, get } from "./api.js";
import { findingsOf } from "./findings.js";
import { Plot } from "./figure/plot.js";
import { saveMenu, seen } from "./figure/save.js";
import { announce, element } from "./page.js";

const place = document.getElementById("answers");

function picture(figure, number) {
  const drawn = element("div", { id: `picture-${number}`, tabindex: "0", role: "group", "aria-label": figure.title });
  const asked = (ending) => address(`study/figure/${number}?${seen(figure, { path: place.dataset.path, as: ending })}`);
  const head = element("div", { class: "title-row" }, element("figcaption", {}, figure.title), saveMenu(figure.title, asked, announce));
  new Plot(drawn).draw(figure);
  return element("figure", { class: "panel" }, head, drawn);
}

if (place) {
  try {
    const found = await get(`study/found?${new URLSearchParams({ path: place.dataset.path })}`);
    place.replaceChildren(...findingsOf(found.findings), element("div", { class: "pictures" }, ...found.figures.map(picture)));
  } catch (problem) {
    place.replaceChildren(element("p", { class: "problem" }, problem.message));
  }
}
