"""Therapies designed: the whole way on few people, stopped and resumed, in files and pages."""

from __future__ import annotations

import dataclasses
import importlib
import tomllib

import pandas as pd
import pytest

pytest.importorskip("optuna", reason="designing therapies needs the extra design (optuna)")

from design_samples import SMALL, TINY

import renshaw as rs
from renshaw.cli import app
from renshaw.findings.design import PREDICTION
from renshaw.model.editions import ON_THE_FIRST_EDITION
from renshaw.optimization.axes import AXES
from renshaw.optimization.bench import Bench, Test
from renshaw.optimization.design import RECOMMENDED
from renshaw.optimization.folder import cohort_like, write_design
from renshaw.optimization.goal_file import goal_to_toml, load_goal
from renshaw.optimization.rule import on_front
from renshaw.optimization.search import JOURNAL
from renshaw.optimization.therapy import ALL
from renshaw.reports.protocol_sheet import protocol_sheet
from renshaw.reports.report import report_text


@pytest.fixture(scope="module")
def design(tmp_path_factory: pytest.TempPathFactory) -> rs.optimization.Design:
    return rs.optimize(SMALL, folder=tmp_path_factory.mktemp("small"))


class StoppedError(Exception):
    """What a test raises to stop a search."""


def test_the_recommended_keeps_the_limits_and_beats_doing_nothing(design) -> None:
    table = design.to_table().set_index("alternative")
    best, usual = table.loc[RECOMMENDED], table.loc["do nothing"]
    assert best["force_pct"] >= SMALL.rule.force_pct_min
    assert best["dose_pct"] <= SMALL.rule.dose_pct_max
    assert best["discomfort"] <= SMALL.rule.discomfort_max
    assert best["burden"] < usual["burden"] and best["fresh_burden"] < usual["fresh_burden"]
    against = design.contrasts.set_index("against").loc["do nothing"]
    assert against["difference_high"] < 0 and against["people"] == SMALL.held_out


def test_every_alternative_is_the_best_of_its_kind(design) -> None:
    trials = design.trials[design.trials["judged"] & design.trials["allowed"]]
    tie = SMALL.rule.tie_pct / 100 * float(design.alternatives["burden"].iloc[0])
    for row in design.alternatives.to_dict("records"):
        if row["alternative"] == RECOMMENDED:
            assert row["burden"] <= trials["burden"].min() + tie + 1e-9
        else:
            mine = trials[trials["kind"] == row["kind"]]
            assert row["burden"] <= mine["burden"].min() + tie + 1e-9
    assert {"do nothing", "stimulation alone", "relaxation alone"} <= set(design.chosen)


def test_the_parts_of_the_recommended_are_its_rivals(design) -> None:
    judged = set(design.trials.loc[design.trials["judged"], "therapy"])
    assert {part.words() for part in design.chosen[RECOMMENDED].alone} <= judged


def test_the_front_is_of_those_judged_on_everybody(design) -> None:
    judged = design.trials[design.trials["judged"]]
    assert (judged["people"] == SMALL.people).all()
    assert (judged["front"].to_numpy() == on_front(judged)).all()
    assert set(AXES) <= set(design.front.columns) and len(design.front) >= 1
    assert not design.trials.duplicated(subset=["therapy"]).any()


def test_the_same_goal_gives_the_same_whatever_the_workers_or_an_interruption(tmp_path) -> None:
    whole = rs.optimize(TINY)
    calls = [0]

    def stop(done: int, total: int, what: str) -> None:
        calls[0] += 1
        if calls[0] > 14:
            raise StoppedError

    with pytest.raises(StoppedError):
        rs.optimize(TINY, folder=tmp_path, progress=stop)
    again = rs.optimize(TINY, folder=tmp_path, workers=2)
    for name in ("trials", "alternatives", "contrasts", "fresh", "interactions"):
        pd.testing.assert_frame_equal(getattr(whole, name), getattr(again, name))
    pd.testing.assert_frame_equal(whole.front, again.front)
    # A damaged journal costs nothing but asking again.
    (tmp_path / JOURNAL).write_text('{"op_code": 0, "wor\nnonsense\n')
    third = rs.optimize(TINY, folder=tmp_path)
    pd.testing.assert_frame_equal(whole.trials, third.trials)


def test_what_was_measured_is_not_measured_again(tmp_path) -> None:
    who = rs.Participant(n_units=2)
    tests = [Test(rs.SpasmTest(watched_s=0.5), (), who.replace(name=n), 1) for n in "ab"]
    with Bench(tmp_path) as bench:
        one, other = bench.results(tests, "")
    assert one == other
    lines = (tmp_path / "measured.jsonl").read_text()
    with Bench(tmp_path) as bench:
        assert bench.results(tests, "") == [one, one]
    assert (tmp_path / "measured.jsonl").read_text() == lines


def test_files_that_other_commands_read(design, tmp_path) -> None:
    folder = write_design(design, tmp_path / "out")
    assert load_goal(folder / "design.toml") == SMALL
    told = tomllib.loads((folder / "recommended.toml").read_text())
    assert tuple(rs.interventions.intervention(words) for words in told["given"]) == design.given
    study = rs.load_plan(folder / "study.toml")
    given = {each.name: each.given for each in study.arms[0].conditions}
    assert given[RECOMMENDED] == design.given and given["do nothing"] == ()
    assert study.arms[0].cohort.condition == "spinal-cord-injury"
    trials = pd.read_parquet(folder / "trials.parquet")
    assert len(trials) == len(design.trials) == len(pd.read_csv(folder / "trials.csv"))
    assert set(AXES) <= set(pd.read_csv(folder / "front.csv").columns)


def test_the_page_says_what_it_is_and_what_it_rests_on(design) -> None:
    page = report_text(design)
    assert PREDICTION in page and design.finding.sentence.split(":")[1] in page
    assert "no data on people" in page
    for each in design.given:
        assert each.certainty in page and each.name in page
    sheet = protocol_sheet(design)
    assert PREDICTION in sheet and "for the clinician to fill in" in sheet
    assert "common peroneal nerve" in sheet or not design.recommended.stimulated
    trial = page.split("The trial that would test it</h2>")[1].split("</section>")[0]
    assert trial.count("% MVC s") >= 2 * len(design.plans)
    assert "pps" not in trial and "by the same rule" not in page
    assert "the quarter who fare worst" in page


def test_the_page_says_what_was_not_tried_and_what_breaks_limits(design) -> None:
    rule = SMALL.rule
    table = design.alternatives.copy()
    table.loc[table["alternative"] == ALL, "force_pct"] = rule.force_pct_min - 7.0
    trials = design.trials[design.trials["kind"] != "drug alone"]
    chosen = {name: each for name, each in design.chosen.items() if name != "drug alone"}
    odd = dataclasses.replace(
        design,
        goal=SMALL.replace(rule=rule.replace(worse_share=0.5)),
        alternatives=table[table["alternative"] != "drug alone"],
        trials=trials,
        chosen={**chosen, ALL: design.chosen.get(ALL, design.recommended)},
        warnings=("She is somebody else.",),
    )
    said = " ".join([*odd.finding.warnings, *odd.finding.left_out])
    assert "“Drug alone” was not tried" in said and "She is somebody else." in said
    if ALL in design.chosen:
        assert "“all” keeps the limits; the one that breaks them by least is shown" in said
    assert "the half who fare worst" in odd.finding.sentence


def test_report_and_sheet_begin_with_the_edition_that_it_runs_on(design) -> None:
    for page in (report_text(design), protocol_sheet(design)):
        assert page.split('<p class="headline">')[1].startswith(ON_THE_FIRST_EDITION)
    assert design.finding.sentence.startswith(ON_THE_FIRST_EDITION)


def test_people_without_spasms_are_said_to_have_none(design) -> None:
    table = design.alternatives.copy()
    table.loc[table["alternative"] == "do nothing", "fresh_duration_s"] = 0.2
    calm = dataclasses.replace(design, alternatives=table)
    assert design.spastic and not calm.spastic
    assert "These people have no spasms to calm" in calm.finding.sentence
    assert "no spasms to calm" in protocol_sheet(calm)


def test_spasms_that_outlast_the_test_are_counted_aloud(design) -> None:
    fresh = design.fresh.copy()
    mine = fresh["alternative"] == "do nothing"
    fresh.loc[mine, "duration_s"] = SMALL.test.watched_s
    page = report_text(dataclasses.replace(design, fresh=fresh))
    assert f"do nothing {int(mine.sum())} of {int(mine.sum())}" in page


def test_how_many_participants_would_show_it(design) -> None:
    assert "do nothing" in design.plans and len(design.plans) == 2
    for power in design.plans.values():
        full, half = power.settings.effects
        assert half == pytest.approx(full / 2, abs=1e-3)
        assert power.settings.residual_sd > 0
        assert power.settings.measured == "burden of spasms"
        assert set(power.table["unit"]) == {"% MVC s"}


def test_a_study_of_given_persons_has_people_like_them() -> None:
    people = tuple(
        rs.Participant(name=f"x{k}", inhibition=1 + 0.1 * k, afferents=1.0) for k in range(5)
    )
    like = cohort_like(people)
    assert like.inhibition == pytest.approx(1.2) and like.inhibition_sd > 0.1
    assert like.participants == 5


def test_it_goes_by_a_condition_in_words_and_refuses_nonsense() -> None:
    with pytest.raises(rs.SettingsError, match="no condition"):
        rs.optimize("headache")
    with pytest.raises(rs.SettingsError, match="at least one"):
        rs.optimize(TINY, workers=0)


def test_the_command(tmp_path, capsys) -> None:
    goal = tmp_path / "goal.toml"
    goal.write_text(goal_to_toml(TINY))
    out = tmp_path / "out"
    assert app.main(["design", str(goal), "-o", str(out), "--workers", "1", "-q"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(ON_THE_FIRST_EDITION)
    assert "do nothing" in said and PREDICTION in said
    for name in ("report.html", "protocol_sheet.html", "trials.csv", "recommended.toml"):
        assert (out / name).is_file()
    # The same goal is fine, another would lose what is there; so would results of another command.
    before = (out / "report.html").read_text()
    assert app.main(["design", str(goal), "-o", str(out), "--seed", "9", "-q"]) == 1
    assert "holds the design of another goal" in capsys.readouterr().err
    other = tmp_path / "other"
    other.mkdir()
    (other / "report.html").write_text("mine")
    assert app.main(["design", str(goal), "-o", str(other), "-q"]) == 1
    assert "other results" in capsys.readouterr().err
    assert (out / "report.html").read_text() == before
    assert (other / "report.html").read_text() == "mine"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["design", "nowhere.toml"], "not there"),
        (["design", "--workers", "0"], "at least one"),
        (["design", "--posterior", "nowhere", "-o", "x"], "renshaw infer REC -o DIR writes one"),
        (["design", "--condition", "stroke, hard"], "no severity 'hard'"),
    ],
)
def test_the_command_fails_in_a_sentence(words, says, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    assert app.main(words) != 0
    said = capsys.readouterr().err
    assert says in said and "Traceback" not in said


def test_the_example_is_a_goal(tmp_path, capsys) -> None:
    assert app.main(["design", "--example"]) == 0
    path = tmp_path / "goal.toml"
    path.write_text(capsys.readouterr().out)
    assert load_goal(path).cohort is not None


def test_where_few_people_promised_too_much_gentler_therapies_get_their_turn() -> None:
    import pandas as pd

    from renshaw.optimization.optimize import _in_turn, _without_success

    trials = pd.DataFrame(
        {
            "kind": ["drug alone"] * 3 + ["relaxation alone"] * 2,
            "burden": [10.0, 20.0, 30.0, 40.0, 50.0],
            "force_pct": [80.0, 90.0, 99.0, 99.0, 99.0],
            "discomfort": 0.0,
            "dose_pct": 1.0,
            "charge_mC_per_h": 0.0,
        }
    )
    queues = {"drug alone": [0, 1, 2], "relaxation alone": [3, 4]}
    assert _in_turn(queues, 2) == [0, 3]
    left = _without_success(queues, trials, [0, 3], rs.optimization.built_in_goal())
    assert left == {"drug alone": [1, 2]}
    assert _in_turn(left, 2) == [1, 2]
    assert _without_success(queues, trials, [0, 1, 2, 3], rs.optimization.built_in_goal()) == {}


def test_the_mildest_breaks_limits_by_least() -> None:
    import pandas as pd

    from renshaw.optimization.rule import mildest_row

    table = pd.DataFrame(
        {
            "force_pct": [90.0, 94.0, 94.0],
            "burden": [1.0, 3.0, 2.0],
            "discomfort": [0.0, 0.0, 0.0],
            "dose_pct": [0.0, 0.0, 0.0],
            "charge_mC_per_h": [0.0, 0.0, 0.0],
        }
    )
    assert mildest_row(table, rs.optimization.built_in_goal().rule) == 2


def test_ctrl_c_says_what_is_kept_and_how_to_go_on(tmp_path, monkeypatch, capsys) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    out = tmp_path / "out"
    words = ["design", "-o", str(out), "-q"]
    monkeypatch.setattr(
        importlib.import_module("renshaw.optimization.optimize"), "optimize", stopped
    )
    monkeypatch.setattr("sys.argv", ["renshaw", *words])
    assert app.main(words) == 130
    assert f"is kept in {out}; go on with: renshaw design -o {out} -q" in capsys.readouterr().err
    words = ["infer", "train", "-o", str(out), "-q"]
    monkeypatch.setattr(importlib.import_module("renshaw.inference.train"), "train", stopped)
    monkeypatch.setattr("sys.argv", ["pytest"])
    assert app.main(words) == 130
    assert "go on with: renshaw infer train" in capsys.readouterr().err
