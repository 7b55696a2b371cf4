"""Units polished: filter from discharges, discharges from filter, for as long as it helps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.data.agreement import distinct
from renshaw.decomposition.extension import Extended
from renshaw.decomposition.pulses import Pulses, found_pulses, irregularity

Array = NDArray[Any]

# A source whose first discharges stand out less than this never becomes a unit.
_HOPELESS = 0.55
_FEWEST_DISCHARGES = 8
# What counts as better: rounding and chance move a silhouette by less.
_SILHOUETTE_GAIN = 0.002
# How much silhouette one is ready to give for more regular intervals.
_SILHOUETTE_LOSS = 0.005
_EVENER = 0.02
# What a regular train is worth in silhouette: a source that misses discharges is irregular.
_UNEVEN_PRICE = 0.15
# An action potential passes the longest grid, and its fibers, in this time.
_ACROSS_S = 0.030
# Most of it is seen so far from its discharge: 16 samples at 2048 Hz, as many as a grid of 64
# channels has delayed copies.
_REACH_S = 16 / 2048
# Many sources at once, but not so many that they fill the memory.
_BATCH = 64


@dataclass(frozen=True)
class Rules:
    """What a unit is measured by, in samples of the extended signal.

    Parameters
    ----------
    fs_hz : float
    refractory : int
        Fewest samples between discharges.
    tolerance : int
        Discharges this close are the same.
    agreement_max : float
        Rate of agreement from which two units are one.
    silence_s : float
        Longest interval between discharges that is one.
    refinements : int
    """

    fs_hz: float
    refractory: int
    tolerance: int
    agreement_max: float
    silence_s: float
    refinements: int

    def lag_max(self, copies: int) -> int:
        """Return by how much two sources of one unit may be delayed against each other.

        On a grid with many channels the window of the extension is short, but a potential still
        takes its time from one end of the grid to the other.
        """
        return max(3 * copies, round(_ACROSS_S * self.fs_hz))

    def reach(self, copies: int) -> int:
        """Return how far from a discharge its action potential shows."""
        return max(copies, round(_REACH_S * self.fs_hz))

    def score(self, pulses: Pulses) -> float:
        """Return how good a source is: its silhouette, less where intervals are irregular."""
        silence = self.silence_s * self.fs_hz
        intervals = np.diff(pulses.samples)
        intervals = intervals[intervals <= silence]
        varied = float(intervals.std() / intervals.mean()) if len(intervals) > 1 else 1.0
        uneven = 0.5 * (min(1.0, irregularity(pulses.samples, silence)) + min(1.0, varied))
        return pulses.silhouette - _UNEVEN_PRICE * uneven


def polished(extended: Extended, first: Sequence[Pulses], rules: Rules) -> list[Pulses]:
    """Refine every train until its source gets no better; duplicates are dropped on the way.

    Parameters
    ----------
    extended : Extended
    first : sequence of Pulses
    rules : Rules

    Returns
    -------
    list of Pulses
        Distinct units, best first.
    """
    units = one_each(_promising(first), rules, extended.copies)
    finished: list[Pulses] = []
    for turn in range(rules.refinements):
        if not units:
            break
        again = _again(extended, [unit.samples for unit in units], rules)
        better = [_better(new, old, rules) for new, old in zip(again, units, strict=True)]
        finished += [old for old, yes in zip(units, better, strict=True) if not yes]
        units = [new for new, yes in zip(again, better, strict=True) if yes]
        if turn == 0:
            # Different starts of one unit have met by now.
            units = one_each(_promising(units), rules, extended.copies)
    return one_each(finished + units, rules, extended.copies)


def centered(extended: Extended, units: Sequence[Pulses], rules: Rules) -> list[Pulses]:
    """Let every unit be seen through the part of its action potential that tells it best.

    The window of the extended signal is shorter than an action potential on a grid; a source that
    was found at its flank gets clearer when the window moves.
    """
    if not units:
        return []
    best = list(units)
    for shift in (-extended.copies // 2, extended.copies // 2):
        moved = [_shifted(unit.samples, shift, len(extended.windows)) for unit in units]
        tried = _again(extended, moved, rules)
        best = [
            new if rules.score(new) > rules.score(old) + _SILHOUETTE_GAIN else old
            for new, old in zip(tried, best, strict=True)
        ]
    return best


def _again(extended: Extended, trains: Sequence[Array], rules: Rules) -> list[Pulses]:
    found: list[Pulses] = []
    for first in range(0, len(trains), _BATCH):
        sources = extended.sources_from(trains[first : first + _BATCH])
        found += found_pulses(sources, rules.refractory)
    return found


def _shifted(train: Array, shift: int, length: int) -> Array:
    moved = train + shift
    return moved[(moved >= 0) & (moved < length)]


def _promising(units: Sequence[Pulses]) -> list[Pulses]:
    return [
        unit
        for unit in units
        if unit.silhouette > _HOPELESS and len(unit.samples) >= _FEWEST_DISCHARGES
    ]


def one_each(units: Sequence[Pulses], rules: Rules, copies: int) -> list[Pulses]:
    """Return distinct units, best first."""
    keep = distinct(
        [unit.samples for unit in units],
        [rules.score(unit) for unit in units],
        rules.agreement_max,
        rules.tolerance,
        rules.lag_max(copies),
    )
    return [units[i] for i in keep]


def _better(new: Pulses, old: Pulses, rules: Rules) -> bool:
    """Whether the discharges stand out more, or nearly as much and come more regularly."""
    if len(new.samples) < _FEWEST_DISCHARGES:
        return False
    gain = new.silhouette - old.silhouette
    if gain > _SILHOUETTE_GAIN:
        return True
    silence = rules.silence_s * rules.fs_hz
    evener = irregularity(old.samples, silence) - irregularity(new.samples, silence)
    return bool(gain > -_SILHOUETTE_LOSS and evener > _EVENER)
