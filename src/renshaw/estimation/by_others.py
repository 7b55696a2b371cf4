"""Quantities that other packages measure: what they give is checked, and a fault in it is named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from renshaw.data.estimates import Estimate
from renshaw.data.reasons import NO_REASONS, Cause, Reason, Reasons
from renshaw.data.recording import Recording
from renshaw.estimation.quantity import Quantity
from renshaw.estimation.recorded import confidence_of, flag_of
from renshaw.estimation.settings import EstimateSettings
from renshaw.estimation.smoothing import SmoothedRate

_FAILED = Cause("measurement_failed", "its measurement failed: {}")
_NOT_FINITE = Cause("not_measured", "no finite number was measured")


def rows_by_others(
    quantities: Sequence[Quantity],
    recording: Recording,
    smoothed: Sequence[SmoothedRate],
    settings: EstimateSettings,
) -> list[Estimate]:
    """Return the rows of quantities of another package, which one function measures.

    Whatever goes wrong in it becomes the reason of each of its rows, so that all others are
    measured all the same.
    """
    first = quantities[0]
    try:
        if first.rows is not None:
            return _checked(first.rows(recording, smoothed, settings), quantities, recording)
        assert first.measure is not None
        found = first.measure(recording, smoothed, settings)
        return [row for each in quantities for row in _rows(each, recording, found)]
    except Exception as error:
        why = _FAILED(f"{type(error).__name__}: {error}".removesuffix(": "))
        return [row for each in quantities for row in _refused(each, recording, why)]


def _rows(quantity: Quantity, recording: Recording, found: Any) -> Iterable[Estimate]:
    """Return what was measured of one quantity as rows."""
    n = len(recording.units)
    if quantity.of == "recording":
        return [_row(quantity, recording, 0, 0, found)]
    if quantity.of == "pair":
        if not isinstance(found, Mapping):
            raise TypeError("pairs need a mapping of (test unit, control unit) to values")
        pairs = {(int(test), int(control)): value for (test, control), value in found.items()}
        if any(not 1 <= unit <= n for pair in pairs for unit in pair):
            raise ValueError(f"a pair has a unit that is not among the {n} units")
        return [_row(quantity, recording, *pair, value) for pair, value in pairs.items()]
    values = list(found)
    if len(values) != n:
        raise ValueError(f"{len(values)} values for {n} units")
    return [_row(quantity, recording, k + 1, 0, value) for k, value in enumerate(values)]


def _row(quantity: Quantity, recording: Recording, unit: int, control: int, found: Any) -> Estimate:
    """Return a row of a number, or of the words or the reason why there is none."""
    if isinstance(found, str):
        found = Reason("not_measured", found)
    why, value = NO_REASONS, float("nan")
    if isinstance(found, Reason):
        why = Reasons((found,))
    else:
        value = float(found)
        if not np.isfinite(value):
            why, value = _NOT_FINITE(), float("nan")
    ok = not why
    for each in filter(None, (unit, control)):
        what = "reader" if not control else f"reader on unit {each}"
        why += flag_of(recording.units, each - 1, what)
        ok = ok and bool(confidence_of(recording.units)[each - 1] > 0)
    return quantity.row(recording.name, value, unit=unit, control=control, ok=ok, reasons=why)


def _checked(
    rows: Sequence[Any], quantities: Sequence[Quantity], recording: Recording
) -> list[Estimate]:
    """Return rows that another package has made, if they are rows of its quantities."""
    known = {quantity.name for quantity in quantities}
    for row in rows:
        if not isinstance(row, Estimate) or row.quantity not in known:
            raise TypeError(f"{row!r} is no row of {', '.join(sorted(known))}")
        if row.recording != recording.name or not 0 <= row.unit <= len(recording.units):
            raise ValueError(f"{row!r} is of another recording or unit")
    return list(rows)


def _refused(quantity: Quantity, recording: Recording, why: Reasons) -> Iterable[Estimate]:
    """Return a row of everything that could have had a value."""
    units = range(1, len(recording.units) + 1) if quantity.of == "unit" else range(0)
    return [
        quantity.row(recording.name, float("nan"), unit=unit, ok=False, reasons=why)
        for unit in units or [0]
    ]
