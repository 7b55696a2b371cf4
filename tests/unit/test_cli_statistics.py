"""``renshaw compare`` and ``renshaw plan`` as a laboratory uses them."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from renshaw.cli import app

FORMULA = "ΔF ~ time + (1|participant)"


@pytest.fixture
def table(tmp_path):
    rng = np.random.default_rng(2)
    rows = [
        f"P{p};{t};{own + 0.5 * (t == 'post') + rng.normal():.3f}".replace(".", ",")
        for p in range(9)
        for own in [rng.normal(3, 1)]
        for _ in range(4)
        for t in ("pre", "post")
    ]
    path = tmp_path / "lab table.csv"
    path.write_text("participant;time;ΔF\n" + "\n".join([*rows, "P1;pre;NA"]), encoding="utf-8-sig")
    return path


def test_compare_writes_everything(table, tmp_path, capsys):
    out = tmp_path / "new" / "results"
    words = ["compare", str(table), "--formula", FORMULA, "-o", str(out)]
    assert app.main([*words, "--references", "time=pre"]) == 0
    said = capsys.readouterr()
    assert "timepost" in said.out
    assert "73 rows" not in said.out
    assert "; 9 people (participant), 72 rows)" in said.out
    assert "Left out: 1 row of 73: " in said.out
    fixed = pd.read_csv(out / "fixed_effects.csv")
    assert list(fixed.columns) == [
        "term",
        "estimate",
        "std_error",
        "df",
        "statistic",
        "p_value",
        "ci_low",
        "ci_high",
    ]
    assert fixed["term"].tolist() == ["(Intercept)", "timepost"]
    for name in (
        "variance_components.csv",
        "marginal_means.csv",
        "contrasts.csv",
        "anova.csv",
        "resampling.csv",
        "random_structures.csv",
        "dropped_rows.csv",
        "model.R",
        "data.csv",
        "report.html",
    ):
        assert (out / name).stat().st_size > 20
    assert len(pd.read_csv(out / "data.csv")) == 72
    assert (
        "73" in (out / "dropped_rows.csv").read_text()
        or "74" in (out / "dropped_rows.csv").read_text()
    )


def test_compare_warns_of_pseudo_replication(table, capsys):
    assert app.main(["compare", str(table), "-f", "ΔF ~ time"]) == 0
    assert "Warning: Pseudo-replication" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["-f", "ΔF ~ time + (1|who)"], 1, "no column 'who'"),
        (["-f", "ΔF ~ time + (1|participant"], 2, "not closed"),
        (["-f", "ΔF ~ __import__('os')"], 2, "there is no function __import__()"),
        (["-f", FORMULA, "--confidence", "2"], 2, "MixedModelSettings.confidence"),
        (["-f", FORMULA, "--correction", "holmes"], 2, "Did you mean 'holm'"),
        (["-f", FORMULA, "--references", "time"], 2, "column=level"),
        ([], 2, "formula"),
    ],
)
def test_mistakes_end_in_a_sentence(table, words, code, said, capsys):
    assert app.main(["compare", str(table), *words]) == code
    err = capsys.readouterr().err
    assert said in err
    assert "Traceback" not in err
    assert "fault in renshaw" not in err


def test_a_missing_table_and_a_table_in_the_way(table, tmp_path, capsys):
    assert app.main(["compare", str(tmp_path / "lab tabel.csv"), "-f", FORMULA]) == 1
    assert "Did you mean 'lab table.csv'" in capsys.readouterr().err
    mine = tmp_path / "data.csv"
    mine.write_bytes(table.read_bytes())
    assert app.main(["compare", str(mine), "-f", FORMULA, "-o", str(tmp_path)]) == 1
    assert "is the table itself" in capsys.readouterr().err
    assert mine.read_bytes() == table.read_bytes()


def test_plan_from_a_retest(table, tmp_path, capsys):
    out = tmp_path / "plan"
    words = ["plan", str(table), "--value", "ΔF", "-o", str(out), "-q", "--simulations", "300"]
    words += [
        "--participants",
        "8",
        "12",
        "--units",
        "4",
        "--effects",
        "-0.5",
        "--effect-sd",
        "0.2",
    ]
    assert app.main(words) == 0
    said = capsys.readouterr().out
    assert "ICC(2,1)" in said
    assert "−0.50 pps, 4 units" in said
    assert len(pd.read_csv(out / "power.csv")) == 2
    assert (out / "reliability.csv").exists()
    assert "Test and retest" in (out / "report.html").read_text()


def test_plan_of_spasms(capsys):
    words = ["plan", "--outcome", "spasms", "--ratios", "0.5", "--ramps", "7", "-q"]
    assert app.main([*words, "--simulations", "200", "--participants", "10", "30"]) == 0
    assert "× 0.5, 7 days of diary" in capsys.readouterr().out
    assert app.main([*words, "--participants", "1"]) == 2
    assert app.main(["plan", "nowhere.csv"]) == 1


def test_a_retest_of_anything_but_delta_f_is_not_planned_as_delta_f(table, capsys):
    words = ["plan", str(table), "--value", "ΔF", "--outcome", "mean", "-q"]
    assert app.main(words) == 2
    assert "Say the true mean change (effects)" in capsys.readouterr().err
    renamed = table.with_name("torque.csv")
    renamed.write_text(table.read_text().replace("ΔF", "torque"))
    words = ["plan", str(renamed), "--value", "torque", "--effects", "4", "-q"]
    assert app.main(words) == 2
    said = capsys.readouterr().err
    assert "those of ΔF are not those of torque" in said and "(effect_sd)" in said
    words += ["--effect-sd", "3", "--outcome-unit", "Nm", "--simulations", "200"]
    assert app.main(words) == 0
    assert "+4.00 Nm, 1 test a condition" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--participants", "12.5"], "'12.5' is no whole number"),
        (["--participants", "many"], "'many' is no whole number"),
        (["--participants", "-3"], "whole number from 2"),
        (["--effects", "0"], "no number of participants shows it"),
        (["--participant-sd", "3"], "does nothing in a paired design"),
        (["--simulations", "1000.7"], "'1000.7' is no whole number"),
        (["--seed", "1.5"], "'1.5' is no whole number"),
        (["--effect-sd", "-1"], "at least 0"),
        (["--outcome", "mean"], "those of ΔF are not those of a mean"),
    ],
)
def test_settings_that_can_t_be_are_refused_in_a_sentence(words, said, capsys):
    assert app.main(["plan", "-q", *words]) == 2
    err = capsys.readouterr().err
    assert said in err and "Traceback" not in err


def test_statistics_load_no_simulator():
    code = "import sys, renshaw.statistics; print([m for m in sys.modules if 'renshaw' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    for room in ("engine", "model", "io", "estimate", "experiment"):
        assert f"renshaw.{room}" not in done.stdout
