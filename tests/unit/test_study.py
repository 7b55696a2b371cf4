import numpy as np
import pandas as pd
import pytest

import renshaw as rs
from renshaw.study.cohort import draw_cohort
from renshaw.study.plan import plan_from_toml
from renshaw.study.run import trials

SMALL = rs.StudyPlan(
    name="small",
    seed=4,
    ramps=1,
    cohort=rs.CohortSettings(participants=2, n_units=4),
    protocol=rs.Ramp(rise_s=1.0, fall_s=1.0, rest_s=0.2),
    conditions=(
        rs.Condition(name="control"),
        rs.Condition(
            name="both", given=(rs.ReciprocalInhibition(frequency_hz=20), rs.Relaxation())
        ),
    ),
)


def test_the_study_file_makes_the_same_plan_again():
    for plan in (SMALL, rs.built_in_plan(), rs.StudyPlan(title='a "quoted" \\ title\x7f\n')):
        assert plan_from_toml(plan.to_toml(), "study.toml") == plan


def test_the_built_in_study_is_the_seed_study_in_small():
    plan = rs.built_in_plan()
    assert plan.protocol == rs.Ramp(peak_pct_mvc=20, rise_s=10, fall_s=10)
    assert [c.name for c in plan.conditions] == ["control", "reciprocal inhibition", "relaxation"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name = \nramps = 2", "is not valid TOML.*line 1"),
        ("rampz = 2", "no setting 'rampz'. Did you mean 'ramps'"),
        ("ramps = 0", "StudyPlan.ramps = 0: must be >= 1"),
        ("ramps = 'two'", "must be a whole number"),
        ("rules = 'openhdmg'", "Did you mean 'openhdemg'"),
        ("[cohort]\nparticpants = 3", "cohort.particpants.*Did you mean 'participants'"),
        ("cohort = 3", "cohort must be a table"),
        ("[protocol]\nkind = 'rmap'", "protocol: there is no kind 'rmap'. Did you mean 'ramp'"),
        ("protocol = 3", "protocol must be a table"),
        ("conditions = 3", "one \\[\\[conditions\\]\\] for each"),
        ("conditions = []", "at least one condition"),
        ("[[conditions]]\ngiven = ['relaxtion']", "conditions 1: given: There is no intervention"),
        ("[[conditions]]\ngiven = 3", "given must be a list"),
        ("[[conditions]]\nname='a'\n[[conditions]]\nname='a'", "Two conditions are called 'a'"),
        ("[[conditions]]\ngiven = [{kind='relaxation', deep=1}]", "no setting"),
        ("[[conditions]]\nname = ' '", "needs a name"),
        ("[protocol]\nkind = ['ramp']", "there is no kind"),
        ("[cohort]\nmuscle = 'TAA'", "no muscle 'TAA'. Did you mean 'TA'"),
        ("seed = 99999999999999999999", "StudyPlan.seed"),
    ],
)
def test_faulty_study_files_are_refused_with_file_and_reason(tmp_path, text, words):
    path = tmp_path / "study.toml"
    path.write_text(text)
    with pytest.raises(rs.SettingsError, match=words) as caught:
        rs.load_plan(path)
    assert str(path) in str(caught.value)


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


def test_a_participant_is_the_same_in_a_larger_cohort():
    few, many = (draw_cohort(rs.CohortSettings(participants=n), seed=1) for n in (3, 9))
    assert many[:3] == few
    assert len(set(many)) == 9
    assert draw_cohort(rs.CohortSettings(participants=3), seed=2) != few


def test_conditions_of_a_participant_share_their_noise():
    seeds = {(t.participant.name, t.number): set() for t in trials(rs.built_in_plan())}
    for trial in trials(rs.built_in_plan()):
        seeds[trial.participant.name, trial.number].add(trial.seed)
    assert all(len(found) == 1 for found in seeds.values())
    assert len(set.union(*seeds.values())) == len(seeds)


def estimates_and_design(change, n=6, units=3):
    """Delta-F of 3 + unit + person in control, and `change(person, unit)` more in the condition."""
    rows, design = [], []
    for person in range(n):
        for condition in ("control", "calm"):
            name = f"P{person} {condition}"
            design.append((name, f"P{person}", condition, 1))
            for unit in range(1, units + 1):
                value = 3.0 + unit + person
                if condition == "calm":
                    value += change(person, unit)
                rows.append(rs.Estimate(name, "delta_f", unit, 0, value, "pps"))
    columns = ["recording", "participant", "condition", "trial"]
    return rs.Estimates(tuple(rows)), pd.DataFrame(design, columns=columns)


def test_paired_differences_agree_with_scipy():
    from scipy import stats

    rng = np.random.default_rng(1)
    noise = rng.normal(-0.5, 0.4, size=6)
    comparison = rs.compare(*estimates_and_design(lambda person, unit: noise[person]))
    row = comparison.table.iloc[0]
    expected = stats.ttest_1samp(noise, 0.0)
    assert row["n"] == 6
    assert row["difference"] == pytest.approx(noise.mean())
    assert row["p_value"] == pytest.approx(expected.pvalue)
    interval = expected.confidence_interval(0.95)
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((interval.low, interval.high))
    assert row["percent"] == pytest.approx(100 * noise.mean() / row["mean_reference"])


def test_more_units_do_not_make_more_people():
    few = rs.compare(*estimates_and_design(lambda p, u: 0.1 * p, units=2)).table.iloc[0]
    many = rs.compare(*estimates_and_design(lambda p, u: 0.1 * p, units=40)).table.iloc[0]
    assert few["n"] == many["n"] == 6
    assert few["p_value"] == pytest.approx(many["p_value"])


def test_only_units_ok_in_both_conditions_are_matched():
    estimates, design = estimates_and_design(lambda person, unit: -1.0)
    # The strongest unit is lost in the condition: unmatched means would fall by more than 1.
    rows = tuple(
        row._replace(ok=False) if row.unit == 3 and "calm" in row.recording else row
        for row in estimates.rows
    )
    matched = rs.compare(rs.Estimates(rows), design).table.iloc[0]
    loose = rs.compare(
        rs.Estimates(rows), design, rs.CompareSettings(matched_units=False)
    ).table.iloc[0]
    assert matched["difference"] == pytest.approx(-1.0)
    assert loose["difference"] == pytest.approx(-1.5)


def test_a_condition_without_estimates_is_a_row_without_numbers():
    estimates, design = estimates_and_design(lambda person, unit: 0.0, n=2)
    rows = tuple(row for row in estimates.rows if "calm" not in row.recording)
    row = rs.compare(rs.Estimates(rows), design).table.iloc[0]
    assert row["n"] == 0
    assert np.isnan(row["difference"])


def test_unknown_references_and_recordings_are_refused():
    estimates, design = estimates_and_design(lambda person, unit: 0.0, n=2)
    with pytest.raises(rs.DataError, match="no condition 'placebo'"):
        rs.compare(estimates, design, reference="placebo")
    with pytest.raises(rs.DataError, match="does not say who 'P1 control' is"):
        rs.compare(estimates, design[design["participant"] == "P0"])


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    return folder, rs.run_study(SMALL, folder)


def test_a_study_keeps_its_recordings_and_its_design(ran):
    folder, result = ran
    assert len(list((folder / "recordings").glob("*.h5"))) == SMALL.trials == 4
    assert list(result.design["recording"])[:2] == ["P01 control 1", "P01 both 1"]
    assert set(result.examples) == {"control", "both"}
    given = SMALL.conditions[1].given
    assert len(result.assumptions) == 3 + sum(len(each.assumptions()) for each in given)


def test_an_interrupted_study_goes_on_and_gives_the_same_numbers(ran):
    folder, result = ran
    kept = folder / "recordings" / "P01-control-1.h5"
    lost = folder / "recordings" / "P02-control-1.h5"
    broken = folder / "recordings" / "P02-both-1.h5"
    before = kept.stat().st_mtime_ns
    lost.unlink()
    broken.write_bytes(b"half a file")
    again = rs.run_study(SMALL, folder)
    assert kept.stat().st_mtime_ns == before
    assert lost.is_file()
    assert again.estimates.fingerprint() == result.estimates.fingerprint()


def test_recordings_of_another_seed_are_made_anew(ran, tmp_path):
    folder, result = ran
    other = rs.run_study(SMALL.replace(seed=5), tmp_path)
    first = result.examples["control"].fingerprint()
    assert other.examples["control"].fingerprint() != first
    again = rs.run_study(SMALL, tmp_path)
    assert again.examples["control"].fingerprint() == first


def test_progress_counts_up_to_the_end():
    seen = []
    rs.run_study(SMALL, progress=lambda done, total, what: seen.append((done, total, what)))
    assert [done for done, _, _ in seen] == sorted(done for done, _, _ in seen)
    assert seen[-1][0] == seen[-1][1]
    first_half = [what for done, total, what in seen if done < total // 2]
    assert all("P01" in what or "P02" in what for what in first_half)


def test_a_study_refuses_a_design_that_does_not_fit():
    recording = rs.Recording(rs.MotorUnits((), (0.0, 1.0)), name="a")
    design = pd.DataFrame(
        [("b", "P", "c", 1)], columns=["recording", "participant", "condition", "trial"]
    )
    with pytest.raises(rs.DataError, match="in their own order"):
        rs.Study((recording,), design)
    with pytest.raises(rs.DataError, match="no column 'trial'"):
        rs.Study((), design.drop(columns="trial"))
