"""Holds what the page draws against what the description of the figure says."""

from __future__ import annotations

from typing import Any

# What is drawn in a place, and what its description says is to be drawn.
_BOTH = """(id) => {
  const place = document.getElementById(id);
  const { figure, only } = place.plot;
  const labels = (marks) => [...new Set(marks.map((mark) => mark.label).filter(Boolean))];
  const chosen = figure.panels.filter((panel) => !only || only.includes(panel.name));
  const shown = chosen.filter((panel) => !panel.empty);
  const seen = (mark) => !mark.detail || mark.key === figure.chosen;
  const ends = (panel) => figure.shared_x && figure.window ? figure.window : [panel.x.low, panel.x.high];
  const svgs = [...place.querySelectorAll("svg[data-panel]")];
  const words = (selector) => [...place.querySelectorAll(selector)].map((each) => each.textContent);
  return {
    drawn: {
      panels: svgs.map((svg) => svg.dataset.panel),
      ends: svgs.map((svg) => [svg.dataset.x, svg.dataset.y]),
      marks: svgs.map((svg) => [...svg.querySelectorAll("[data-kind]")].map((mark) => mark.dataset.kind).sort()),
      y: words(".axis-words.y"),
      legend: words(".legend > span"),
    },
    said: {
      panels: shown.map((panel) => panel.name),
      ends: shown.map((panel) => [ends(panel).join(" "), `${panel.y.low} ${panel.y.high}`]),
      marks: shown.map((panel) => panel.marks.filter(seen).map((mark) => mark.kind).sort()),
      y: figure.heads.length ? [] : shown.map((panel) => panel.y.words).filter(Boolean),
      legend: figure.heads.length
        ? figure.panels.filter((_, i) => i % figure.columns === 0).flatMap((_, row) =>
            labels(figure.panels.slice(row * figure.columns, (row + 1) * figure.columns).flatMap((panel) => panel.marks)))
        : chosen.flatMap((panel) => labels(panel.marks)),
    },
  };
}"""  # noqa: E501

# Whether values lie where the numbers of the axis say.
PLACES = """(id) => {
  const place = document.getElementById(id);
  const shown = place.plot.figure.panels.filter((panel) => !panel.empty && !panel.x.ticks);
  return shown.map((panel) => {
    const at = (x) => place.plot.at(panel.name, x, panel.y.low);
    const [low, high] = [at(panel.x.low), at(panel.x.high)];
    const area = place.querySelector(`svg[data-panel="${panel.name}"] .area`);
    const svg = area.getBoundingClientRect();
    return [low[0] - svg.x, high[0] - svg.right, low[1] - svg.bottom].map(Math.round);
  });
}"""


def agree(tab: Any, place: str) -> dict[str, Any]:
    """Hold what is drawn against what is said, and return it."""
    both = tab.evaluate(_BOTH, place)
    assert both["drawn"] == both["said"]
    assert sum(map(len, both["drawn"]["marks"])) > 0
    return dict(both["drawn"])
