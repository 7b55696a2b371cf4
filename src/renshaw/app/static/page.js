// Small things that every tab needs.

import { plain } from "./words.js";

/** Say something to whoever listens to a screen reader. */
export function announce(words) {
  const place = document.getElementById("announcement");
  if (place) place.textContent = plain(words);
}

/** Make an element; text is always text, never markup. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "class") made.className = value;
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined && value !== false)
      made.setAttribute(key, value === true ? "" : ["title", "aria-label"].includes(key) ? plain(value) : value);
  }
  made.append(...children.map(plain));
  return made;
}

/** Return what a form holds, by name: what `settings_from` takes. */
export function valuesOf(form) {
  const values = {};
  for (const input of form.elements) {
    if (!input.name) continue;
    if (input.type === "checkbox") values[input.name] = input.checked;
    else if (input.type === "radio") {
      if (input.checked) values[input.name] = input.value;
    } else values[input.name] = input.value;
  }
  return values;
}

// Browsers refuse an address that changes many times a second, as under a hand that drags.
const REST_MS = 350;
let changes = {};
let resting = 0;

/** Let the address say what is seen, so that reload, Back and a copied link show the same. */
export function addressed(state) {
  Object.assign(changes, state);
  if (resting) return;
  writeAddress();
  resting = setTimeout(() => {
    resting = 0;
    writeAddress();
  }, REST_MS);
}

function writeAddress() {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === undefined || value === "") query.delete(name);
    else query.set(name, value);
  }
  changes = {};
  const words = query.toString();
  if (words !== location.search.slice(1)) history.replaceState(null, "", words ? `?${words}` : location.pathname);
}

// Who leaves by a link leaves what is seen now.
document.addEventListener("click", writeAddress, true);

/** What the address says, by name. */
export const fromAddress = (name) => new URLSearchParams(location.search).get(name);

/** Put values into a form. */
export function fill(form, values) {
  for (const input of form.elements) {
    if (!(input.name in values)) continue;
    const value = values[input.name];
    if (input.type === "checkbox") input.checked = value === true;
    else if (input.type === "radio") input.checked = input.value === String(value);
    else input.value = value;
  }
  showSliders(form);
}

/** Let each slider show its value. */
export function showSliders(form) {
  for (const output of form.querySelectorAll("output[data-of]")) {
    const slider = document.getElementById(output.dataset.of);
    output.querySelector("span").textContent = slider.value;
    const unit = slider.dataset.unit;
    slider.setAttribute("aria-valuetext", unit ? `${slider.value} ${unit}` : slider.value);
    const share = (slider.value - slider.min) / (slider.max - slider.min);
    slider.style.setProperty("--share", `${100 * share}%`);
  }
}
