"""What pools mean for estimates: copies of units don't count, and who reads a mean is told of what.

Which units make a pool is a fact of the recording (`renshaw.data.pools`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from renshaw.core.errors import DataError
from renshaw.core.numbers import counted, number
from renshaw.data.estimates import Estimate
from renshaw.data.pools import Pools, pools_of, why_kept
from renshaw.data.reasons import NO_REASONS, Cause, Reasons
from renshaw.data.recording import Recording

COPY = Cause("copy_of_unit", "the same unit as {}, {}", name="the same unit as another one")
_SEVERAL = Cause(
    "several_muscles",
    "pairs are made within a muscle; {}",
    name="pairs are made within each of several muscles",
)
_UNNAMED = Cause(
    "muscles_unnamed",
    "the units come from {} grids whose muscles are not named, and are paired across them as if "
    "they were of one muscle: name the muscles if they are not",
    name="units of several grids whose muscles are not named",
)
_UNASSIGNED = Cause(
    "muscles_unassigned",
    "{} were recorded, but it is not known of which of them each unit is: pairs may be of two "
    "muscles",
    name="it is not known of which muscle each unit is",
)
_COPIES = Cause(
    "copies_left_out",
    "{} there twice, counted once",
    name="units that are there twice, counted once",
)


MEAN_REMARKS = tuple(cause.code for cause in (_SEVERAL, _UNNAMED, _UNASSIGNED, _COPIES))


def without_copies(rows: Iterable[Estimate], recording: Recording) -> list[Estimate]:
    """Return estimates in which a unit that two grids see counts once.

    Parameters
    ----------
    rows : iterable of Estimate
    recording : Recording
    """
    copies = pools_of(recording).copies
    labels = recording.units.labels
    marked = []
    for row in rows:
        if row.unit - 1 in copies:
            kept = copies[row.unit - 1]
            why = COPY(labels[kept], why_kept(recording, row.unit - 1, kept))
            row = row._replace(ok=False, reasons=why + row.reasons)
        marked.append(row)
    return marked


def with_labels(rows: Iterable[Estimate], recording: Recording) -> list[Estimate]:
    """Return estimates that say what the file calls their units.

    Parameters
    ----------
    rows : iterable of Estimate
    recording : Recording
    """
    called = ("", *recording.units.labels)

    def label(unit: int) -> str:
        return called[unit] if 0 <= unit < len(called) else ""

    return [row._replace(label=label(row.unit), control_label=label(row.control)) for row in rows]


def remarks_on(pools: Pools, recording: Recording, of_units: Sequence[Estimate]) -> Reasons:
    """Return what to know of a mean ΔF over all units; nothing where all are of one muscle.

    Parameters
    ----------
    pools : Pools
    recording : Recording
    of_units : sequence of Estimate
        ΔF of every unit.
    """
    said = NO_REASONS
    if len(pools) > 1:
        said += _SEVERAL("; ".join(_means(pools, of_units)))
    unknown = any(not muscle for muscle in pools.muscles)
    if unknown and len(recording.muscles) > 1:
        said += _UNASSIGNED(" and ".join(recording.muscles))
    elif pools.grids > 1:
        said += _UNNAMED(pools.grids)
    if pools.copies:
        said += _COPIES(counted(len(pools.copies), "unit is", "units are"))
    return said


def _means(pools: Pools, of_units: Sequence[Estimate]) -> list[str]:
    """Return the mean ΔF of each muscle, in words."""
    words = []
    for pool, muscle in enumerate(pools.muscles):
        values = [
            row.value
            for row, mine in zip(of_units, pools.of, strict=True)
            if mine == pool and row.ok
        ]
        name = muscle or "muscle not known"
        mean = f"{number(float(np.mean(values)))} pps" if values else "none"
        words.append(f"{name}: mean ΔF {mean} ({counted(len(values), 'test unit')})")
    return words


def two_muscles(recording: Recording, test: int, control: int) -> None:
    """Refuse a pair of units that can't gauge each other.

    Parameters
    ----------
    recording : Recording
    test, control : int
        Units, counted from 1.

    Raises
    ------
    DataError
        They are of two muscles, or one of them repeats another unit.
    """
    pools = pools_of(recording)
    labels = recording.units.labels
    for unit in (test - 1, control - 1):
        if unit in pools.copies:
            better = pools.copies[unit]
            why, kept = why_kept(recording, unit, better), labels[better]
            raise DataError(
                f"Unit {labels[unit]} is the same unit as {kept}, {why}: ask for {kept}."
            )
    if pools.of[test - 1] != pools.of[control - 1]:
        one, other = (
            f"{labels[unit - 1]} ({pools.muscle_of(unit - 1) or 'muscle not known'})"
            for unit in (test, control)
        )
        raise DataError(
            f"Units {one} and {other} are of two muscles; ΔF needs two units of one muscle."
        )
