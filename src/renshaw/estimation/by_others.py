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

_FAILED = Cause("measurement_failed", "its measurement failed: {}", name="its measurement failed")
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
    except (Exception, SystemExit) as error:
        return [row for each in quantities for row in _failed(each, recording, error)]
    return [row for each in quantities for row in _rows(each, recording, found)]


def _rows(quantity: Quantity, recording: Recording, found: Any) -> Iterable[Estimate]:
    """Return what was measured of one quantity as rows."""
    try:
        return list(_read(quantity, recording, found))
    except Exception as error:
        return _failed(quantity, recording, error)


def _read(quantity: Quantity, recording: Recording, found: Any) -> Iterable[Estimate]:
    n = len(recording.units)
    if found is None or isinstance(found, str | Reason):
        return _refused(quantity, recording, _why(found))
    if quantity.of == "recording":
        return [_row(quantity, recording, 0, 0, found)]
    if quantity.of == "pair":
        if not isinstance(found, Mapping):
            raise TypeError("pairs need a mapping of (test unit, control unit) to values")
        pairs = {(int(test), int(control)): value for (test, control), value in found.items()}
        if any(not 1 <= unit <= n for pair in pairs for unit in pair):
            raise ValueError(f"a pair has a unit that is not among the {n} units")
        if any(test == control for test, control in pairs):
            raise ValueError("a pair is of two units, not of one and the same")
        return [_row(quantity, recording, *pair, value) for pair, value in pairs.items()]
    values = list(found)
    if len(values) != n:
        raise ValueError(f"{len(values)} values for {n} units")
    return [_row(quantity, recording, k + 1, 0, value) for k, value in enumerate(values)]


def _row(quantity: Quantity, recording: Recording, unit: int, control: int, found: Any) -> Estimate:
    """Return a row of a number, or of the words or the reason why there is none."""
    why, value = NO_REASONS, float("nan")
    if found is None or isinstance(found, str | Reason):
        why = _why(found)
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


def _why(said: str | Reason | None) -> Reasons:
    """Return why there is no number, as it was said."""
    if said is None:
        return _NOT_FINITE()
    return Reasons((Reason("not_measured", said) if isinstance(said, str) else said,))


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


def _failed(quantity: Quantity, recording: Recording, error: BaseException) -> list[Estimate]:
    """Return a row of everything that could have had a value, with what went wrong."""
    said = " ".join(f"{type(error).__name__}: {error}".split())
    return list(_refused(quantity, recording, _FAILED(said.removesuffix(":"))))


def _refused(quantity: Quantity, recording: Recording, why: Reasons) -> Iterable[Estimate]:
    """Return a row of everything that could have had a value."""
    units = range(1, len(recording.units) + 1) if quantity.of == "unit" else range(0)
    return [
        quantity.row(recording.name, float("nan"), unit=unit, ok=False, reasons=why)
        for unit in units or [0]
    ]
