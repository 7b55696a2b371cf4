"""Parts of the design of therapies that need no simulation: prices, rule, front, map, goal file."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

import renshaw as rs
from renshaw.core.seeds import stream
from renshaw.optimization.axes import AXES
from renshaw.optimization.bench import MEASURED, Bench
from renshaw.optimization.goal import goal_for, in_words
from renshaw.optimization.goal_file import (
    built_in_goal,
    example_goal,
    goal_from_toml,
    goal_to_toml,
    load_goal,
)
from renshaw.optimization.interaction import (
    FLOOR,
    INDEPENDENT,
    LESS,
    LEVELS,
    MORE,
    SUM,
    interactions,
    part_of,
)
from renshaw.optimization.people import people_of
from renshaw.optimization.price import discomfort, pulse_uC
from renshaw.optimization.rule import (
    allowed,
    broken_words,
    chosen_row,
    on_front,
    rule_words,
    worst_words,
)
from renshaw.optimization.search import composed, laid_out, searched
from renshaw.optimization.therapy import Therapy
from renshaw.statistics.intervals import worst_mean
from renshaw.study.persons import persons_from_samples

PRICE, TEST = rs.optimization.Price(), rs.SpasmTest()
ALL = Therapy(
    timing="triggered",
    frequency_hz=50,
    intensity_xmt=1.1,
    depth=0.5,
    drug="cyproheptadine",
    dose_pct=12.5,
)


def table(*rows: tuple[float, ...]) -> pd.DataFrame:
    """Therapies by burden, force kept, dose and discomfort."""
    found = pd.DataFrame(rows, columns=["burden", "force_pct", "dose_pct", "discomfort"])
    return found.assign(force_lost_pct=100 - found["force_pct"], charge_mC_per_h=0.0)


def test_a_therapy_is_each_of_its_parts_at_most_once() -> None:
    given = ALL.given("foreseen", TEST, PRICE)
    assert [each.name for each in given] == [
        "reciprocal-inhibition",
        "relaxation",
        "cyproheptadine",
    ]
    assert given[0].timing == "triggered" and given[2].dose_mg == 4.0
    assert ALL.kind == "all" and Therapy().kind == "do nothing"
    assert ALL.replace(depth=0.0).kind == "stimulation + drug"
    assert Therapy(depth=1.0).kind == "relaxation alone"
    assert Therapy(drug="baclofen", dose_pct=0.0).given("foreseen", TEST, PRICE) == ()


def test_each_part_stands_alone_as_strong_as_in_the_whole() -> None:
    assert [each.kind for each in ALL.alone] == [
        "stimulation alone",
        "relaxation alone",
        "drug alone",
    ]
    stimulated, relaxed, drugged = ALL.alone
    assert stimulated == ALL.replace(depth=0.0, drug="none", dose_pct=0.0)
    assert (relaxed.depth, drugged.drug, drugged.dose_pct) == (ALL.depth, ALL.drug, ALL.dose_pct)
    assert relaxed.alone == (relaxed,) and Therapy().alone == ()


def test_what_is_given_answers_to_the_situation() -> None:
    def stimulated(timing: str, when: str) -> bool:
        therapy = Therapy(timing=timing, frequency_hz=20, intensity_xmt=1)
        return bool(therapy.given(when, TEST, PRICE))

    assert [stimulated("continuous", w) for w in ("foreseen", "unforeseen", "moving")] == [True] * 3
    assert [stimulated("triggered", w) for w in ("unforeseen", "moving")] == [True, False]
    assert [stimulated("before movement", w) for w in ("unforeseen", "moving")] == [False, True]
    before = Therapy(timing="before movement", frequency_hz=20, intensity_xmt=1)
    (train,) = before.given("foreseen", TEST, PRICE)
    assert (train.start_s, train.stop_s) == (0.0, 6.5)


def test_discomfort_and_charge_rise_with_what_is_given() -> None:
    levels = [discomfort(f, i) for f, i in ((0, 1), (10, 0.8), (10, 1), (10, 1.2), (80, 1.2))]
    assert levels == sorted(levels) and levels[0] == 0.0 and levels[-1] < 10.0
    assert discomfort(100, 3) == 10.0
    assert pulse_uC(1.0, 1.0, PRICE) == pytest.approx(10.0)
    assert pulse_uC(1.0, 0.2, PRICE) < pulse_uC(1.0, 1.0, PRICE)
    steady = Therapy(timing="continuous", frequency_hz=10, intensity_xmt=1)
    assert steady.charge_mC_per_h(0.0, PRICE) == pytest.approx(360.0)
    triggered = steady.replace(timing="triggered")
    assert triggered.charge_mC_per_h(4.0, PRICE) == pytest.approx(10 * 16 * 4 * 0.01)
    assert Therapy().charge_mC_per_h(9.0, PRICE) == 0.0


def test_the_front_is_what_nothing_beats_on_every_axis() -> None:
    found = table((10, 95, 0, 1), (10, 95, 5, 1), (8, 90, 0, 1), (10, 95, 0, 1), (12, 99, 0, 0))
    assert on_front(found).tolist() == [True, False, True, True, True]
    assert set(AXES) <= set(found.columns)


def test_the_rule_takes_the_least_burden_within_the_limits_and_ties_go_to_less_dose() -> None:
    rule = rs.optimization.Rule(force_pct_min=95, discomfort_max=3, dose_pct_max=25, tie_pct=2)
    found = table((4, 80, 0, 0), (5, 96, 0, 4), (5, 96, 30, 0), (9, 96, 20, 2), (10, 97, 5, 3))
    assert allowed(found, rule).tolist() == [False, False, False, True, True]
    assert chosen_row(found, rule, untreated=40.0) == 3
    # 10 lies within 2 % of 100 above 9: a tie, and the smaller dose wins.
    assert chosen_row(found, rule, untreated=100.0) == 4
    assert chosen_row(found, rule.replace(force_pct_min=99), untreated=40.0) is None
    assert "at least 95 % of maximal force" in rule_words(rule)
    assert "mC per hour" in rule_words(rule.replace(charge_mC_per_h_max=5.0))


def test_the_worst_quarter_is_rounded_up() -> None:
    values = np.array([1.0, 9.0, 5.0, 3.0, 7.0])
    assert worst_mean(values, 0.25) == 8.0 and worst_mean(values, 1.0) == 5.0
    assert worst_mean(np.stack([values, -values]), 0.2).tolist() == [9.0, -1.0]


def cells(left: dict[tuple[float, float, float], float], floor: float = 0.0) -> pd.DataFrame:
    """A factorial in which every person of four has about the burden that is stated."""
    rows, chance = [], stream(1, "cells")
    for shares in itertools.product(LEVELS, repeat=3):
        for k in range(4):
            burden = left[shares] + 0.4 * chance.standard_normal()
            values = (*shares, f"P{k}", burden, floor)
            rows.append(values)
    names = ["stimulation", "relaxation", "drug", "person", "burden", "floor"]
    return pd.DataFrame(rows, columns=names)


@pytest.mark.parametrize(
    ("left", "floor", "verdict"),
    [
        (lambda s, r, d: 100 - 10 * s - 10 * r - 20 * d, 0.0, SUM),
        (lambda s, r, d: 100 - 10 * s - 10 * r - 20 * d - 9 * s * r, 0.0, MORE),
        (lambda s, r, d: 100 * (1 - 0.4 * s) * (1 - 0.4 * r) * (1 - 0.4 * d), 0.0, INDEPENDENT),
        (lambda s, r, d: 100 - 30 * max(s, r) - 20 * d, 0.0, LESS),
        (lambda s, r, d: max(20.0, 100 - 79 * s - 79 * r - 20 * d), 20.0, FLOOR),
    ],
)
def test_the_map_tells_sums_synergy_and_floors_apart(left, floor, verdict) -> None:
    every = {s: left(*s) for s in itertools.product(LEVELS, repeat=3)}
    said = interactions(cells(every, floor))
    row = said[(said["parts"] == "stimulation + relaxation") & (said["strength"] == 1.0)].iloc[0]
    assert row["verdict"] == verdict
    assert row["above_sum_low"] <= row["above_sum"] <= row["above_sum_high"]
    if verdict == INDEPENDENT:
        assert row["above_bliss"] == pytest.approx(0.0, abs=1.5)
    assert len(said) == 8


def test_a_share_of_a_therapy() -> None:
    assert part_of(ALL, (0.0, 0.0, 0.0)) == Therapy()
    assert part_of(ALL, (1.0, 1.0, 1.0)) == ALL
    half = part_of(ALL, (0.5, 0.5, 0.5))
    assert (half.frequency_hz, half.depth, half.dose_pct) == (25.0, 0.25, 6.25)


def test_what_is_laid_out_before_the_search() -> None:
    found = laid_out(rs.Goal())
    assert len(found) == len(set(found))
    assert {each.kind for each in found} == {"do nothing", "relaxation alone", "drug alone"}
    few = laid_out(rs.Goal(search=rs.optimization.SearchSettings(drugs=(), depth_max=0.0)))
    assert few == [Therapy()]


def test_combinations_are_made_of_what_does_best_alone() -> None:
    fine = {"force_pct": 99.0, "discomfort": 1.0, "dose_pct": 5.0}
    steady = Therapy(timing="triggered", frequency_hz=50, intensity_xmt=1)
    drug = Therapy(drug="cyproheptadine", dose_pct=5.0)
    tried = [
        (Therapy(), {**fine, "burden": 9.0}),
        (steady, {**fine, "burden": 6.0}),
        (steady.replace(frequency_hz=90), {**fine, "burden": 3.0, "discomfort": 9.0}),
        (Therapy(depth=0.5), {**fine, "burden": 8.0}),
        (Therapy(depth=1.0), {**fine, "burden": 7.0}),
        (drug, {**fine, "burden": 5.0}),
        (drug.replace(dose_pct=10.0), {**fine, "burden": 2.0, "force_pct": 80.0}),
    ]
    made = composed(rs.Goal(), [each for each, _ in tried], [found for _, found in tried])
    assert steady.replace(depth=1.0, drug="cyproheptadine", dose_pct=5.0) in made
    assert steady.replace(drug="cyproheptadine", dose_pct=2.5) in made
    assert steady.replace(depth=1.0) in made and len(made) == len(set(made)) == 13
    assert composed(rs.Goal(), [Therapy()], [{**fine, "burden": 9.0}]) == []


def test_people_are_fresh_where_they_are_held_out() -> None:
    people = people_of(rs.Goal(people=4, few=2, held_out=5))
    assert len(people.search) == 4 and len(people.held_out) == 5
    assert not {who.replace(name="") for who in people.search} & {
        who.replace(name="") for who in people.held_out
    }
    with pytest.raises(rs.DataError, match="too few"):
        people_of(rs.Goal(), people.search)


def test_persons_of_a_posterior(tmp_path) -> None:
    samples = pd.DataFrame(
        {
            "neuromodulation": np.linspace(0.9, 1.0, 12),
            "inhibition": [1.0, 0.5, 2.0] * 4,
            "odd": 1.0,
        }
    )
    typical = rs.Participant(name="she", muscle="SOL", n_units=8)
    some = persons_from_samples(samples, typical, 5, seed=3)
    assert some == persons_from_samples(samples, typical, 5, seed=3)
    assert {who.muscle for who in some} == {"SOL"}
    with pytest.raises(rs.DataError, match="no column that says"):
        persons_from_samples(samples[["odd"]], typical, 2)

    samples.to_parquet(tmp_path / "samples.parquet")
    (tmp_path / "posterior.toml").write_text(
        'muscle = "GM"\nage_years = 60\nwarnings = ["It is odd."]\n'
    )
    goal = goal_for("stroke, mild").replace(posterior=str(tmp_path), people=3, few=2, held_out=4)
    people = people_of(goal)
    everyone = (*people.search, *people.held_out)
    assert {who.muscle for who in everyone} == {"GM"}
    assert {who.condition for who in everyone} == {"stroke"}
    # What no ramp shows is not known of her: it differs as between people.
    assert len({who.severity for who in everyone}) == len({who.afferents for who in everyone}) == 7
    assert "said by the goal, not read" in people.warnings[0] and "It is odd" in people.warnings[1]
    assert goal.heading == "Therapy for one person, stroke, mild"


@pytest.mark.parametrize(
    ("name", "files", "words"),
    [
        ("nowhere", {}, "is not there. renshaw infer REC -o DIR writes one"),
        ("her", {"samples.parquet": ""}, "holds no posterior.toml; renshaw infer"),
        ("her", {"change.csv": ""}, "of a change between two recordings; name .*before"),
        (
            "her",
            {"samples.parquet": "no", "posterior.toml": ""},
            "samples.parquet: It can't be read",
        ),
        ("her/file", {"file": ""}, "is a file; name the folder"),
    ],
)
def test_a_posterior_that_is_none_is_refused_by_name(name, files, words, tmp_path) -> None:
    (tmp_path / "her").mkdir()
    for file, text in files.items():
        (tmp_path / "her" / file).write_text(text)
    with pytest.raises((rs.DataError, rs.ReadError), match=words):
        people_of(rs.Goal(posterior=str(tmp_path / name)))


def test_a_posterior_of_impossible_persons_names_its_folder(tmp_path) -> None:
    table = pd.DataFrame({"neuromodulation": [9.0, 9.5]})
    table.to_parquet(tmp_path / "samples.parquet")
    (tmp_path / "posterior.toml").write_text('muscle = "GM"\n')
    with pytest.raises(rs.DataError, match=f"{tmp_path.name} can't be read .*neuromodulation"):
        people_of(rs.Goal(posterior=str(tmp_path)))


def test_goals_by_words_and_by_file(tmp_path) -> None:
    goal = goal_for("Spinal cord injury, severe")
    assert goal.cohort is not None
    assert (goal.cohort.condition, goal.cohort.severity) == ("spinal-cord-injury", 0.75)
    assert built_in_goal().cohort == goal.cohort
    assert goal_from_toml(goal_to_toml(built_in_goal()), "again") == built_in_goal()
    assert goal_for("stroke, complete").cohort.severity_sd == 0.0
    assert goal_for("stroke, moderate").heading == "Therapy for stroke, moderate"
    path = tmp_path / "goal.toml"
    path.write_text(example_goal())
    assert load_goal(path) == built_in_goal()
    path.write_text('posterior = "hers"\ncondition = "stroke, mild"\n')
    hers = load_goal(path)
    assert hers.posterior == str(tmp_path / "hers") and hers.cohort.condition == "stroke"
    assert goal_from_toml(goal_to_toml(hers), "again") == hers.replace(name=hers.name)
    changed = in_words(built_in_goal(), "stroke, complete")
    assert changed.heading == "Therapy for stroke, complete" and changed.name == "severe-injury"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("seed = 1\npeple = 3\n", "line 2: peple: .*Did you mean 'people'"),
        ("[rule]\nforce_pct_min = 120\n", "line 2: rule.force_pct_min: .*must be from 0 to 100"),
        ('[search]\ndrugs = ["baclofn"]\n', "line 2: search.drugs: .*Did you mean 'baclofen'"),
        ('[search]\ntimings = "triggered"\n', "line 2: .*must be a list of names"),
        ('condition = "spinal cord injry"\n', "line 1: condition: .*Did you mean"),
        ('condition = "stroke, sevre"\n', "Did you mean 'severe'"),
        ('condition = "stroke"\n[cohort]\nmuscle = "TA"\n', "line 2: cohort: .*not both"),
        ("[cohort]\nparticipants = 5\n", "line 2: .*see few, people and held_out"),
        ("few = 9\npeople = 4\n", "few = 9: must not be above people"),
        ("[test]\nwatched_s = 0\n", "line 2: test.watched_s"),
        ("[search]\nfrequency_hz_min = 60\nfrequency_hz_max = 10\n", "must not be above"),
        ("people = [\n", "not valid TOML"),
        ('posterior = "her"\n', "line 1: posterior: .*needs the condition .*e.g. condition ="),
        ("condition = 3\n", "line 1: condition: must be a text, such as"),
        ("[search]\ndrugs = [[]]\n", r"line 2: search.drugs: .*there is no \[\]"),
        ('[search]\ntimings = ["triggered", "triggered"]\n', "line 2: .*is there twice"),
        ("sleepers = 30\n", "line 1: sleepers: .*must not be above held_out, 24"),
        ('name = " "\n', "line 1: name: .*must not be empty"),
        ("price = 3\n", r"must be a table, \[price\]"),
    ],
)
def test_a_faulty_goal_file_is_refused_by_line(text: str, words: str) -> None:
    with pytest.raises(rs.SettingsError, match=words):
        goal_from_toml(text, "goal.toml")


def test_a_line_that_was_cut_off_counts_as_not_there(tmp_path) -> None:
    (tmp_path / MEASURED).write_text('["a", {"burden": 1.0}]\n["b", {"bur')
    with Bench(tmp_path) as bench:
        assert list(bench._known) == ["a"]
    assert (tmp_path / MEASURED).read_text().endswith("\n")


def test_an_intervention_is_given_at_most_once() -> None:
    with pytest.raises(rs.SettingsError, match="relaxation is given twice"):
        rs.simulate(rs.Participant(n_units=2), TEST, ["relaxation", "relaxation:depth=1"])
    with pytest.raises(rs.SettingsError, match="given twice"):
        rs.study.Condition(given=(rs.Relaxation(), rs.Relaxation(depth=1.0)))


def test_limits_that_are_broken_are_named_with_what_was_asked_for() -> None:
    axes = {"force_pct": 90.0, "discomfort": 2.0, "dose_pct": 30.0, "charge_mC_per_h": 5.0}
    assert broken_words(axes, rs.optimization.Rule()) == [
        "force 90.0 %, at least 95 allowed",
        "dose 30.0 % of the usual maximum, at most 25 allowed",
    ]
    assert broken_words(axes, rs.optimization.Rule(charge_mC_per_h_max=4.0))[-1].startswith(
        "charge 5.0 mC/h"
    )
    assert broken_words({**axes, "force_pct": 95.0, "dose_pct": 25.0}, rs.optimization.Rule()) == []


def test_who_counts_is_said_as_the_rule_has_it() -> None:
    assert worst_words(rs.optimization.Rule()) == "the quarter who fare worst"
    assert worst_words(rs.optimization.Rule(worse_share=0.4)) == "the 40 % who fare worst"
    assert worst_words(rs.optimization.Rule(worse_share=1.0)) == "everybody"


def test_what_was_asked_about_other_people_is_asked_again(tmp_path) -> None:
    pytest.importorskip("optuna", reason="designing therapies needs the extra design (optuna)")
    # Stimulation slower than 1 Hz is allowed, and rounded up.
    few = rs.optimization.SearchSettings(
        therapies=2, batch=2, drugs=(), depth_max=0.0, frequency_hz_min=0.3
    )
    goal = rs.Goal(search=few)
    measured: list[int] = []

    def measure(therapies):
        measured.append(len(therapies))
        axes = {name: float(len(therapies)) for name in AXES}
        return [{**axes, "force_pct": 99.0} for _ in therapies]

    for whom in ("one", "other", "one"):
        searched(goal, measure, tmp_path, whom)
    laid, composed_of = len(laid_out(goal)), 0
    once = [laid, few.therapies, composed_of]
    assert measured == [*once, *once, laid, composed_of]
