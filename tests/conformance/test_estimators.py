"""One battery for every estimator, smoother and rule set: hostile recordings, no crash, no warning.

Warnings are errors in all tests, so that a silent NaN arithmetic would fail here.
"""

from __future__ import annotations

import numpy as np
import pytest

from renshaw.data.motor_units import MotorUnits
from renshaw.data.pools import pools_of
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.estimation import RULES, EstimateSettings, SmoothingSettings, estimate
from renshaw.estimation.multiverse import MultiverseSettings, multiverse
from renshaw.estimation.quantity import measured_together
from renshaw.estimation.settings import SMOOTHER_NAMES, DeltaFSettings
from renshaw.estimation.smoothing import smoothed_rates

STEADY = np.arange(1, 19, 0.1)
WOBBLY = 2 + np.cumsum(0.09 + 0.03 * np.sin(np.arange(160) / 7))
TORQUE = Signal(10 - np.abs(np.arange(400) / 20 - 10), 20.0, "% MVC")

TRAINS: dict[str, list[np.ndarray]] = {
    "no units": [],
    "one unit": [WOBBLY],
    "one silent unit": [np.array([])],
    "0, 1, 2 and 3 discharges": [
        np.array([]),
        np.array([3.0]),
        np.array([3.0, 3.1]),
        np.array([3.0, 3.1, 3.25]),
        WOBBLY,
        STEADY,
    ],
    "only units with one discharge": [np.array([1.0]), np.array([2.0])],
    "two units alike": [WOBBLY, WOBBLY],
    "perfectly regular": [STEADY, STEADY[20:-20]],
    "a long silence": [np.concatenate([STEADY[:60], STEADY[120:]]), WOBBLY],
    "many silences": [np.arange(1, 19, 1.5), WOBBLY, np.concatenate([[0.1, 0.2], WOBBLY + 1])],
    "never together": [STEADY[:40], STEADY[60:120], STEADY[-20:]],
    "at the edges of the window": [np.linspace(0, 20, 150), np.linspace(0, 20, 90)],
    "absurdly fast": [np.arange(1, 1.01, 1e-5), WOBBLY],
    "negative times": [STEADY - 5, WOBBLY - 5],
}
TORQUES: dict[str, Signal | None] = {
    "none": None,
    "a ramp": TORQUE,
    "all NaN": Signal(np.full(400, np.nan), 20.0),
    "partly NaN": Signal(np.where(np.arange(400) % 50 < 25, np.nan, TORQUE.values), 20.0),
    "empty": Signal(np.array([]), 20.0),
    "constant": Signal(np.full(400, 3.0), 20.0, "N"),
    "negative": Signal(-TORQUE.values, 20.0, "N"),
    "infinite": Signal(np.where(np.arange(400) == 200, np.inf, TORQUE.values), 20.0),
    "too short": Signal(TORQUE.values[:30], 20.0),
    "several channels": Signal(np.ones((400, 2)), 20.0, channels=("a", "b")),
}
SETTINGS: dict[str, EstimateSettings] = {
    **RULES,
    **{
        f"{method}, from 3 discharges on": EstimateSettings(
            smoothing=SmoothingSettings(method=method, discharges_min=3),
            delta_f=DeltaFSettings(recruitment="first", normalization="ctrl_max_desc"),
        )
        for method in SMOOTHER_NAMES
    },
}


def recording_of(trains: str, torque: str = "a ramp") -> Recording:
    times_s = TRAINS[trains]
    starts = [t.min() for t in times_s if len(t)]
    units = MotorUnits(tuple(times_s), (min([0.0, *starts]), 22.0))
    signal = TORQUES[torque]
    return Recording(units, {} if signal is None else {"torque": signal})


def check_rows(recording: Recording, rows: list) -> None:
    n = len(recording.units)
    for row in rows:
        assert row.recording == recording.name
        assert 0 <= row.unit <= n
        assert 0 <= row.control <= n
        assert isinstance(row.value, float)
        assert isinstance(row.ok, bool)
        assert not np.isinf(row.value)
        assert not row.ok or np.isfinite(row.value), row
        assert row.ok or row.reason, row
    keys = [(row.quantity, row.unit, row.control) for row in rows]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("estimator", measured_together("contraction"), ids=lambda e: e.__name__)
@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("trains", TRAINS)
def test_every_estimator_takes_hostile_units(estimator, settings: str, trains: str) -> None:
    recording = recording_of(trains)
    smoothed = smoothed_rates(recording.units, SETTINGS[settings].smoothing)
    check_rows(recording, estimator(recording, smoothed, SETTINGS[settings]))


@pytest.mark.parametrize("torque", TORQUES)
@pytest.mark.parametrize("trains", ["one unit", "0, 1, 2 and 3 discharges", "a long silence"])
def test_every_torque_is_taken(torque: str, trains: str) -> None:
    recording = recording_of(trains, torque)
    check_rows(recording, list(estimate(recording).rows))


@pytest.mark.parametrize("trains", TRAINS)
def test_every_unit_and_pair_keeps_its_row(trains: str) -> None:
    recording = recording_of(trains)
    n = len(recording.units)
    rows = estimate(recording).rows
    assert sum(row.quantity == "delta_f" for row in rows) == n
    assert sum(row.quantity == "peak_rate" for row in rows) == n
    assert sum(row.quantity == "brace_height" for row in rows) == n
    copies = pools_of(recording).copies
    firing = sum(len(t) > 0 and unit not in copies for unit, t in enumerate(recording.units))
    assert sum(row.quantity == "delta_f_pair" for row in rows) == firing * (firing - 1) // 2


@pytest.mark.parametrize("trains", TRAINS)
def test_the_multiverse_takes_hostile_units(trains: str) -> None:
    grid = MultiverseSettings(recruitment_gaps_s=(1.0,), correlations_min=(0.7,))
    every = multiverse(recording_of(trains), grid)
    assert len(every) == 4 * 2 * 2 * 3 * 2
    for universe in every.universes:
        assert np.isfinite(universe.delta_f_mean) == (universe.n_pairs > 0)
