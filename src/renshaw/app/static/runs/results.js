// One run: its progress, stop, go on; its tables.

import { post } from "../api.js";
import { follow, stop } from "../jobs.js";
import { announce } from "../page.js";
import { showProgress } from "./progress.js";
import { tableOf } from "./table.js";
import { plain } from "../words.js";

const state = document.querySelector(".state");
const kind = location.pathname.split("/").at(-2);

function problem(words) {
  const place = document.getElementById("state-problem");
  place.textContent = plain(words);
  place.hidden = false;
}

const progress = state?.querySelector(".progress");
if (progress) {
  follow(progress.dataset.job, (job) => showProgress(progress, job)).then(
    () => location.reload(),
    (fault) => problem(fault.message),
  );
}

document.getElementById("stop")?.addEventListener("click", async (event) => {
  event.target.disabled = true;
  event.target.textContent = "Stopping …";
  announce("Stopping");
  await stop(event.target.dataset.job).catch((fault) => problem(fault.message));
});

document.getElementById("again")?.addEventListener("click", async (event) => {
  event.target.disabled = true;
  try {
    await post(`${kind}/again`, { path: state.dataset.path });
    location.reload();
  } catch (fault) {
    event.target.disabled = false;
    problem(fault.message);
  }
});

const tables = document.getElementById("tables");
if (tables) {
  const place = document.getElementById("table-place");
  const buttons = [...tables.querySelectorAll("button")];
  const show = (button) => {
    for (const each of buttons) each.setAttribute("aria-pressed", String(each === button));
    tableOf(place, tables.dataset.kind, tables.dataset.path, button.dataset.table, button.textContent);
  };
  for (const button of buttons) button.addEventListener("click", () => show(button));
  show(buttons[0]);
}
