// The tab Explore: a knob moves, a sketch is asked for; it rests, the whole picture is.

import { get, post, postForFile } from "./api.js";
import { showFigures, showMission } from "./explore/results.js";
import { Plot } from "./figure/plot.js";
import { saveMenu } from "./figure/save.js";
import { addressed, announce, fill, fromAddress, showSliders, valuesOf } from "./page.js";

const RESTS_MS = 350;
const tab = crypto.randomUUID?.() ?? String(Math.random());
const at = (id) => document.getElementById(id);
const form = at("knobs");
// Whose knobs these are: the server chose it by the address, which goes on naming it.
const EDITION = "participant.edition";
const edition = form.elements[EDITION].value;
const usualEdition = form.elements[EDITION].dataset.usual;

const plot = new Plot(at("views"));
const small = new Plot(at("glance"));

let first = {};
let usual = {};
let steps = [];
let now = null;
let before = null;
let beforeValues = null;
let wished = 0;
let sketching = false;
let waiting = false;
let resting = 0;
let leaving = 0;

function values() {
  return valuesOf(form);
}

/** Show the knobs that belong to what is chosen. */
function showKnobs() {
  const chosen = values();
  for (const part of form.querySelectorAll("[data-when]")) {
    const [name, value] = part.dataset.when.split("=");
    part.hidden = String(chosen[name]) !== value;
  }
  showSliders(form);
}

function problem(words) {
  at("problem").hidden = !words;
  at("problem").textContent = words;
}

function chip(words, busy) {
  at("quality").textContent = words;
  at("quality").classList.toggle("busy", busy);
}

function drawAll() {
  plot.draw(now.figure);
  // Who fires, small, in a place that stays in sight where the picture does not.
  const who = now.figure.panels.filter((panel) => /^discharges(-now)?$/.test(panel.name)).map((panel) => ({ ...panel, height: 0.45, title: "" }));
  small.draw({ ...now.figure, panels: who, columns: 1, heads: [] });
}

function show(picture, number) {
  now = picture;
  const whole = picture.quality === "full";
  chip(whole ? "exact" : "preview", !whole);
  drawAll();
  showFigures(at("figures"), now, before);
  showMission(steps, now);
  if (picture.python) at("python").textContent = picture.python;
  at("views").dataset.number = number;
  at("views").dataset.quality = picture.quality;
  if (whole) announce(`Now: ${picture.words}`);
}

async function ask(quality, number, chosen = values()) {
  try {
    const picture = await post("explore/picture", { tab, quality, number, values: chosen, before: beside(chosen) });
    problem("");
    return picture.superseded ? null : picture;
  } catch (fault) {
    if (number !== wished) return null;
    problem(fault.message);
    chip("", false);
    return null;
  }
}

/** What stands beside a trial: that of before, unless it is that trial itself. */
function beside(chosen) {
  return before && chosen !== beforeValues ? beforeValues : null;
}

/** Ask for sketches one after the other, always of the newest wish, as long as the hand moves. */
async function sketch() {
  if (sketching) {
    waiting = true;
    return;
  }
  sketching = true;
  do {
    waiting = false;
    const number = wished;
    const picture = await ask("sketch", number);
    // A whole picture that has come meanwhile is better than this.
    if (picture && !(now?.quality === "full" && at("views").dataset.number >= wished)) show(picture, number);
  } while (waiting);
  sketching = false;
}

async function whole() {
  const number = wished;
  chip("simulating…", true);
  await pinnedFor(values().protocol);
  if (number !== wished) return;
  const picture = await ask("full", number);
  if (picture && number === wished) show(picture, number);
}

/** Let "before" be of the task that is shown now: what was pinned, doing the same. */
async function pinnedFor(protocol) {
  if (!beforeValues || taskOf(beforeValues) === taskOf(values())) return;
  const task = Object.entries(values()).filter(([name]) => name.startsWith("protocol"));
  const chosen = { ...beforeValues, ...Object.fromEntries(task) };
  const picture = await ask("full", wished, chosen);
  if (picture && values().protocol === protocol) {
    before = picture;
    beforeValues = chosen;
  }
}

function taskOf(chosen) {
  const own = `protocol.${chosen.protocol}.`;
  const task = Object.entries(chosen).filter(([name]) => name.startsWith(own));
  return JSON.stringify([chosen.protocol, task]);
}

/** What differs from the knobs as they stand at first. */
function changesOf(chosen) {
  return Object.fromEntries(Object.entries(chosen ?? {}).filter(([name, value]) => String(value) !== String(usual[name])));
}

/** The knobs that the address names, if it names any. */
function knobsFrom(name) {
  try {
    const found = Object.entries(JSON.parse(fromAddress(name) ?? "{}")).filter(([knob]) => knob in first && knob !== EDITION);
    return Object.fromEntries(found);
  } catch {
    return {};
  }
}

/** Fill the form; what a knob can't be stays as it is at first. */
function turned(changes) {
  fill(form, { ...first, ...changes });
  const now = values();
  const refused = [...form.elements].filter((input) => input.name && !input.checkValidity()).map((input) => input.name);
  const none = Object.keys(usual).filter((name) => !(name in now) || (now[name] === "" && usual[name] !== ""));
  // No browser checks what is in a field that is not seen.
  const seed = /^\d{1,9}$/.test(now.seed) ? [] : ["seed"];
  fill(form, Object.fromEntries([...refused, ...none, ...seed].map((name) => [name, usual[name]])));
}

/** The address says how the knobs are; the server keeps it for the next start of the page. */
function remember() {
  const [knobs, pinned] = [changesOf(values()), changesOf(beforeValues)];
  const words = (changes) => (Object.keys(changes).length ? JSON.stringify(changes) : null);
  addressed({ edition, knobs: words(knobs), before: words(pinned) });
  clearTimeout(leaving);
  leaving = setTimeout(() => post("explore/left", { edition, knobs, before: pinned }).catch((fault) => problem(`The knobs are not kept: ${fault.message}`)), RESTS_MS);
}

function moved() {
  wished += 1;
  showKnobs();
  remember();
  if (before && taskOf(beforeValues) !== taskOf(values())) before = null;
  chip("…", true);
  sketch();
  clearTimeout(resting);
  resting = setTimeout(whole, RESTS_MS);
}

function pin() {
  if (!now) return;
  before = now;
  beforeValues = values();
  remember();
  showFigures(at("figures"), now, before);
  announce("Pinned as “before”.");
  return whole();
}

/** What is seen, both columns, drawn as in reports. */
function asFile(ending) {
  return postForFile("explore/figure", { values: values(), before: now?.figure.heads.length > 1 ? beforeValues : null, as: ending });
}

function turn(changes) {
  fill(form, changes);
  moved();
}

async function startOver() {
  at("as-left").hidden = true;
  if (edition !== usualEdition) {
    await post("explore/left", { knobs: {}, before: {} });
    location.assign(`${location.pathname}?edition=${usualEdition}`);
    return;
  }
  beforeValues = usual;
  turn(usual);
}

function listen() {
  form.addEventListener("input", moved);
  form.addEventListener("submit", (event) => event.preventDefault());
  at("pin").addEventListener("click", pin);
  at("save").append(saveMenu("the picture", asFile, problem));
  at("reset").addEventListener("click", startOver);
  at("again").addEventListener("click", () => turn({ seed: Number(values().seed) + 1 }));
  at("explain").addEventListener("click", (event) => {
    const on = form.classList.toggle("explained");
    event.currentTarget.setAttribute("aria-pressed", on);
  });
  at("show-before").addEventListener("click", (event) => {
    const on = at("views").classList.toggle("both");
    event.currentTarget.setAttribute("aria-pressed", on);
  });
  document.querySelectorAll("[data-step]").forEach((item) => {
    const step = steps[item.dataset.step];
    item.querySelector("button").addEventListener("click", () => {
      if (step.pins) pin();
      turn(step.knobs);
    });
  });
}

const started = await get(`explore/start?edition=${edition}`);
first = started.values;
steps = started.steps;
fill(form, first);
usual = values();
const named = fromAddress("knobs") !== null || fromAddress("before") !== null;
const left = named ? { knobs: knobsFrom("knobs"), before: knobsFrom("before") } : started.left;
// Through the form, so that a value no knob can have is none.
turned(left.before);
beforeValues = values();
turned(left.knobs);
showKnobs();
listen();
addressed({ edition, knobs: null, before: null });
if (Object.keys({ ...left.knobs, ...left.before }).length) remember();
at("as-left").hidden = named || !Object.keys(left.knobs).length;
const opening = await ask("full", wished, beforeValues);
if (opening) {
  before = before ?? opening;
  if (wished === 0) await whole();
}
