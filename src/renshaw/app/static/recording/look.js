// How the plots look: colors of the page, light or dark, and text that is only text.

const VIRIDIS = ["#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30", "#fde725"];

/** The value of a color of the page. */
export const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

const dark = () => matchMedia("(prefers-color-scheme: dark)").matches;

/** Call when light turns to dark, or back. */
export const onScheme = (redraw) => matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

/** Colors from the first recruited unit to the last, all of them told apart from the paper. */
export function ramp(count) {
  const [low, high] = dark() ? [2.4, 8] : [0, 6.6];
  return Array.from({ length: count }, (_, i) => mixed(low + ((high - low) * i) / Math.max(1, count - 1)));
}

/** The color scale of ΔF. */
export const scale = () => VIRIDIS.map((value, i) => [i / (VIRIDIS.length - 1), value]);

function mixed(at) {
  const below = Math.min(VIRIDIS.length - 2, Math.floor(at));
  const [a, b] = [VIRIDIS[below], VIRIDIS[below + 1]].map((hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)));
  return `rgb(${a.map((v, i) => Math.round(v + (b[i] - v) * (at - below))).join(",")})`;
}

/** Text of a file, for plotly, which would take tags for markup. */
export function said(text, longest = 40) {
  const shown = String(text);
  const short = shown.length > longest ? `${shown.slice(0, longest - 1)}…` : shown;
  return short.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** An axis in the look of the page. */
export const axis = (more = {}) => ({
  gridcolor: color("faint"), linecolor: color("muted"), zeroline: false, ticks: "", automargin: false,
  tickfont: { size: 11, color: color("muted") }, ...more,
  title: { text: more.title ?? "", font: { size: 12, color: color("ink") }, standoff: 6 },
});

/** A layout in the look of the page. */
export const layout = (more = {}) => ({
  paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", showlegend: false, hovermode: "closest",
  font: { family: "inherit", color: color("ink"), size: 12 }, margin: { l: 52, r: 12, t: 8, b: 40 },
  hoverlabel: { bgcolor: color("raised"), bordercolor: color("muted"), font: { color: color("ink"), size: 12 } },
  ...more,
});

export const config = { displaylogo: false, responsive: true, displayModeBar: false, doubleClick: "reset" };
