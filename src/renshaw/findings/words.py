"""The names that a reader sees for quantities."""

from __future__ import annotations

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


def title_of_group(result: StudyResult, group: Group) -> str:
    """Return what the page calls an arm, with the protocol where it did several."""
    several = sum(other.arm == group.arm for other in result.groups) > 1
    return f"{group.arm}, {group.protocol}" if several else group.arm
