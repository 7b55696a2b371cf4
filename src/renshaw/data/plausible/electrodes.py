"""Raw EMG that no electrode gives: dead grids, and amplitudes in another unit."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from renshaw.core.numbers import number
from renshaw.data.reasons import Cause
from renshaw.data.recording import Recording
from renshaw.data.suspicion import CHECKS, Check, Suspicion

# A thousandth of a second's samples of each channel tell a dead one from a live one.
_MOST_SAMPLES = 20_000
# Surface EMG is 1 to 5,000 uV; amplifiers give some noise of 1 uV at least.
_LEAST_UV, _MOST_UV = 0.05, 50_000.0

_DEAD = Cause("grid_dead", "all {} channels of {} are flat: was it connected?")
_UNIT = Cause("emg_unit", "the EMG is typically {} uV: is it in another unit than the file says?")


def _looks(recording: Recording) -> Iterable[Suspicion]:
    emg = recording.signals.get("emg")
    if emg is None or emg.values.ndim != 2 or not emg.values.size or recording.simulated:
        return
    step = max(1, len(emg) // _MOST_SAMPLES)
    values = np.asarray(emg.values[::step], dtype=float)
    values = np.where(np.isfinite(values), values, 0.0)
    spread = np.ptp(values, axis=0)
    dead = spread == 0
    grids = [(grid.name or "the grid", list(grid.channels)) for grid in recording.grids]
    for name, channels in grids or [("the EMG", list(range(values.shape[1])))]:
        if channels and dead[channels].all():
            yield Suspicion(
                why=_DEAD(len(channels), name),
                cure="Export the recording again with the grid that was used.",
            )
    if emg.unit == "uV" and not dead.all():
        typical = float(np.median(np.std(values[:, ~dead], axis=0)))
        if not _LEAST_UV <= typical <= _MOST_UV:
            yield Suspicion(
                why=_UNIT(number(typical) if typical > 0.001 else f"{typical:.1e}"),
                cure="Shapes and times stand, amplitudes don't.",
            )


EMG = CHECKS.add(Check("emg", "electrodes see 0.05 uV to 50 mV", _looks, 30))
