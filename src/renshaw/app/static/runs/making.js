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
  let started = false;
  let turn = 0;
  // Texts that a hand has changed, by where they come from: neither form nor file replaces them unasked.
  const byHand = new Map();
  let replaced = null;
  const editor = editorOf(byId("editor"), () => {
    byHand.set(origin(), editor.text);
    offer();
    later(check);
  });

  const origin = () => (source === "file" ? `file:${byId("file").value}` : source);

  /** Offer to give up the text by hand, or to bring back what was given up. */
  function offer() {
    const mine = byHand.has(origin());
    byId("from-form").hidden = !mine;
    byId("from-form").textContent = source === "form" ? "Write it from the form again" : "Take the text as it was";
    byId("by-hand").hidden = !(mine && source === "form");
    byId("bring-back").hidden = replaced?.origin !== origin();
  }

  /** Show the text by hand, where there is one for what is chosen. */
  function shownByHand() {
    const text = byHand.get(origin());
    if (text === undefined) return false;
    turn += 1;
    editor.text = text;
    offer();
    check();
    return true;
  }

  function giveUp() {
    replaced = { origin: origin(), text: editor.text };
    byHand.delete(origin());
    return source === "form" ? written() : taken();
  }

  function bringBack() {
    byHand.set(origin(), replaced.text);
    replaced = null;
    shownByHand();
    announce("Your text is back.");
  }

  const fileOf = () => (source === "file" ? byId("file").value : "");

  async function written() {
    if (byHand.has(origin())) return offer();
    const mine = ++turn;
    try {
      const answer = await post(`${kind}/written`, valuesOf(form));
      if (mine !== turn) return;
      if (answer.error) return refused(answer.error, null);
      editor.text = answer.toml;
      offer();
      await check();
    } catch (problem) {
      refused(problem.message, null);
    }
  }

  async function taken() {
    if (shownByHand()) return;
    const mine = ++turn;
    const file = source === "file" ? byId("file").value : "built-in";
    try {
      const found = await get(`${kind}/text?${new URLSearchParams({ file })}`);
      if (mine !== turn) return;
      editor.text = found.toml;
      offer();
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
    named = false;
    if (shownByHand()) return undefined;
    offer();
    return chosen === "form" ? written() : taken();
  }

  for (const button of document.querySelectorAll("[data-source]"))
    button.addEventListener("click", () => choose(button.dataset.source));
  byId("file")?.addEventListener("change", taken);
  byId("from-form").addEventListener("click", giveUp);
  byId("bring-back").addEventListener("click", bringBack);
  // Whoever leaves is asked by the browser; what was started is kept in its folder.
  window.addEventListener("beforeunload", (event) => byHand.size && !started && event.preventDefault());
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
      started = true;
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
