// A finished design: the recommended therapy, the others beside it, and all that it cost.

import { address, get } from "./api.js";
import { frontOf } from "./design/front.js";
import { othersOf } from "./design/others.js";
import { givenOf } from "./design/words.js";
import { Plot } from "./figure/plot.js";
import { saveMenu, seen } from "./figure/save.js";
import { findingsOf, numbersOf } from "./findings.js";
import { announce, element } from "./page.js";
import { plain } from "./words.js";

const place = document.getElementById("design");

function recommended(found) {
  document.getElementById("therapy").replaceChildren(...findingsOf(found.findings));
  document.getElementById("rule").textContent = plain(found.rule);
  document.getElementById("recommended-keys").replaceChildren(...numbersOf(found.findings));
  const { given, at_night: night, moving } = found.recommended.given;
  const parts = [givenOf("Before and during a spasm test", given)];
  if (String(night) !== String(given)) parts.push(givenOf("At night", night));
  if (String(moving) !== String(given)) parts.push(givenOf("While moving", moving));
  document.getElementById("recommended-given").replaceChildren(...parts);
}

if (place) {
  const path = new URLSearchParams({ path: place.dataset.path });
  try {
    const found = await get(`design/found?${path}`);
    recommended(found);
    othersOf(document.getElementById("others"), found);
    frontOf(found, place.dataset.path);
  } catch (problem) {
    document.getElementById("therapy").replaceChildren(element("span", { class: "problem" }, problem.message));
  }
  const map = document.getElementById("map");
  try {
    const figure = await get(`design/figure/map?${path}`);
    new Plot(map).draw(figure);
    const asked = (ending) => address(`design/figure/map?${seen(figure, { path: place.dataset.path, as: ending })}`);
    document.getElementById("map-save").append(saveMenu("how the parts act together", asked, announce));
  } catch (problem) {
    map.replaceChildren(element("p", { class: "problem" }, problem.message));
  }
}
