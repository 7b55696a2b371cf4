// A finished study: what it found, with pictures made by the server.

import { get } from "./api.js";
import { findingsOf } from "./findings.js";
import { element } from "./page.js";

const place = document.getElementById("answers");

function picture({ title, svg }) {
  const drawn = element("div", { class: "picture", tabindex: "0", role: "group", "aria-label": title });
  drawn.innerHTML = svg; // by the server's own inline_svg, which escapes all text
  return element("figure", { class: "panel" }, element("figcaption", {}, title), drawn);
}

if (place) {
  try {
    const found = await get(`study/found?${new URLSearchParams({ path: place.dataset.path })}`);
    place.replaceChildren(...findingsOf(found.findings), element("div", { class: "pictures" }, ...found.pictures.map(picture)));
  } catch (problem) {
    place.replaceChildren(element("p", { class: "problem" }, problem.message));
  }
}
