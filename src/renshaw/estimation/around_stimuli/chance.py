"""What chance does: stimuli that are moved, and when that can't tell."""

from __future__ import annotations

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.data.recording import Recording

# A stimulus that follows another within this part of the usual wait belongs to the same train.
_SAME_TRAIN = 0.2
# How near, in steps of the sampling clock, times must be to its ticks to be taken as read by it.
_ON_THE_CLOCK = 1e-3
# Clocks of the field's amplifiers, where the recording tells none.
_USUAL_CLOCKS_hz = (1000.0, 1024.0, 2000.0, 2048.0, 4096.0, 5000.0, 5120.0, 10000.0, 10240.0)
# Stimuli whose intervals vary by less than this share are steady. A unit that is steady as well
# keeps its phase from one to the next, if that wanders by less than this share of a cycle.
_STEADY, _WANDERS = 0.05, 0.25


def tick_s_of(recording: Recording, times_s: list[FloatArray]) -> float:
    """Return the step of the sampling clock that told all times; 0 if they are on none's ticks.

    Delays between times on one clock are whole steps, and bins differ in how many of these they
    hold. Chance must have the same delays.
    """
    every_s = np.concatenate(times_s)
    told = {signal.fs_hz for signal in recording.signals.values()}
    if recording.units.fs_hz:
        told.add(recording.units.fs_hz)
    for fs_hz in (*sorted(told), *_USUAL_CLOCKS_hz):
        ticks = every_s * fs_hz
        if np.all(np.abs(ticks - np.rint(ticks)) < _ON_THE_CLOCK):
            return 1.0 / fs_hz
    return 0.0


def locked(train: FloatArray, stimuli_s: FloatArray) -> bool:
    """Return whether a unit keeps its phase from one stimulus to the next."""
    waits_s, own_s = np.diff(stimuli_s), np.diff(train)
    if len(own_s) < 2 or len(waits_s) < 2 or waits_s.std() > _STEADY * waits_s.mean():
        return False
    usual_s = float(np.median(own_s))
    # Pauses say nothing of how regular firing is.
    firing_s = own_s[own_s < 2.0 * usual_s]
    varies = float(firing_s.std() / usual_s)
    return bool(varies * np.sqrt(waits_s.mean() / usual_s) < _WANDERS)


def moved(
    stimuli_s: FloatArray, chance: np.random.Generator, tick_s: float, most_s: float
) -> FloatArray:
    """Return the stimuli, each moved by a random time that keeps it between its neighbors.

    Those of one train move together: by themselves they had no room to move in, and what follows
    all of them would look like chance. None moves by more than `most_s`: rates that change more
    slowly than that, with the force or with a cycle that stimuli keep to, change around moved
    stimuli as well, and are no response.
    """
    waits_s = np.diff(stimuli_s)
    by_length = np.sort(waits_s)
    # Half of all time lies in waits that are at least as long as this.
    usual_s = float(by_length[np.searchsorted(np.cumsum(by_length), 0.5 * by_length.sum())])
    begins = waits_s >= _SAME_TRAIN * usual_s
    train = np.append(0, np.cumsum(begins))
    gaps_s = waits_s[begins]
    half = np.minimum(np.append(gaps_s, usual_s), np.insert(gaps_s, 0, usual_s)) / 2
    half = np.minimum(half, most_s)
    by_s = half * chance.uniform(-1.0, 1.0, len(half))
    if tick_s:
        by_s = np.rint(by_s / tick_s) * tick_s
    return np.asarray(stimuli_s + by_s[train], dtype=float)
