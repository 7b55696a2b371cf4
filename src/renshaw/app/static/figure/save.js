// Saving a figure: drawn again by the server from the same description, whole or as it is seen.

import { element } from "../page.js";

const KINDS = [["svg", "SVG"], ["pdf", "PDF"], ["png", "PNG"], ["csv", "Data (CSV)"]];

/**
 * A menu that saves; `asked(ending, whole)` returns an address, or a Blob of what was drawn. Where `zoomed()`
 * says so, one may choose between what is seen and all of it.
 */
export function saveMenu(what, asked, failed, zoomed = () => false) {
  const whole = element("input", { type: "checkbox" });
  const choice = element("label", { class: "switch", hidden: true }, whole, " all of it, not only what is seen");
  const button = ([ending, words]) => element("button", { type: "button", class: "quiet", onclick: () => save(ending) }, words);
  const menu = element("details", { class: "save" }, element("summary", { "aria-label": `Save ${what}` }, "Save"), element("div", {}, ...KINDS.map(button), choice));
  menu.addEventListener("toggle", () => (choice.hidden = !zoomed()));
  const save = async (ending) => {
    menu.open = false;
    try {
      const got = await asked(ending, whole.checked);
      const href = got instanceof Blob ? URL.createObjectURL(got) : got;
      element("a", { href, download: got instanceof Blob ? `renshaw.${ending}` : "" }).click();
      if (got instanceof Blob) setTimeout(() => URL.revokeObjectURL(href), 1000);
    } catch (fault) {
      failed(fault.message);
    }
  };
  return menu;
}

/** What a figure looks at, as the server takes it. */
export function seen(figure, more = {}, whole = false) {
  const query = new URLSearchParams(more);
  if (figure?.window && !whole) {
    query.set("from", figure.window[0]);
    query.set("to", figure.window[1]);
  }
  if (figure?.chosen !== null && figure?.chosen !== undefined) query.set("chosen", figure.chosen);
  return query;
}
