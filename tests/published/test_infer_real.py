"""Inference on recordings of people; nobody knows their truth, but they must be in distribution."""

from pathlib import Path

import pytest

import renshaw as rs

DATA = Path(__file__).parents[2] / "../shared/data"


def recording(name):
    path = (DATA / name).resolve()
    if not path.exists():
        pytest.skip(f"../shared/data/{name} is not here")
    return rs.read(path)


def test_tibialis_anterior_at_35_pct_mvc():
    real = recording("caillet2022_TA_35_D.mat")
    found = rs.infer(real, rs.InferSettings(muscle="TA", peak_pct_mvc=35))
    assert found.trusted, found.warnings
    state = found.to_table().set_index("parameter").loc["neuromodulation_in_task"]
    assert 0.75 < state["q05"] < state["q95"] < 1.15
    assert found.narrowed_pct("neuromodulation") > 20
    assert found.narrowed_pct("peak_drive") > 40


def test_five_units_of_a_muscle_that_was_not_simulated():
    real = recording("otb_testfile.mat")
    with pytest.raises(rs.SettingsError, match="which muscle"):
        rs.infer(real)
    found = rs.infer(real, rs.InferSettings(muscle="TA"))
    assert any("Only 5 motor units" in words for words in found.notes)
    assert found.peak_pct_mvc == pytest.approx(25, abs=2)
