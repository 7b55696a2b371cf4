// Requests to the page's own server; errors are the sentences that it sends.

import { plain } from "./words.js";

// Static files lie two steps below: static/SUM/.
const base = new URL("../..", import.meta.url);

/** Return the address of a path of the page, e.g. address("explore/picture"). */
export function address(path) {
  return new URL(path.replace(/^\//, ""), base).href;
}

async function answered(path, options) {
  let answer;
  try {
    answer = await fetch(address(path), { headers: { Accept: "application/json" }, ...options });
  } catch (problem) {
    if (problem.name === "AbortError") throw problem;
    throw new Error("The page can't be reached: is renshaw app still running?");
  }
  if (!answer.ok) throw new Error(await sentenceOf(answer));
  return answer.json();
}

/** What the server says of a request that it refuses: JSON of the page, plain words of its guard. */
async function sentenceOf(answer) {
  const words = await answer.text();
  try {
    return plain(JSON.parse(words).error);
  } catch {
    return plain(words.trim()) || `The page answered ${answer.status}.`;
  }
}

/** Ask for JSON. */
export function get(path, options = {}) {
  return answered(path, options);
}

/** Send an object as JSON and return the answer. */
export function post(path, sent = {}, options = {}) {
  const headers = { Accept: "application/json", "Content-Type": "application/json" };
  return answered(path, { method: "POST", body: JSON.stringify(sent), headers, ...options });
}

/** Send an object as JSON and return the file that comes back, as a Blob. */
export async function postForFile(path, sent) {
  const headers = { Accept: "application/json", "Content-Type": "application/json" };
  const answer = await fetch(address(path), { method: "POST", body: JSON.stringify(sent), headers });
  if (!answer.ok) throw new Error(await sentenceOf(answer));
  return answer.blob();
}

/** Send a file as it is; its name goes along. */
export function upload(path, file, options = {}) {
  const headers = { Accept: "application/json", "X-File-Name": encodeURIComponent(file.name) };
  return answered(path, { method: "POST", body: file, headers, ...options });
}
