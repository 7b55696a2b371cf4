"""`renshaw validate --seeds`: the share of seeds in which each target is met, kept seed by seed."""

from __future__ import annotations

from html import unescape

import numpy as np
import pandas as pd
import pytest

import renshaw as rs
from renshaw.cli import app
from renshaw.findings.seeds_validation import lines_of, miss_words
from renshaw.reports.report import report_text
from renshaw.study.measures import Measured, person_means
from renshaw.validation import model_against_people as room
from renshaw.validation.over_seeds import SEEDS_COLUMNS, seeds_table, validate_seeds
from renshaw.validation.target import Target

# Of the first edition, whose roles are those that the targets below state themselves.
FEW = rs.validation.ModelValidationSettings(people=4, trials=1, edition=1)


def target(name: str, role: str, low: float, high: float) -> Target:
    """A target whose value is the mean of what was measured."""

    def measure(table: pd.DataFrame) -> Measured:
        value = float(person_means(table, "s", "q").mean())
        return Measured(value, value - 1, value + 1)

    return Target(name, "a number", "nobody", role, low, high, measure)


TARGETS = (
    target("T1 often", "fitted", -2.5, 9.5),
    target("T2 never", "predicted", 90.0, 99.0),
    target("T5 sure", "assumed in", -9.0, 99.0),
)


@pytest.fixture
def quick(monkeypatch):
    """The value of a seed is the seed; what was simulated is listed."""
    simulated: list[int] = []

    def measure_all(series, *, seed, work, workers, progress) -> pd.DataFrame:
        simulated.append(seed)
        if progress is not None:
            progress(1, 2, "s")
            progress(2, 2, "s")
        rows = [("s", k, 0, 1, "q", seed + 0.1 * k, "exact", True) for k in range(3)]
        columns = ["series", "participant", "trial", "unit", "quantity", "value", "bound", "ok"]
        return pd.DataFrame(rows, columns=columns)

    monkeypatch.setattr(room, "measure_all", measure_all)
    monkeypatch.setattr(room, "all_targets", lambda: TARGETS)
    return simulated


def test_the_share_of_seeds_is_counted_target_by_target(quick):
    found = validate_seeds(FEW, seeds=12, seed=3)
    assert quick == list(range(3, 15))
    table = found.to_table().set_index("target")
    assert list(found.to_table().columns) == list(SEEDS_COLUMNS)
    # 3.1 to 9.1 of 3.1 to 14.1 lie in the band.
    assert table.loc["T1 often", "met"] == 7
    assert table.loc["T1 often", "share"] == pytest.approx(7 / 12)
    assert table["pass"].tolist() == [False, False, True]
    assert table.loc["T2 never", ["lowest", "mean", "highest"]].tolist() == pytest.approx(
        [3.1, 8.6, 14.1]
    )
    nine_of_ten = validate_seeds(FEW, seeds=10, seed=0).table
    assert nine_of_ten["met"].tolist() == [10, 0, 10]
    one_less = validate_seeds(FEW, seeds=10, seed=1).table
    assert one_less["met"].tolist()[0] == 9 and bool(one_less["pass"][0])
    two_less = validate_seeds(FEW, seeds=10, seed=2).table
    assert two_less["met"].tolist()[0] == 8 and not bool(two_less["pass"][0])


def test_words_count_roles_apart(quick):
    found = validate_seeds(FEW, seeds=3)
    assert found.finding.sentence == (
        "Over 3 seeds, met meaning in at least nine of ten seeds: 1 of 2 targets are met: 1 of 1 "
        "fitted, 0 of 1 predicted. Not counted: 1 of 1 assumed in."
    )
    missed = "T2 never (predicted) is met in 0 of 3 seeds: 0.1 to 2.1, mean 1.1; wanted 90 to 99."
    assert miss_words(lines_of(found)[1]) == missed
    page = unescape(report_text(found))
    assert missed in page and "self-sustained firing" in page and "0 of 3" in page
    assert found.plot().axes


def test_an_interrupted_run_goes_on_with_the_next_seed(quick, tmp_path, monkeypatch):
    done = room.all_targets
    calls: list[int] = []

    def stops() -> tuple[Target, ...]:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return done()

    monkeypatch.setattr(room, "all_targets", stops)
    with pytest.raises(KeyboardInterrupt):
        validate_seeds(FEW, seeds=4, folder=tmp_path)
    assert quick == [0, 1, 2]
    again = validate_seeds(FEW, seeds=4, folder=tmp_path)
    assert quick == [0, 1, 2, 2, 3]
    pd.testing.assert_frame_equal(again.of_seeds, validate_seeds(FEW, seeds=4).of_seeds)


def test_what_was_kept_of_other_settings_or_damaged_is_made_again(quick, tmp_path):
    validate_seeds(FEW, seeds=2, folder=tmp_path)
    validate_seeds(FEW.replace(people=5), seeds=2, folder=tmp_path)
    assert quick == [0, 1, 0, 1]
    kept = sorted(tmp_path.glob("seed-*.json"))
    assert len(kept) == 2
    for path in kept:
        path.write_text("""{"target": ["T1"]}""", encoding="utf-8")
    validate_seeds(FEW.replace(people=5), seeds=2, folder=tmp_path)
    assert quick == [0, 1, 0, 1, 0, 1]
    kept[0].write_text("", encoding="utf-8")
    validate_seeds(FEW.replace(people=5), seeds=2, folder=tmp_path)
    assert quick[6:] == [0]


def test_progress_counts_all_seeds(quick):
    told = []
    validate_seeds(FEW, seeds=2, progress=lambda *what: told.append(what))
    assert told == [(k, 4, f"seed {seed}: s") for k, seed in ((1, 0), (2, 0), (3, 1), (4, 1))]


@pytest.mark.parametrize("seeds", [0, 1, 1001, 2.5, True])
def test_a_number_of_seeds_that_makes_no_sense_is_refused(quick, seeds):
    with pytest.raises(rs.SettingsError, match="must be a whole number from 2 to 1000"):
        validate_seeds(FEW, seeds=seeds)
    assert quick == []


def test_what_could_not_be_measured_is_said():
    rows = pd.DataFrame(
        [(0, "T9 x", "x", "nobody", "predicted", 0.0, 1.0, *[np.nan] * 3, False)],
        columns=["seed", *room.TARGET_COLUMNS],
    )
    line = seeds_table(rows).to_dict("records")[0]
    assert miss_words(line) == (
        "T9 x (predicted) is met in 0 of 1 seeds: it could not be measured; wanted 0 to 1."
    )


def test_the_command_writes_shares_and_every_seed(quick, tmp_path, capsys):
    out = tmp_path / "ten"
    assert app.main(["validate", "-o", str(out), "--seeds", "3", "--seed", "5", "-q"]) == 0
    assert "Over 3 seeds" in capsys.readouterr().out
    shares = pd.read_csv(out / "seeds.csv")
    assert list(shares.columns) == list(SEEDS_COLUMNS)
    assert pd.read_csv(out / "targets.csv")["seed"].unique().tolist() == [5, 6, 7]
    assert (out / "report.html").exists()
    assert app.main(["validate", "-o", str(out), "--seeds", "4", "--seed", "5", "-q"]) == 0
    assert quick == [5, 6, 7, 8]


def test_seeds_and_recordings_don_t_go_together(tmp_path, capsys):
    words = ["validate", "-o", str(tmp_path), "--seeds", "3", "--recording", "x.mat"]
    assert app.main(words) == 2
    assert "Leave one of them out" in capsys.readouterr().err
    assert app.main(["validate", "-o", str(tmp_path), "--seeds", "0"]) == 2
    assert "at least one seed" in capsys.readouterr().err
