"""Studies of raw EMG: decomposed and estimated in one run, resumable, one bad file apart."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from decompose_samples import QUICK, raw

import renshaw as rs
from renshaw.cli import app
from renshaw.study import outcome

STUDY = """
name = "raw"
seed = 3
mixed_models = false
{extra}
[recordings]
folder = "data"
{recordings}
[estimate.smoothing]
method = "polynomial"

[decompose]
starts = 32
rounds = 1
extension = 12
iterations = 6
iteration_samples = 12_000

[[conditions]]
name = "pre"

[[conditions]]
name = "post"
"""


def bare(seed: int = 0) -> rs.Recording:
    """Return EMG without units, as an amplifier gives it."""
    recording = raw(seed)
    units = rs.MotorUnits((), recording.units.window_s)
    return dataclasses.replace(recording, units=units, truth=None)


def laboratory(folder: Path, extra: str = "", recordings: str = "") -> Path:
    data = folder / "data"
    data.mkdir()
    rs.write(bare(), data / "sub-01_ses-pre_task-ramp.h5")
    rs.write(bare(1), data / "sub-01_ses-post_task-ramp.h5")
    study = folder / "study.toml"
    study.write_text(STUDY.format(extra=extra, recordings=recordings))
    return study


def counted(monkeypatch):
    """Count decompositions, which are done all the same."""
    seen = []
    real = outcome.decompose

    def decompose(recording, *args, **kwargs):
        seen.append(recording.name)
        return real(recording, *args, **kwargs)

    monkeypatch.setattr(outcome, "decompose", decompose)
    return seen


def test_raw_recordings_are_decomposed_and_estimated_in_one_run(tmp_path, monkeypatch):
    seen = counted(monkeypatch)
    plan = rs.load_plan(laboratory(tmp_path))
    result = rs.run_study(plan, tmp_path / "out")
    assert sorted(seen) == ["sub-01_ses-post_task-ramp", "sub-01_ses-pre_task-ramp"]
    assert result.design["decomposed"].all()
    assert (result.design["motor_units"] - result.design["motor_units_doubtful"] >= 4).all()
    # What is kept is what the verb gives with the study's seed and settings, but for the EMG.
    kept = rs.read(tmp_path / "out" / "recordings" / _name(tmp_path, "pre"))
    alone = rs.decompose(bare(), plan.decomposition, seed=3)
    assert kept.units.fingerprint() == alone.units.fingerprint()
    assert "emg" not in kept.signals
    assert kept.history.steps[-2].verb == "decompose"
    # Doubtful units take part in nothing.
    table = result.estimates.to_table()
    doubtful = [i + 1 for i, flag in enumerate(kept.units.flags) if flag]
    own = table[table["recording"].str.contains("pre") & table["unit"].isin(doubtful)]
    assert not own.loc[own["quantity"] == "delta_f", "ok"].any()
    # The same run again does nothing again.
    rs.run_study(plan, tmp_path / "out")
    assert len(seen) == 2


def _name(folder: Path, condition: str) -> str:
    (found,) = (folder / "out" / "recordings").glob(f"*ses-{condition}*.h5")
    return found.name


def test_the_report_says_what_was_decomposed_and_how(tmp_path):
    study = laboratory(tmp_path)
    assert app.main(["run", str(study), "-o", str(tmp_path / "out"), "-q", "--workers", "1"]) == 0
    page = (tmp_path / "out" / "report.html").read_text()
    assert "From raw EMG to motor units" in page
    assert "Settings of the decomposition" in page
    assert "2 recordings were raw high-density EMG" in page
    again = rs.open_study(tmp_path / "out")
    assert len(again.groups[0].examples["pre"].units)


def test_one_bad_file_does_not_stop_the_others(tmp_path):
    study = laboratory(tmp_path)
    (tmp_path / "data" / "sub-02_ses-pre_task-ramp.rhd").write_bytes(b"\xa9\x12\x69\xc6damaged")
    short = rs.Signal(bare().signals["emg"].values[:2000], 2048.0, "uV")
    units = rs.MotorUnits((), (0.0, 0.9))
    rs.write(rs.Recording(units, {"emg": short}), tmp_path / "data" / "sub-03_ses-pre.h5")
    result = rs.run_study(rs.load_plan(study), tmp_path / "out")
    assert len(result.design) == 2
    reasons = dict(zip(result.failures["recording"], result.failures["reason"], strict=True))
    assert len(reasons) == 2
    assert "at least 2 s" in reasons["sub-03_ses-pre"]


def test_the_study_file_says_which_recordings_are_decomposed(tmp_path, monkeypatch):
    seen = counted(monkeypatch)
    study = laboratory(tmp_path, 'keep = "none"', 'decompose = "none"')
    result = rs.run_study(rs.load_plan(study), tmp_path / "out")
    assert not seen
    assert not result.design["decomposed"].any()
    with_units = dataclasses.replace(raw(), truth=None)
    assert not outcome.to_decompose(with_units, "raw")
    assert outcome.to_decompose(with_units, "all")
    assert not outcome.to_decompose(rs.Recording(with_units.units), "all")


@pytest.mark.parametrize(("keep", "emg"), [("all", True), ("none", None)])
def test_what_is_kept_is_asked_for(tmp_path, keep, emg):
    plan = rs.load_plan(laboratory(tmp_path, f'keep = "{keep}"'))
    rs.run_study(plan, tmp_path / "out")
    kept = list((tmp_path / "out").glob("recordings/*.h5"))
    assert bool(kept) == bool(emg)
    if kept:
        assert all(("emg" in rs.read(path).signals) == emg for path in kept)


def test_settings_of_the_decomposition_round_trip_and_are_checked(tmp_path):
    plan = rs.load_plan(laboratory(tmp_path))
    assert plan.decomposition.starts == QUICK.starts
    text = rs.study.plan_to_toml(plan)
    (tmp_path / "again.toml").write_text(text)
    assert rs.load_plan(tmp_path / "again.toml") == plan
    for wrong, why in (
        ("starts = 0", "decompose.starts"),
        ("startz = 3", "Did you mean 'starts'"),
        ("trust = { silhouette_min = 2 }", "silhouette_min"),
    ):
        (tmp_path / "wrong.toml").write_text(
            f'[recordings]\nfolder = "data"\n[decompose]\n{wrong}\n'
        )
        with pytest.raises(rs.SettingsError, match=why):
            rs.load_plan(tmp_path / "wrong.toml")
