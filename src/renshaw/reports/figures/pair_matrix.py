"""Every pair at a glance: test unit by control unit, accepted or not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from renshaw.data.bounds import sign_of
from renshaw.figures import Axis, Boxes, ColorScale, Figure, Mark, Panel, Points, Text
from renshaw.figures.words import short
from renshaw.reports.best_pair import Pair, pairs
from renshaw.reports.figures.order import by_recruitment

if TYPE_CHECKING:
    from renshaw.data.estimates import Estimates
    from renshaw.data.recording import Recording

_MOST_LABELS = 45
_MOST_WITH_NUMBERS = 12


def pair_matrix(recording: Recording, estimates: Estimates) -> Figure:
    """Show ΔF of each accepted pair as a color, rejected pairs hatched; units by recruitment."""
    found = pairs(estimates, recording.name)
    order = _order(recording, found)
    accepted = [p for p in found if p.ok and np.isfinite(p.delta_f_pps)]
    rejected = [p for p in found if not (p.ok and np.isfinite(p.delta_f_pps))]
    place = {unit: float(position) for position, unit in enumerate(order)}
    labels = [short(recording.units.labels[unit - 1], 9) for unit in order]
    marks: list[Mark] = []
    scale = None
    if rejected:
        marks.append(_boxes(recording, rejected, place))
    if accepted:
        values = [pair.delta_f_pps for pair in accepted]
        steps = 10 if len(order) > 16 else 5
        scale = ColorScale.of("ΔF (pps)", min(*values, 0.0), max(*values, 1.0), steps)
        marks.append(_boxes(recording, accepted, place))
    saturated = [pair for pair in accepted if pair.saturated]
    if saturated:
        marks.append(_saturated(saturated, place))
    if len(order) <= _MOST_WITH_NUMBERS:
        marks += _numbers(accepted, place)
    every = max(1, -(-len(labels) // _MOST_LABELS))
    ticks = tuple((float(at), labels[at]) for at in range(0, len(labels), every))
    ends = (-0.6, max(len(order), 1) - 0.4)
    panel = Panel(
        "pairs",
        tuple(marks),
        x=Axis("Control unit, by recruitment", "", *ends, ticks=ticks),
        y=Axis("Test unit, by recruitment", "", *ends, ticks=ticks),
        title=_title(len(accepted), len(rejected)),
        height_in=min(0.9 + 0.16 * max(len(order), 14), 5.4),
        square=True,
        scale=scale,
        empty="" if found else "There is no pair of units that fire",
    )
    title = "Delta F of every pair of a test and a control unit"
    return Figure("pairs", (panel,), title=title, caption=_caption(accepted), width_in=6.4)


def _caption(accepted: Sequence[Pair]) -> str:
    """Return what the squares and the signs in them mean."""
    words = [
        "Each square is a pair. Colored: accepted; hatched: rejected by the rules. Reasons are in "
        "the table of pairs."
    ]
    if any(pair.bound != "exact" for pair in accepted):
        words.append(
            "A > stands before a ΔF that is at least as large as shown: a unit of the pair still "
            "fires when the recording ends."
        )
    if any(pair.saturated for pair in accepted):
        words.append(
            "A triangle marks a saturated pair: ΔF comes close to all that the control unit's rate "
            "changes, which may cap it."
        )
    return " ".join(words)


def _title(accepted: int, rejected: int) -> str:
    """Return a line that leaves room for the legend at its right."""
    if not accepted + rejected:
        return ""
    hatched = "; hatched: rejected" if rejected else ""
    return f"{accepted} of {accepted + rejected} pairs accepted{hatched}"


def pair_key(test: int, control: int) -> str:
    """Return what a pair is called where one is chosen."""
    return f"{test}:{control}"


def _order(recording: Recording, found: Sequence[Pair]) -> list[int]:
    """Return units as the pairs have them: who was recruited later was a test unit more often."""
    as_test = Counter(pair.test for pair in found)
    involved = as_test.keys() | {pair.control for pair in found}
    units = [i + 1 for i in by_recruitment(recording.units) if i + 1 in involved]
    return sorted(units, key=lambda unit: as_test[unit])


def _boxes(recording: Recording, some: Sequence[Pair], place: dict[int, float]) -> Boxes:
    """Return the squares of pairs: all accepted, or all rejected."""
    ok = some[0].ok and np.isfinite(some[0].delta_f_pps)
    return Boxes(
        x=np.array([place[pair.control] for pair in some]),
        y=np.array([place[pair.test] for pair in some]),
        values=np.array([pair.delta_f_pps for pair in some]) if ok else None,
        color="faint",
        hatched=not ok,
        name="accepted" if ok else "rejected",
        keys=tuple(pair_key(pair.test, pair.control) for pair in some),
        words=tuple(_words(recording, pair) for pair in some),
    )


def _saturated(some: Sequence[Pair], place: dict[int, float]) -> Points:
    """Return a mark in the corner of each pair whose ΔF may be capped."""
    return Points(
        x=np.array([place[pair.control] + 0.3 for pair in some]),
        y=np.array([place[pair.test] + 0.3 for pair in some]),
        shape="triangle",
        size=4.0,
        color="vermilion",
        label="saturated",
        name="saturated",
    )


def _words(recording: Recording, pair: Pair) -> str:
    test, control = (short(recording.units.labels[n - 1], 12) for n in (pair.test, pair.control))
    numbers = [
        f"{name} {value:.2f}{unit}"
        for name, value, unit in (
            (f"ΔF {sign_of(pair.bound)}".rstrip(), pair.delta_f_pps, " pps"),
            ("r", pair.r, ""),
        )
        if np.isfinite(value)
    ]
    verdict = f"accepted{', saturated' if pair.saturated else ''}" if pair.ok else pair.reason
    verdict += f"; {pair.reason}" if pair.ok and pair.reason else ""
    return "\n".join([f"test {test}, control {control}", ", ".join(numbers), verdict])


def _numbers(accepted: Sequence[Pair], place: dict[int, float]) -> list[Text]:
    return [
        Text(
            words=f"{sign_of(pair.bound).rstrip()}{pair.delta_f_pps:.1f}",
            x=place[pair.control],
            y=place[pair.test],
            across="center",
            size=7.5,
            backed=True,
        )
        for pair in accepted
    ]
