"""Two recordings of one person: whether they are, what differs, and how sure that is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from estimate_samples import DURATION_S, ramp_torque, recording_of, train, triangle
from scipy import stats

import renshaw as rs
from renshaw.cli.app import main
from renshaw.data.estimates import Estimate, Estimates
from renshaw.reports.report import report_text
from renshaw.study import BeforeAfterSettings, before_after
from renshaw.study.sessions import before_and_after, sessions_of_people


def of(path: str, **facts) -> rs.Recording:
    return replace(recording_of(), sources=(path,), name="rec", **facts)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("pre.mat", "post.mat"),
        ("P01/pre/rec.mat", "P01/post/rec.mat"),
        ("P01Pre.mat", "P01Post.mat"),
        ("S1_Baseline.csv", "S1_Post.csv"),
        ("S1_before.mat", "S1_after.mat"),
        ("S1 vor.mat", "S1 nach.mat"),
        ("S1-avant.mat", "S1-après.mat"),
        ("sub-01/ses-01/emg/sub-01_ses-01_emg.edf", "sub-01/ses-02/emg/sub-01_ses-02_emg.edf"),
        ("P1_post1.mat", "P1_post2.mat"),
        ("P1_day2.mat", "P1_day10.mat"),
    ],
)
def test_names_that_differ_in_a_session_only_are_a_before_and_an_after(before, after):
    for order in ((0, 1), (1, 0)):
        given = [of((before, after)[k]) for k in order]
        found = before_and_after(given)
        assert found is not None and found.first == order.index(0)
        assert "their names differ only in" in found.why


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("rec1.mat", "rec2.mat"),
        ("P01/pre/rec.mat", "P02/post/rec.mat"),
        ("pressure.mat", "posture.mat"),
        ("TA_pre.mat", "SOL_post.mat"),
        ("P1_before.mat", "P1_baseline.mat"),
        ("a_pre_run1.mat", "a_post_run2.mat"),
        ("trial1.mat", "trial2.mat"),
        ("pre.mat", "other.mat"),
    ],
)
def test_other_names_say_nothing(one, other):
    assert before_and_after([of(one), of(other)]) is None


def test_facts_go_before_names():
    pre, post = of("a.mat", participant="Ann"), of("b.mat", participant="Ann")
    found = before_and_after([pre, post])
    assert found == (0, "both say that the participant is Ann; the one given first is the before")
    ann, bea = of("pre.mat", participant="Ann"), of("post.mat", participant="Bea")
    assert before_and_after([ann, bea]) is None
    assert before_and_after([of("pre.mat", muscle="TA"), of("post.mat", muscle="SOL")]) is None
    assert before_and_after([of("pre.mat", muscle="TA"), of("post.mat", muscle="ta")]) is not None
    nobody = rs.Participant().name
    two = [of("a.mat", participant=nobody), of("b.mat", participant=nobody)]
    assert before_and_after(two) is None
    assert before_and_after([pre]) is None and before_and_after([pre, post, post]) is None


def test_sessions_of_several_people_are_held_against_the_first_of_each():
    names = ["P1/followup/r.mat", "P1/post/r.mat", "P2/pre/r.mat", "P1/pre/r.mat", "P2/post/r.mat"]
    found = sessions_of_people([of(name) for name in [*names, "P3/pre/r.mat"]])
    assert [person.order for person in found] == [(3, 1, 0), (2, 4)]
    assert "'pre' and 'followup'" in found[0].why[1]
    assert sessions_of_people([of("a.mat"), of("b.mat"), of("c.mat")]) == ()
    ann = [of(f"{k}.mat", participant="Ann") for k in "cab"]
    assert sessions_of_people(ann)[0].order == (0, 1, 2)


def test_three_sessions_give_the_difference_of_each_from_the_first(tmp_path, capsys):
    for session, shift in (("pre", 0.0), ("post", 0.1), ("followup", 0.2)):
        (tmp_path / session).mkdir()
        trains = [train(triangle(20 - i, 7), 1.5 + 1.5 * i, 23.0 - i - shift * i) for i in range(5)]
        lines = [f"{k},{t:.5f}" for k, times in enumerate(trains, 1) for t in times]
        (tmp_path / session / "r.csv").write_text("\n".join(["unit,time_s", *lines]))
    out = tmp_path / "out"
    status = main(["estimate", str(tmp_path), "-o", str(out), "--match", "labels", "-q"])
    said = capsys.readouterr().out
    assert status == 0
    assert "post/r against pre/r" in said and "followup/r against pre/r" in said
    page = (out / "report.html").read_text()
    assert "Sessions of one person" in page and "report-pre-r-and-post-r.html" in page
    assert (out / "report-pre-r-and-followup-r.html").exists()
    differences = pd.read_csv(out / "difference.csv")
    assert set(differences["recording_after"]) == {"post/r", "followup/r"}
    assert set(differences["recording_before"]) == {"pre/r"}


def table(name: str, values: dict[int, float], **beside) -> list[Estimate]:
    return [
        Estimate(name, "delta_f", unit, 0, value, "pps", **beside) for unit, value in values.items()
    ]


def units(name: str, labels: str) -> rs.Recording:
    trains = tuple(np.arange(1.0, 5.0, 0.1) + 0.01 * k for k in range(len(labels)))
    return rs.Recording(rs.MotorUnits(trains, (0.0, 6.0), labels=tuple(labels)), name=name)


BEFORE = {1: 4.0, 2: 5.0, 3: 3.5, 4: 4.4}
AFTER = {1: 2.1, 2: 3.9, 3: 3.0, 4: 9.0}


def changed(settings=None, **beside):
    estimates = Estimates((*table("pre", BEFORE), *table("post", AFTER, **beside)))
    # Unit d of before is another than unit e of after.
    return before_after(units("pre", "abcd"), units("post", "bcae"), settings, estimates=estimates)


def test_units_of_one_label_are_paired_when_asked():
    change = changed(BeforeAfterSettings(match="labels"))
    assert change.matched == ((1, 3), (2, 1), (3, 2))
    row = change.table.iloc[0]
    differences = np.array([AFTER[3] - BEFORE[1], AFTER[1] - BEFORE[2], AFTER[2] - BEFORE[3]])
    reach = stats.t.ppf(0.975, 2) * differences.std(ddof=1) / np.sqrt(3)
    assert row["paired"] and (row["n_paired"], row["n_before"], row["n_after"]) == (3, 4, 4)
    assert row["difference"] == pytest.approx(differences.mean())
    assert (row["ci_low"], row["ci_high"]) == pytest.approx(
        (differences.mean() - reach, differences.mean() + reach)
    )
    assert "of 3 units found in both" in change.finding.sentence


def test_otherwise_all_units_of_each_are_compared():
    change = changed()
    row = change.table.iloc[0]
    expected = stats.ttest_ind(list(AFTER.values()), list(BEFORE.values()), equal_var=False)
    interval = expected.confidence_interval()
    assert not row["paired"] and not change.matched
    assert (row["ci_low"], row["ci_high"]) == pytest.approx(tuple(interval))
    assert "of 4 units before and 4 after" in change.finding.sentence
    assert "No clear difference" in change.finding.sentence
    assert any(
        "takes raw EMG: there is none in pre and post" in w for w in change.finding.would_change
    )
    assert any("motor units of one person" in words for words in change.finding.how_sure)


def test_bounds_claim_no_direction():
    change = changed(bound="at least")
    assert change.table.iloc[0]["bounds"] == 4
    assert "which way it went is not known" in change.finding.sentence
    assert "lower" not in change.finding.sentence and "higher" not in change.finding.sentence


def test_a_clear_difference_within_retest_error_says_so():
    one = {k: 4.0 + 0.1 * k for k in range(1, 7)}
    small, large = ({k: v - d for k, v in one.items()} for d in (1.0, 3.0))
    for after, within in ((small, True), (large, False)):
        estimates = Estimates((*table("pre", one), *table("post", after)))
        pair = units("pre", "abcdef"), units("post", "abcdef")
        finding = before_after(*pair, estimates=estimates).finding
        assert (
            finding.sentence.startswith("Mean ΔF was")
            and "lower in post than in pre" in finding.sentence
        )
        assert any("without any treatment" in words for words in finding.warnings) == within


def test_what_is_not_alike_is_said():
    pair = recording_of(
        train(triangle(18, 6), 2.0, 22.0), train(triangle(15, 5), 6.0, 20.0), torque=ramp_torque()
    )
    before = replace(pair, name="pre", participant="Ann")
    after = replace(pair, name="post", participant="Bea", signals={"torque": ramp_torque(40.0)})
    said = " ".join(before_after(before, after).finding.warnings)
    assert "very same discharges" in said and "Ann and Bea" in said and "not alike" in said
    with pytest.raises(rs.DataError, match="TA and post of SOL"):
        before_after(replace(before, muscle="TA"), replace(after, muscle="SOL"))


def test_nothing_in_common_is_no_answer():
    empty = rs.Recording(rs.MotorUnits((), (0.0, DURATION_S)), name="pre")
    change = before_after(empty, replace(empty, name="post"))
    assert change.finding.sentence.startswith("No answer")
    assert "No answer" in report_text(change)


@pytest.fixture
def files(tmp_path, monkeypatch):
    for name, stop_s in (("pre", 17.0), ("post", 20.0)):
        units = [
            train(triangle(18 - k, 6), 2.0 + 2 * k, 22.0 - (22 - stop_s) * k / 2) for k in range(3)
        ]
        recording_of(*units, torque=ramp_torque()).save(tmp_path / f"{name}.h5")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_report_of_two_files_of_one_person_opens_with_the_difference(files, capsys):
    assert main(["estimate", "post.h5", "pre.h5", "-o", "out", "--no-multiverse", "-q"]) == 0
    said = capsys.readouterr().out
    assert "because their names differ only in 'pre' and 'post'" in said
    page = (files / "out" / "report.html").read_text()
    assert "Before and after, one person" in page and page.count("<svg") == 2
    assert 'href="report-pre.html"' in page and (files / "out" / "report-post.html").exists()
    difference = (files / "out" / "difference.csv").read_text()
    assert difference.startswith("quantity,units,paired,n_before")


def test_it_can_be_said_and_unsaid(files, capsys):
    (files / "pre.h5").rename("one.h5")
    main(["estimate", "one.h5", "post.h5", "-q"])
    assert "is taken as the before" not in capsys.readouterr().out
    assert main(["estimate", "one.h5", "post.h5", "--before-after", "-q"]) == 0
    assert "'one' is taken as the before, 'post' as the after, because" in capsys.readouterr().out
    (files / "one.h5").rename("pre.h5")
    assert main(["estimate", "pre.h5", "post.h5", "--no-before-after", "-q"]) == 0
    assert "is taken as the before" not in capsys.readouterr().out
    assert main(["estimate", "pre.h5", "--before-after", "-q"]) == 1
    assert "takes two recordings" in capsys.readouterr().err


def test_the_program_of_the_page_runs(files):
    both = [rs.read("pre.h5"), rs.read("post.h5")]
    change = before_after(*both, estimates=rs.estimate(both))
    names: dict = {}
    exec(change.history.as_python(), names)
    assert names["difference"].table.equals(change.table)
