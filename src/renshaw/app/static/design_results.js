// A finished design: the recommended therapy, the others beside it, and all that it cost.

import { get } from "./api.js";
import { frontOf } from "./design/front.js";
import { othersOf } from "./design/others.js";
import { givenOf, number } from "./design/words.js";
import { element } from "./page.js";

const place = document.getElementById("design");

function recommended(found) {
  const best = found.alternatives.find((each) => each.name === "recommended");
  document.getElementById("therapy").textContent = found.recommended.therapy;
  document.getElementById("rule").textContent = found.rule;
  const keys = [
    ["Burden of spasms left, in fresh people", `${number(best.left_pct)} %`],
    ["Maximal force kept, in fresh people", `${number(best.fresh_force_pct)} %`],
    ["Dose", `${number(best.dose_pct)} %`],
    ["Discomfort, of 10", number(best.discomfort)],
    ["Charge", `${number(best.charge_mC_per_h)} mC/h`],
  ];
  const shown = keys.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value)));
  document.getElementById("recommended-keys").replaceChildren(...shown);
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
    frontOf(found);
  } catch (problem) {
    document.getElementById("therapy").replaceChildren(element("span", { class: "problem" }, problem.message));
  }
  const map = document.getElementById("map");
  try {
    map.innerHTML = (await get(`design/map?${path}`)).svg; // by the server's own inline_svg, which escapes all text
  } catch (problem) {
    map.replaceChildren(element("p", { class: "problem" }, problem.message));
  }
}
