"""Targets: each has a source, a role and a band, and what it needs is simulated."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from renshaw.calibration.targets import targets_in
from renshaw.interventions import Intervention
from renshaw.model.circuits.strengths import table as strengths
from renshaw.model.participant import Participant
from renshaw.model.second_edition.effects import data, spasms, spread, vibstim
from renshaw.validation import roles
from renshaw.validation.people import PEOPLE_TARGETS
from renshaw.validation.series import ramp_to
from renshaw.validation.target import (
    ASSUMED,
    CHECK,
    FITTED,
    PREDICTED,
    ROLES,
    TARGET_GROUPS,
    Target,
    TargetGroup,
    _refuse_odd,
    all_series,
    all_targets,
    all_untestable,
)

TARGETS = all_targets()
SERIES = all_series(5, 2)
TOES = """
from renshaw.study.measures import mean
from renshaw.validation.series import ramps
from renshaw.kinds import Target, TargetGroup

T99 = TargetGroup(
    name="T99",
    rank=99,
    title="Toes",
    series=lambda people, trials: (ramps("toes", "TA", people, trials),),
    targets=(
        Target("T99 toes", "delta F (pps)", "nobody", "predicted", 0, 9, mean("toes", "delta_f")),
    ),
)
"""


@pytest.fixture(scope="module")
def everything() -> pd.DataFrame:
    """Some value for every quantity of every person in every series."""
    rng = np.random.default_rng(0)
    quantities = [
        "delta_f", "peak_rate", "self_sustained_duration", "torque_vib", "torque_sust",
        "responder", "spasm_duration", "spasm_mean_rate", "spasm_stopped", "effort",
        "ahp_duration", "gain_steepest", "pic_late_over_early", "pic_hysteresis_lost",
    ]  # fmt: skip
    reflexes = [
        "latency of H", "H_max/M_max", "M at H_max", "H at 1 Hz", "H at 5 Hz", "H 1 s after H",
        "H 3.33333 s after H", "H 5 s after H", "H 8 s after H", "H 10 s after H",
        "disynaptic (1 to 5 ms)", "D1 (10 to 30 ms)", "D2 (70 to 150 ms)",
        "H 2 s after a slow stretch", "threshold velocity", "slope", "latency", "most beats",
        "frequency", "motoneurons that fire once a beat",
    ]  # fmt: skip
    quantities += reflexes + [f"{test}: {name}" for test in "1234" for name in reflexes]
    rows = [
        (each.name, person, trial, unit, quantity, rng.normal(3, 1), "exact", True)
        for each in SERIES
        for person in range(each.people)
        for trial in range(each.trials)
        for unit in range(1, 4)
        for quantity in quantities
    ]
    columns = ["series", "participant", "trial", "unit", "quantity", "value", "bound", "ok"]
    return pd.DataFrame(rows, columns=columns)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_every_target_has_a_source_a_role_and_a_band(target):
    assert target.source
    assert target.role in ROLES
    assert target.low < target.high
    assert np.isfinite([target.low, target.high]).all()
    assert re.match(r"T\d+|Sweep", target.name)
    assert target.description


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_every_target_is_measured_from_the_series_that_are_simulated(target, everything):
    found = target.measure(everything)
    assert np.isfinite([found.value, found.ci_low, found.ci_high]).all()
    assert found.ci_low <= found.ci_high


def test_every_series_is_needed_by_a_target(everything):
    for each in SERIES:
        without = everything[everything.series != each.name]
        missed = []
        for target in TARGETS:
            # What can't be measured at all may fail in any way; here it only has to be noticed.
            try:
                missed.append(not np.isfinite(target.measure(without).value))
            except (ValueError, KeyError, IndexError):
                missed.append(True)
        assert any(missed), each.name


def test_names_are_unique():
    assert len({target.name for target in TARGETS}) == len(TARGETS)
    assert len({each.name for each in SERIES}) == len(SERIES)


@pytest.mark.parametrize("group", TARGET_GROUPS.values(), ids=lambda group: group.name)
def test_a_group_simulates_what_its_targets_need(group, everything):
    own = everything[everything.series.isin([each.name for each in group.series(5, 2)])]
    for target in group.targets:
        assert np.isfinite(target.measure(own).value), target.name


def test_a_group_of_another_package_is_measured(tmp_path):
    (tmp_path / "toes.py").write_text(TOES)
    info = tmp_path / "toes-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: toes\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[renshaw.targets]\ntoes = toes:T99\n")
    program = (
        "from renshaw.kinds import TARGET_GROUPS\n"
        "from renshaw.validation.target import all_series, all_targets\n"
        "assert list(TARGET_GROUPS)[-1] == 'T99' and not TARGET_GROUPS.skipped\n"
        "assert all_targets()[-1].name == 'T99 toes' and all_series(4, 1)[-1].name == 'toes'\n"
    )
    subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )


def test_all_groups_are_there():
    found = {match[1] for target in TARGETS if (match := re.match(r"T(\d+)", target.name))}
    assert found == {*map(str, range(1, 13)), "21", "24", "27", "28", "29", "30", "31"}


def test_what_can_t_fail_is_not_a_prediction():
    of = {role: {target.name for target in TARGETS if target.role == role} for role in ROLES}
    assert of[ASSUMED] == {
        "T5 relaxation: T_vib",
        "T5 relaxation: T_sust",
        "T6 RI: T_vib",
        "T12 injured: stopped",
        "T28 SOL: in a contraction",
        "T28 SOL injured - healthy",
        "T29 SOL: D1",
        "T29 SOL: D2",
    }
    assert all(name.startswith("Sweep") for name in of[CHECK])
    assert "T6 RI: T_sust" in of[PREDICTED] and of[FITTED]
    odd = Target("T1 x", "x", "nobody", "guessed", 0.0, 1.0, TARGETS[0].measure)
    with pytest.raises(ValueError, match="guessed"):
        _refuse_odd(TargetGroup("T1", 1, "x", lambda people, trials: (), (odd,)))


# Bands of the physiology dossier, point A4, as they were agreed on before anything was fitted.
AGREED = {
    "T1 TA: delta F": (3.9, 4.9),
    "T1 TA: peak rate": (13.0, 16.0),
    "T2 SOL: delta F": (2.4, 3.3),
    "T2 SOL: peak rate": (9.5, 11.5),
    "T3 older TA: delta F": (-2.2, -0.9),
    "T3 older SOL: delta F": (-1.7, -0.7),
    "T3 older TA: peak rate": (-2.5, -1.0),
    "T3 older SOL: peak rate": (-2.5, -1.0),
    "T4 RI TA: delta F": (-0.95, -0.2),
    "T4 RI TA: peak rate": (-0.8, -0.1),
    "T4 RI GM: delta F": (-0.95, -0.2),
    "T4 RI GM: peak rate": (-0.8, -0.1),
    "T5 relaxation GM: delta F": (-0.6, -0.2),
    "T6 RI: T_sust": (-1.0, 1.0),
    "T7 T_vib": (7.0, 10.0),
    "T7 T_vib: spread": (6.0, 9.0),
    "T7 T_sust": (4.0, 5.5),
    "T7 T_sust: spread": (4.0, 6.0),
    "T9 cyproheptadine 10 %: delta F": (-0.99 * 1.5, -0.99 * 0.5),
    "T9 cyproheptadine 30 %: delta F": (-0.75 * 1.5, -0.75 * 0.5),
    "T9 cyproheptadine: peak rate": (-1.06 * 1.5, -1.06 * 0.5),
    "T10 retest TA: ICC": (0.70, 0.80),
    "T10 retest SOL: ICC": (0.70, 0.80),
    "T10 TA: ICC": (0.12, 0.39),
    "T10 SOL: ICC": (0.12, 0.39),
    "T10 TA: yield": (55.0, 62.0),
    "T10 SOL: yield": (55.0, 62.0),
    "T12 injured: rate": (5.0, 10.0),
}
# T8: sizes of Orssatto et al. 2021, half of each allowed, as T9 does.
LEVELS = {
    "T8 SOL 10 to 20 %": 0.6,
    "T8 SOL 20 to 30 %": 0.5,
    "T8 GM 10 to 20 %": 1.2,
    "T8 SOL 10 to 20 %: peak rate": 1.75,
    "T8 SOL 20 to 30 %: peak rate": 0.80,
    "T8 GM 10 to 20 %: peak rate": 2.43,
    "T8 GM 20 to 30 %: peak rate": 0.92,
}


def test_no_band_is_wider_than_was_agreed_on():
    bands = {target.name: (target.low, target.high) for target in TARGETS}
    agreed = AGREED | {name: (0.5 * size, 1.5 * size) for name, size in LEVELS.items()}
    for name, band in agreed.items():
        assert bands[name] == pytest.approx(band, abs=6e-4), name
    power = bands["T4 RI GM: power"]
    assert 87 < power[0] < 97 < power[1] < 100
    # A change that people don't have is not a rise.
    assert not bands["T8 GM 10 to 20 %"][0] <= 0.02


def test_t6_stimulates_on_while_sustained_torque_is_measured():
    stimulated = next(each for each in SERIES if each.name == "VibStim RI")
    vibstim = stimulated.protocol
    measured_s = vibstim.ends_s + 3.0
    assert vibstim.reciprocal_gate(np.array([measured_s]))[0] == 1.0


def test_what_can_t_be_tested_is_said_and_not_measured():
    assert any("self-sustained firing" in words for words in all_untestable())
    assert not any("self-sustained" in target.description for target in TARGETS[:-4])


def test_groups_are_of_people_alike():
    for group in {each.group for each in SERIES}:
        alike = [each for each in SERIES if each.group == group]
        muscles = {dict(each.traits)["muscle"] for each in alike}
        assert len(muscles) == 1, group


@pytest.mark.parametrize("each", SERIES, ids=lambda each: each.name)
def test_series_can_be_done(each):
    assert each.people >= 3
    assert each.trials >= 1
    assert isinstance(Participant(**dict(each.traits)), Participant)
    assert all(isinstance(given, Intervention) for given in each.given)
    assert each.protocol.duration_s > 0


def test_ramps_rise_at_two_percent_a_second():
    ramp = ramp_to(30.0)
    assert ramp.peak_pct_mvc / ramp.rise_s == 2.0
    assert ramp.peak_pct_mvc / ramp.fall_s == 2.0


@pytest.mark.parametrize("muscle", ["TA", "SOL", "GM"])
def test_what_drew_the_fit_of_the_second_edition_is_no_prediction_of_it(muscle):
    drew = {each.target for each in targets_in(None, muscle) if each.role == FITTED}
    for target in PEOPLE_TARGETS:
        assert target.role_in(1) == PREDICTED
        if target.target in drew:
            assert target.role_in(2) == FITTED, target.quantity
    found = {target.quantity: target.role_in(2) for target in PEOPLE_TARGETS}
    assert found["delta_f"] == found["cov_isi_hold"] == FITTED


def test_roles_of_the_second_edition_are_those_that_its_fit_declares(monkeypatch):
    declared = {
        f"{muscle}.{each.quantity}": each.role
        for muscle in ("TA", "SOL", "GM")
        for each in targets_in(None, muscle)
    }
    declared |= {each.entry: "held out" for each in data()}
    declared |= {each.entry: FITTED for each in data() if each.role == FITTED}
    declared |= {each.entry: FITTED for each in spread()}
    declared |= {each.entry: each.role for each in (*spasms(), *vibstim())}
    declared |= {f"circuits.{name}": FITTED for name, row in strengths().items() if "low" in row}
    for target in TARGETS:
        # A name that no table has would silently leave its target a prediction.
        assert set(target.drawn_by) <= set(declared), target.name
        assert target.role_in(1) == target.role
        fitted = any(declared[name] == FITTED for name in target.drawn_by)
        if target.role in (ASSUMED, CHECK):
            assert target.role_in(2) == target.role
        else:
            assert target.role_in(2) == (FITTED if fitted else PREDICTED), target.name
    # Nothing is typed twice: what the table stops to fit is predicted.
    monkeypatch.setattr(roles, "entries", lambda edition: {"TA.delta_f": ("T1", "held out")})
    delta_f = next(each for each in TARGETS if each.name == "T1 TA: delta F")
    assert delta_f.role_in(2) == PREDICTED
    assert all(each.role_in(2) == PREDICTED for each in PEOPLE_TARGETS)


def test_what_told_an_effect_of_the_second_edition_is_no_prediction_of_it():
    found = {each.name: each.role_in(2) for each in TARGETS}
    assert found["T9 cyproheptadine 10 %: delta F"] == found["T10 TA: between"] == FITTED
    assert found["T3 older SOL: delta F"] == FITTED  # It is a prediction of the first.
    assert found["T3 older SOL: peak rate"] == found["T11 women: peak rate"] == PREDICTED
