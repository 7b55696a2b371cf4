// A text area with numbered lines, of which one can be marked as wrong.

/** Make `#editor` an editor; `changed()` is called after each change by hand. */
export function editorOf(place, changed) {
  const area = place.querySelector("textarea");
  const gutter = place.querySelector(".gutter");
  let wrong = null;
  const number = () => {
    const lines = area.value.split("\n").length;
    gutter.replaceChildren();
    for (let n = 1; n <= lines; n++) {
      const line = document.createElement("span");
      line.textContent = `${n}\n`;
      if (n === wrong) line.className = "wrong";
      gutter.append(line);
    }
    gutter.scrollTop = area.scrollTop;
  };
  area.addEventListener("scroll", () => (gutter.scrollTop = area.scrollTop));
  area.addEventListener("input", () => {
    wrong = null;
    number();
    changed();
  });
  return {
    get text() {
      return area.value;
    },
    set text(words) {
      area.value = words;
      wrong = null;
      number();
    },
    mark(line) {
      wrong = line;
      area.setAttribute("aria-invalid", String(line !== null));
      number();
    },
    goTo(line) {
      const lines = area.value.split("\n");
      const begin = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
      area.focus();
      area.setSelectionRange(begin, begin + (lines[line - 1] ?? "").length);
      area.scrollTop = Math.max(0, (line - 6) * parseFloat(getComputedStyle(area).lineHeight));
    },
  };
}
