// Burden against a cost, one dot a protocol: hover to read, click or choose to see all its numbers.

import { address } from "../api.js";
import { Plot } from "../figure/plot.js";
import { saveMenu, seen } from "../figure/save.js";
import { announce, element } from "../page.js";
import { givenOf, number } from "./words.js";

export function frontOf(found, path) {
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
  const plot = new Plot(place, { point: ({ key }) => points[key] && choose(key) });
  const draw = () => plot.draw({ ...found.figure, chosen: chosen.id }, { only: [select.value] });
  const asked = (ending) => address(`design/figure/front?${seen(plot.figure, { path, as: ending })}`);
  document.getElementById("front-save").append(saveMenu("burden against its costs", asked, announce));
  select.addEventListener("change", draw);
  protocol.addEventListener("change", () => choose(Number(protocol.value)));
  choose(chosen.id);
}

const named = (point) => `${point.chosen ? `${point.chosen}: ` : ""}${point.therapy}`;

function about(point, axes) {
  const words = ["From the search, which used other people than the table above."];
  if (point.front) words.push("No other protocol is better in every respect.");
  words.push(point.allowed ? "In the search it stayed within all limits." : "In the search it exceeded a limit (hollow dot).");
  const numbers = [["Burden left", `${number(point.left_pct)} %`], ["Burden", `${number(point.burden)} % MVC s`]];
  for (const axis of axes) numbers.push([axis.title, `${number(point[axis.name])} ${axis.unit}`]);
  const rows = numbers.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value)));
  return [
    element("p", {}, element("strong", {}, point.therapy)),
    element("dl", { class: "numbers" }, ...rows),
    givenOf("For the command line", point.given),
    element("p", { class: "note" }, words.join(" ")),
  ];
}
