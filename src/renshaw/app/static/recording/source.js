// Instantaneous rate above, source with its discharges below.

import { axis, color, config, layout } from "./look.js";

/** Draw; `clicked(point)`, `boxed(box)` and `zoomed(start, end)` are told what the hand does. */
export function drawSource(place, data, { tool, cursor, clicked, boxed, zoomed }) {
  const fresh = !place.data;
  place.hands = { clicked, boxed, zoomed };
  const traces = [rates(data), ...(data.trace ? [wave(data)] : []), discharges(data), ...(data.candidates ? [candidates(data)] : [])];
  if (cursor) traces.push(ring(cursor));
  Plotly.react(place, traces, page(data, tool, place), { ...config, doubleClick: false });
  if (fresh) listen(place);
}

const rates = (data) => ({
  x: data.times.slice(1), y: data.instant, yaxis: "y2", type: "scatter", mode: "markers",
  marker: { color: color("blue"), size: 5 }, hovertemplate: "%{y:.1f} pps<br>%{x:.3f} s<extra></extra>",
});

const wave = (data) => ({
  ...data.trace, type: "scatter", mode: "lines", hoverinfo: "skip", line: { color: color("muted"), width: 1, simplify: false },
});

const discharges = (data) => ({
  x: data.times, y: data.heights, type: "scatter", mode: "markers", meta: { real: true },
  marker: { color: color("blue"), size: 8 }, selected: { marker: { opacity: 1 } }, unselected: { marker: { opacity: 1 } },
  hovertemplate: "discharge, %{x:.4f} s<br>click to remove<extra></extra>",
});

const candidates = (data) => ({
  ...data.candidates, type: "scatter", mode: "markers", meta: { real: false },
  marker: { color: color("vermilion"), size: 7, symbol: "circle-open", line: { width: 1.5 } }, selected: { marker: { opacity: 1 } }, unselected: { marker: { opacity: 1 } },
  hovertemplate: "no discharge, %{x:.4f} s<br>click to add<extra></extra>",
});

const ring = ({ x, y }) => ({
  x: [x], y: [y], type: "scatter", mode: "markers", hoverinfo: "skip", marker: { symbol: "circle-open", size: 18, color: color("accent"), line: { width: 3 } },
});

function page(data, tool, place) {
  const drawn = layout({ dragmode: tool === "zoom" ? "zoom" : "select", selectdirection: "any", margin: { l: 52, r: 12, t: 6, b: 40 }, newselection: { line: { color: color("accent") } }, selections: [] });
  const fast = Math.min(60, 1.15 * Math.max(10, ...data.instant.filter((rate) => rate !== null)));
  drawn.xaxis = axis({ title: "Time (s)", range: [...data.span], hoverformat: ".3f", anchor: "y" });
  drawn.yaxis = axis({ title: data.trace ? "Source (SD)" : "", domain: [0, 0.66], showticklabels: Boolean(data.trace), fixedrange: true });
  drawn.yaxis2 = axis({ title: "Rate (pps)", domain: [0.7, 1], range: [0, fast], fixedrange: true });
  drawn.datarevision = place.revision = (place.revision ?? 0) + 1;
  return drawn;
}

function listen(place) {
  place.on("plotly_click", ({ points: [point] }) => {
    if (point.data.meta) place.hands.clicked({ x: point.x, real: point.data.meta.real });
  });
  place.on("plotly_selected", (selected) => {
    const { x, y } = selected?.range ?? {};
    if (x && y) place.hands.boxed([Math.min(...x), Math.max(...x), Math.min(...y), Math.max(...y)]);
  });
  place.on("plotly_relayout", (change) => {
    if ("xaxis.range[0]" in change) place.hands.zoomed(change["xaxis.range[0]"], change["xaxis.range[1]"]);
    else if (change["xaxis.autorange"]) place.hands.zoomed(null, null);
  });
  place.on("plotly_doubleclick", () => place.hands.zoomed(null, null));
}
