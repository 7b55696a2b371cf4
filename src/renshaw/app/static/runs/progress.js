// A bar with words: how far a job is.

import { plain } from "../words.js";

/** Show a job in an element made by the macro `progress` of runs.html.j2. */
export function showProgress(place, job) {
  const bar = place.querySelector("progress");
  if (job.total > 0) {
    bar.max = job.total;
    bar.value = job.done;
  }
  const time = job.seconds > 0 ? `, ${clock(job.seconds)}` : "";
  place.querySelector(".numbers").textContent = job.total > 0 ? `${job.done} of ${job.total}${time}` : "";
  place.querySelector(".what").textContent = job.state === "waiting" ? "waits for its turn" : plain(job.what) || "starting";
}

function clock(seconds) {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")} min`;
}
