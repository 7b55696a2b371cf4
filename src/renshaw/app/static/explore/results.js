// Numbers beside those of before, and the steps of the mission.

import { element } from "../page.js";

/** Show the numbers of a picture, each with what it was before. */
export function showFigures(place, now, before) {
  const was = new Map((before?.figures ?? []).map((figure) => [figure.title, figure]));
  const boxes = now.figures.map((figure) => {
    const value = element("dd", {}, figure.value);
    if (figure.value !== "–") value.append(" ", element("small", {}, figure.unit));
    const old = was.get(figure.title);
    if (old && before !== now)
      value.append(element("small", { class: "was" }, `before ${old.value}`));
    return element("div", figure.why ? { title: figure.why } : {}, element("dt", {}, figure.title), value);
  });
  place.replaceChildren(...boxes);
}

let reached = [];

/** Mark the steps that are done, for good, and the next one. */
export function showMission(steps, now) {
  reached = steps.map((_, i) => reached[i] || (now.mission[i] && (i === 0 || reached[i - 1] || now.mission[i - 1])));
  const next = reached.findIndex((done) => !done);
  showStep(document.querySelectorAll("[data-step]")[next]);
  document.querySelectorAll("[data-step]").forEach((item, i) => {
    item.classList.toggle("done", Boolean(reached[i]));
    item.classList.toggle("next", i === next);
    item.querySelector("[data-state]").textContent = reached[i] ? "(done)" : "";
  });
}

/** Where the steps lie in a row that is wider than the window: bring the next one into it. */
function showStep(item) {
  if (!item || item.classList.contains("next")) return;
  item.parentElement.scrollTo({ left: item.offsetLeft - item.parentElement.offsetLeft, behavior: "smooth" });
}
