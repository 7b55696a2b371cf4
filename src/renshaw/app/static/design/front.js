// Burden against a cost, one dot a protocol: hover to read, click or choose to see all its numbers.

import { announce, element } from "../page.js";
import { givenOf, number } from "./words.js";

const COLORS = {
  "do nothing": "--muted", "stimulation alone": "--blue", "relaxation alone": "--green",
  "drug alone": "--orange", all: "--purple",
};
const SYMBOLS = { "stimulation + relaxation": "diamond", "stimulation + drug": "square", "relaxation + drug": "triangle-up" };
// No bar of buttons: one of them would send the plot to a server of plotly.
const CONFIG = { displaylogo: false, displayModeBar: false, responsive: true };
const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export function frontOf(found) {
  const place = document.getElementById("front");
  const select = document.getElementById("axis");
  const protocol = document.getElementById("protocol");
  const points = found.points.map((point, id) => ({ ...point, id }));
  select.replaceChildren(...found.axes.map((axis) => element("option", { value: axis.name }, axis.title)));
  const listed = points.filter((point) => point.front || point.chosen).sort((a, b) => a.burden - b.burden);
  protocol.replaceChildren(...listed.map((point) => element("option", { value: point.id }, named(point))));
  let chosen = points.find((point) => point.chosen === "recommended") ?? listed[0];

  const choose = (id) => {
    chosen = points[id];
    if (!listed.includes(chosen)) {
      listed.push(chosen);
      protocol.append(element("option", { value: id }, named(chosen)));
    }
    protocol.value = String(id);
    document.getElementById("point").replaceChildren(...about(chosen, found.axes));
    announce(chosen.therapy);
    draw();
  };
  const draw = () => {
    const axis = found.axes.find((each) => each.name === select.value);
    return Plotly.react(place, traces(points, axis, chosen), layout(axis), CONFIG);
  };
  select.addEventListener("change", draw);
  protocol.addEventListener("change", () => choose(Number(protocol.value)));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  choose(chosen.id);
  place.on("plotly_click", (event) => {
    const id = event.points[0].customdata;
    if (id !== undefined) choose(id);
  });
}

const named = (point) => `${point.chosen ? `${point.chosen}: ` : ""}${point.therapy}`;

function about(point, axes) {
  const words = ["In the search, on other people than those above."];
  if (point.front) words.push("No other protocol beats it on every axis.");
  words.push(point.allowed ? "There it keeps all limits." : "There it breaks a limit (a hollow dot).");
  const numbers = [["Burden left", `${number(point.left_pct)} %`], ["Burden", `${number(point.burden)} % MVC s`]];
  for (const axis of axes) numbers.push([axis.title, `${number(point[axis.name])} ${axis.unit}`]);
  const rows = numbers.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value)));
  return [
    element("p", {}, element("strong", {}, point.therapy)),
    element("dl", { class: "numbers" }, ...rows),
    givenOf("As the command line takes it", point.given),
    element("p", { class: "note" }, words.join(" ")),
  ];
}

function traces(points, axis, chosen) {
  const kinds = [...new Set(points.map((point) => point.kind))];
  const drawn = kinds.map((kind) => trace(points.filter((point) => point.kind === kind), kind, axis));
  const marked = { symbol: "circle-open", size: 19, color: color("--ink"), line: { width: 2 } };
  const best = points.filter((point) => point.chosen === "recommended");
  drawn.push({ ...at(best, axis), name: "recommended", mode: "markers", marker: { symbol: "star", size: 17, color: color("--vermilion"), line: { color: color("--paper"), width: 1 } } });
  drawn.push({ ...at([chosen], axis), mode: "markers", marker: marked, showlegend: false, hoverinfo: "skip" });
  return drawn;
}

function trace(some, kind, axis) {
  const dots = {
    color: color(COLORS[kind] ?? "--sky"),
    size: some.map((point) => (point.front ? 10 : 6)),
    opacity: some.map((point) => (point.front ? 0.95 : 0.4)),
    symbol: some.map((point) => `${SYMBOLS[kind] ?? "circle"}${point.allowed ? "" : "-open"}`),
  };
  return { ...at(some, axis), name: kind, mode: "markers", marker: dots };
}

function at(some, axis) {
  return {
    type: "scatter",
    x: some.map((point) => point[axis.name]),
    y: some.map((point) => point.left_pct),
    customdata: some.map((point) => point.id),
    text: some.map((point) => plain(point.therapy)),
    hovertemplate: "%{text}<br>%{y:.3g} % of the burden left<br>%{x:.3g} " + plain(axis.unit) + "<extra></extra>",
  };
}

// Plotly reads a little markup in its texts: words of a file must stay words.
const plain = (words) => words.replace(/[&<>]/g, (letter) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[letter]);

function layout(axis) {
  const lines = { gridcolor: color("--faint"), zerolinecolor: color("--faint"), linecolor: color("--muted") };
  const limit = { type: "line", xref: "x", yref: "paper", x0: axis.limit, x1: axis.limit, y0: 0, y1: 1, line: { color: color("--muted"), dash: "dash", width: 1.2 } };
  const words = { x: axis.limit, xref: "x", y: 1, yref: "paper", text: "limit", showarrow: false, xanchor: axis.more ? "left" : "right", yanchor: "top", font: { color: color("--muted"), size: 11 } };
  return {
    height: 480,
    margin: { l: 58, r: 12, t: 10, b: 50 },
    paper_bgcolor: "transparent",
    plot_bgcolor: "transparent",
    font: { family: "system-ui, sans-serif", color: color("--ink"), size: 13 },
    xaxis: { ...lines, title: { text: `${axis.title} (${axis.unit})`, font: { size: 13 } }, autorange: axis.more ? "reversed" : true },
    yaxis: { ...lines, title: { text: "Burden of spasms left (%)", font: { size: 13 } }, rangemode: "tozero" },
    legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0 },
    hoverlabel: { bgcolor: color("--raised"), font: { color: color("--ink") } },
    shapes: axis.limit === null ? [] : [limit],
    annotations: axis.limit === null ? [] : [words],
  };
}
