// What was found: sentences and what must be known beside them, as the server says them; no words of its own.

import { element } from "./page.js";

/** The sentences and remarks of findings, as paragraphs. */
export function findingsOf({ sentences, remarks }) {
  return [
    ...sentences.map((words, n) => element("p", { class: n ? "finding" : "finding first" }, words)),
    ...remarks.map(({ kind, label, words }) => element("p", { class: `remark ${kind}` }, element("strong", {}, `${label}:`), " ", words)),
  ];
}

/** The numbers worth seeing first. */
export function numbersOf({ numbers }) {
  return numbers.map(({ name, value, unit }) => element("div", {}, element("dt", {}, name), element("dd", {}, value, " ", element("small", {}, unit))));
}
