"""Discharges near a stimulus, found again: what is partly hidden makes a lower pulse.

A filter that sees only part of an action potential, and a guess for the rest, answers with less
than its usual height. By how much is known: the unit's own action potential is hidden and filled in
as the stimuli hide it, and seen through the filter. Each sample of the source is divided by that
share, and the discharges are told from the noise again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.decomposition.extension import Extended
from renshaw.decomposition.inpainting import Inpainting
from renshaw.decomposition.muaps import mean_around
from renshaw.decomposition.pulses import Pulses, found_pulses
from renshaw.decomposition.refinement import Rules
from renshaw.decomposition.stretches import runs

Array = NDArray[Any]

# Where less is left of a pulse than this, dividing would only raise the noise.
_LEAST_SHARE = 0.4
# Where the unit's rhythm expects a discharge: what is left of it, and how high it must be.
_FAINTEST_SHARE, _MOST_SHARE, _FAINTER = 0.2, 0.8, 0.5
# An interval that misses one discharge, in those around it; and how far from its middle that lies.
_DOUBLE, _AROUND, _EARLY_OR_LATE = (1.6, 2.5), 4, 0.25
# How much silhouette one is ready to give for discharges that were hidden.
_SILHOUETTE_LOSS = 0.03


def found_again(
    extended: Extended, how: Inpainting, units: Sequence[Pulses], rules: Rules
) -> list[Pulses]:
    """Return the units with the discharges that stimuli partly hid.

    Parameters
    ----------
    extended : Extended
        With its hidden samples filled in.
    how : Inpainting
        By which they were.
    units : sequence of Pulses
    rules : Rules
    """
    best = list(units)
    for last in (False, True, True) if best else ():
        filters = extended.filters_from([unit.samples for unit in best])
        sources = extended.projected(filters)
        share = _shares(extended, how, [unit.samples for unit in best], filters)
        usable = share >= (_FAINTEST_SHARE if last else _LEAST_SHARE)
        whole = np.where(usable, sources / np.maximum(share, _FAINTEST_SHARE), sources)
        again = found_pulses(np.where(share >= _LEAST_SHARE, whole, sources), rules.refractory)
        best = [
            new if new.silhouette >= old.silhouette - _SILHOUETTE_LOSS else old
            for new, old in zip(again, best, strict=True)
        ]
        if last:
            best = [
                _with_expected(unit, source, usable[i] & (share[i] < _MOST_SHARE), rules)
                for i, (unit, source) in enumerate(zip(best, whole, strict=True))
            ]
    return best


def _with_expected(unit: Pulses, source: Array, hidden: Array, rules: Rules) -> Pulses:
    """Add fainter pulses where the unit's own rhythm expects one and a stimulus half hid it.

    An interval twice as long as those around it, with a peak in its middle, is a discharge that
    was seen badly; without any peak, or where nothing was hidden, it stays as long as it is.
    """
    samples, silence = unit.samples, rules.silence_s * rules.fs_hz
    intervals = np.diff(samples)
    if len(intervals) < 2 * _AROUND:
        return unit
    least = _FAINTER * float(np.median(source[samples]))
    more = []
    for i in np.flatnonzero(intervals < silence):
        before, after = intervals[max(0, i - _AROUND) : i], intervals[i + 1 : i + 1 + _AROUND]
        usual = float(np.median(np.concatenate([before, after])))
        if not _DOUBLE[0] * usual < intervals[i] < _DOUBLE[1] * usual:
            continue
        middle, reach = samples[i] + intervals[i] / 2, _EARLY_OR_LATE * usual
        at = np.arange(int(middle - reach), int(middle + reach) + 1)
        at = at[hidden[at]]
        if len(at) and source[at].max() >= least:
            more.append(at[np.argmax(source[at])])
    return replace(unit, samples=np.sort(np.concatenate([samples, np.array(more, dtype=int)])))


def _shares(extended: Extended, how: Inpainting, trains: Sequence[Array], filters: Array) -> Array:
    """Return how much of its height a pulse has at each window, shape (units, windows)."""
    hidden, copies = how.hidden, extended.copies
    longest = max((end - first for first, end in runs(hidden)), default=0)
    margin = how.taps + longest
    # A discharge's window begins at its sample.
    around = mean_around(extended.emg, trains, -margin, copies + margin)
    shapes = [shape.T for shape in around]
    inside = slice(margin, margin + copies)
    whole = [float(shape[inside].ravel() @ filters[:, i]) or 1.0 for i, shape in enumerate(shapes)]
    padded = np.pad(hidden, margin)
    count = np.concatenate([[0], np.cumsum(hidden)])
    touched = np.flatnonzero(count[copies:] > count[:-copies])
    share = np.ones((len(trains), len(extended.windows)), dtype=np.float32)
    known: dict[bytes, Array] = {}
    for window in touched:
        pattern = padded[window : window + copies + 2 * margin]
        key = pattern.tobytes()
        if key not in known:
            near = np.zeros_like(pattern)
            for first, end in runs(pattern):
                # What is hidden beyond the window's reach changes nothing in it.
                if end > margin and first < margin + copies:
                    near[first:end] = True
            known[key] = np.array(
                [
                    how.fill(shape, near, pattern)[inside].ravel() @ filters[:, i] / whole[i]
                    for i, shape in enumerate(shapes)
                ]
            )
        share[:, window] = known[key]
    return share
