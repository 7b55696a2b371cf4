"""Study files: what they mean, and that faults are reported by file, line and entry."""

from __future__ import annotations

import time
import tomllib

import pytest
import study_samples
from hypothesis import given
from hypothesis import strategies as st

import renshaw as rs
from renshaw.core.toml import line_of, read_toml
from renshaw.study.study_file import plan_from_toml


def test_the_study_file_makes_the_same_plan_again():
    recordings = rs.study.Arm(
        name="lab",
        recordings=rs.study.RecordingsSettings(
            folder="data", pattern="{participant}_{condition}.mat"
        ),
        conditions=(rs.study.Condition(name="pre"), rs.study.Condition(name="post")),
        tracked=True,
    )
    several = rs.StudyPlan(
        formula="delta_f ~ condition + (1|participant)",
        keep="none",
        estimate=rs.estimation.rules("openhdemg"),
        arms=(
            *study_samples.virtual(observed=rs.experiment.ObservationSettings(units=5)).arms,
            recordings,
        ),
        published=(rs.study.Published(arm="lab", condition="post", direction="higher"),),
    )
    plans = (study_samples.virtual(), rs.study.built_in_plan(), several)
    for plan in (*plans, rs.StudyPlan(title='a "quoted" \\ title\x7f\n')):
        assert plan_from_toml(rs.study.plan_to_toml(plan), "study.toml") == plan


def test_the_built_in_study_is_the_seed_study():
    plan = rs.study.built_in_plan()
    assert [arm.cohort.participants for arm in plan.arms] == [15, 15, 20, 19]
    assert [arm.protocols[0].title for arm in plan.arms] == ["ramp", "ramp", "vibstim", "vibstim"]
    ramp = plan.arms[0].protocols[0].protocol
    assert (ramp.peak_pct_mvc, ramp.rise_s, ramp.fall_s) == (20, 10, 10)
    for arm in plan.arms:
        names = [condition.name for condition in arm.conditions]
        assert names[:3] == ["familiarization", "control", "time control"]
        assert not arm.conditions[0].analyzed and arm.reference == "control"
        assert arm.observed is not None
    assert {(p.arm, p.direction) for p in plan.published} == {
        ("Ramps, nerve stimulation", "lower"),
        ("Ramps, relaxation", "lower"),
        ("VibStim, nerve stimulation", "unchanged"),
        ("VibStim, relaxation", "lower"),
    }


def test_a_file_of_one_arm_needs_no_arms():
    plan = plan_from_toml(
        """
        ramps = 2
        [cohort]
        participants = 4
        [protocol]
        peak_pct_mvc = 10
        [[conditions]]
        name = "control"
        [[conditions]]
        name = "calm"
        given = ["relaxation:depth=0.8"]
        """,
        "old.toml",
    )
    arm = plan.arms[0]
    assert (arm.repeats, arm.cohort.participants, plan.trials) == (2, 4, 16)
    assert arm.protocols[0].protocol == rs.Ramp(peak_pct_mvc=10)
    assert arm.conditions[1].given == (rs.Relaxation(depth=0.8),)


def test_arms_take_from_the_top_what_they_leave_out():
    plan = plan_from_toml(
        """
        repeats = 2
        observed = true
        conditions = ["control"]
        [cohort]
        muscle = "SOL"
        n_units = 20
        [[arms]]
        name = "young"
        [[arms]]
        name = "older"
        repeats = 5
        observed = false
        cohort = { age_years = 70 }
        [[arms]]
        name = "lab"
        recordings = { folder = "data" }
        """,
        "study.toml",
    )
    young, older, lab = plan.arms
    assert (young.repeats, older.repeats) == (2, 5)
    assert young.observed == rs.experiment.ObservationSettings() and older.observed is None
    assert older.cohort.replace(prefix="") == rs.study.CohortSettings(
        muscle="SOL", n_units=20, age_years=70
    )
    assert lab.cohort is None and [c.name for c in lab.conditions] == ["control"]


def test_estimators_can_be_set_one_by_one():
    plan = plan_from_toml(
        'rules = "openhdemg"\n[estimate.delta_f]\nrecruitment_gap_s = 2', "study.toml"
    )
    base = rs.estimation.rules("openhdemg")
    assert plan.settings == base.replace(delta_f=base.delta_f.replace(recruitment_gap_s=2.0))


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("name = 'a'\nrampz = 2", 2, "no setting 'rampz'. Did you mean 'ramps'"),
        ("\n\nramps = 0", 3, "Arm.repeats = 0: must be from 1 to 1000"),
        ("ramps = 'two'", 1, "must be a whole number"),
        ("rules = 'openhdmg'", 1, "Did you mean 'openhdemg'"),
        ("[cohort]\nparticpants = 3", 2, "cohort.particpants.*Did you mean 'participants'"),
        ("[cohort]\n\nn_units = 0", 3, "cohort.n_units.*must be from 2 to 1000"),
        ("cohort = 3", 1, "cohort: must be a table"),
        ("[protocol]\nkind = 'rmap'", 2, "there is no kind 'rmap'. Did you mean 'ramp'"),
        ("[protocol]\nkind = 'ramp'\npeak = 3", 3, "no setting 'peak'"),
        ("protocol = 3", 1, "protocol: must be a table"),
        ("conditions = 3", 1, "one \\[\\[conditions\\]\\] for each"),
        ("conditions = []", 1, "at least one condition"),
        ("[[conditions]]\nname = 'a'\ngiven = ['relaxtion']", 3, "There is no intervention"),
        ("[[conditions]]\ngiven = 3", 2, "given must be a list"),
        ("[[conditions]]\nname='a'\n[[conditions]]\nname='a'", None, "conditions are called 'a'"),
        (
            "[[conditions]]\ngiven = [\n  'relaxation',\n  {kind='relaxation', deep=1},\n]",
            4,
            "conditions 1.given 2.deep.*no setting",
        ),
        ("[[conditions]]\nname = ' '", None, "needs a name"),
        ("[[conditions]]\nname = 'a'\nanalyzed = false", None, "condition that is analyzed"),
        ("[protocol]\nkind = ['ramp']", 2, "there is no kind"),
        ("[cohort]\nmuscle = 'TAA'", 2, "no such muscle. Did you mean 'TA'"),
        ("seed = 99999999999999999999", 1, "StudyPlan.seed"),
        ("arms = []", 1, "at least one arm"),
        ("[[arms]]\nname = 'a'\n[[arms]]\nname = 'b'\nrepeats = 0", 5, "arms 2.repeats"),
        ("[[arms]]\nname = 'a'\n[arms.cohort]\nage_yers = 3", 4, "arms 1.cohort.age_yers"),
        ("[[arms]]\n[arms.cohort]\n[arms.recordings]", 3, "a cohort or recordings"),
        ("observed = 3", 1, "observed must be true, false"),
        ("[estimate.delta_f]\nrecruitment_gap = 2", 2, "Did you mean 'recruitment_gap_s'"),
        ("[estimate.delta_f]\nrecruitment_gap_s = -2", 2, "must be at least 0"),
        ("[[published]]\narm = 'x'", None, "there is no arm 'x'"),
        ("[[published]]\ndirection = 'down'", 2, "must be one of lower, higher, unchanged"),
        ("keep = 'everything'", 1, "examples, all, none"),
    ],
)
def test_faults_are_refused_by_file_line_and_entry(tmp_path, text, line, words):
    path = tmp_path / "study.toml"
    path.write_text(text)
    with pytest.raises(rs.SettingsError, match=words) as caught:
        rs.load_plan(path)
    at = f"{path}, line {line}: " if line else f"{path}"
    assert str(caught.value).startswith(at)


def test_what_is_no_toml_is_refused_with_its_line(tmp_path):
    path = tmp_path / "study.toml"
    path.write_text("name = 'a'\nramps = ")
    with pytest.raises(rs.SettingsError, match="line 2: not valid TOML"):
        rs.load_plan(path)


def test_files_that_are_none_are_refused(tmp_path):
    for path in (tmp_path, tmp_path / "absent.toml"):
        with pytest.raises(rs.SettingsError, match="needs a study file"):
            rs.load_plan(path)
    (tmp_path / "study.toml").touch()
    with pytest.raises(rs.SettingsError, match="Did you mean 'study.toml'"):
        rs.load_plan(tmp_path / "stdy.toml")
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(rs.SettingsError, match="not a text file"):
        rs.load_plan(binary)


def test_every_entry_has_its_line():
    text = '''# a comment
a = """
b = 2
"""
"odd key" = [ # comment ]
  1, "]",
  { c = '#', d.e = [3,
     4] },
]
[t.u]
x = 1
[[t.v]]
x = 2
[[t.v]]
  [t.v.w]
  x = 3
'''
    expected = {
        ("a",): 2,
        ("odd key",): 5,
        ("odd key", 1): 6,
        ("odd key", 2): 7,
        ("odd key", 2, "c"): 7,
        ("odd key", 2, "d", "e", 1): 8,
        ("t", "u", "x"): 11,
        ("t", "v", 0, "x"): 13,
        ("t", "v", 1): 14,
        ("t", "v", 1, "w", "x"): 16,
    }
    assert {place: line_of(text, place) for place in expected} == expected
    assert {place: line_of(text.replace("\n", "\r\n"), place) for place in expected} == expected
    assert line_of(text, ("b",)) is None
    # What is not there has the line of what it should be in.
    assert line_of(text, ("t", "v", 1, "w", "y")) == 15
    assert line_of(text, ("odd key", 2, "e")) == 7
    # Tables that are only made by others have the line of the first of these.
    assert (line_of(text, ("t",)), line_of(text, ("t", "v"))) == (10, 12)


@given(st.text(alphabet="ab=[]{}\"'#,.\n \\1", max_size=60))
def test_no_text_stops_the_search_for_lines(text):
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        line_of(text, ("a", 0, "b"))
        return
    for key in raw:
        line = line_of(text, (key,))
        assert line is not None and key in text.split("\n")[line - 1]


def test_tables_that_stand_apart_have_their_own_line_or_none():
    text = "[[v]]\nx = 1\n[b]\nk = 1\n[[v]]\nx = 3\n[t.u]\n[b.c]\nl = 2\n[t.w]\nz = 1\n"
    right = {("v", 1, "x"): 6, ("b", "c", "l"): 9, ("t", "w", "z"): 11, ("t", "u"): 7}
    for entry, line in right.items():
        assert line_of(text, entry) in (line, None)


@pytest.mark.parametrize(
    "text",
    [
        ".".join("a" * 40_000) + " = 1",
        "[" + " . ".join("a" * 20_000) + "]",
        "x = {" + ".".join(['"a"'] * 20_000) + " = 1}",
        "a" * 80_000 + " = 1",
        "a = " + "[" * 80_000,
        "a = '" + "b." * 40_000 + "'",
        '"' * 80_000,
        "\n".join(f"a{n}.b = 1" for n in range(8_000)),
        "x = [" + "1.0, " * 16_000 + "]",
    ],
)
def test_a_hostile_text_is_refused_at_once(text):
    began_s = time.perf_counter()
    with pytest.raises(rs.SettingsError):
        plan_from_toml(text, "study.toml")
    assert time.perf_counter() - began_s < 5


def test_keys_that_people_write_are_not_too_deep():
    read_toml(".".join("a" * 50) + " = 1")
    with pytest.raises(rs.SettingsError, match="too many dots"):
        read_toml(".".join("a" * 52) + " = 1")
    read_toml("words = 'One. Two. " + "And so on, and so on. " * 100 + "'")


def test_an_empty_file_is_no_study(tmp_path):
    empty = tmp_path / "study.toml"
    empty.write_text(" \n")
    with pytest.raises(rs.SettingsError, match="is empty"):
        rs.load_plan(empty)
