// Raster, smoothed rates and torque over one time axis.

import { axis, color, config, layout, ramp, said } from "./look.js";

/** Colors of the units, in the order of recruitment. */
export const colorsOf = (data) => ramp(data.order.length);

export function drawTraces(place, data, chosen, choose) {
  const drawn = !place.data;
  const panels = domains(data);
  const colors = colorsOf(data);
  const traces = [];
  data.order.forEach((number, position) => {
    const unit = data.units[number - 1];
    const paint = unit.aside ? color("muted") : colors[position];
    const pale = chosen && chosen !== number;
    traces.push(ticks(unit, position, paint, pale));
    if (unit.smooth && !unit.aside) traces.push(curve(unit, paint, pale, number === chosen));
    if (number === chosen) traces.push(dots(unit, paint));
  });
  traces.push(...torques(data));
  Plotly.react(place, traces, pageOf(data, panels), config);
  if (drawn) place.on("plotly_click", (click) => { const { unit } = click.points[0].data.meta ?? {}; if (unit) choose(unit); });
}

function domains(data) {
  const rates = data.units.some((unit) => unit.smooth);
  const torque = data.torque;
  if (rates && torque) return { raster: [0.57, 1], rates: [0.21, 0.54], torque: [0, 0.18] };
  if (rates) return { raster: [0.45, 1], rates: [0, 0.42] };
  return torque ? { raster: [0.3, 1], torque: [0, 0.27] } : { raster: [0, 1] };
}

function pageOf(data, panels) {
  const labels = data.order.map((number) => said(data.units[number - 1].label, 7));
  const every = Math.max(1, Math.ceil(labels.length / 24));
  const shownAt = labels.map((_, i) => i).filter((i) => i % every === 0);
  const y = axis({ title: "Motor unit", domain: panels.raster, range: [-0.7, labels.length - 0.3], tickvals: shownAt, ticktext: shownAt.map((i) => labels[i]), showgrid: false, fixedrange: true });
  const page = layout({ yaxis: y, uirevision: "traces", dragmode: "zoom", shapes: events(data) });
  const lowest = panels.torque ? "y3" : panels.rates ? "y2" : "y";
  page.xaxis = axis({ title: "Time (s)", range: [...data.window], anchor: lowest, hoverformat: ".3f" });
  if (panels.rates) page.yaxis2 = axis({ title: "Rate (pps)", domain: panels.rates, rangemode: "tozero", fixedrange: true });
  if (panels.torque) page.yaxis3 = axis({ title: `Torque<br>(${said(data.torque.unit, 12)})`, domain: panels.torque, nticks: 4, fixedrange: true });
  return page;
}

function ticks(unit, position, paint, pale) {
  const [x, y, text] = [[], [], []];
  unit.times.forEach((time, i) => {
    const rate = i ? `, ${unit.instant[i - 1]} pps` : "";
    x.push(time, time, null);
    y.push(position - 0.4, position + 0.4, null);
    text.push(`${time.toFixed(3)} s${rate}`, `${time.toFixed(3)} s${rate}`, "");
  });
  const flag = unit.flag ? `<br>${said(unit.flag, 60)}` : "";
  return { x, y, text, type: "scatter", mode: "lines", meta: { unit: unit.unit }, opacity: unit.aside ? 0.35 : pale ? 0.4 : 1, line: { color: paint, width: 1 }, hovertemplate: `<b>Unit ${said(unit.label)}</b><br>%{text}${flag}<extra></extra>` };
}

const curve = (unit, paint, pale, bold) => ({
  ...unit.smooth, yaxis: "y2", type: "scatter", mode: "lines", meta: { unit: unit.unit }, opacity: pale ? 0.28 : 1,
  line: { color: paint, width: bold ? 3 : 1.6 }, hovertemplate: `<b>Unit ${said(unit.label)}</b><br>%{x:.2f} s, %{y:.1f} pps<extra></extra>`,
});

const dots = (unit, paint) => ({
  x: unit.times.slice(1), y: unit.instant.map((rate) => (rate <= 60 ? rate : null)), yaxis: "y2", type: "scatter", mode: "markers", meta: { unit: unit.unit },
  marker: { color: paint, size: 3.5, opacity: 0.55 }, hovertemplate: "%{x:.3f} s, %{y:.1f} pps<extra></extra>",
});

function torques(data) {
  if (!data.torque) return [];
  const named = (trace, paint, dash, fill) => ({ ...trace, yaxis: "y3", type: "scatter", mode: "lines", line: { color: paint, width: 1.4, dash }, fill, fillcolor: color("faint"), hovertemplate: `${trace.name} %{y:.3g} ${said(trace.unit, 12)}<br>%{x:.2f} s<extra></extra>` });
  const target = data.target ? [named(data.target, color("vermilion"), "dot", "none")] : [];
  return [named(data.torque, color("ink"), "solid", "tozeroy"), ...target];
}

const events = (data) => data.events.map(([onset, duration]) => ({
  type: "rect", xref: "x", yref: "paper", x0: onset, x1: onset + Math.max(duration, 0), y0: 0, y1: 1, layer: "below",
  fillcolor: color("orange"), opacity: 0.14, line: { width: duration > 0 ? 0 : 1, color: color("orange") },
}));
