// The list of runs: those at work show how far they are; when one ends, the list is made anew. Drafts can be removed.

import { post } from "../api.js";
import { follow } from "../jobs.js";
import { announce } from "../page.js";
import { showProgress } from "./progress.js";

for (const place of document.querySelectorAll(".runs .progress[data-job]")) {
  follow(place.dataset.job, (job) => showProgress(place, job)).then(
    () => location.reload(),
    (problem) => {
      place.querySelector(".what").textContent = problem.message;
      announce(problem.message);
    },
  );
}

for (const button of document.querySelectorAll("[data-draft]")) {
  button.addEventListener("click", async () => {
    if (!confirm(`Remove the draft ${button.dataset.title}? It can't be brought back.`)) return;
    try {
      await post(`${button.dataset.kind}/draft/remove`, { id: button.dataset.draft });
      const list = button.closest("ul");
      button.closest("li").remove();
      if (!list.children.length) list.closest("section").remove();
      announce("Removed.");
    } catch (problem) {
      alert(problem.message);
    }
  });
}
