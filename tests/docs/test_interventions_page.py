"""What each intervention does, and ΔF by age, can be put into docs/interventions.md."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pandas as pd
import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def script(monkeypatch):
    monkeypatch.syspath_prepend(str(DOCS))
    spec = importlib.util.spec_from_file_location(
        "make_interventions", DOCS / "make_interventions.py"
    )
    module = importlib.util.module_from_spec(spec)
    # Dataclasses of a module look it up by its name.
    monkeypatch.setitem(sys.modules, "make_interventions", module)
    spec.loader.exec_module(module)
    return module


def test_the_tables_can_be_put_into_the_page_and_say_the_edition(script, tmp_path):
    page = tmp_path / "interventions.md"
    page.write_text((DOCS / "interventions.md").read_text(encoding="utf-8"), encoding="utf-8")
    columns = ["name", "fitted", "delta_f", "delta_f_change", "delta_f_change_se"]
    columns += ["peak_rate_change", "effort_change_pct", "complete_s", "incomplete_s"]
    columns += ["mvc_change_pct"]
    rows = [
        ("nothing", True, 4.91, 0.0, 0.0, 0.0, 0.0, 12.5, 0.58, 0.0),
        ("baclofen", False, 4.5, -0.41, 0.23, -0.5, 1.94, 11.25, 0.34, -7.84),
    ]
    course = pd.DataFrame(
        [("TA", 25.0, 5.567), ("TA", 80.0, 2.94)], columns=["muscle", "age_years", "delta_f"]
    )
    script.write(
        tmp_path,
        script.Size(2),
        effects=script.effects_table(pd.DataFrame(rows, columns=columns)),
        ages=script.ages_table(course),
    )
    text = page.read_text(encoding="utf-8")
    assert "Virtual people of edition 2." in text
    assert "Without anything ΔF is 4.91 pps." in text
    assert "| baclofen * | -0.41 ± 0.23 | -0.50 | +1.9 | -7.8 | 11.2 | 0.3 |" in text
    assert "| TA | 5.57 | 2.94 |" in text


def test_the_error_of_a_change_counts_those_who_have_one(script, monkeypatch):
    found = {"nothing": (4.0, 4.0, 4.0), "relaxation": (3.0, 1.0, float("nan"))}
    answers = iter([value for values in found.values() for value in values])
    monkeypatch.setattr(script, "simulate_many", list)
    monkeypatch.setattr(
        script,
        "hallmarks",
        lambda trial: {"delta_f": next(answers), "peak_rate": 12.0, "effort": 20.0},
    )
    size = script.Size(2, people=3)
    summary = script.ramp_effects({"nothing": (), "relaxation": ()}, size)
    assert summary["relaxation"]["delta_f_change"] == pytest.approx(-2.0)
    assert summary["relaxation"]["delta_f_change_se"] == pytest.approx(1.0)
