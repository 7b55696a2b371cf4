"""Pools: which units of a recording share a muscle, and which are one unit seen by two grids.

Common drive is the drive of one muscle's motoneurons: a unit of another muscle gauges another
drive. Two grids over one muscle see some of its units twice; such a unit counts once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from renshaw.data.agreement import Array, Gathered, Work, agreement, distinct
from renshaw.data.arrays import FloatArray
from renshaw.data.event_labels import provoked
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Recording

# As a decomposition over several grids takes two trains for one unit (Farina & Holobar 2016,
# doi:10.1109/JPROC.2015.2498665: a rate of agreement of .3): by their discharges within a
# millisecond, at any delay that an action potential may have from one grid to the other.
_AGREEMENT = 0.3
_SAME_S = 0.001
_DELAY_S = 0.025
# Within a grid a decomposition gives each unit once; what is there twice was copied, perhaps with
# other rounding. Units of one pool share some per cent of their discharges by chance, never half.
_REPEAT, _REPEAT_S, _FEWEST = 0.5, 0.001, 3
_LEAST_FS_HZ = 10_000.0
_MOST_PPS = 1000.0
# A copy may be shifted, as by a filter or by where in an action potential a discharge is put.
# Where intervals vary no more than this, any two trains of one rate agree at some shift.
_SHIFT_S, _CLOCKWORK_S = 0.05, 0.002
# Which units repeat others, by the units and by their pools; and which two grids see.
_KNOWN: WeakKeyDictionary[MotorUnits, dict[bytes, tuple[dict[int, int], int]]] = WeakKeyDictionary()
_SEEN: WeakKeyDictionary[MotorUnits, dict[bytes, tuple[dict[int, int], int]]] = WeakKeyDictionary()
_GRIDS: WeakKeyDictionary[MotorUnits, tuple[int, ...]] = WeakKeyDictionary()
# Discharges side by side are compared as long as they are about so many for each; that is enough
# for all units of a muscle at once. Of more units, only those of the same intervals are compared.
_FREE_WORK, _WORK_EACH = 20_000_000, 400
OTHER_GRID = "which another grid sees better"
SAME_GRID = "which comes first in the file"


@dataclass(frozen=True, eq=False)
class Pools:
    """Which units can gauge each other.

    Parameters
    ----------
    of : array of int, shape (units,)
        The pool of each unit, from 0; -1 for a copy of another unit.
    muscles : tuple of str
        The muscle of each pool; ``""`` where it is not known.
    copies : mapping of int to int
        Units, counted from 0, that are there twice, and the one that is kept: of two grids the one
        that sees it better, else the first of the file.
    grids : int
        How many grids saw the units of which no muscle is known.
    unsearched : int
        How many units fire beside too many others to be compared with all of them: only others of
        the same intervals count as the same unit.
    """

    of: NDArray[np.intp]
    muscles: tuple[str, ...]
    copies: dict[int, int]
    grids: int = 0
    unsearched: int = 0

    def __len__(self) -> int:
        return len(self.muscles)

    def muscle_of(self, unit: int) -> str:
        """Return the muscle of a unit, counted from 0; ``""`` where it is not known."""
        return self.muscles[int(self.of[self.copies.get(unit, unit)])]


def pools_of(recording: Recording) -> Pools:
    """Return which units of a recording can gauge each other.

    Units of one muscle are a pool, whatever grids they were seen by. Units of which no muscle is
    known are one as well: nobody said that there are two.

    Parameters
    ----------
    recording : Recording
    """
    names = muscles_of_units(recording)
    # The same muscle in other letters is the same muscle.
    keys = [_key(name) for name in names]
    first = {key: i for i, key in reversed(list(enumerate(keys)))}
    order = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    of = np.array([order[key] for key in keys], dtype=np.intp)
    muscles = tuple(names[first[key]] for key in order)
    # What stimuli make fire together is not one unit.
    repeats, short = _repeats(recording.units, of) if _by_will(recording) else ({}, 0)
    of[list(repeats)] = -1
    seen, seen_short = _seen_by_grids(recording.units, of)
    copies = dict(sorted({**repeats, **seen}.items()))
    of[list(copies)] = -1
    short = max(short, seen_short)
    return Pools(of, muscles, copies, _grids_unnamed(recording, keys), short)


class Search:
    """Looks for units that are there twice, as far as the work for it stays within bounds.

    Parameters
    ----------
    units : MotorUnits
    """

    def __init__(self, units: MotorUnits) -> None:
        self._units = units
        discharges = sum(map(len, units))
        self.work: Work = Work(_FREE_WORK + _WORK_EACH * (discharges + len(units)))
        self.unsearched: int = 0

    def among(
        self,
        unit: int,
        train: Array,
        gathered: Gathered,
        alike: Alike,
        least: Callable[[], Array],
    ) -> list[int]:
        """Return which of the gathered trains may be that of a unit, and few others, in order.

        Parameters
        ----------
        unit : int
            Counted from 0.
        train : array of int
            Its discharges.
        gathered : Gathered
        alike : Alike
            The same trains, by their intervals.
        least : callable
            Returns how many discharges in common are enough, of each unit.
        """
        if self.work.take(gathered.near(train) + len(self._units)):
            found = gathered.may_agree(train, least())
            # Each of them is then compared by itself.
            if self.work.take(sum(len(train) + len(self._units[other]) for other in found)):
                return found
        self.unsearched += 1
        return alike.first(unit)


class Alike:
    """Trains by their intervals in ms, which a shift leaves as they are.

    Parameters
    ----------
    units : MotorUnits
    """

    def __init__(self, units: MotorUnits) -> None:
        self._units = units
        self._first: dict[bytes, int] = {}

    def _key(self, unit: int) -> bytes:
        return np.rint(1e3 * np.diff(self._units[unit])).astype(np.int64).tobytes()

    def add(self, unit: int) -> None:
        """Take in a unit, counted from 0."""
        self._first.setdefault(self._key(unit), unit)

    def first(self, unit: int) -> list[int]:
        """Return the first that was taken in with the intervals of a unit, if there is one."""
        found = self._first.get(self._key(unit))
        return [] if found is None else [found]


def _by_will(recording: Recording) -> bool:
    return not provoked(event.label for event in recording.events)


def muscles_of_units(recording: Recording) -> tuple[str, ...]:
    """Return the muscle of each unit: its own, that of its grid, that of the recording, or ``""``.

    Parameters
    ----------
    recording : Recording
    """
    grid = grids_of_units(recording.units)
    over = {number: each.muscle for number, each in enumerate(recording.grids, start=1)}
    # Where only some are named, the others may be of any muscle.
    partly = any(
        any(named) and not all(named)
        for named in (recording.units.muscles, [each.muscle for each in recording.grids])
    )
    whole = "" if partly else recording.muscle
    return tuple(
        own.strip() or over.get(number, "").strip() or whole.strip()
        for own, number in zip(recording.units.muscles, grid, strict=True)
    )


def grids_of_units(units: MotorUnits) -> tuple[int, ...]:
    """Return the grid that sees each unit, from 1; 0 where it is not known.

    Parameters
    ----------
    units : MotorUnits
    """
    if units not in _GRIDS:
        stated = units.quality.get("grid")
        numbers = [0] * len(units) if stated is None else np.nan_to_num(stated, nan=0.0).tolist()
        _GRIDS[units] = tuple(int(number) if number >= 1 else 0 for number in numbers)
    return _GRIDS[units]


def units_of_muscle(recording: Recording, muscle: str) -> Recording:
    """Return a recording of the units of one muscle alone, each of them once.

    Parameters
    ----------
    recording : Recording
    muscle : str
        As the recording names it.
    """
    pools = pools_of(recording)
    mine = [_key(pools.muscle_of(unit)) == _key(muscle) for unit in range(len(recording.units))]
    keep = np.flatnonzero((pools.of >= 0) & np.array(mine, dtype=bool))
    units = recording.units.select(keep.tolist())
    # The numbers of grids count all of them, of which those over other muscles go.
    quality = {name: values for name, values in units.quality.items() if name != "grid"}
    units = replace(units, muscles=(muscle,) * len(keep), quality=quality)
    return replace(recording, units=units, grids=(), muscle=muscle)


def once_each(recording: Recording) -> Recording:
    """Return the recording without units that another grid over their muscle sees better.

    Parameters
    ----------
    recording : Recording
    """
    pools = pools_of(recording)
    if not pools.copies:
        return recording
    keep = np.flatnonzero(pools.of >= 0).tolist()
    return replace(recording, units=recording.units.select(keep))


def with_copies_flagged(recording: Recording) -> Recording:
    """Return the recording with a flag on each unit that another grid over its muscle sees better.

    Parameters
    ----------
    recording : Recording
    """
    copies = pools_of(recording).copies
    if not copies:
        return recording
    units = recording.units
    flags = list(units.flags)
    for unit, kept in copies.items():
        words = f"the same unit as {units.labels[kept]}, {why_kept(recording, unit, kept)}"
        # A recording that was saved and read again has said so already.
        if words not in flags[unit]:
            flags[unit] = "; ".join(filter(None, [flags[unit], words]))
    return replace(recording, units=replace(units, flags=tuple(flags)))


def why_kept(recording: Recording, unit: int, kept: int) -> str:
    """Return why the other of two trains of one unit is kept, in words.

    Parameters
    ----------
    recording : Recording
    unit, kept : int
        Counted from 0.
    """
    grid = grids_of_units(recording.units)
    return OTHER_GRID if _apart(grid, unit, kept) else SAME_GRID


def _apart(grid: Sequence[int], one: int, other: int) -> bool:
    return bool(grid[one] and grid[other]) and grid[one] != grid[other]


def _grids_unnamed(recording: Recording, keys: Sequence[str]) -> int:
    """Return how many grids saw the units without a muscle: as stated, else all there are."""
    grid = grids_of_units(recording.units)
    unknown = [grid[unit] for unit, key in enumerate(keys) if not key]
    stated = len(set(unknown) - {0})
    return stated or (len(recording.grids) if unknown else 0)


def _key(muscle: str) -> str:
    return " ".join(muscle.casefold().split())


def _seen_by_grids(units: MotorUnits, of: NDArray[np.intp]) -> tuple[dict[int, int], int]:
    """Return what `_copies` finds, and how many units were not compared with all others."""
    known, pools = _SEEN.setdefault(units, {}), of.tobytes()
    if pools not in known:
        search = Search(units)
        known[pools] = _copies(units, of, search), search.unsearched
    copies, unsearched = known[pools]
    return dict(copies), unsearched


def _copies(units: MotorUnits, of: NDArray[np.intp], search: Search) -> dict[int, int]:
    """Return the units that repeat a better one of their muscle on another grid, and that one."""
    grid = grids_of_units(units)
    copies: dict[int, int] = {}
    for pool in range(int(of.max(initial=-1)) + 1):
        inside = np.flatnonzero(of == pool).tolist()
        members = [unit for unit in inside if len(units[unit]) > 1]
        if len({grid[unit] for unit in members if grid[unit]}) > 1:
            copies |= _repeated(units, members, grid, search)
    return copies


def _repeats(units: MotorUnits, of: NDArray[np.intp]) -> tuple[dict[int, int], int]:
    """Return the units of one grid whose discharges are those of an earlier unit, and that one.

    And how many of them were not compared with all others.
    """
    # Reading, checking and estimating ask for those of the same units.
    known = _KNOWN.setdefault(units, {})
    pools = of.tobytes()
    if pools not in known:
        search = Search(units)
        known[pools] = _found_repeats(units, of, search), search.unsearched
    repeats, unsearched = known[pools]
    return dict(repeats), unsearched


def _found_repeats(
    units: MotorUnits, of: NDArray[np.intp], search: Search | None = None
) -> dict[int, int]:
    search = search or Search(units)
    grid = grids_of_units(units)
    fs_hz = max(units.fs_hz or 0.0, _LEAST_FS_HZ)
    trains = [np.rint(t * fs_hz).astype(np.int64) for t in units]
    tolerance, shift = round(_REPEAT_S * fs_hz), round(_SHIFT_S * fs_hz)
    reach = [shift if _irregular(times_s) else 0 for times_s in units]
    sizes = np.array([len(train) for train in trains])
    earlier, same = Gathered(tolerance, shift), Alike(units)
    repeats: dict[int, int] = {}
    for i, train in enumerate(trains):
        if _too_dense(units[i]):
            continue
        for k in search.among(i, train, earlier, same, partial(_enough, sizes, len(train))):
            # Units of one muscle that two grids see are another matter.
            if of[i] == of[k] and _apart(grid, i, k):
                continue
            lag = min(reach[i], reach[k]) if of[i] == of[k] else 0
            if agreement(trains[k], train, tolerance, lag).rate >= _REPEAT:
                repeats[i] = k
                break
        else:
            earlier.add(i, train)
            same.add(i)
    return repeats


def _enough(sizes: Array, size: int) -> Array:
    """Return how many discharges in common make a train of this size that of each unit."""
    few, many = np.minimum(sizes, size), np.maximum(sizes, size)
    common = _REPEAT * (sizes + size) / (1 + _REPEAT)
    return np.where(few >= np.maximum(_FEWEST, _REPEAT * many), common - 1e-6, np.inf)


def _too_dense(times_s: FloatArray) -> bool:
    """Whether these are no discharges at all, of which any two trains would agree."""
    return len(times_s) > 1 and len(times_s) > _MOST_PPS * float(times_s[-1] - times_s[0])


def _irregular(times_s: FloatArray) -> bool:
    """Whether intervals vary so much that they tell a train from others."""
    return len(times_s) > 1 and float(np.std(np.diff(times_s))) > _CLOCKWORK_S


def delay_s(units: MotorUnits, unit: int, kept: int) -> float:
    """Return by how much a copy of a unit comes later than the one that is kept.

    Parameters
    ----------
    units : MotorUnits
    unit, kept : int
        Counted from 0.
    """
    one, other = (np.rint(units[each] * _LEAST_FS_HZ).astype(np.int64) for each in (kept, unit))
    tolerance, shift = round(_REPEAT_S * _LEAST_FS_HZ), round(_SHIFT_S * _LEAST_FS_HZ)
    return agreement(one, other, tolerance, shift).lag / _LEAST_FS_HZ


def _repeated(
    units: MotorUnits, members: Sequence[int], grid: Sequence[int], search: Search
) -> dict[int, int]:
    fs_hz = units.fs_hz or 1 / _SAME_S
    trains = {unit: np.rint(units[unit] * fs_hz).astype(np.int64) for unit in members}
    rules = (_AGREEMENT, max(1, round(_SAME_S * fs_hz)), round(_DELAY_S * fs_hz))
    sizes = np.array([len(each) for each in units])
    gathered, same = Gathered(rules[1], rules[2]), Alike(units)
    # The better of two that agree stays.
    place: dict[int, int] = {}
    copies: dict[int, int] = {}
    for unit in sorted(members, key=lambda unit: _worth(units, unit), reverse=True):
        train = trains[unit]
        least = partial(_shared, sizes, len(train))
        found = search.among(unit, train, gathered, same, least)
        rivals = sorted((r for r in found if grid[r] != grid[unit]), key=place.__getitem__)
        # The first of two stays, so that a rival that agrees leaves nothing of the second.
        seen = (r for r in rivals if len(distinct([trains[r], train], [1, 0], *rules)) < 2)
        twin = next(seen, None)
        if twin is None:
            place[unit] = len(place)
            gathered.add(unit, train)
            same.add(unit)
        else:
            copies[unit] = twin
    return dict(sorted(copies.items()))


def _shared(sizes: Array, size: int) -> Array:
    """Return how many discharges two grids must see both, of a train of this size and each unit."""
    return np.asarray(_AGREEMENT * (sizes + size) / (1 + _AGREEMENT) - 1e-6)


def _worth(units: MotorUnits, unit: int) -> tuple[float, ...]:
    """Return by what the better of two trains is known; of two alike the first of the file."""
    quality = [units.quality.get(name) for name in ("confidence", "silhouette", "pnr_db")]
    known = [float(np.nan_to_num(each[unit], nan=-1.0)) for each in quality if each is not None]
    return (float(not units.flags[unit]), *known, float(len(units[unit])), float(-unit))
