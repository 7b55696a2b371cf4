// Jobs: follow one until it ends, stop it. A job lives in the server; closing the tab leaves it be.

import { get, post } from "./api.js";

export const ended = (job) => ["done", "failed", "stopped"].includes(job.state);

/** Call `shown(job)` with each new state until the job has ended; returns it. */
export async function follow(id, shown, { everyMs = 700, signal } = {}) {
  for (;;) {
    const job = await get(`jobs/${id}`, { signal });
    shown(job);
    if (ended(job)) return job;
    await new Promise((done) => setTimeout(done, everyMs));
  }
}

export const stop = (id) => post(`jobs/${id}/stop`);
export const jobsOf = (kind) => get(`jobs?kind=${encodeURIComponent(kind)}`);
