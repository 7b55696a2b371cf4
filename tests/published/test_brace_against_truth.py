"""Brace height sees the persistent inward current: people on whom nothing was chosen.

`docs/make_brace.py` did the same with eight others; docs/validation.md has the table.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

DOCS = Path(__file__).parents[2] / "docs"
# Stated in docs/validation.md: how far the mean of a level may lie from truth.
ERROR_PCT = 4.0


@pytest.fixture(scope="module")
def means() -> pd.DataFrame:
    """Mean over units of each trial, and the truth of the same units."""
    spec = importlib.util.spec_from_file_location("make_brace", DOCS / "make_brace.py")
    assert spec is not None and spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(DOCS))
    try:
        spec.loader.exec_module(script)
    finally:
        sys.path.remove(str(DOCS))
    script.SEED = 3
    found = script.measured(script.recorded(people=2, trials=6))
    return found.groupby(["way", "level", "person", "trial"])[["value", "truth"]].mean()


def test_it_rises_with_the_conductance_in_every_recording(means: pd.DataFrame) -> None:
    by = means.loc["fitted"].reset_index().pivot_table("value", ["person", "trial"], "level")
    assert len(by) == 12
    assert (by[0.935] > by[0.5]).all()
    assert (by[0.935] > by[0.0]).all()
    assert (by[1.0] > by[0.935]).all()


def test_it_lies_within_the_stated_error_of_truth(means: pd.DataFrame) -> None:
    levels = means.loc["fitted"].groupby("level").mean()
    assert np.abs(levels["value"] - levels["truth"]).max() < ERROR_PCT


def test_without_any_current_a_ramp_still_bows(means: pd.DataFrame) -> None:
    """The truth of the model, too, falls a little from no conductance to half of it."""
    levels = means.loc["fitted"].groupby("level").mean()
    assert levels.loc[0.0, "truth"] > levels.loc[0.5, "truth"] > 10
    assert levels.loc[0.0, "value"] > levels.loc[0.5, "value"]


def test_the_published_construction_hides_most_of_it(means: pd.DataFrame) -> None:
    levels = means.groupby(["way", "level"]).mean()
    rise = {
        way: levels.loc[way].loc[1.0] - levels.loc[way].loc[0.5] for way in ("fitted", "smoothed")
    }
    assert rise["smoothed"]["value"] < 0.75 * rise["smoothed"]["truth"]
    assert rise["fitted"]["value"] > 0.85 * rise["fitted"]["truth"]
