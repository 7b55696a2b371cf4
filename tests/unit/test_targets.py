"""Targets: each has a source, a role and a band, and what it needs is simulated."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from renshaw.interventions import Intervention
from renshaw.model.participant import Participant
from renshaw.validation.series import ramp_to
from renshaw.validation.target import FITTED, PREDICTED, TARGET_GROUPS, all_series, all_targets

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
    ]  # fmt: skip
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
    assert target.role in (FITTED, PREDICTED)
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


def test_all_twelve_groups_are_there():
    found = {match[1] for target in TARGETS if (match := re.match(r"T(\d+)", target.name))}
    assert found == {str(number) for number in range(1, 13)}


def test_both_roles_are_there():
    assert {target.role for target in TARGETS} == {FITTED, PREDICTED}


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
