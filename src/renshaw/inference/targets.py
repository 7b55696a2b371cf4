"""What is inferred: the cord, the drive it was given, traits of the pool, and what was seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renshaw.experiment.observation import ObservationSettings
from renshaw.inference.prior import TRAIT, Case, more_than_usual
from renshaw.inference.simulation import Contraction, DRIVE_hz, KEPT_hz

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Parameter:
    """One number that a posterior is about."""

    name: str
    unit: str
    sentence: str
    kind: str


PARAMETERS = (
    Parameter(
        "neuromodulation",
        "published = 1",
        "scale of the L-type conductance during the contraction",
        "state",
    ),
    Parameter("inhibition", "1e-5 S/cm2", "tonic synaptic inhibition, M_i", "state"),
    Parameter(
        "inhibition_per_drive",
        "",
        "inhibition that changes with drive (positive: proportional, negative: push-pull)",
        "state",
    ),
    Parameter("peak_drive", "1e-5 S/cm2", "highest descending drive, M_e", "drive"),
    Parameter(
        "drive_half_up_pct",
        "% of peak",
        "drive at half the peak torque on the way up (50: linear)",
        "drive",
    ),
    Parameter(
        "drive_half_down_pct",
        "% of peak",
        "drive at half the peak torque on the way down (50: linear)",
        "drive",
    ),
    Parameter("ahp_scale", "usual = 1", "duration of the afterhyperpolarization", "pool"),
    Parameter("pic_shift_mV", "mV", "shift of the L-type activation", "pool"),
    Parameter("synaptic_noise", "usual = 1", "size of synaptic fluctuations", "pool"),
    Parameter("largest_drive", "1e-5 S/cm2", "drive in a maximal effort, M_e", "pool"),
    Parameter(
        "size_advantage",
        "log odds",
        "how much likelier the last recruited unit is found than the first",
        "view",
    ),
)
NAMES = tuple(parameter.name for parameter in PARAMETERS)
PARAMETER = {parameter.name: parameter for parameter in PARAMETERS}

_SMOOTH_s = 0.5


def targets(
    case: Case, done: Contraction, seen_by: ObservationSettings, *, after: bool
) -> FloatArray:
    """Return the true values of `PARAMETERS` in one contraction, shape (parameters,)."""
    who = case.participant
    peak = case.ramp.peak_pct_mvc
    in_task = who.neuromodulation + more_than_usual(who.muscle, peak)
    values = {
        "neuromodulation": in_task + after * case.neuromodulation_change,
        "inhibition": who.inhibition + after * (case.inhibition_change + done.added_inhibition),
        "inhibition_per_drive": who.inhibition_per_drive,
        "ahp_scale": who.ahp_scale,
        "pic_shift_mV": who.pic_shift_mV,
        "synaptic_noise": case.synaptic_noise,
        "largest_drive": who.largest_drive,
        "size_advantage": seen_by.size_advantage,
        **_drive_shape(done),
    }
    return np.array([values[name] for name in NAMES])


def bounds(name: str) -> tuple[float, float]:
    """Return the least and the greatest value that a parameter can have."""
    if name in TRAIT:
        return TRAIT[name].low, TRAIT[name].high
    return (0.0, 100.0) if name.endswith("_pct") else (0.0, TRAIT["largest_drive"].high)


def _drive_shape(done: Contraction) -> dict[str, float]:
    torque = _smoothed(done.torque_pct_mvc, KEPT_hz)
    drive = _smoothed(done.drive, DRIVE_hz)
    drive_s = np.arange(len(drive)) / DRIVE_hz
    high = np.flatnonzero(torque >= torque.max() / 2)
    halves_s = np.array([high[0], high[-1]]) / KEPT_hz
    up, down = np.interp(halves_s, drive_s, drive)
    peak = max(float(drive.max()), 1e-9)
    return {
        "peak_drive": peak,
        "drive_half_up_pct": float(100 * up / peak),
        "drive_half_down_pct": float(100 * down / peak),
    }


def _smoothed(values: FloatArray, fs_hz: float) -> FloatArray:
    width = round(_SMOOTH_s * fs_hz)
    window = np.hanning(width + 2)[1:-1]
    padded = np.pad(values, (width // 2, width - 1 - width // 2), mode="edge")
    return np.convolve(padded, window / window.sum(), mode="valid")
