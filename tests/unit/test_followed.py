"""A contraction that missed its target is said to have."""

from __future__ import annotations

import numpy as np
import pytest

import renshaw as rs
from renshaw.estimation.followed import missed_target

RAMP = rs.Trapezoid(peak_pct_mvc=20.0, rise_s=4.0, hold_s=6.0, fall_s=4.0)
TIMES_s = np.arange(round(RAMP.duration_s * 100)) / 100
ASKED = RAMP.effort_pct_mvc(TIMES_s)


def recorded(torque: np.ndarray, *, unit: str = "% MVC", target: bool = True) -> rs.Recording:
    signals = {"torque": rs.Signal(torque, 100.0, unit)}
    if target:
        signals["target"] = rs.Signal(ASKED, 100.0, "% MVC")
    units = rs.MotorUnits((np.arange(2.0, 12.0, 0.1),), (0.0, RAMP.duration_s))
    return rs.Recording(units, signals, name="trial")


@pytest.mark.parametrize("share", [0.7, 1.3])
def test_torque_beyond_a_tenth_of_the_target_is_said(share: float) -> None:
    recording = recorded(share * ASKED)
    said = missed_target(recording)
    assert said is not None and f"{20 * share:.3g} % MVC on average, 20 were asked for" in said
    assert f"trial: {said}" in rs.estimate(recording).notes


@pytest.mark.parametrize(
    "recording",
    [
        recorded(0.95 * ASKED),
        recorded(0.5 * ASKED, target=False),
        recorded(0.5 * ASKED, unit="Nm"),
        recorded(np.full(len(ASKED), np.nan)),
    ],
    ids=["near enough", "no target", "another unit", "no torque"],
)
def test_nothing_is_said_otherwise(recording: rs.Recording) -> None:
    assert missed_target(recording) is None


def test_a_weak_person_misses_it_with_all_the_drive_there_is() -> None:
    weak = rs.Participant(n_units=8).treated(largest_drive=0.1)
    asked = rs.Trapezoid(peak_pct_mvc=60.0, rise_s=2.0, hold_s=3.0, fall_s=2.0)
    firm = rs.experiment.TorqueTrackingSettings(
        practice=2, gain=0.2, gain_per_s=0.5, learning_gain=0.3
    )
    said = missed_target(rs.simulate(weak, asked, seed=1, tracking=firm))
    assert said is not None and said.endswith(", with all the drive there is.")
