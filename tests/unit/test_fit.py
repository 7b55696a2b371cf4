"""The fit of the virtual person, with a toy in place of the simulation."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import renshaw as rs
from renshaw.calibration import fit as fitting
from renshaw.calibration.candidates import Space
from renshaw.calibration.emulator import Emulator
from renshaw.calibration.ensemble import ensemble
from renshaw.calibration.evaluation import (
    Evaluation,
    Job,
    evaluate,
    sources_fingerprint,
)
from renshaw.calibration.fit import FitSettings, fit_person
from renshaw.calibration.quantities import QUANTITIES, Seen, tasks_of
from renshaw.calibration.store import Store
from renshaw.calibration.subject import Subject
from renshaw.calibration.targets import FITTED, HELD_OUT, targets_in
from renshaw.calibration.tasks import TASKS, Done, Impaled, Maximal, do_tasks
from renshaw.cli import app
from renshaw.engine.settings import COARSE
from renshaw.model.second_edition.table import parameters, parsed

TABLE = """
[parameters.a]
meaning = "first"
unit = ""
low = 0.0
high = 10.0
source = "a book"
pinned_by = "delta F"
TA = { value = 5.0 }

[parameters.b]
meaning = "second"
unit = "ms"
low = -1.0
high = 1.0
source = "a book"
pinned_by = "nothing"
TA = { value = 0.0 }

[parameters.c]
meaning = "third"
unit = ""
low = 0.0
high = 1.0
source = "a book"
pinned_by = "peak rate"
TA = { value = 0.5 }

[parameters.d]
meaning = "not fitted"
unit = ""
low = 0.0
high = 1.0
source = "a book"
pinned_by = "nothing"
TA = { value = 0.25, fixed = true }
"""
TARGETS = """
[TA.delta_f]
target = "T1"
value = 4.4
tolerance = 0.3
role = "fitted"
source = "people"

[TA.peak_rate]
target = "T1"
value = 14.5
tolerance = 0.5
role = "fitted"
source = "people"

[TA.cov_30]
target = "T13"
at_least = 10.0
tolerance = 1.0
role = "held out"
source = "people"
"""


def toy(job: Job) -> Evaluation:
    """Return noisy quantities of which a is told by delta F and c by the peak rate."""
    first_edition = {"a": 9.0, "b": 0.0, "c": 0.0}
    of, chance = dict(job.values) or first_edition, np.random.default_rng(job.seeds[0])
    noise = 0.05 * chance.standard_normal((2, len(job.seeds)))
    delta_f = of["a"] * 1.1 + of["b"] ** 2 / 5 + noise[0]
    peak = 10 + 8 * of["c"] ** 2 + 0.1 * of["a"] + noise[1]
    found = {"delta_f": tuple(delta_f.tolist()), "peak_rate": tuple(peak.tolist())}
    if "hold_30" in job.tasks:
        found["cov_30"] = tuple((0.0 * peak + 7.0 + of["a"]).tolist())
    return Evaluation(job, found)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    monkeypatch.setattr(fitting, "evaluate", toy)
    (tmp_path / "table.toml").write_text(TABLE)
    (tmp_path / "targets.toml").write_text(TARGETS)
    return {"table": tmp_path / "table.toml", "targets": tmp_path / "targets.toml"}


FEW = FitSettings(evaluations=60, design=20, wave=8)


def test_the_fit_finds_what_the_data_tell(tmp_path, files):
    found = fit_person(tmp_path / "fit", FEW, workers=1, **files)
    of = dict(found.best.values)
    assert of["a"] == pytest.approx(4.0, abs=0.3)
    assert of["c"] == pytest.approx(np.sqrt(4.1 / 8), abs=0.08)
    assert of["d"] == 0.25
    assert found.best.loss < 0.3
    assert found.best.batches > 1


def test_an_interrupted_fit_goes_on_with_the_same_numbers(tmp_path, files, monkeypatch):
    whole = fit_person(tmp_path / "whole", FEW, workers=1, **files)
    left = 23

    def interrupted(job: Job) -> Evaluation:
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt
        return toy(job)

    monkeypatch.setattr(fitting, "evaluate", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fit_person(tmp_path / "cut", FEW, workers=1, **files)
    path = tmp_path / "cut" / "evaluations.jsonl"
    assert len(path.read_text().splitlines()) == 23
    with path.open("a") as file:
        file.write('{"key": "half a li')
    made = []
    monkeypatch.setattr(fitting, "evaluate", lambda job: made.append(job) or toy(job))
    again = fit_person(tmp_path / "cut", FEW, workers=1, **files)
    assert len(made) == 60 - 23
    assert [each.values for each in again.candidates] == [each.values for each in whole.candidates]
    assert again.best.loss == whole.best.loss


def test_best_candidates_are_tried_with_other_seeds(tmp_path, files, monkeypatch):
    jobs = []
    monkeypatch.setattr(fitting, "evaluate", lambda job: jobs.append(job) or toy(job))
    fit_person(tmp_path / "fit", FEW, workers=1, **files)
    by_values: dict[object, set[tuple[int, ...]]] = {}
    for job in jobs:
        by_values.setdefault(job.values, set()).add(job.seeds)
    assert max(len(seeds) for seeds in by_values.values()) > 1
    assert all(len(job.seeds) == 2 for job in jobs)


def test_ranges_are_those_that_the_data_leave(tmp_path, files):
    found = fit_person(tmp_path / "fit", FEW, workers=1, **files)
    told = {each.name: each for each in ensemble(found).told}
    assert set(told) == {"a", "b", "c"}
    assert (told["a"].word, told["a"].by[0]) == ("pinned", "delta_f")
    assert (told["c"].word, told["c"].by[0]) == ("pinned", "peak_rate")
    assert told["b"].word == "sloppy"
    assert told["a"].low < 4.0 < told["a"].high


def test_persons_explain_the_data_or_it_is_said_that_none_does(tmp_path, files):
    found = fit_person(tmp_path / "fit", FEW, workers=1, **files)
    persons = ensemble(found).persons
    assert ensemble(found).explains
    assert all(each.batches > 1 and np.abs(each.residuals).max() <= 3 for each in persons)
    impossible = files["targets"].read_text().replace("value = 14.5", "value = 40.0")
    files["targets"].write_text(impossible)
    nobody = ensemble(fit_person(tmp_path / "other", FEW, workers=1, **files))
    assert not nobody.explains
    assert nobody.persons


def test_the_command_writes_what_was_found_and_a_table_that_can_be_read(
    tmp_path, files, monkeypatch, capsys
):
    words = ["fit", "-o", str(tmp_path / "out"), "--evaluations", "60", "--design", "20"]
    words += ["--wave", "8", "--workers", "1", "--fresh-seeds", "4", "-q"]
    words += ["--table", str(files["table"]), "--targets", str(files["targets"])]
    assert app.main(words) == 0
    said = capsys.readouterr().out
    assert "2 of 2 targets that drew the fit are met with fresh seeds (first edition: 0)." in said
    assert "1 of 1 held out targets are met" in said
    assert "Sloppy: b." in said
    targets = pd.read_csv(tmp_path / "out" / "targets.csv")
    assert targets["role"].tolist() == ["fitted", "fitted", "held out"]
    assert targets["met"].all()
    found = parsed((tmp_path / "out" / "parameters.toml").read_text())
    a, _, _, d = found
    assert a.values["TA"] == pytest.approx(4.0, abs=0.3)
    assert a.ranges["TA"][0] < a.values["TA"] < a.ranges["TA"][1]
    assert d.values["TA"] == 0.25
    assert d.fixed == ("TA",)
    assert (tmp_path / "out" / "persons.csv").exists()


def test_a_fit_goes_on_with_the_table_that_it_began_with(tmp_path, files, monkeypatch):
    folder = tmp_path / "fit"
    before = fit_person(folder, FEW.replace(evaluations=30), workers=1, **files)
    made = []
    monkeypatch.setattr(fitting, "evaluate", lambda job: made.append(job) or toy(job))
    again = fit_person(folder, FEW.replace(evaluations=30), workers=1, targets=files["targets"])
    assert not made
    assert again.best.values == before.best.values
    files["table"].write_text(TABLE.replace("value = 5.0", "value = 6.0"))
    with pytest.raises(rs.DataError, match="began with another table"):
        fit_person(folder, FEW, workers=1, **files)


def test_nothing_leaves_the_bounds(tmp_path, files):
    found = fit_person(tmp_path / "fit", FEW, workers=1, **files)
    bounds = {p.name: (p.low, p.high) for p in parsed(TABLE)}
    for each in found.candidates:
        for name, value in each.values:
            low, high = bounds[name]
            assert low <= value <= high


def test_held_out_targets_are_not_simulated_for(tmp_path, files, monkeypatch):
    jobs = []
    monkeypatch.setattr(fitting, "evaluate", lambda job: jobs.append(job) or toy(job))
    found = fit_person(tmp_path / "fit", FEW, workers=1, **files)
    assert {each.quantity for each in found.targets} == {"delta_f", "peak_rate"}
    assert all("hold_30" not in job.tasks for job in jobs)


def test_the_emulator_knows_what_it_doesn_t_know(tmp_path, files):
    found = fit_person(tmp_path / "fit", FEW.replace(evaluations=40), workers=1, **files)
    emulator = Emulator(found.targets, found.candidates)
    chance = np.random.default_rng(5)
    x = np.clip(found.best.x + 0.1 * chance.standard_normal((50, 3)), 0, 1)
    truth = []
    for point in x:
        seen = toy(Job("TA", found.space.values(point), (), (1, 2)))
        truth.append(
            [float(t.residual(np.mean(seen.quantities[t.quantity]))) for t in found.targets]
        )
    off = emulator.predicted(x) - np.array(truth)
    assert np.sqrt(np.mean(off**2, axis=0)) == pytest.approx(emulator.errors, rel=2.0, abs=0.6)
    slopes = emulator.slopes(found.best.x)
    # Over its whole range a moves delta F by 11 pps, tolerance 0.3; b by 0.8 pps at most.
    assert slopes[0, 0] == pytest.approx(11 / 0.3, rel=0.3)
    assert abs(slopes[1, 0]) < slopes[0, 0] / 4


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("delta_f", "delta_g"), "no quantity 'delta_g'"),
        (('role = "held out"', 'role = "tested"'), 'role must be "fitted" or "held out"'),
        (("tolerance = 0.3", "tolerance = 0.0"), "tolerance must be above 0"),
        (("value = 4.4\n", ""), "give either value, or at_least or at_most"),
        (("value = 4.4", "value = 4.4\nat_least = 1"), "give either value"),
        (('source = "people"', ""), "source"),
        (("[TA.delta_f]", "[TA.delta_f"), "no file of targets"),
    ],
)
def test_a_wrong_target_is_refused_by_name(tmp_path, change, words):
    path = tmp_path / "targets.toml"
    path.write_text(TARGETS.replace(*change, 1))
    with pytest.raises(rs.DataError, match=words):
        targets_in(path, "TA")


@pytest.mark.parametrize("muscle", ["TA", "SOL", "GM"])
def test_targets_are_declared_with_some_held_out(muscle):
    declared = targets_in(None, muscle)
    held_out = [each for each in declared if each.role == HELD_OUT]
    fitted = [each for each in declared if each.role == FITTED]
    assert len(held_out) >= 4
    assert len(fitted) >= 10
    assert all("50" not in task for task in tasks_of(each.quantity for each in fitted))
    assert "T25" in {each.target for each in held_out}
    assert set(tasks_of(QUANTITIES)) == set(TASKS)


def test_evaluations_of_other_code_are_adopted_if_they_are_the_same(tmp_path, files, monkeypatch):
    folder = tmp_path / "fit"
    before = fit_person(folder, FEW, workers=1, **files)
    monkeypatch.setattr("renshaw.calibration.evaluation.sources_fingerprint", lambda: "newer")
    made = []
    monkeypatch.setattr(fitting, "evaluate", lambda job: made.append(job) or toy(job))
    after = fit_person(folder, FEW, workers=1, adopt=True, **files)
    assert len(made) == 3
    assert after.best.values == before.best.values
    assert not Store(folder).of_other_code()

    monkeypatch.setattr("renshaw.calibration.evaluation.sources_fingerprint", lambda: "newest")
    changed = {"delta_f": (0.0, 0.0)}
    monkeypatch.setattr(
        fitting, "evaluate", lambda job: Evaluation(job, {**toy(job).quantities, **changed})
    )
    with pytest.raises(rs.DataError, match=r"60 evaluations of other code can't be adopted"):
        fit_person(folder, FEW, workers=1, adopt=True, **files)


def test_a_point_and_its_values_are_the_same():
    space = Space.of(parameters(), "TA")
    values = space.values(np.full(len(space.free), 0.3))
    np.testing.assert_allclose(space.point(values), 0.3, atol=1e-3)
    assert dict(values).keys() == {each.name for each in parameters()}


def test_evaluations_of_other_code_are_not_used(tmp_path, monkeypatch):
    job = Job("TA", (("a", 1.0),), (), (1, 2))
    store = Store(tmp_path)
    store.add(Evaluation(job, {"delta_f": (1.0, float("nan"))}))
    found = Store(tmp_path).get(job)
    assert found is not None
    assert found.quantities["delta_f"][0] == 1.0
    assert np.isnan(found.quantities["delta_f"][1])
    monkeypatch.setattr("renshaw.calibration.evaluation.sources_fingerprint", lambda: "other")
    assert Store(tmp_path).get(job) is None
    assert len(sources_fingerprint()) == 16


def test_an_evaluation_measures_every_target_that_draws_the_fit():
    targets = [each for each in targets_in(None, "TA") if each.role == FITTED]
    values = tuple((p.name, p.values["TA"]) for p in parameters())
    job = Job("TA", values, tasks_of(each.quantity for each in targets), (1, 2))
    found = evaluate(job)
    for target in targets:
        seen = found.quantities[target.quantity]
        assert len(seen) == 2
        # Torque that is too unsteady for a hold leaves a seed without numbers of the hold.
        assert np.isfinite(seen).any(), target.quantity
    assert fitting._same(evaluate(job), found)


def test_firing_on_is_the_share_of_units_that_the_end_of_the_effort_does_not_stop():
    trains = (np.array([1.0, 2.0, 11.5]), np.array([1.0, 12.5]), np.array([]))
    recording = rs.Recording(rs.MotorUnits(trains, (0.0, 14.0)), {}, muscle="TA")
    done = Done(recording, np.zeros(14), rs.Ramp(rise_s=5.0, fall_s=5.0, rest_s=1.0))
    assert done.over_s == 11.0
    seen = Seen({"triangle": done}, Maximal(()), Impaled(10.0, 12.0, 150.0))
    assert QUANTITIES["firing_on"].measure(seen) == 0.5
    assert QUANTITIES["l_type_last_over_first"].measure(seen) == pytest.approx(1.2)
    assert QUANTITIES["l_type_log2_last_over_first"].measure(seen) == pytest.approx(np.log2(1.2))
    assert QUANTITIES["ahp_ms"].measure(seen) == 150.0


def test_the_clamp_sees_the_climb_of_the_l_type_conductance():
    of = {p.name: p.values["TA"] for p in parameters()}
    low, high = (
        do_tasks(Subject.of("TA", of | {"l_type_tilt": tilt}, 4), (), (), COARSE)[2]
        for tilt in (0.8, 1.6)
    )
    assert low.first_nA == pytest.approx(high.first_nA)
    assert low.last_nA < high.last_nA
    steep = Subject.of("TA", of | {"theta_tilt_mV": of["theta_tilt_mV"] + 1.5}, 4).pool
    gained = steep.theta_m_L_mV - Subject.of("TA", of, 4).pool.theta_m_L_mV
    assert gained[[0, -1]] == pytest.approx([0.0, 1.5])


def test_rests_are_long_enough_to_see_who_fires_on():
    for task in ("triangle", "dose_110"):
        assert TASKS[task].ramp.rest_s > 1.5


def test_the_error_of_a_hold_is_that_of_its_mean_torque_once_it_has_settled():
    ramp = rs.Ramp(peak_pct_mvc=30.0, rise_s=6.0, hold_s=12.0, fall_s=6.0)
    torque = ramp.effort_pct_mvc(np.arange(1, 26 * 200 + 1) / 200)
    torque[: 9 * 200] *= 2.0
    torque[9 * 200 : 19 * 200] += 1.5
    signals = {"torque": rs.Signal(torque, 200.0, "% MVC")}
    recording = rs.Recording(rs.MotorUnits((), (0.0, 26.0)), signals, muscle="TA")
    seen = Seen({"hold_30": Done(recording, torque, ramp)}, Maximal(()), Impaled(1.0, 1.0, 1.0))
    assert QUANTITIES["error_30"].measure(seen) == pytest.approx(1.5)


def test_the_table_is_whole():
    rows = tomllib.loads(TABLE)["parameters"]
    assert [p.name for p in parsed(TABLE)] == list(rows)
    assert parsed(TABLE)[3].fixed == ("TA",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("no table", "no table of parameters"),
        ("[parameters.a]\nlow = 1", "something is missing or wrong"),
        (TABLE.replace("TA = { value = 0.5 }", "SOL = { value = 0.5 }"), "no c for the muscle TA"),
    ],
)
def test_a_wrong_table_is_refused(tmp_path, files, text, words):
    files["table"].write_text(text)
    with pytest.raises(rs.DataError, match=words):
        fit_person(tmp_path / "fit", FEW, workers=1, **files)


def test_units_that_start_sooner_in_a_fifth_triangle_have_warmed_up():
    ramp = TASKS["again_soon"].ramp
    begins_s = [event.onset_s for event in ramp.events()]
    drive = ramp.effort_pct_mvc(np.arange(3500) / 100)

    def train(first_s, last_s):
        parts = [
            np.arange(begin_s + at_s, begin_s + 4.0, 0.1)
            for begin_s, at_s in ((begins_s[0], first_s), (begins_s[-1], last_s))
        ]
        return np.concatenate(parts)

    on = np.arange(begins_s[0] + 1.0, begins_s[-1] + 4.0, 0.1)
    trains = (train(1.0, 0.7), train(2.0, 1.4), on, np.array([]))
    recording = rs.Recording(rs.MotorUnits(trains, (0.0, 35.0)), {}, muscle="TA")
    seen = Seen({"again_soon": Done(recording, drive, ramp)}, Maximal(()), Impaled(1, 1, 1))
    # Both start after .7 of the time and of the drive; the third fires on and is not counted.
    assert seen.threshold_change_pct("again_soon") == pytest.approx(-30.0, abs=1.0)


def test_a_doublet_is_a_first_interval_below_ten_milliseconds():
    trains = (np.array([1.0, 1.008, 1.1]), np.array([1.0, 1.1, 1.105]), np.array([2.0]))
    recording = rs.Recording(rs.MotorUnits(trains, (0.0, 14.0)), {}, muscle="TA")
    done = Done(recording, np.zeros(14), TASKS["triangle"].ramp)
    assert Seen({"triangle": done}, Maximal(()), Impaled(1, 1, 1)).doublets("triangle") == 0.5
