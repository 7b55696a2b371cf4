// The list of runs: those at work show how far they are; when one ends, the list is made anew.

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
