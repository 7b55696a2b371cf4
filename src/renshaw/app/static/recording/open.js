// Dropping in a file, choosing one of the folder, closing.

import { address, get, post, upload } from "../api.js";
import { announce, element } from "../page.js";
import { problem, tried } from "./parts.js";
import { plain } from "../words.js";

const [drop, input, files] = ["drop", "file", "files"].map((id) => document.getElementById(id));
const sending = document.getElementById("sending");

const show = (id) => location.assign(address(`recording/${id}`));

async function send(file) {
  if (!file) return;
  if (file.size > Number(input.dataset.mostBytes)) return void problem(input.dataset.tooLarge);
  sending.hidden = false;
  announce("Sending the file.");
  await tried(async () => show((await upload("recording/drop", file)).id));
  sending.hidden = true;
  input.value = "";
}

async function list(path) {
  const entries = await tried(() => get(`recording/files?path=${encodeURIComponent(path)}`));
  if (!entries) return;
  document.getElementById("where").textContent = path ? plain(path) : "Where the page was started.";
  const up = path ? [row("..", () => list(path.split("/").slice(0, -1).join("/")), "up")] : [];
  files.replaceChildren(...up, ...entries.map((entry) => entry.folder
    ? row(`${entry.name}/`, () => list(entry.path), "")
    : row(entry.name, () => tried(async () => show((await post("recording/open", { path: entry.path })).id)), size(entry.bytes))));
  if (!files.children.length) files.replaceChildren(element("li", { class: "note" }, "No file of a known kind."));
}

const row = (name, act, more) => element("li", {}, element("button", { type: "button", class: "quiet", onclick: act }, name), element("small", {}, more));
const size = (bytes) => (bytes > 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1e3))} kB`);

input.addEventListener("change", () => send(input.files[0]));
for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("over"); });
for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  if (event.dataTransfer.files.length > 1) problem("One file at a time, please.");
  else if (event.dataTransfer.items[0]?.webkitGetAsEntry?.()?.isDirectory) problem("That is a folder; drop in a file of it.");
  else send(event.dataTransfer.files[0]);
});
for (const button of document.querySelectorAll("[data-close]")) {
  button.addEventListener("click", () => tried(async () => {
    const edits = Number(button.dataset.edits);
    if (edits && !confirm(`Close it and forget ${edits === 1 ? "its edit" : `its ${edits} edits`}? To keep them, open it and save the recording or the edits first.`)) return;
    await post(`recording/${button.dataset.close}/close`);
    button.closest("li").remove();
    announce("Closed.");
  }));
}
list("");
