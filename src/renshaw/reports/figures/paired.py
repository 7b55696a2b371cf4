"""Participants before and after, and the mean difference with its confidence interval beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from renshaw.data.bounds import bound_of_difference
from renshaw.figures import Axis, Figure, Line, Mark, Panel, Rule, Text
from renshaw.figures.colors import SERIES_NAMES
from renshaw.figures.words import short
from renshaw.findings.words import title_of
from renshaw.reports.figures.observed import bounds_caption, observed_points

if TYPE_CHECKING:
    import pandas as pd

    from renshaw.data.arrays import FloatArray
    from renshaw.study.compare import Comparison


def paired_difference(comparison: Comparison, quantity: str) -> Figure:
    """Show one line a participant through the conditions, and the paired differences beside.

    Parameters
    ----------
    comparison : Comparison
    quantity : str
    """
    rows = comparison.table[comparison.table["quantity"] == quantity]
    people = comparison.participants[comparison.participants["quantity"] == quantity]
    if rows.empty or people.empty:
        nothing = Panel("participants", empty=f"{title_of(quantity)} was not compared")
        return Figure("paired", (nothing,), title=title_of(quantity))
    reference = str(rows["reference"].iloc[0])
    conditions = [str(c) for c in rows["condition"]]
    unit = short(rows["units"].iloc[0])
    pairs = comparison.pairs[comparison.pairs["quantity"] == quantity]
    courses = _courses(pairs, people, reference, conditions)
    left = _people(courses)
    right = _differences(pairs, rows, reference)
    return Figure(
        "paired",
        (
            replace(left, y=replace(left.y, label=title_of(quantity), unit=unit)),
            replace(right, y=replace(right.y, label="Difference", unit=unit)),
        ),
        title=title_of(quantity),
        caption=bounds_caption([*_shown_bounds(courses), *map(str, rows.get("bound", ()))]),
        columns=2,
        widths=(1.25, 1.0),
    )


class Course(NamedTuple):
    """Each participant's values in conditions that one line runs through."""

    conditions: tuple[str, ...]
    values: pd.DataFrame
    bounds: pd.DataFrame


def _courses(
    pairs: pd.DataFrame, people: pd.DataFrame, reference: str, conditions: Sequence[str]
) -> list[Course]:
    """Return the values that are subtracted, in one course or in one a condition.

    Where other units are matched in each condition, a person has another mean in the reference
    for each; one line through all would show differences that are not those beside it.
    """
    if pairs.empty:
        people = people.assign(bound=people.get("bound", "exact"))
        values, bounds = (_wide(people, name, "condition") for name in ("value", "bound"))
        there = tuple(c for c in (reference, *conditions) if c in bounds)
        values = values.reindex(bounds.index, columns=list(there))
        return [Course(there, values, bounds[list(there)])]
    exact = dict.fromkeys(("bound_reference", "bound_condition"), "exact")
    pairs = pairs.assign(**{name: pairs.get(name, plain) for name, plain in exact.items()})
    each = [_course(pairs, reference, (c,)) for c in conditions if c in set(pairs["condition"])]
    starts = pairs.groupby("participant")["mean_reference"]
    if np.allclose(starts.max(), starts.min(), rtol=1e-9, atol=1e-12, equal_nan=True):
        return [_course(pairs, reference, [course.conditions[1] for course in each])]
    return each


def _course(pairs: pd.DataFrame, reference: str, conditions: Sequence[str]) -> Course:
    mine = pairs[pairs["condition"].isin([*conditions])]
    first = mine.drop_duplicates("participant").set_index("participant")
    bounds = _wide(mine, "bound_condition", "condition")[list(conditions)]
    # A mean of which nothing was seen has no value.
    values = _wide(mine, "mean_condition", "condition").reindex(
        bounds.index, columns=list(conditions)
    )
    values.insert(0, reference, first["mean_reference"].reindex(values.index))
    bounds.insert(0, reference, first["bound_reference"].reindex(values.index))
    return Course((reference, *conditions), values, bounds)


def _shown_bounds(courses: Sequence[Course]) -> list[str]:
    return [
        str(bound) for course in courses for bound in course.bounds.fillna("exact").to_numpy().flat
    ]


def _wide(table: pd.DataFrame, values: str, columns: str) -> pd.DataFrame:
    return table.pivot_table(values, "participant", columns, aggfunc="first")


def _people(courses: Sequence[Course]) -> Panel:
    marks: list[Mark] = []
    shown: list[str] = []
    names: set[str] = set()
    for nth, course in enumerate(courses):
        places = len(shown) + np.arange(len(course.conditions), dtype=float)
        shown += course.conditions
        mine = list(map(str, course.values.index))
        names |= set(mine)
        values = course.values.to_numpy(dtype=float)
        marks += [
            Line(
                x=places,
                y=person,
                color="muted",
                width=0.8,
                alpha=0.55,
                dash="dotted" if "unknown" in known else "",
                key=name,
                name=name,
            )
            for name, person, known in zip(mine, values, course.bounds.to_numpy(), strict=True)
        ]
        for place, condition in enumerate(course.conditions):
            each = values[:, place]
            at = np.full(len(each), places[place])
            known = course.bounds[condition].fillna("exact").tolist()
            color = _color(place and place + nth)
            marks += observed_points(
                at, each, known, color=color, alpha=0.75, name=condition, words=mine
            )
            if "unknown" in known:
                continue
            mean = np.repeat(np.nanmean(each), 2)
            ends = places[place] + np.array([-0.17, 0.17])
            marks.append(Line(x=ends, y=mean, width=2.6, name=f"mean of {condition}"))
    return Panel(
        "participants",
        tuple(marks),
        x=_conditions(shown, 0, 0.45),
        title=f"Each participant (n = {len(names)})",
        height_in=2.5,
    )


def _differences(pairs: pd.DataFrame, rows: pd.DataFrame, reference: str) -> Panel:
    marks: list[Mark] = [Rule(at=0.0, color="muted", name="no difference")]
    for place, row in enumerate(rows.to_dict("records"), start=1):
        condition = str(row["condition"])
        each, bounds = _each(pairs, condition)
        if len(each):
            spread = np.linspace(-0.2, -0.08, len(each)) if len(each) > 1 else np.array([-0.14])
            marks += observed_points(
                place + spread,
                each,
                bounds,
                color=_color(place),
                size=3.5,
                alpha=0.6,
                name=condition,
            )
        mean, bound = float(row["difference"]), str(row.get("bound", "exact"))
        ends = np.array([float(row["ci_low"]), float(row["ci_high"])])
        at = np.array([place + 0.12])
        if np.isfinite(ends).any():
            # Of a bound one end is known; the line ends at the mean that was seen.
            ends = np.where(np.isfinite(ends), ends, mean)
            marks.append(Line(x=np.repeat(at, 2), y=ends, width=2.2, name="95 % CI"))
        marks += observed_points(
            at, np.array([mean]), [bound], size=7.0, hollow=True, name="mean difference"
        )
        if bound == "unknown":
            marks.append(
                Text(
                    words="not known",
                    x=place + 0.12,
                    y=0.55,
                    y_in="panel",
                    across="center",
                    size=8.0,
                )
            )
    return Panel(
        "differences",
        tuple(marks),
        x=_conditions([str(c) for c in rows["condition"]], 1, 0.5),
        y=Axis(grid=True),
        title=f"Minus {short(reference)}: mean, 95 % CI",
        height_in=2.5,
    )


def _conditions(conditions: Sequence[str], first: int, room: float) -> Axis:
    ticks = tuple((float(first + i), _wrapped(c)) for i, c in enumerate(conditions))
    return Axis(low=first - room, high=first + len(conditions) - 1 + room, ticks=ticks)


def _each(pairs: pd.DataFrame, condition: str) -> tuple[FloatArray, Sequence[str]]:
    """Return the difference of each participant, and what it is."""
    mine = pairs[pairs["condition"] == condition]
    each = mine["mean_condition"] - mine["mean_reference"]
    if "bound_condition" not in mine:
        return np.asarray(each, dtype=float), ["exact"] * len(mine)
    ends = zip(mine["bound_condition"], mine["bound_reference"], strict=True)
    bounds = [bound_of_difference(one, other) for one, other in ends]
    # A difference of means over other units than there are is none.
    known = np.array([bound != "unknown" for bound in bounds], dtype=bool)
    return np.where(known, np.asarray(each, dtype=float), np.nan), bounds


def _color(place: int) -> str:
    return "muted" if place == 0 else SERIES_NAMES[(place - 1) % len(SERIES_NAMES)]


def _wrapped(condition: str) -> str:
    words = condition.replace("-", " ").replace("_", " ")
    return short(words, 40).replace(" ", "\n", 1)
