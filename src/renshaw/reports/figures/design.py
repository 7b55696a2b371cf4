"""A therapy designed: what it costs, what it does to whom, and how its parts act together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from renshaw.figures import Axis, Boxes, Figure, Line, Mark, Panel, Points, Rule, Span, Text
from renshaw.figures.marks import Shape
from renshaw.figures.words import short
from renshaw.optimization.design import RECOMMENDED, Design
from renshaw.optimization.interaction import LEVELS
from renshaw.optimization.rule import worst_words
from renshaw.optimization.therapy import ALL, NOTHING

if TYPE_CHECKING:
    import pandas as pd

_OTHER: Final = "sky"
COLORS: Final = {
    NOTHING: "muted",
    "stimulation alone": "blue",
    "relaxation alone": "green",
    "drug alone": "orange",
    ALL: "purple",
    RECOMMENDED: "vermilion",
}
_SHAPES: Final[dict[str, Shape]] = {
    "stimulation + relaxation": "diamond",
    "stimulation + drug": "square",
    "relaxation + drug": "triangle",
}
# Of each cost: its name, what it is called, its unit, the rule that bounds it, whether more of it
# is better.
COSTS: Final = (
    ("force_pct", "Maximal force kept", "% of untreated", "force_pct_min", True),
    ("dose_pct", "Dose", "% of the usual maximum", "dose_pct_max", False),
    ("discomfort", "Discomfort of stimulation", "of 10", "discomfort_max", False),
    ("charge_mC_per_h", "Charge", "mC an hour", "charge_mC_per_h_max", False),
)
_LABELS: Final = ("none", "half", "whole")


def pareto_front(design: Design) -> Figure:
    """Show burden against each cost: every therapy judged on all people, the front, the chosen.

    Parameters
    ----------
    design : Design
        Its goal, trials and alternatives are all that is looked at.
    """
    judged = design.trials[design.trials["judged"].astype(bool)].reset_index(drop=True)
    burden = 100.0 * judged["burden"].to_numpy(float) / _untreated(design)
    panels = []
    for place, cost in enumerate(COSTS):
        panels.append(_against(design, judged, burden, cost, named=place % 2 == 0))
    return Figure(
        "front",
        tuple(panels),
        title="Burden of spasms against what it costs",
        caption="Large: no other therapy beats it on every axis; small: beaten. Hollow: breaks a "
        "limit (dashed; shaded: not allowed). Ringed: the best of its kind.",
        columns=2,
        one_legend=True,
    )


def _against(
    design: Design,
    judged: pd.DataFrame,
    burden: Any,
    cost: tuple[str, str, str, str, bool],
    *,
    named: bool,
) -> Panel:
    name, label, unit, rule, more = cost
    values = judged[name].to_numpy(float)
    bound = getattr(design.goal.rule, rule)
    low, high = _ends(values, bound, more)
    marks: list[Mark] = []
    if bound is not None and low < bound < high:
        outside = (low, bound) if more else (bound, high)
        marks.append(Span(low=outside[0], high=outside[1], color="faint", alpha=0.35))
        marks.append(Rule(at=bound, axis="x", color="muted", dash="dashed", name="limit"))
    marks += _best_of_each(design, name)
    marks += _dots(judged, values, burden)
    best = design.alternatives[design.alternatives["alternative"] == RECOMMENDED]
    place = np.flatnonzero(judged["therapy"].isin(best["therapy"]).to_numpy())[:1]
    marks.append(
        Points(
            x=best[name].to_numpy(float),
            y=100.0 * best["burden"].to_numpy(float) / _untreated(design),
            color=COLORS[RECOMMENDED],
            size=13.0,
            shape="star",
            label=RECOMMENDED,
            name=RECOMMENDED,
            keys=tuple(int(at) for at in place),
            words=tuple(best["therapy"].astype(str)),
        )
    )
    return Panel(
        name,
        tuple(marks),
        x=Axis(
            label,
            unit,
            low,
            high,
            scale="symlog" if name == "charge_mC_per_h" else "linear",
            reversed=more,
        ),
        y=Axis(
            "Burden of spasms left" if named else "",
            "%" if named else "",
            low=0.0,
            high=max(108.0, 1.04 * float(np.nanmax(burden, initial=0.0))),
            grid=True,
        ),
        height_in=2.1,
    )


def _ends(values: Any, bound: float | None, more: bool) -> tuple[float, float]:
    known = values[np.isfinite(values)]
    lowest, highest = (known.min(), known.max()) if len(known) else (0.0, 1.0)
    # A limit that is far from everything is out of sight: it would press all together.
    if bound is not None and lowest - 2 * (highest - lowest) < bound < 3 * highest - 2 * lowest:
        lowest, highest = min(lowest, bound), max(highest, bound)
    margin = 0.04 * float(highest - lowest) or 0.5
    if more:
        return float(lowest) - margin, max(float(highest), 100.0) + margin
    return min(0.0, float(lowest)) - margin, float(highest) + margin


def _dots(judged: pd.DataFrame, x: Any, y: Any) -> list[Mark]:
    """Return a dot a therapy, those on the front last; the best there is of a kind names it."""
    front, allowed = (judged[name].to_numpy(bool) for name in ("front", "allowed"))
    words = judged["therapy"].astype(str).to_numpy()
    kinds = list(dict.fromkeys(judged["kind"].astype(str)))
    named: set[str] = set()
    marks: list[Mark] = []
    for on_front in (True, False):
        for kept in (True, False):
            for kind in kinds:
                at = np.flatnonzero(
                    (front == on_front) & (allowed == kept) & (judged["kind"] == kind).to_numpy()
                )
                if len(at) == 0:
                    continue
                marks.append(
                    Points(
                        x=x[at],
                        y=y[at],
                        color=COLORS.get(kind, _OTHER),
                        shape=_SHAPES.get(kind, "circle"),
                        size=6.0 if on_front else 3.6,
                        alpha=0.95 if on_front else 0.4,
                        hollow=not kept,
                        label="" if kind in named else kind,
                        name=kind,
                        keys=tuple(int(each) for each in at),
                        words=tuple(words[at]),
                    )
                )
                named.add(kind)
    return marks[::-1]


def _best_of_each(design: Design, name: str) -> list[Mark]:
    """Return a ring around the best of each kind."""
    table = design.alternatives
    rows = table[(table["alternative"] != RECOMMENDED)]
    return [
        Points(
            x=rows[name].to_numpy(float),
            y=100.0 * rows["burden"].to_numpy(float) / _untreated(design),
            size=10.0,
            hollow=True,
            label="best of its kind",
            name="best of its kind",
        )
    ]


def burden_by_person(design: Design) -> Figure:
    """Show the burden of every fresh person under each alternative; and what the search promised.

    Parameters
    ----------
    design : Design
    """
    names = [
        n for n, each in design.chosen.items() if n == RECOMMENDED or each != design.recommended
    ]
    means = design.fresh.pivot_table(
        index="person", columns="alternative", values="burden", sort=False
    )
    places = np.arange(len(names), dtype=float)
    # People keep their place within each column, so that one can be followed.
    aside = np.linspace(-0.26, 0.14, len(means))[np.argsort(np.argsort(means[NOTHING]))]
    marks: list[Mark] = [
        Line(x=places + shift, y=row, color="faint", width=0.6, key=str(person), name=str(person))
        for person, row, shift in zip(means.index, means[names].to_numpy(float), aside, strict=True)
    ]
    worst = worst_words(design.goal.rule)
    for place, name in zip(places, names, strict=True):
        found = design.alternatives[design.alternatives["alternative"] == name].iloc[0]
        color = COLORS[name]
        each = means[name].to_numpy(float)
        marks.append(
            Points(
                x=place + aside,
                y=each,
                color=color,
                size=3.4,
                alpha=0.75,
                label="a fresh person",
                name=name,
            )
        )
        marks += list(_judged(found, float(place), color, worst))
    ticks = tuple(
        (float(p), short(name).replace(" ", "\n", 1)) for p, name in zip(places, names, strict=True)
    )
    panel = Panel(
        "people",
        tuple(marks),
        x=Axis(low=-0.5, high=len(names) - 0.4, ticks=ticks),
        y=Axis("Burden of spasms", "% MVC s", low=0.0),
        height_in=3.0,
    )
    title = "Burden of spasms of every fresh person under each alternative"
    return Figure("burden", (panel,), title=title, one_legend=True)


def _judged(found: Any, place: float, color: str, worst: str) -> Iterator[Mark]:
    """Yield what is said of an alternative beside its people: fresh with its interval, promised."""
    at = np.array([place + 0.27])
    ends = np.array([found["fresh_burden_low"], found["fresh_burden_high"]], dtype=float)
    yield Line(x=np.repeat(at, 2), y=ends, width=1.2, name=f"{worst}, 95 %")
    for x, burden, hollow, label in (
        (at, found["fresh_burden"], False, f"{worst}, fresh (95 %)"),
        (at + 0.09, found["burden"], True, "as the search saw it"),
    ):
        yield Points(
            x=x,
            y=np.array([float(burden)]),
            color=color,
            size=6.0 - hollow,
            shape="diamond",
            hollow=hollow,
            label=label,
            name=label,
        )


def interaction_map(design: Design) -> Figure:
    """Show the factorial of stimulation, relaxation and drug, and beside it what was expected.

    Parameters
    ----------
    design : Design
        Its cells and interactions are all that is looked at.
    """
    title = "Burden of spasms that each combination leaves, and what was expected"
    if design.cells.empty:
        why = "No combination of all three was allowed: no map"
        return Figure("map", (Panel("nothing", height_in=1.0, empty=why),), title=title)
    untreated = float(_cell(design.cells, 0.0, 0.0, 0.0).mean())
    maps = tuple(
        _map(design.cells, drug, name, untreated)
        for drug, name in zip(LEVELS, _LABELS, strict=True)
    )
    below = _expected(design.interactions)
    return Figure("map", (*maps, below), title=title, columns=len(LEVELS))


def _map(cells: pd.DataFrame, drug: float, name: str, untreated: float) -> Panel:
    marks: list[Mark] = []
    for i, depth in enumerate(LEVELS):
        for j, stimulation in enumerate(LEVELS):
            share = 100.0 * float(_cell(cells, stimulation, depth, drug).mean()) / untreated
            marks += _square(float(j), float(i), share)
    ticks = tuple((float(at), words) for at, words in enumerate(_LABELS))
    ends = (-0.5, len(LEVELS) - 0.5)
    return Panel(
        f"drug-{name}",
        tuple(marks),
        x=Axis("Stimulation", "", *ends, ticks=ticks),
        y=Axis("Relaxation", "", *ends, ticks=ticks),
        title=f"Burden left (%), drug: {name}",
        height_in=2.0,
        square=True,
        bare=True,
    )


def _square(x: float, y: float, share: float) -> tuple[Mark, Mark]:
    depth = float(np.clip(share / 100.0, 0.0, 1.0))
    box = Boxes(
        x=np.array([x]),
        y=np.array([y]),
        width=0.96,
        height=0.96,
        color="blue",
        alpha=0.08 + 0.8 * depth,
        name="burden left",
        words=(f"{share:.3g} % of untreated",),
    )
    ink = "white" if depth > 0.55 else "ink"
    return box, Text(words=f"{share:.0f}", x=x, y=y, across="center", size=9.0, color=ink)


def _cell(
    cells: pd.DataFrame, stimulation: float, relaxation: float, drug: float
) -> pd.Series[float]:
    mine = (
        (cells["stimulation"] == stimulation)
        & (cells["relaxation"] == relaxation)
        & (cells["drug"] == drug)
    )
    return cells.loc[mine, "burden"]


def _expected(table: pd.DataFrame) -> Panel:
    """Show what combinations leave beside what the sum and independent action leave."""
    rows = table.sort_values(["strength", "parts"], ascending=[False, True]).to_dict("records")
    marks: list[Mark] = [
        Rule(at=100.0 * rows[0]["floor"] / rows[0]["untreated"], axis="x", color="muted",
             dash="dotted", name="the reflex without inward currents"),
        Rule(at=0.0, axis="x", color="faint", width=0.8),
    ]  # fmt: skip
    ticks = []
    for place, row in zip(np.arange(len(rows), dtype=float)[::-1], rows, strict=True):
        strength = "whole" if row["strength"] == 1 else "half"
        ticks.append((float(place), f"{_briefly(row['parts'])}, {strength}"))
        marks += list(_row(row, float(place)))
    return Panel(
        "expected",
        tuple(marks),
        x=Axis("Burden left (% of untreated); dotted: the reflex without inward currents"),
        y=Axis(low=-0.6, high=len(rows) - 0.4, ticks=tuple(ticks[::-1])),
        height_in=0.22 * len(rows) + 0.4,
        span=len(LEVELS),
    )


def _briefly(parts: str) -> str:
    """Return what is combined in few letters: the names share the width of one map."""
    return parts.replace("stimulation", "stim.").replace("relaxation", "relax.")


def _row(row: dict[Any, Any], place: float) -> Iterator[Mark]:
    scale = 100.0 / row["untreated"]
    low = (row["sum_expected"] + row["above_sum_low"]) * scale
    high = (row["sum_expected"] + row["above_sum_high"]) * scale
    at = np.array([place])
    interval = np.array([low, high], dtype=float)
    yield Line(x=interval, y=np.repeat(at, 2), color="vermilion", width=1.2, name="95 %")
    shapes: tuple[tuple[str, str, float, Shape, str], ...] = (
        ("burden", "vermilion", 5.0, "circle", "together (95 % against the sum)"),
        ("sum_expected", "ink", 12.0, "bar", "sum of each alone"),
        ("bliss_expected", "blue", 6.0, "cross", "independent action (Bliss)"),
    )
    for name, color, size, shape, label in shapes:
        yield Points(
            x=np.array([float(row[name]) * scale]),
            y=at,
            color=color,
            size=size,
            shape=shape,
            label=label,
            name=label,
        )
    yield Text(words=short(row["verdict"], 40), x=1.01, x_in="panel", y=place)


def _untreated(design: Design) -> float:
    rows = design.alternatives
    return max(1e-9, float(rows.loc[rows["alternative"] == NOTHING, "burden"].iloc[0]))
