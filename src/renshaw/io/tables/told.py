"""Whether a table of discharges gives units back as they are: its labels alone tell them apart."""

from __future__ import annotations

import numpy as np

from renshaw.core.cells import safe_cell
from renshaw.core.errors import DataError
from renshaw.data.motor_units import MotorUnits
from renshaw.io.containers import table
from renshaw.io.limits import LONGEST_RECORDING_S
from renshaw.io.tables.footers import is_total

_CURE = "Give each unit a label of its own, or write .h5, which holds any."


def refuse_untold(units: MotorUnits, head: str) -> None:
    """Refuse units that would be read as fewer, or not at all, from a row a discharge.

    Parameters
    ----------
    units : MotorUnits
    head : str
        Head of the column of labels.

    Raises
    ------
    DataError
        Labels that the reader takes for none, or for one; times that it takes for those of a clock.
    """
    first: dict[str, str] = {}
    for written in units.labels:
        name = table.label(safe_cell(written))
        if name.lower() in table.MISSING or is_total(name) or name.casefold() == head:
            raise DataError(
                f"A unit is called {written!r}, which a table takes for no unit.",
                code="data.label",
                value=written,
                hint=_CURE,
            )
        if name in first:
            same = f"Units called {first[name]!r} and {written!r} would be one unit in a table."
            raise DataError(same, code="data.label", value=written, hint=_CURE)
        first[name] = written
    times = np.concatenate([np.zeros(0), *units.times_s])
    if times.size and np.abs(times).max() > LONGEST_RECORDING_S:
        raise DataError(
            f"A discharge comes at {times[np.abs(times).argmax()]:g} s, over a month from 0; a "
            "table would not be read again.",
            code="data.times",
            hint="Subtract the start of the recording, or write .h5.",
        )
