// One recording: look, set units aside, change rules, take the answer along.

import { address, get, post } from "../api.js";
import { findingsOf } from "../findings.js";
import { follow, stop } from "../jobs.js";
import { addressed, announce, element, fill, fromAddress, valuesOf } from "../page.js";
import { colorOf } from "../figure/marks.js";
import { Plot } from "../figure/plot.js";
import { saveMenu, seen } from "../figure/save.js";
import { drawPairs } from "./pairs.js";
import { Edits, problem, sayLast, showUndo, shown, tableOf, tried, UnitList, writing } from "./parts.js";
import { plain } from "../words.js";

const deltaF = (unit, decimals) => (unit.delta_f === null ? shown(null) : unit.delta_f_sign + shown(unit.delta_f, decimals));

const at = (id) => document.getElementById(id);
const base = `recording/${at("case").dataset.id}`;
const form = at("settings-form");
const traces = new Plot(at("traces"), { point: ({ key }) => key && choose(key), zoomed: (low, high) => look(low === null ? null : [low, high]), finer: (window) => tried(() => get(`${base}/figure/raster?${seen({ window })}`)) });
const matrix = new Plot(at("matrix"), { point: ({ key }) => key && choosePair(...key.split(":").map(Number)) });
const construction = new Plot(at("construction"));
const parts = new Plot(at("contractions-picture"));
const curve = new Plot(at("multiverse-picture"));
const edits = new Edits(base);
let data = null;
let chosen = Number(fromAddress("unit")) || null;
let pair = fromAddress("pair")?.split(":").map(Number) ?? null;
let zoom = fromAddress("zoom")?.split(":").map(Number) ?? null;
let asked = 0;

const units = new UnitList(at("units"), {
  facts: (unit) => ({ fact: unit.flag || String(unit.discharges), value: unit.aside ? "" : deltaF(unit, 1), words: [unit.flag ? " " : " discharges, ΔF ", unit.aside || unit.delta_f === null ? "" : " pps"] }),
  choose: (unit) => choose(unit),
  toggle: (unit) => toggle(unit),
});

// Opening: follow the job, then draw.

async function begin() {
  const state = await tried(() => get(`${base}/stage`));
  if (!state) return void (at("waiting").hidden = true);
  at("raw").hidden = state.stage !== "raw";
  at("waiting").hidden = ["raw", "failed", "ready"].includes(state.stage);
  at("ready").hidden = at("actions").hidden = state.stage !== "ready";
  if (state.error) problem(state.error);
  offerOptions(state);
  if (state.job) {
    await tried(() => waited(state));
    return void begin();
  }
  if (state.stage === "raw") at("raw-words").textContent = `${state.channels} channels, ${state.seconds} s. Finding its motor units comes first; it takes about as long as the recording, on this computer.`;
  if (state.stage === "ready") {
    if (state.channels) offerAgain(state.units);
    await load();
  }
}

/** A recording that has units can have them found again, from its EMG. */
function offerAgain(units) {
  at("raw").querySelector("h2").textContent = "Find motor units again";
  at("raw-words").textContent = `Replaces the ${units} motor unit${units === 1 ? "" : "s"} in this file. Undo brings them back, with your edits.`;
  document.querySelector("#ready .side").append(at("raw"));
  at("raw").hidden = false;
}

/** What the file does not say can be given, and the file read again; open where it was refused. */
function offerOptions(state) {
  const again = at("again");
  again.hidden = Boolean(state.job);
  again.open = state.stage === "failed";
  at("given").textContent = state.given.length ? plain(`Given: ${state.given.join(" · ")}.`) : "";
  at("again-lost").hidden = state.stage !== "ready";
  // Below what was read, but for a refusal, where nothing is.
  const [first] = state.asks;
  if (first && state.stage === "failed") at("again-form").elements[first].focus();
  if (state.stage === "ready") document.querySelector("#ready .side").append(again);
}

at("again-form").addEventListener("submit", (event) => {
  event.preventDefault();
  tried(async () => {
    await post(`${base}/read`, valuesOf(event.target));
    // The page holds much of what was read before; it begins anew.
    location.reload();
  });
});

async function waited(state) {
  const words = state.stage === "decomposing" ? "Finding motor units" : "Reading the file";
  at("waiting-stop").hidden = false;
  at("waiting-stop").onclick = () => tried(() => stop(state.job));
  await follow(state.job, (job) => {
    const turn = job.state === "waiting" ? "; another one is being worked on, this one is next" : "";
    at("waiting-words").textContent = `${words}${job.what && job.what !== "reading" ? `: ${job.what}` : ""} …${turn}`;
    progress(at("waiting-bar"), job);
  });
  at("waiting-words").textContent = "Estimating …";
  at("waiting-bar").removeAttribute("value");
}

function progress(bar, job) {
  if (job.total > 1) Object.assign(bar, { max: job.total, value: job.done });
  else bar.removeAttribute("value");
}

at("decompose-form").addEventListener("submit", (event) => {
  event.preventDefault();
  tried(async () => {
    await post(`${base}/decompose`, valuesOf(event.target));
    await begin();
  });
});

// Drawing.

async function load() {
  await answered(() => get(`${base}/data`));
  if (data && !data.units.length) announce("There are no motor units.");
}

/** Draw what comes back, unless something newer was asked for meanwhile. */
async function answered(work) {
  const mine = ++asked;
  at("ready").classList.add("busy");
  const found = await tried(work);
  if (mine !== asked) return;
  at("ready").classList.remove("busy");
  if (!found) return;
  data = found;
  edits.seen(data.state);
  if (!data.units[chosen - 1]) chosen = null;
  pair = data.pairs.some(([test, control]) => pair?.[0] === test && pair?.[1] === control) ? pair : data.typical;
  draw();
  await Promise.all([showPair(), showMultiverse()]);
}

function draw() {
  at("headline").replaceChildren(...findingsOf(data.findings));
  showUndo(data);
  showUnits();
  showContractions();
  showPairs();
  fill(form, data.settings);
  at("rules").value = data.rules;
  for (const name of ["whole", "units", "reasons", "excluded"]) at(`table-${name}`).replaceChildren(tableOf(data.tables[name], name !== "units"));
  at("notes-details").hidden = !data.notes.length;
  at("notes").replaceChildren(...data.notes.map((note) => element("li", {}, note)));
  at("program").textContent = data.program;
}

function showUnits() {
  units.draw(data.units, data.order, data.order.map((number) => colorOf(data.units[number - 1].color)), chosen);
  traces.draw({ ...data.figures.raster, window: traces.figure ? traces.figure.window : zoomOf(), chosen });
  showCard();
}

/** The span of time that the address names; none where it is no span. */
function zoomOf() {
  const [start, end] = zoom ?? [];
  zoom = null;
  return Number.isFinite(start) && start < end ? [start, end] : null;
}

function look(window) {
  traces.look(window);
  remember();
}

function remember() {
  const window = traces.figure?.window;
  addressed({ unit: chosen, pair: pair && data.typical && pair.join(":") !== data.typical.join(":") ? pair.join(":") : null, zoom: window ? window.map((edge) => edge.toFixed(3)).join(":") : null });
}

function showContractions() {
  const there = data.contractions;
  at("contractions").hidden = !there;
  if (!there) return;
  parts.draw(data.figures.contractions);
  at("contraction").replaceChildren(...there.numbers.map((number) => element("option", { value: String(number) }, String(number))));
  at("contraction").value = String(there.shown);
  at("table-by-contraction").replaceChildren(...(there.values ? [tableOf(there.values, true)] : []));
  at("table-contractions").replaceChildren(tableOf(there.where, true));
}

function showPairs() {
  at("delta-f").hidden = at("multiverse-panel").hidden = data.involuntary;
  if (data.involuntary) return;
  at("matrix").hidden = !data.pairs.length;
  if (data.pairs.length) matrix.draw({ ...data.figures.pairs, chosen: pair ? pair.join(":") : null });
  at("pairs-count").textContent = drawPairs(at("pairs"), data, at("pairs-which").value, chosen, pair, choosePair);
}

function showCard() {
  const unit = data.units[chosen - 1];
  at("unit-card").hidden = !unit;
  if (!unit) return;
  const quality = Object.entries(unit.quality).filter(([, value]) => value !== null).map(([name, value]) => `${name.replaceAll("_", " ")} ${shown(value, 2)}`);
  const why = element("input", { id: "why", type: "text", maxlength: "300", placeholder: "e.g. two units merged", "aria-label": "Why it is set aside" });
  const act = element("button", { type: "button", onclick: () => toggle(unit, why.value) }, unit.aside ? "Bring back" : "Set aside");
  const edit = element("a", { class: "button", href: `${at("to-edit").href}?unit=${unit.unit}` }, "Edit discharges");
  const lines = [
    `${unit.discharges} discharges${unit.delta_f === null ? "" : `, ΔF ${deltaF(unit, 2)} pps`}`,
    unit.aside ? unit.flag.replace("set aside by hand", "You set this unit aside") : "",
    !unit.aside && unit.delta_f === null && unit.delta_f_why ? `No ΔF: ${unit.delta_f_why}` : "",
    unit.aside || unit.smooth ? "" : unit.why_not_smooth, unit.flag && !unit.aside ? `Flag: ${unit.flag}` : "", quality.join(" · "),
  ];
  at("unit-card").replaceChildren(element("h3", {}, `Unit ${unit.label}`), ...lines.filter(Boolean).map((line) => element("p", {}, line)),
    ...(unit.aside ? [] : [why]), element("div", { class: "row" }, act, edit));
}

async function showPair() {
  const place = at("construction");
  if (!pair || data.involuntary) {
    place.hidden = true;
    at("construction-words").textContent = data.involuntary ? "" : "There is no pair of units that fire.";
    return;
  }
  const [test, control] = pair;
  const drawn = await tried(() => get(`${base}/pair/${test}/${control}`));
  if (!drawn || pair?.[0] !== test || pair?.[1] !== control) return;
  place.hidden = !drawn.figure;
  if (drawn.figure) construction.draw(drawn.figure);
  at("construction-words").textContent = plain(drawn.words);
}

// What a hand does.

function choose(unit) {
  chosen = unit === null ? null : unit;
  showUnits();
  remember();
  if (at("pairs-which").value === "unit") showPairs();
}

function choosePair(test, control) {
  pair = [test, control];
  remember();
  showPairs();
  showPair();
}

function toggle(unit, why = "") {
  const sent = unit.aside ? { kind: "restore", unit: unit.unit } : { kind: "set_aside", unit: unit.unit, why };
  // The picture follows at once; the numbers follow when they are there.
  Object.assign(unit, { aside: !unit.aside, flag: unit.aside ? "" : "set aside by hand" });
  showUnits();
  return change(sent);
}

async function change(sent) {
  let fault = "";
  await answered(async () => {
    try {
      sayLast(await edits.send(sent), sent.kind);
    } catch (refused) {
      fault = refused.message;
    }
    return get(`${base}/data`);
  });
  if (fault) problem(fault);
}

at("undo").addEventListener("click", () => change({ kind: "undo" }));
at("redo").addEventListener("click", () => change({ kind: "redo" }));
at("zoom-out").addEventListener("click", () => look(null));
at("pairs-which").addEventListener("change", showPairs);

document.addEventListener("keydown", (event) => {
  if (!data || writing(event) || event.altKey) return;
  const key = event.key.toLowerCase();
  if ((event.ctrlKey || event.metaKey) && (key === "z" || key === "y")) {
    event.preventDefault();
    at(event.shiftKey || key === "y" ? "redo" : "undo").click();
  } else if (event.ctrlKey || event.metaKey) return;
  else if (key === "s" && chosen) toggle(data.units[chosen - 1]);
  else if (key === "escape" && chosen) choose(null);
});

// Rules and settings.

let typing = 0;
const sendSettings = () => answered(async () => {
  const contraction = Number(at("contraction").value) || 0;
  const found = await post(`${base}/settings`, { rules: at("rules").value, values: valuesOf(form), contraction });
  announce(found.findings.sentences.join(" "));
  return found;
});
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("change", (event) => {
  if (event.target.id !== "rules" && !form.reportValidity()) return;
  clearTimeout(typing);
  typing = setTimeout(sendSettings, 250);
});

at("contraction").addEventListener("change", sendSettings);

// Figures are saved as they are seen, drawn as in reports.

for (const [id, plot, what, more] of [
  ["traces", traces, "discharges, rates and torque", () => ({})],
  ["contractions", parts, "the contractions", () => ({})],
  ["matrix", matrix, "ΔF of every pair", () => ({})],
  ["construction", construction, "the ΔF construction", () => ({ test: pair[0], control: pair[1] })],
  ["multiverse-picture", curve, "the multiverse", () => ({})],
]) {
  const asked = (ending, whole) => address(`${base}/figure/${plot.figure.name}?${seen(plot.figure, { ...more(), as: ending }, whole)}`);
  at(`${id}-save`).append(saveMenu(what, asked, problem, () => Boolean(plot.figure?.window)));
}

// The multiverse.

async function showMultiverse() {
  const fresh = data.multiverse && !data.involuntary;
  at("multiverse-picture").classList.toggle("busy", !fresh);
  at("multiverse-details").hidden = !fresh;
  at("multiverse").textContent = at("multiverse-picture").children.length && !fresh ? "Try again with these units and settings" : "Try every combination";
  if (!fresh) return;
  const { drawn, program } = (await tried(() => get(`${base}/multiverse`))) ?? {};
  if (!drawn) return;
  curve.draw(drawn.figure);
  at("multiverse-picture-save").hidden = false;
  at("multiverse-words").replaceChildren(...findingsOf(drawn.findings));
  at("multiverse-table").replaceChildren(tableOf(drawn.table));
  at("program").textContent = program;
}

at("multiverse").addEventListener("click", () => tried(async () => {
  const bar = at("multiverse-bar");
  bar.hidden = false;
  at("multiverse").disabled = true;
  try {
    const { job } = await post(`${base}/multiverse`);
    at("multiverse-stop").hidden = false;
    at("multiverse-stop").onclick = () => tried(() => stop(job));
    const ended = await follow(job, (each) => progress(bar, each));
    if (ended.state === "failed") throw new Error(ended.error);
    if (ended.state === "done") {
      data.multiverse = true;
      await showMultiverse();
      announce(at("multiverse-words").textContent);
    }
  } finally {
    bar.hidden = at("multiverse-stop").hidden = true;
    at("multiverse").disabled = false;
  }
}));

// Taking it along.

at("report").addEventListener("click", () => tried(async () => {
  at("report").disabled = true;
  at("report").textContent = "Making the report …";
  try {
    await post(`${base}/report`);
    location.assign(address(`${base}/report.html`));
    announce("The report is ready.");
  } finally {
    at("report").disabled = false;
    at("report").textContent = "Report";
  }
}));
at("copy").addEventListener("click", async () => {
  await tried(() => navigator.clipboard.writeText(at("program").textContent));
  announce("Copied.");
});

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => data && showUnits());
begin();
