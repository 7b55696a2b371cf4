// Numbers and commands, for a person to read.

import { announce, element } from "../page.js";

/** A number with as many digits as a person needs. */
export function number(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

/** What is given, in the words of the command line, to be copied. */
export function givenOf(title, given) {
  const words = given.map((each) => `--given ${each}`).join(" ");
  if (!words) return element("p", { class: "note" }, `${title}: none.`);
  const copy = async (event) => {
    await navigator.clipboard?.writeText(words);
    event.target.textContent = "Copied";
    announce("Copied");
  };
  return element("div", { class: "given" },
    element("div", { class: "row" }, element("span", { class: "note" }, title), element("span", { class: "spacer" }),
      element("button", { type: "button", class: "quiet", onclick: copy }, "Copy")),
    element("pre", {}, words));
}
