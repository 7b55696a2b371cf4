"""Designs and tables that are awkward, yet usual."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import renshaw as rs
from renshaw.statistics.mixed import MixedModel
from renshaw.statistics.settings import MixedModelSettings

QUICK = MixedModelSettings(bootstraps=0, sign_flips=0)


def _numbered_anew(rng: np.random.Generator) -> pd.DataFrame:
    """Subjects 1 to 6 in each of two groups, twice measured."""
    rows = []
    for group in ("drug", "placebo"):
        for subject in range(1, 7):
            own = rng.normal(5, 1)
            for time, step in (("pre", 0.0), ("post", 1.0)):
                y = own + step + rng.normal(0, 0.5)
                rows.append({"group": group, "subject": subject, "time": time, "y": y})
    return pd.DataFrame(rows)


@pytest.fixture
def anew() -> MixedModel:
    table = _numbered_anew(np.random.default_rng(3))
    return rs.compare(table, "y ~ group * time + (1|group:subject)", QUICK)


def test_people_named_by_two_columns_are_counted(anew: MixedModel) -> None:
    assert anew.layout is not None
    assert anew.layout.person == ("group", "subject")
    assert anew.layout.people == 12
    assert "12 people (group:subject)" in anew.findings()[0].sentence
    assert {each.people for each in anew.answers[0].cells} == {6}
    assert anew.answers[0].df == pytest.approx(10)


def test_people_named_by_two_columns_have_their_lines_on_the_page(
    anew: MixedModel, tmp_path: Path
) -> None:
    from renshaw.reports.figures.model_people import _people

    who = _people(anew)
    assert who is not None
    assert who.nunique() == 12
    rs.report(anew, tmp_path / "page.html")
    assert (tmp_path / "page.html").stat().st_size > 10_000


def test_a_pilot_knows_people_named_by_two_columns() -> None:
    from renshaw.statistics.pilot import pilot

    table = _numbered_anew(np.random.default_rng(3))
    assert pilot(table, "y ~ group * time + (1|group:subject)").people == 12
