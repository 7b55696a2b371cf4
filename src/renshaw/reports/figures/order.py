"""The order in which units are drawn: as they were recruited."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from renshaw.data.motor_units import MotorUnits


def by_recruitment(units: MotorUnits) -> list[int]:
    """Return unit indices (0-based), first recruited first; silent units come last."""
    first = [t[0] if len(t) else np.inf for t in units.times_s]
    return sorted(range(len(units)), key=lambda i: (first[i], i))
