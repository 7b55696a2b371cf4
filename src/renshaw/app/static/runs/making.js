// Making a run: a form, or a file, becomes a plan in an editor; it is checked as it changes, and started.

import { address, get, post } from "../api.js";
import { announce, element, valuesOf } from "../page.js";
import { editorOf } from "./editor.js";

const byId = (id) => document.getElementById(id);

/** Connect the page on which a plan of a kind ("study", "design") is made. */
export function making(kind) {
  const form = byId("form");
  const checked = byId("checked");
  const start = byId("start");
  const name = byId("folder-name");
  let source = "form";
  let named = false;
  let turn = 0;
  const editor = editorOf(byId("editor"), () => {
    if (source === "form") byId("from-form").hidden = false;
    later(check);
  });

  const fileOf = () => (source === "file" ? byId("file").value : "");

  async function written() {
    const mine = ++turn;
    try {
      const answer = await post(`${kind}/written`, valuesOf(form));
      if (mine !== turn) return;
      if (answer.error) return refused(answer.error, null);
      byId("from-form").hidden = true;
      editor.text = answer.toml;
      await check();
    } catch (problem) {
      refused(problem.message, null);
    }
  }

  async function taken() {
    const mine = ++turn;
    const file = source === "file" ? byId("file").value : "built-in";
    try {
      const found = await get(`${kind}/text?${new URLSearchParams({ file })}`);
      if (mine !== turn) return;
      editor.text = found.toml;
      await check();
    } catch (problem) {
      refused(problem.message, null);
    }
  }

  async function check() {
    const mine = ++turn;
    try {
      const answer = await post(`${kind}/check`, { toml: editor.text, file: fileOf() });
      if (mine !== turn) return;
      if (answer.error) return refused(answer.error, answer.line);
      editor.mark(null);
      checked.className = "good";
      checked.textContent = answer.words;
      start.disabled = false;
      if (!named) name.value = answer.name;
    } catch (problem) {
      refused(problem.message, null);
    }
  }

  function refused(words, line) {
    start.disabled = true;
    editor.mark(line);
    checked.className = "problem";
    checked.replaceChildren(words);
    if (line !== null && line !== undefined) {
      const go = element("button", { type: "button", class: "quiet", onclick: () => editor.goTo(line) }, `Go to line ${line}`);
      checked.append(" ", go);
    }
  }

  function choose(chosen) {
    source = chosen;
    for (const button of document.querySelectorAll("[data-source]"))
      button.setAttribute("aria-pressed", String(button.dataset.source === chosen));
    form.hidden = chosen !== "form";
    form.parentElement.classList.toggle("alone", form.hidden);
    if (byId("file-choice")) byId("file-choice").hidden = chosen !== "file";
    byId("from-form").hidden = true;
    named = false;
    return chosen === "form" ? written() : taken();
  }

  for (const button of document.querySelectorAll("[data-source]"))
    button.addEventListener("click", () => choose(button.dataset.source));
  byId("file")?.addEventListener("change", taken);
  byId("from-form").addEventListener("click", written);
  form.addEventListener("input", () => later(written));
  form.addEventListener("submit", (event) => event.preventDefault());
  name.addEventListener("input", () => (named = true));
  byId("launch").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (start.disabled) return;
    start.disabled = true;
    try {
      const sent = { toml: editor.text, file: fileOf(), name: name.value };
      const { path } = await post(`${kind}/start`, sent);
      location.assign(address(`${kind}/results?${new URLSearchParams({ path })}`));
    } catch (problem) {
      byId("start-problem").textContent = problem.message;
      byId("start-problem").hidden = false;
      announce(problem.message);
      start.disabled = false;
    }
  });
  return choose(new URLSearchParams(location.search).get("from") === "built-in" ? "built-in" : "form");
}

let waiting = 0;
function later(what) {
  clearTimeout(waiting);
  waiting = setTimeout(what, 250);
}
