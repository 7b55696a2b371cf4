"""The specification curve: the mean ΔF under every defensible choice, and the choices below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from renshaw.figures import Axis, Figure, Mark, Panel, Points, Rule, Text, Ticks
from renshaw.figures.marks import Shape
from renshaw.figures.words import short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from renshaw.estimation.multiverse import Multiverse, Universe

RESULTS = ("delta_f_mean", "n_pairs", "n_units", "chosen", "bound")
LEVELS_MOST = 8


def specification_curve(multiverse: Multiverse, chosen_pps: float | None = None) -> Figure:
    """Show the mean ΔF of every universe, sorted, and below it what each universe chose.

    Parameters
    ----------
    multiverse : Multiverse
    chosen_pps : float, optional
        The mean ΔF of the rules in use, as a line.
    """
    known = [universe for universe in multiverse.universes if np.isfinite(universe.delta_f_mean)]
    known.sort(key=lambda universe: universe.delta_f_mean)
    panels = [_means(known, chosen_pps)]
    if known:
        panels.append(_choices(known))
    title = "Mean delta F under every combination of choices, sorted"
    return Figure("multiverse", tuple(panels), title=title, shared_x=True)


# How a mean is drawn, by what it is: its shape, whether it is hollow, and its name.
_LOOKS: dict[str, tuple[Shape, bool, str]] = {
    "exact": ("circle", False, "universe"),
    "at least": ("triangle", False, "at least so much"),
    "unknown": ("circle", True, "of a part of the units: unknown"),
}


def bounds_words(multiverse: Multiverse) -> str:
    """Return what the marks of bounds mean, for a caption; nothing where all means are known."""
    there = {each.bound for each in multiverse.universes if np.isfinite(each.delta_f_mean)}
    said = ""
    if "at least" in there:
        said += (
            " Triangles: bounds, as units still fire when the recording ends; the mean is larger."
        )
    if "unknown" in there:
        said += (
            " Rings: means of those test units alone that were seen to start and stop; that of all "
            "is not known."
        )
    return said


def _means(known: Sequence[Universe], chosen_pps: float | None) -> Panel:
    if not known:
        return Panel("means", height_in=1.0, empty="No analysis has an accepted pair")
    values = np.array([universe.delta_f_mean for universe in known])
    size = 4.0 if len(values) < 200 else 1.8
    place = np.arange(len(values), dtype=float)
    marks: list[Mark] = []
    several = len({universe.bound for universe in known} | {"exact"}) > 1
    for bound, (shape, hollow, name) in _LOOKS.items():
        at = np.array([universe.bound == bound for universe in known])
        if at.any():
            marks.append(
                Points(
                    x=place[at],
                    y=values[at],
                    color="blue",
                    size=size if bound == "exact" else size + 1.5,
                    shape=shape,
                    hollow=hollow,
                    name=name,
                    label=name if several and bound != "exact" else "",
                )
            )
    if chosen_pps is not None and np.isfinite(chosen_pps):
        rule = Rule(at=chosen_pps, color="vermilion", width=1.1, dash="dashed", name="rules in use")
        words = Text(
            words="rules in use",
            x=0.995,
            x_in="panel",
            y=chosen_pps,
            across="right",
            up="top",
            size=8.0,
            color="vermilion",
        )
        marks += [rule, words]
    margin = 0.08 * float(np.ptp(values)) + 0.1
    low, high = min(0.0, values.min() - margin), values.max() + margin
    return Panel(
        "means",
        tuple(marks),
        x=_universes(len(values)),
        y=Axis("Mean ΔF", "pps", low=float(low), high=float(high)),
        height_in=1.9,
    )


def _universes(n: int) -> Axis:
    label = f"{n} analyses, from the smallest to the largest mean ΔF"
    return Axis(label, low=-0.02 * n - 0.5, high=1.02 * n - 0.5, ticks=())


def choices_of(universes: Sequence[Universe]) -> dict[str, list[Any]]:
    """Return the choices that differ between universes and the levels of each."""
    choices = {}
    for name in universes[0]._fields if universes else ():
        if name in RESULTS:
            continue
        levels = {getattr(universe, name) for universe in universes}
        if 1 < len(levels) <= LEVELS_MOST:
            choices[name] = sorted(levels, key=lambda level: (isinstance(level, str), level))
    return choices


def level_words(column: str, level: Any) -> str:
    """Return a choice in words: ``recruitment gap 1 s``."""
    words, unit = column, ""
    for ending, name in (("_s", "s"), ("_pps", "pps"), ("_pct", "%")):
        if column.endswith(ending):
            words, unit = column.removesuffix(ending), f" {name}"
    if isinstance(level, bool | np.bool_):
        level = "yes" if level else "no"
    elif isinstance(level, float | np.floating):
        level = f"{level:g}"
    elif isinstance(level, str):
        level = level.replace("_", " ")
    return f"{words.replace('_', ' ')}: {level}{unit}"


def _choices(universes: Sequence[Universe]) -> Panel:
    position, ticks = 0.0, []
    marks: list[Mark] = []
    width = min(1.0, max(0.2, 200 / len(universes)))
    for column, levels in choices_of(universes).items():
        for level in levels:
            at = np.flatnonzero([getattr(each, column) == level for each in universes])
            words = short(level_words(column, level), 40)
            marks.append(Rule(at=position, color="faint", width=0.5))
            marks.append(
                Ticks(x=at.astype(float), y=position, height=0.62, width=width, name=words)
            )
            ticks.append((position, words))
            position -= 1.0
        position -= 0.6
    return Panel(
        "choices",
        tuple(marks),
        x=_universes(len(universes)),
        y=Axis(low=position + 0.9, high=0.8, ticks=tuple(ticks)),
        height_in=max(-0.17 * position, 0.3),
        bare=True,
    )
