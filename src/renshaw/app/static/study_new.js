// New study: the form shows the settings of what is chosen.

import { making } from "./runs/making.js";

const protocol = document.getElementById("protocol");
function showProtocol() {
  for (const place of document.querySelectorAll(".protocol")) place.hidden = place.dataset.kind !== protocol.value;
}
protocol.addEventListener("change", showProtocol);
showProtocol();

for (const place of document.querySelectorAll(".choice")) {
  const box = place.querySelector("input");
  const about = place.querySelector(".about");
  const show = () => about && (about.hidden = !box.checked);
  box.addEventListener("change", show);
  show();
}

making("study");
