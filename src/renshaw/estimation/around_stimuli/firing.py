"""The stimuli that come while a unit fires: only those can tell what they do to it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from renshaw.data.arrays import FloatArray

# A unit that has been silent for longer than both, in s and in its usual intervals, has paused.
_PAUSE_s, _PAUSE_INTERVALS = 0.5, 3.0


def usual_interval_s(train: FloatArray) -> float:
    """Return the median interval of a unit (s); 0 if it has none."""
    own_s = np.diff(train)
    return float(np.median(own_s)) if len(own_s) else 0.0


class Spells(NamedTuple):
    """When a unit fires: beginning and end (s) of each spell between pauses."""

    begins_s: FloatArray
    ends_s: FloatArray


def spells_of(train: FloatArray) -> Spells:
    """Return when a unit fires; a spell lasts until the next discharge would be due."""
    if len(train) < 2:
        return Spells(np.zeros(0), np.zeros(0))
    usual_s = usual_interval_s(train)
    pauses = np.flatnonzero(np.diff(train) > max(_PAUSE_s, _PAUSE_INTERVALS * usual_s))
    ends_s = train[np.append(pauses, len(train) - 1)] + usual_s
    return Spells(train[np.append(0, pauses + 1)], ends_s)


def while_firing(spells: Spells, stimuli_s: FloatArray, before_s: float) -> NDArray[np.bool_]:
    """Return which stimuli come while a unit fires, and has since their window began.

    What follows a stimulus has no say: a unit that stimuli silence must keep its stimuli.

    Parameters
    ----------
    spells : Spells
    stimuli_s : array, shape (stimuli,)
    before_s : float
        How long before each stimulus its window begins.
    """
    if not len(spells.begins_s):
        return np.zeros(len(stimuli_s), dtype=bool)
    which = np.searchsorted(spells.begins_s, stimuli_s - before_s, "right") - 1
    ends_s = spells.ends_s[np.maximum(which, 0)]
    return np.asarray((which >= 0) & (stimuli_s <= ends_s))
