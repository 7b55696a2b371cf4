"""Filters that follow a unit whose action potential changes, because its muscle moves.

A filter is made of the mean observation at a unit's discharges. Once the fibers have moved some mm
below the electrodes, that mean fits no moment well: the unit fades out of its source, or is found
as two units of which one ends where the other begins. Here each half second has a filter of its
own, from the discharges around it. Where a unit was not found, its nearest discharges make the
filter, which sees it a little further; in a few turns the unit is followed as far as it fires.

A filter of few discharges fits those too well. So the height of a discharge is that which the
filter of all others gives it (leave one out, without making one filter each): a filter that
follows is only taken where, by that, discharges stand out more than of one filter for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from renshaw.data.agreement import agreement
from renshaw.decomposition.extension import Extended
from renshaw.decomposition.pulses import NOTHING, Pulses, pulse_to_noise_db, silhouette, split
from renshaw.decomposition.refinement import Rules

Array = NDArray[Any]

_BLOCK_S = 0.5
# Discharges so far before and after make a filter, and at least so many of the nearest.
_REACHES = ((2.0, 25), (3.0, 40))
_TURNS = 6
# Heights are parts of the usual one. What is higher than this belongs to a larger unit, and nothing
# counts as more than the other.
_TOO_HIGH, _MOST = 1.7, 1.3
_FEWEST_PEAKS, _FEWEST_DISCHARGES = 4, 8
# Discharges that only fit themselves have no height.
_LEAST_PART = 0.05
_CHUNK = 4096
# A unit is worth following further if it gains so many discharges by it.
_GROWS = 1.1
# So many first or last discharges tell whether a unit fades: below this part of its usual height
# where so many more are found beyond by filters of the nearest, or below that where none are.
_EDGE, _FADES, _FEWEST_MORE, _FADED = 8, 0.9, 5, 0.75
# How a flag of the ends begins.
_FADING = "pulses fade to "
# By how much discharges must stand out more (silhouette) for a filter that follows.
_GAIN = 0.01
# A unit that loses more of its discharges has become another; and one that has so many in common
# with a larger one, which is as good, is a part of it.
_KEEPS, _PART = 0.8, 0.8
# Filters of what comes before and after must find so much (F1) of every so many blocks.
_FOUND_AGAIN, _TOGETHER = 0.7, 4


@dataclass(frozen=True, eq=False)
class Seen:
    """A unit and the source that it was found in.

    Parameters
    ----------
    pulses : Pulses
    source : array of float32, shape (windows,), or None
        The source of filters that follow the unit, of unit variance; None where one filter fits.
    threshold : float
        Height of the lowest discharge, as a part of the usual height.
    heights : array, shape (discharges,)
        How high each discharge is by a filter that knows all others.
    faults : tuple of str
        Why its first or last discharge may not be that of the unit.
    """

    pulses: Pulses
    source: Array | None = None
    threshold: float = 0.0
    heights: Array = field(default_factory=lambda: np.zeros(0))
    faults: tuple[str, ...] = ()


def followed(extended: Extended, units: Sequence[Pulses], rules: Rules) -> list[Seen]:
    """Follow units whose action potentials change, and drop those that prove to be parts of them.

    Parameters
    ----------
    extended : Extended
    units : sequence of Pulses
        Distinct, best first.
    rules : Rules

    Returns
    -------
    list of Seen
        Best first; units that one filter fits are as they were.
    """
    if not units:
        return []
    looks = _Looks(extended, rules)
    trains = [unit.samples for unit in units]
    fixed, first = looks.at(trains, None), looks.at(trains, _REACHES[0])
    moving = [
        i
        for i, (still, moved) in enumerate(zip(fixed, first, strict=True))
        if moved.pulses.silhouette > still.pulses.silhouette
        or len(moved.pulses.samples) > _GROWS * len(trains[i])
    ]
    best = [Seen(unit) for unit in units]
    scores = [rules.score(still.pulses) for still in fixed]
    for reach in _REACHES:
        settled = looks.until_settled([trains[i] for i in moving], reach)
        for i, seen in zip(moving, settled, strict=True):
            least, score = fixed[i].pulses.silhouette + _GAIN, rules.score(seen.pulses)
            kept = _common(trains[i], seen.pulses.samples, rules, extended.copies)
            if kept < _KEEPS * len(trains[i]) or seen.pulses.silhouette <= least:
                continue
            if score > scores[i] and looks.found_again(seen, reach[1]) >= _FOUND_AGAIN:
                best[i], scores[i] = seen, score
    told = [
        replace(seen, faults=_fading(seen if seen.source is not None else still, looked, rules))
        for seen, still, looked in zip(best, fixed, first, strict=True)
    ]
    return _whole(told, rules, extended.copies)


def _fading(seen: Seen, looked: Seen, rules: Rules) -> tuple[str, ...]:
    """Return in words which ends of a unit's firing may be the electrodes', and not the cord's.

    A unit that stops is as high as ever until it does. One that the filter loses gets lower and
    lower first; and filters of its nearest discharges see it where it was lost.

    Parameters
    ----------
    seen : Seen
        The unit in its source.
    looked : Seen
        What filters of its nearest discharges find.
    rules : Rules
    """
    train, beyond, heights = seen.pulses.samples, looked.pulses.samples, seen.heights
    if len(train) < 2 * _EDGE:
        return ()
    usual = float(np.median(heights))
    faults = []
    for what, end, edge, more in (
        ("first", "recruitment", heights[:_EDGE], beyond[beyond < train[0]]),
        ("last", "derecruitment", heights[-_EDGE:], beyond[beyond > train[-1]]),
    ):
        part = float(np.median(edge)) / max(usual, 1e-30)
        away_s = (
            float(np.abs(more - train[0 if what == "first" else -1]).max(initial=0)) / rules.fs_hz
        )
        lost = part < _FADES and len(more) >= _FEWEST_MORE
        if not lost and part >= _FADED:
            continue
        words = f"{_FADING}{100 * part:.0f} % at the {what} discharges"
        if lost:
            words += f" and are seen for {away_s:.1f} s more by filters that follow"
        faults.append(f"{words}: {end} may be the electrodes'")
    return tuple(faults)


def of_the_ends(flag: str) -> tuple[str, ...]:
    """Return what a unit's flag says of its first and last discharges.

    Parameters
    ----------
    flag : str
        Of a decomposed unit.
    """
    return tuple(each for each in flag.split("; ") if each.startswith(_FADING))


class _Looks:
    """Looks at units through filters of the discharges around each block of time.

    Parameters
    ----------
    extended : Extended
    rules : Rules
    """

    def __init__(self, extended: Extended, rules: Rules) -> None:
        self._extended, self._rules = extended, rules
        # Of each observation its size once it is white, where it was asked for.
        self._sizes = np.full(len(extended.windows), np.nan)

    def until_settled(self, trains: Sequence[Array], reach: tuple[float, int]) -> list[Seen]:
        """Return units looked at again and again, each time by the discharges found before."""
        seen = [Seen(NOTHING)] * len(trains)
        now = dict(enumerate(trains))
        for _ in range(_TURNS):
            for i, fresh in zip(list(now), self.at(list(now.values()), reach), strict=True):
                seen[i], samples = fresh, fresh.pulses.samples
                if len(samples) < _FEWEST_DISCHARGES or np.array_equal(samples, now[i]):
                    del now[i]
                else:
                    now[i] = samples
        return seen

    def at(self, trains: Sequence[Array], reach: tuple[float, int] | None) -> list[Seen]:
        """Return what filters of some discharges see.

        Parameters
        ----------
        trains : sequence of arrays of int
        reach : (float, int) or None
            How far a filter looks for discharges (s), and the least number of them; None: one
            filter of all.
        """
        if not trains:
            return []
        length = len(self._extended.windows)
        block = length if reach is None else self.block
        firsts = range(0, length, block)
        ranges = np.array([[self._range(t, f + block / 2, reach) for t in trains] for f in firsts])
        sources, heights = self._seen_by(trains, ranges, block)
        return [
            _classified(source, np.flatnonzero(peaks), train, held_out)
            for source, peaks, train, held_out in zip(
                sources, self._peaks(sources), trains, heights, strict=True
            )
        ]

    @property
    def block(self) -> int:
        """Samples that have one filter."""
        return max(1, round(_BLOCK_S * self._rules.fs_hz))

    def found_again(self, seen: Seen, least: int) -> float:
        """Return how well filters of other discharges find those of each stretch of time, at worst.

        Each block is looked at through a filter of the discharges that come after it, and through
        one of those that come before. Where a filter that followed has gone over from one unit to
        another that looks like it, both fire side by side: then what came after finds the other.

        Parameters
        ----------
        seen : Seen
        least : int
            Number of discharges that make a filter.

        Returns
        -------
        float
            The lowest F1 of some seconds.
        """
        train, block = seen.pulses.samples, self.block
        firsts = np.arange(0, len(self._extended.windows), block)
        worst = 1.0
        for after in (True, False):
            if after:
                low = np.searchsorted(train, firsts + block)
                ranges = np.stack([low, np.minimum(low + least, len(train))], axis=1)
            else:
                high = np.searchsorted(train, firsts)
                ranges = np.stack([np.maximum(high - least, 0), high], axis=1)
            usable = ranges[:, 1] - ranges[:, 0] >= min(least, len(train) // 3)
            ranges[~usable] = (0, min(least, len(train)))
            sources, _ = self._seen_by([train], ranges[:, None], block)
            peaks = np.flatnonzero(self._peaks(sources)[0])
            heights = sources[0, peaks]
            found = peaks[(heights > seen.threshold) & (heights < _TOO_HIGH)]
            worst = min(worst, self._worst(train, found, usable))
        return worst

    def _worst(self, train: Array, found: Array, usable: Array) -> float:
        """Return the lowest F1 of neighboring blocks, as far as they are usable."""
        near = self._rules.tolerance
        right = _near(found, train, near)

        def counted(samples: Array) -> Array:
            counts = np.bincount(samples // self.block, minlength=len(usable))[: len(usable)]
            return np.convolve(counts * usable, np.ones(_TOGETHER), "valid")

        hits, both = counted(found[right]), counted(found) + counted(train)
        enough = counted(train) >= _FEWEST_DISCHARGES
        return float(np.min(2 * hits[enough] / both[enough], initial=1.0))

    def _peaks(self, sources: Array) -> Array:
        width = 2 * max(1, self._rules.refractory) - 1
        tops = scipy.ndimage.maximum_filter1d(sources, width, axis=1, mode="nearest")
        return np.asarray((sources == tops) & (sources > 0))

    def _seen_by(
        self, trains: Sequence[Array], ranges: Array, block: int
    ) -> tuple[Array, list[Array]]:
        """Return sources of unit height, and the heights of the discharges held out.

        Parameters
        ----------
        trains : sequence of arrays of int
        ranges : array of int, shape (blocks, trains, 2)
            The discharges that make each filter.
        block : int
            Samples.
        """
        length = len(self._extended.windows)
        means = self._means(trains, ranges)
        sources = np.empty((len(trains), length), dtype=np.float32)
        heights = [np.zeros(len(train)) for train in trains]
        for number, first in enumerate(range(0, length, block)):
            part = slice(first, min(first + block, length))
            filters = means[number] @ self._extended.inverse
            power = np.einsum("ij,ij->i", means[number], filters).astype(float)
            scales = np.ones(len(trains))
            for i, (train, (low, high)) in enumerate(zip(trains, ranges[number], strict=True)):
                own = self._of(train[low:high]).mean()
                alone = ((high - low) * power[i] - own) / max(1, high - low - 1)
                scales[i] = 1 / max(alone, _LEAST_PART * power[i], 1e-30)
            sources[:, part] = self._projected(filters * scales[:, None], part)
            for i, train in enumerate(trains):
                self._held_out(heights[i], train, part, ranges[number, i], sources[i], scales[i])
        if self._extended.blind is not None:
            sources[:, self._extended.blind] = 0
        return sources, heights

    def _range(
        self, train: Array, middle: float, reach: tuple[float, int] | None
    ) -> tuple[int, int]:
        """Return from which discharge to before which one a filter is made."""
        if reach is None:
            return 0, len(train)
        far = reach[0] * self._rules.fs_hz
        low, high = (int(k) for k in np.searchsorted(train, [middle - far, middle + far]))
        least = min(reach[1], len(train))
        if high - low >= least:
            return low, high
        # The nearest ones lie side by side.
        near = np.argsort(np.abs(train - middle), kind="stable")[:least]
        return int(near.min()), int(near.max()) + 1

    def _means(self, trains: Sequence[Array], ranges: Array) -> Array:
        """Return the mean observation of each range, shape (blocks, trains, R x channels)."""
        means = np.empty((len(ranges), len(trains), self._extended.size), dtype=np.float32)
        for i, train in enumerate(trains):
            low, high = ranges[:, i].T
            total = np.zeros((len(train) + 1, self._extended.size))
            np.cumsum(self._extended.windows[train], axis=0, out=total[1:])
            means[:, i] = (total[high] - total[low]) / (high - low)[:, None]
        return means

    def _of(self, train: Array) -> Array:
        """Return the squared size of white observations."""
        new = train[np.isnan(self._sizes[train])]
        if len(new):
            white = self._extended.windows[new] @ self._extended.whitening
            self._sizes[new] = np.einsum("ij,ij->i", white, white)
        return self._sizes[train]

    def _projected(self, filters: Array, part: slice) -> Array:
        out = np.empty((len(filters), part.stop - part.start), dtype=np.float32)
        for first in range(part.start, part.stop, _CHUNK):
            last = min(first + _CHUNK, part.stop)
            chunk = np.ascontiguousarray(self._extended.windows[first:last])
            out[:, first - part.start : last - part.start] = filters.astype(np.float32) @ chunk.T
        return out

    def _held_out(
        self, heights: Array, train: Array, part: slice, made_of: Array, source: Array, scale: float
    ) -> None:
        """Fill in how high the discharges of a part are by a filter of all others."""
        here = slice(*np.searchsorted(train, [part.start, part.stop]))
        low, high = made_of
        at = np.arange(here.start, here.stop)
        own = (at >= low) & (at < high)
        seen = source[train[here]].astype(float)
        count = high - low
        others = (count * seen - scale * self._of(train[here])) / max(1, count - 1)
        heights[here] = np.where(own, others, seen)


def _classified(source: Array, peaks: Array, train: Array, held_out: Array) -> Seen:
    """Return the discharges of a source; those of the train are as high as held out."""
    heights = source[peaks].astype(float)
    place = np.minimum(np.searchsorted(train, peaks), len(train) - 1)
    known = train[place] == peaks
    heights[known] = held_out[place[known]]
    peaks, heights = peaks[heights < _TOO_HIGH], heights[heights < _TOO_HIGH]
    if len(peaks) < _FEWEST_PEAKS:
        return Seen(NOTHING)
    squares = np.clip(heights, 0, _MOST) ** 2
    high = squares > split(squares)
    if high.all() or not high.any():
        return Seen(NOTHING)
    samples = peaks[high]
    pulses = Pulses(samples, silhouette(squares, high), pulse_to_noise_db(source, samples))
    scaled = source / max(float(np.std(source)), 1e-30)
    return Seen(pulses, scaled, float(np.sqrt(squares[high].min())), heights[high])


def _near(samples: Array, others: Array, tolerance: int) -> Array:
    """Return which samples have one of the others near."""
    low = np.searchsorted(others, samples - tolerance, "left")
    return np.asarray(np.searchsorted(others, samples + tolerance, "right") > low)


def _common(part: Array, whole: Array, rules: Rules, copies: int) -> int:
    return agreement(part, whole, rules.tolerance, rules.lag_max(copies)).common


def _whole(units: Sequence[Seen], rules: Rules, copies: int) -> list[Seen]:
    """Return the units without the parts of others, best first."""
    keep: list[int] = []
    many = [len(unit.pulses.samples) for unit in units]
    scores = [rules.score(unit.pulses) for unit in units]
    for i in sorted(range(len(units)), key=lambda i: (-many[i], -scores[i])):
        if not any(
            scores[k] >= scores[i]
            and _common(units[i].pulses.samples, units[k].pulses.samples, rules, copies)
            >= _PART * many[i]
            for k in keep
        ):
            keep.append(i)
    return [units[i] for i in sorted(keep, key=lambda i: -scores[i])]
