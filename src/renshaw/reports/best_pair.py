"""The pair that a report shows: a typical one among the sound ones."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from renshaw.data.bounds import Bound, shown
from renshaw.data.estimates import Estimate, Estimates
from renshaw.estimation.criteria import SATURATED


class Pair(NamedTuple):
    """A test unit and its control unit (counted from 1), with the verdict on them."""

    test: int
    control: int
    delta_f_pps: float
    r: float
    ok: bool
    reason: str
    bound: Bound = "exact"
    saturated: bool = False

    @property
    def words(self) -> str:
        """ΔF as people read it: ``"4.2"``, ``"> 4.2"`` where the test unit fires on."""
        return shown(self.delta_f_pps, self.bound)


def pairs(estimates: Estimates, recording: str) -> tuple[Pair, ...]:
    """Return every pair of a recording."""
    rows = [row for row in estimates.rows if row.recording == recording]
    r = {(row.unit, row.control): row.value for row in rows if row.quantity == "rate_rate_r"}
    return tuple(
        Pair(
            row.unit,
            row.control,
            row.value,
            r.get((row.unit, row.control), np.nan),
            row.ok,
            row.reason,
            row.bound,
            row.ok and SATURATED in row.reasons.codes,
        )
        for row in rows
        if row.quantity == "delta_f_pair"
    )


def best_pair(estimates: Estimates, recording: str) -> Pair | None:
    """Return the pair to show, or None when there is none with a value.

    Of the accepted pairs, those whose rates go together best (upper half of r) are candidates;
    the one whose ΔF is nearest to the mean of all accepted pairs is typical. Without an accepted
    pair it is the rejected one with the highest r.
    """
    found = [pair for pair in pairs(estimates, recording) if np.isfinite(pair.delta_f_pps)]
    accepted = [pair for pair in found if pair.ok]
    if not accepted:
        return max(found, key=lambda pair: np.nan_to_num(pair.r, nan=-2.0), default=None)
    middle = float(np.mean([pair.delta_f_pps for pair in accepted]))
    best_half = sorted(accepted, key=lambda pair: -np.nan_to_num(pair.r, nan=-2.0))
    best_half = best_half[: max(1, (len(accepted) + 1) // 2)]
    return min(best_half, key=lambda pair: abs(pair.delta_f_pps - middle))


def value_of(estimates: Estimates, recording: str, quantity: str, unit: int = 0) -> Estimate | None:
    """Return one row of the table, or None where there is none."""
    for row in estimates.rows:
        if (row.recording, row.quantity, row.unit) == (recording, quantity, unit):
            return row
    return None
