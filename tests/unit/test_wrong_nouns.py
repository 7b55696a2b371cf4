"""Calls that no type checker has seen: what was given, and what is needed, in a sentence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import renshaw as rs

RECORDING = rs.Recording(rs.MotorUnits((np.arange(0, 5, 0.1),), (0.0, 5.0)), name="one")
ESTIMATES = rs.Estimates(())
PERSON = rs.Participant(n_units=4)
READ = r"needs a Recording, not 'ramp\.mat'\. Make one of it first: rs\.read\('ramp\.mat'\)\.$"


@pytest.mark.parametrize("verb", [
    rs.estimate, rs.multiverse, rs.infer, rs.decompose, rs.observe, rs.synthesize_emg,
    lambda path: rs.estimate([RECORDING, path]),
    lambda path: rs.infer_change(RECORDING, path),
    lambda path: rs.track(path, RECORDING),
])  # fmt: skip
def test_a_path_is_no_recording_yet(verb):
    with pytest.raises(rs.SettingsError, match=READ):
        verb("ramp.mat")


@pytest.mark.parametrize(("call", "said"), [
    (lambda: rs.estimate(5), "estimate needs a Recording, not an int"),
    (lambda: rs.estimate(RECORDING, 5), "estimate needs an EstimateSettings, not an int"),
    (lambda: rs.estimate(RECORDING, rs.EstimateSettings),
     "not the class EstimateSettings. Make one of it, with ()."),
    (lambda: rs.infer(ESTIMATES), "infer needs a Recording, not an Estimates"),
    (lambda: rs.infer(RECORDING, rs.EstimateSettings()), "infer needs an InferSettings"),
    (lambda: rs.plan(rs.CompareSettings()), "plan needs a PlanSettings, not a CompareSettings"),
    (lambda: rs.plan(0), "plan needs a PlanSettings, not an int"),
    (lambda: rs.simulate(rs.Ramp(), PERSON), "simulate needs a Participant or a Pool, not a Ramp"),
    (lambda: rs.simulate(PERSON, "ramp"), "simulate needs a Protocol, not 'ramp'"),
    (lambda: rs.simulate(PERSON, rs.Ramp), "not the class Ramp. Make one of it, with ()."),
    (lambda: rs.simulate(PERSON, rs.Ramp(), [rs.Ramp()]), "needs an Intervention, not a Ramp"),
    (lambda: rs.simulate(PERSON, rs.Ramp(), 5), "given needs an Intervention, not an int"),
    (lambda: rs.effort(RECORDING), "effort needs a Participant, not a Recording"),
    (lambda: rs.night(5), "night needs a Participant, not an int"),
    (lambda: rs.optimize(RECORDING), "optimize needs a Goal, not a Recording"),
    (lambda: rs.optimize(rs.Goal(), ["a"]), "optimize needs a Participant, not 'a'"),
    (lambda: rs.run_study("study.toml"), "Make one of it first: rs.load_plan('study.toml')."),
    (lambda: rs.validate_model(3), "validate_model needs a ModelValidationSettings"),
    (lambda: rs.validate_estimators("x"), "validate_estimators needs an EstimatorValidationSett"),
    (lambda: rs.write(ESTIMATES, "x.h5"), "write needs a Recording, not an Estimates"),
    (lambda: rs.reliability(ESTIMATES, "value"), "reliability needs a DataFrame or a str or a"),
])  # fmt: skip
def test_what_a_verb_needs_is_said(call, said):
    with pytest.raises(rs.SettingsError) as refused:
        call()
    assert said in str(refused.value)
    assert refused.value.code == "call.kind"


def test_a_design_without_its_columns_is_refused():
    with pytest.raises(rs.DataError, match="The design has no column 'condition'"):
        rs.compare(ESTIMATES, pd.DataFrame({"recording": ["one"], "participant": ["P1"]}))


def test_people_who_all_give_one_value_have_no_reliability():
    table = pd.DataFrame(
        [(f"P{i}", time, 1.0) for i in range(4) for time in ("pre", "post")],
        columns=["participant", "time", "deltaf"],
    )
    with pytest.raises(rs.DataError, match="'deltaf' is the same in all participants' means"):
        rs.reliability(table, "deltaf")


@pytest.mark.parametrize("given", ["a file", "a table"])
@pytest.mark.parametrize("verb", ["compare", "reliability"])
def test_the_history_of_a_table_runs(given, verb, tmp_path, monkeypatch):
    rng = np.random.default_rng(1)
    table = pd.DataFrame(
        [(f"P{i}", time, i + rng.normal()) for i in range(5) for time in ("pre", "post")],
        columns=["participant", "time", "deltaf"],
    )
    monkeypatch.chdir(tmp_path)
    table.to_csv("table.csv", index=False)
    what = "deltaf ~ time + (1|participant)" if verb == "compare" else "deltaf"
    found = getattr(rs, verb)("table.csv" if given == "a file" else table, what)
    names: dict[str, object] = {}
    exec(found.history.as_python(), names)
    again = names["model" if verb == "compare" else "reliability"]
    pd.testing.assert_frame_equal(again.to_table(), found.to_table(), rtol=1e-6)
    assert "The table" not in found.history.as_python()
