"""Whether a unit begins and stops with its muscle: it does not rest while others work harder.

A unit is recruited as the drive grows and stops as it falls, later or earlier than others, but not
to rest for good while the muscle goes on to work much harder, nor to begin when the hardest work is
over. What does is a part of a unit that the electrodes lost or found on its way. How hard the
muscle works is told by the discharges of its other units. Those that fire beside the unit fire on
then: where they rest too, others work in its place, as another finger's or another head's do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

# Fewer other units don't tell how hard the muscle works.
_FEWEST_OTHERS = 3
# Discharges are counted within so much of a moment, and every so often.
_HALF_S, _EVERY_S = 1.0, 0.25
# At so many first or last discharges of the unit.
_EDGE = 5
# What fires beside the unit fires on where it does so at this part of its rate.
_FIRE_ON = 0.5


def out_of_order(times_s: Array, others: Sequence[Array], harder_max: float) -> list[str]:
    """Return in words which end of a unit's firing does not go with the work of the muscle.

    Parameters
    ----------
    times_s : array, shape (n,)
        Discharges of the unit.
    others : sequence of array
        Those of the other units of its muscle.
    harder_max : float
        So many times as hard as at its end the muscle may work while the unit rests.
    """
    if len(others) < _FEWEST_OTHERS or len(times_s) < 2 * _EDGE:
        return []
    fired = np.sort(np.concatenate(others))
    if not len(fired):
        return []

    moments = np.arange(fired[0], fired[-1], _EVERY_S)
    all_along, faults = _work(fired, moments), []
    for edge, resting, words, event in (
        (times_s[:_EDGE], moments < times_s[0] - _HALF_S, "begins after", "recruitment"),
        (times_s[-_EDGE:], moments > times_s[-1] + _HALF_S, "stops before", "derecruitment"),
    ):
        # Nobody fires fewer than once: what is then called hard work is a single discharge.
        usual = max(1.0, float(np.median(_work(fired, edge))))
        beside = [t for t in others if np.median(_work(t, edge)) > 0]
        if not beside:
            continue
        same = np.sort(np.concatenate(beside))
        fire_on = _work(same, moments) >= _FIRE_ON * np.median(_work(same, edge))
        times = float(all_along[resting & fire_on].max(initial=0.0)) / usual
        if times > harder_max:
            faults.append(
                f"it {words} the other units fire {times:.1f} times as much: {event} may be the "
                "electrodes'"
            )
    return faults


def _work(fired: Array, at_s: Array) -> Array:
    """Return how many discharges are around each of these times."""
    last = np.searchsorted(fired, at_s + _HALF_S)
    return np.asarray(last - np.searchsorted(fired, at_s - _HALF_S), dtype=float)
