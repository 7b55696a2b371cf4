"""The least that a value can be where an onset or an end was not seen.

One such unit among many leaves a mean no less certain than that unit can pull it down: it counts
with the least that its value can be, and the mean is at least that. No unit is taken for a calm
one, for nothing is claimed from above. Where more than a few were not seen such a bound says
nothing any more, and the mean stays unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from renshaw.data.estimates import Estimate
from renshaw.data.recording import Recording
from renshaw.estimation.seen import FIRED_BEFORE

# Of units whose value is known or not seen, so many at most may be bounded by their least.
FEW_PCT = 20.0
# By what they are: a time, and a height above a line.
_NEVER_BELOW_0 = ("self_sustained_duration", "brace_height")


def few(unseen: int, seen: int) -> bool:
    """Whether units that were not seen are few enough for a mean with the least of theirs."""
    return 0 < unseen <= FEW_PCT / 100 * (unseen + seen)


def with_least(rows: Iterable[Estimate], recording: Recording) -> list[Estimate]:
    """Return estimates of which a few unseen ones are at least the least that they can be.

    Parameters
    ----------
    rows : iterable of Estimate
        Of one recording, or of one contraction of it.
    recording : Recording
    """
    rows = list(rows)
    least: dict[tuple[str, int], float] = {}
    for quantity in (*_NEVER_BELOW_0, "torque_hysteresis"):
        mine = [row for row in rows if row.quantity == quantity]
        unseen = [row for row in mine if row.unseen]
        if not few(len(unseen), sum(row.ok for row in mine)):
            continue
        of_units = {row.unit: 0.0 for row in unseen}
        if quantity == "torque_hysteresis":
            of_units = _hysteresis(rows, unseen, recording)
        if of_units.keys() == {row.unit for row in unseen}:
            least |= {(quantity, unit): value for unit, value in of_units.items()}
    return [
        row._replace(value=least[row.quantity, row.unit], bound="at least", ok=True)
        if (row.quantity, row.unit) in least
        else row
        for row in rows
    ]


def _hysteresis(
    rows: Sequence[Estimate], unseen: Sequence[Estimate], recording: Recording
) -> dict[int, float]:
    """Return the least hysteresis of units that fired before: none was recruited below rest."""
    torque = recording.torque
    if torque is None or not np.isfinite(torque.values).any():
        return {}
    lowest = min(0.0, float(np.nanmin(torque.values)))
    stops = {
        row.unit: row.value
        for row in rows
        if row.quantity == "derecruitment_torque" and row.ok and row.bound != "at least"
    }
    before = FIRED_BEFORE().codes
    return {
        row.unit: lowest - stops[row.unit]
        for row in unseen
        if row.unit in stops and set(before) <= set(row.reasons.codes)
    }
