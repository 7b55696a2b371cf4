"""The names that a reader sees for quantities and numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from renshaw.study.result import Group, StudyResult

TITLES = {
    "delta_f": "ΔF of the unit",
    "delta_f_pair": "ΔF of the pair",
    "delta_f_pair_normalized": "ΔF, normalized",
    "rate_rate_r": "Rate–rate r",
    "recruitment_gap": "Recruitment gap",
    "control_modulation": "Control modulation",
    "recruitment_time": "Recruitment time",
    "derecruitment_time": "Derecruitment time",
    "recruitment_torque": "Recruitment torque",
    "derecruitment_torque": "Derecruitment torque",
    "torque_hysteresis": "Torque hysteresis",
    "recruitment_rate": "Rate at recruitment",
    "peak_rate": "Peak rate",
    "derecruitment_rate": "Rate at derecruitment",
    "brace_height": "Brace height",
    "acceleration_slope": "Acceleration slope",
    "attenuation_slope": "Attenuation slope",
    "brace_angle": "Brace angle",
    "self_sustained_duration": "Self-sustained firing",
    "cov_isi": "CoV of intervals",
    "n_units": "Units that fired",
    "delta_f_mean": "Mean ΔF",
    "delta_f_yield": "Firing units with a ΔF",
    "torque_bout": "Torque in the first bout",
    "torque_vib": "Torque during vibration, T vib",
    "torque_vib_increase": "Increase since the first bout",
    "torque_sust": "Sustained torque, T sust",
    "responder": "Responder (1: torque is sustained)",
    "emg_vib": "EMG during vibration",
    "emg_sust": "Sustained EMG",
    "spasm_duration": "Duration of the spasm",
    "spasm_torque_integral": "Torque-time integral",
    "spasm_units": "Units that fire on",
    "spasm_mean_rate": "Mean rate",
    "spasm_peak_rate": "Mean peak rate",
    "spasm_stopped": "Stopped by inhibition (1: yes)",
}


def title_of(quantity: str) -> str:
    """Return the name of a quantity as a heading; unknown ones in plain words."""
    return TITLES.get(quantity) or quantity.replace("_", " ").capitalize()


def number(value: float, digits: int = 3) -> str:
    """Return a number for a table cell: about three figures, a real minus sign, – for no value."""
    if value is None or not math.isfinite(value):
        return "–"
    if value == int(value) and abs(value) < 1e6:
        return f"{int(value)}".replace("-", "−")
    size = max(0, math.floor(math.log10(abs(value))) + 1)
    return f"{value:.{max(0, min(digits, digits - size))}f}".replace("-", "−")


def signed(value: float, digits: int = 2) -> str:
    """Return a difference with its sign."""
    if value is None or not math.isfinite(value):
        return "–"
    return f"{value:+.{digits}f}".replace("-", "−")


def p_words(p: float) -> str:
    """Return a p-value as journals print it."""
    if p is None or not math.isfinite(p):
        return "–"
    return "< .001" if p < 0.001 else f"{p:.{2 if p >= 0.1 else 3}f}".removeprefix("0")


def title_of_group(result: StudyResult, group: Group) -> str:
    """Return what the page calls an arm, with the protocol where it did several."""
    several = sum(other.arm == group.arm for other in result.groups) > 1
    return f"{group.arm}, {group.protocol}" if several else group.arm


def unbroken(words: str) -> str:
    """Return words that stay on one line: on paper, narrow columns break cells at spaces."""
    return words.replace(" ", "\N{NO-BREAK SPACE}")
