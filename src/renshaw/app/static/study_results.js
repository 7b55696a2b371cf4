// A finished study: its answers, with pictures made by the server.

import { get } from "./api.js";
import { element } from "./page.js";

const place = document.getElementById("answers");

function answer({ verdict, words }) {
  return element("li", {}, element("strong", {}, verdict), " ", words);
}

function picture({ title, svg }) {
  const drawn = element("div", { class: "picture", tabindex: "0", role: "group", "aria-label": title });
  drawn.innerHTML = svg; // by the server's own inline_svg, which escapes all text
  return element("figure", { class: "panel" }, element("figcaption", {}, title), drawn);
}

if (place) {
  try {
    const found = await get(`study/found?${new URLSearchParams({ path: place.dataset.path })}`);
    const answers = found.answers.length
      ? element("ul", { class: "answers" }, ...found.answers.map(answer))
      : element("p", {}, "Nothing could be compared: the report says why.");
    const parts = [answers];
    if (found.caveat) parts.push(element("p", { class: "note" }, found.caveat));
    if (found.failures) parts.push(element("p", { class: "problem" }, `${found.failures} recordings gave no numbers; see the table of failures.`));
    parts.push(element("div", { class: "pictures" }, ...found.pictures.map(picture)));
    place.replaceChildren(...parts);
  } catch (problem) {
    place.replaceChildren(element("p", { class: "problem" }, problem.message));
  }
}
