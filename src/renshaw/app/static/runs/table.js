// A table of a run: the server sorts it and sends some rows at a time.

import { address, get } from "../api.js";
import { element } from "../page.js";

/** Show a table in a place: sorted by a click on a column, a page at a time, to be downloaded. */
export function tableOf(place, kind, path, name, title) {
  const asked = { path, name, sort: "", descending: false, offset: 0 };
  const show = async () => {
    place.dataset.asked = name;
    try {
      const found = await get(`${kind}/table?${new URLSearchParams(asked)}`);
      if (place.dataset.asked === name) draw(place, found, asked, title, downloads(kind, path, found.files), show);
    } catch (problem) {
      place.replaceChildren(element("p", { class: "problem" }, problem.message));
    }
  };
  show();
}

const ENDINGS = { csv: "CSV", parquet: "Parquet" };

function downloads(kind, path, files) {
  const links = files.map((file) => {
    const link = address(`${kind}/download?${new URLSearchParams({ path, file })}`);
    return element("a", { href: link, download: true }, ENDINGS[file.split(".").at(-1)]);
  });
  return element("span", { class: "downloads" }, ...links.flatMap((link, n) => (n ? [" · ", link] : [link])));
}

function draw(place, found, asked, title, links, show) {
  const focused = document.activeElement?.closest("th")?.dataset.column;
  const heads = found.columns.map((column) => head(column, found, asked, show));
  const rows = found.rows.map((row) => element("tr", {}, ...row.map((value, n) => cell(value, found.columns[n]))));
  const words = found.total ? `${found.total.toLocaleString("en")} rows` : "No rows.";
  place.replaceChildren(
    element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title },
      element("table", { class: "found" },
        element("caption", { class: "visually-hidden" }, title),
        element("thead", {}, element("tr", {}, ...heads)),
        element("tbody", {}, ...rows))),
    element("div", { class: "row under" }, element("span", { class: "note" }, words), links, ...pages(found, asked, show)),
  );
  if (focused !== undefined) place.querySelector(`th[data-column="${CSS.escape(focused)}"] button`)?.focus();
}

function head(column, found, asked, show) {
  const mine = found.sort === column.name;
  const order = mine ? (found.descending ? "descending" : "ascending") : null;
  const sorted = () => {
    asked.descending = mine && !found.descending;
    asked.sort = column.name;
    asked.offset = 0;
    show();
  };
  const arrow = element("span", { "aria-hidden": "true", class: "arrow" }, mine ? (found.descending ? "▼" : "▲") : "");
  const button = element("button", { type: "button", class: "sort", onclick: sorted, title: column.meaning || null },
    column.name.replaceAll("_", " "), arrow);
  return element("th", { scope: "col", class: column.numeric ? "n" : null, "aria-sort": order, "data-column": column.name }, button);
}

function cell(value, column) {
  const text = value === null ? "–" : value === true ? "yes" : value === false ? "no" : String(value);
  return element("td", { class: column.numeric ? "n" : text.length > 30 ? "long" : "short" }, text);
}

function pages(found, asked, show) {
  const size = 100;
  if (found.total <= size) return [];
  const go = (offset) => () => {
    asked.offset = offset;
    show();
  };
  const last = Math.min(found.total, found.offset + size);
  const number = (n) => n.toLocaleString("en");
  return [
    element("span", { class: "spacer" }),
    element("button", { type: "button", disabled: found.offset === 0, onclick: go(Math.max(0, found.offset - size)) }, "Earlier"),
    element("span", { class: "note" }, `${number(found.offset + 1)} to ${number(last)}`),
    element("button", { type: "button", disabled: last >= found.total, onclick: go(found.offset + size) }, "Later"),
  ];
}
