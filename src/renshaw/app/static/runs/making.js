// Making a run: a form, or a file, becomes a plan in an editor; it is checked as it changes, and started.

import { address, get, post } from "../api.js";
import { addressed, announce, element, fill, fromAddress, valuesOf } from "../page.js";
import { draftOf } from "./draft.js";
import { editorOf } from "./editor.js";
import { plain } from "../words.js";

const byId = (id) => document.getElementById(id);

/** Connect the page on which a plan of a kind ("study", "design") is made. */
export function making(kind) {
  const form = byId("form");
  const checked = byId("checked");
  const start = byId("start");
  const name = byId("folder-name");
  let source = "form";
  let named = false;
  let title = "";
  let turn = 0;
  // Texts that a hand has changed, by where they come from: neither form nor file replaces them unasked.
  const byHand = new Map();
  let replaced = null;
  const editor = editorOf(byId("editor"), () => {
    byHand.set(origin(), editor.text);
    offer();
    later(check);
    draft.changed();
  });
  const draft = draftOf(kind, shown, said);

  /** All that a person did here, as it is kept. */
  function shown() {
    const own = { source, file: byId("file")?.value ?? "", name: named ? name.value : null };
    return { title: title || form.elements["plan.name"]?.value || kind, content: { ...own, values: valuesOf(form), texts: [...byHand], replaced } };
  }

  function said(words, wrong) {
    byId("kept").hidden = false;
    byId("kept").className = wrong ? "problem" : "note";
    byId("kept").textContent = words;
  }

  /** Show a draft as it was left. */
  function filled(content) {
    fill(form, content.values);
    // What stands beside a field follows it.
    for (const input of form.elements) input.dispatchEvent(new Event("change"));
    const now = valuesOf(form);
    const gone = Object.entries(content.values).filter(([field, value]) => String(now[field]) !== String(value));
    if (gone.length) said(`Not offered any more, so left as at first: ${gone.map(([field, value]) => `${field} = ${value}`).join(", ")}.`, true);
    for (const [from, text] of content.texts) byHand.set(from, text);
    replaced = content.replaced;
    const file = [...(byId("file")?.options ?? [])].find((option) => option.value === content.file);
    if (file) byId("file").value = content.file;
    else if (content.source === "file") return fromLost(content);
    return content.source;
  }

  /** The text of a file that is gone goes on as one's own. */
  function fromLost({ file }) {
    const text = byHand.get(`file:${file}`);
    if (text !== undefined) byHand.set("form", text);
    return "form";
  }

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
    draft.changed();
    return source === "form" ? written() : taken();
  }

  function bringBack() {
    byHand.set(origin(), replaced.text);
    replaced = null;
    shownByHand();
    draft.changed();
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
      checked.textContent = plain(answer.words);
      start.disabled = false;
      if (!named) name.value = answer.name;
      const before = title;
      title = answer.title || answer.name;
      if (draft.id && title !== before) draft.changed();
    } catch (problem) {
      refused(problem.message, null);
    }
  }

  function refused(words, line) {
    start.disabled = true;
    editor.mark(line);
    checked.className = "problem";
    checked.replaceChildren(plain(words));
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
    addressed({ from: source === "form" ? null : source, file: fileOf() });
    if (shownByHand()) return undefined;
    offer();
    return chosen === "form" ? written() : taken();
  }

  for (const button of document.querySelectorAll("[data-source]"))
    button.addEventListener("click", () => {
      named = false;
      choose(button.dataset.source);
      if (draft.id) draft.changed();
    });
  byId("file")?.addEventListener("change", () => {
    addressed({ file: fileOf() });
    taken();
    if (draft.id) draft.changed();
  });
  byId("from-form").addEventListener("click", giveUp);
  byId("bring-back").addEventListener("click", bringBack);
  form.addEventListener("input", () => {
    later(written);
    draft.changed();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  name.addEventListener("input", () => {
    named = true;
    draft.changed();
  });
  byId("launch").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (start.disabled) return;
    start.disabled = true;
    try {
      await draft.settled();
      const sent = { toml: editor.text, file: fileOf(), name: name.value, draft: draft.id };
      const { path } = await post(`${kind}/start`, sent);
      draft.done();
      location.assign(address(`${kind}/results?${new URLSearchParams({ path })}`));
    } catch (problem) {
      byId("start-problem").textContent = problem.message;
      byId("start-problem").hidden = false;
      announce(problem.message);
      start.disabled = false;
    }
  });
  return begin();

  async function begin() {
    const content = await draft.found();
    const asked = fromAddress("from");
    let chosen = document.querySelector(`[data-source="${CSS.escape(asked ?? "form")}"]`) ? (asked ?? "form") : "form";
    const file = fromAddress("file");
    if (file && byId("file")) byId("file").value = file;
    if (content) {
      chosen = filled(content);
      if (content.name !== null) [named, name.value] = [true, content.name];
    }
    return choose(chosen);
  }
}

let waiting = 0;
function later(what) {
  clearTimeout(waiting);
  waiting = setTimeout(what, 250);
}
