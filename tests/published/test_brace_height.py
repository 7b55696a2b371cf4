"""Brace heights of hdsemg-shared 0.14.3 on a real recording.

Its table rests on the published construction: the same support vector regression, at every sample
of 2048 Hz, up to its highest value, and a strict "peak rate not after peak torque". We measure on a
fitted polynomial instead (tests/published/test_brace_against_truth.py says why).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from renshaw.estimation import EstimateSettings, GeometrySettings, SmoothingSettings, estimate
from renshaw.io import read

DATA = Path(__file__).parents[3] / "shared" / "data"


@cache
def both(grid_hz: float, way_up: str = "smoothed") -> tuple[pd.DataFrame, pd.DataFrame]:
    if not (DATA / "hdsemg_shared_brace_TA_35_D.csv").exists():
        pytest.skip("../shared/data is not here; it is not part of the project")
    theirs = pd.read_csv(DATA / "hdsemg_shared_brace_TA_35_D.csv").set_index("unit").sort_index()
    settings = EstimateSettings(
        smoothing=SmoothingSettings(gap_edges="cut", grid_hz=grid_hz),
        geometry=GeometrySettings(way_up=way_up, torque_peak_pct=100),
    )
    table = estimate(read(DATA / "caillet2022_TA_35_D.mat"), settings).to_table()
    of_units = table[table.control.isna() & table.unit.notna()].astype({"unit": int})
    mine = of_units.pivot_table("value", "unit", "quantity", dropna=False)
    mine["ok"] = of_units[of_units.quantity == "brace_height"].set_index("unit").ok
    return mine.loc[theirs.index], theirs


def test_heights_and_exclusions_are_the_same_on_the_same_grid() -> None:
    mine, theirs = both(2048.0)
    assert (mine.ok == theirs.valid).all()
    good = theirs.valid
    assert good.sum() == 22
    assert np.abs(mine.brace_height - theirs.brace_height_norm_pct_rtri)[good].max() < 1e-3
    assert np.abs(mine.peak_rate - theirs.peak_rate_pps)[good].max() < 1e-3


def test_slopes_are_the_same_but_for_the_unit_of_torque() -> None:
    # The file does not say what its torque is measured in; the table took another scale.
    mine, theirs = both(2048.0)
    good = theirs.valid
    ratios = np.concatenate(
        [
            (mine.acceleration_slope / theirs.acceleration_slope_pps_per_pct)[good],
            (mine.attenuation_slope / theirs.attenuation_slope_pps_per_pct)[good],
        ]
    )
    assert ratios == pytest.approx(np.median(ratios), rel=1e-3)


def test_the_usual_coarser_grid_changes_heights_little() -> None:
    mine, theirs = both(50.0)
    difference = np.abs(mine.brace_height - theirs.brace_height_norm_pct_rtri)[theirs.valid]
    assert difference.median() < 1
    assert difference.max() < 4
