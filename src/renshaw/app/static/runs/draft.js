// A draft: what is being written is kept, on disk, as it is written, and named by the address.

import { get, post } from "../api.js";
import { addressed, announce, fromAddress } from "../page.js";

const PAUSE_MS = 400;
const AGAIN_MS = 5000;

/** Keep what `shown()` returns, an object with `title` and `content`; `say(words)` tells how it went. */
export function draftOf(kind, shown, say) {
  let id = "";
  let revision = 0;
  let last = "";
  let saved = "";
  let waiting = 0;
  let running = null;
  let failed = false;
  let dirty = false;

  const text = () => JSON.stringify(shown());
  const sent = () => ({ id, revision, ...shown() });

  function keep() {
    clearTimeout(waiting);
    // One after the other: each says which it follows.
    running ??= sentAll().finally(() => (running = null));
    return running;
  }

  async function sentAll() {
    try {
      for (let now = text(); now !== last; now = text()) {
        const kept = await post(`${kind}/draft`, sent());
        const apart = id && kept.id !== id;
        [id, revision, last, failed] = [kept.id, kept.revision, now, false];
        saved = words(kept.why_not, apart);
        addressed({ draft: id });
      }
      dirty = false;
      say(saved, false);
    } catch (problem) {
      failed = true;
      say(`Not saved: ${problem.message}`, true);
      announce(problem.message);
      waiting = setTimeout(keep, AGAIN_MS);
    }
  }

  const page = kind === "study" ? "Studies" : "Designs";
  function words(whyNot, apart) {
    if (apart) return "Another tab changed this draft as well. What you see here is saved as a draft of its own.";
    if (whyNot) return `Saved only until renshaw app ends: ${whyNot}.`;
    return `Saved. You find it under ${page}, after a restart as well, until you start or remove it.`;
  }

  // Who leaves within the pause loses nothing; what is too long to be sent while leaving, the browser asks about.
  window.addEventListener("beforeunload", (event) => failed && event.preventDefault());
  window.addEventListener("pagehide", () => dirty && !failed && post(`${kind}/draft`, sent(), { keepalive: true }).catch(() => {}));

  return {
    get id() {
      return id;
    },
    /** What the address names, if it is still there. */
    async found() {
      const named = fromAddress("draft");
      if (!named) return null;
      try {
        const found = await get(`${kind}/draft?${new URLSearchParams({ id: named })}`);
        ({ id, revision } = found);
        say(found.started ? `Started: its results are in ${found.started}. What you change here becomes a draft again.` : words(found.why_not, false), false);
        return found.content;
      } catch (problem) {
        addressed({ draft: null });
        say(problem.message, true);
        return null;
      }
    },
    changed() {
      if (!dirty && !failed) say("Saving …", false);
      dirty = true;
      clearTimeout(waiting);
      waiting = setTimeout(keep, PAUSE_MS);
    },
    /** Wait until all is kept, or until it is clear that it can't be. */
    async settled() {
      if (dirty) await keep();
    },
    /** What was started lies in its own folder. */
    done() {
      clearTimeout(waiting);
      dirty = failed = false;
    },
  };
}
