import hashlib
import json
import shutil

import numpy as np
import pandas as pd
import pytest
import study_samples

import renshaw as rs
from renshaw.study.cohort import draw_cohort
from renshaw.study.pieces import pieces_of

SMALL = study_samples.virtual(
    2,
    rs.Ramp(rise_s=1.0, fall_s=1.0, rest_s=0.2),
    conditions=(
        rs.study.Condition(name="control"),
        rs.study.Condition(
            name="both", given=(rs.ReciprocalInhibition(frequency_hz=20), rs.Relaxation())
        ),
    ),
)


def test_a_participant_is_the_same_in_a_larger_cohort():
    few, many = (draw_cohort(rs.study.CohortSettings(participants=n), seed=1) for n in (3, 9))
    assert many[:3] == few
    assert len(set(many)) == 9
    assert draw_cohort(rs.study.CohortSettings(participants=3), seed=2) != few


def test_a_cohort_has_the_ages_and_sexes_asked_for():
    people = draw_cohort(
        rs.study.CohortSettings(
            participants=15, women=0.3333, age_years=70, age_sd=8, age_min=65, age_max=80
        ),
        seed=3,
    )
    assert sum(who.sex == "female" for who in people) == 5
    ages = [who.age_years for who in people]
    assert min(ages) >= 65 and max(ages) <= 80 and len(set(ages)) > 5
    assert len({who.afferents for who in people}) == 15


def trials(plan):
    return [trial for piece in pieces_of(plan, {}) for trial in piece.trials]


def test_conditions_of_a_session_share_their_noise_and_state():
    plan = study_samples.virtual(
        3,
        repeats=2,
        conditions=(
            rs.study.Condition(name="before", session=0),
            rs.study.Condition(name="control"),
            rs.study.Condition(name="again", noise="own"),
            rs.study.Condition(name="relaxed", given=(rs.Relaxation(),)),
        ),
    )
    seeds = {(t.row.participant, t.row.condition, t.row.trial): t.row.seed for t in trials(plan)}
    people = {(t.row.participant, t.row.condition): t.participant for t in trials(plan)}
    assert len(set(seeds.values())) == 3 * 2 * 3
    for who in ("P01", "P02", "P03"):
        assert seeds[who, "control", 1] == seeds[who, "relaxed", 1] != seeds[who, "again", 1]
        assert people[who, "control"] == people[who, "relaxed"] == people[who, "again"]
        assert people[who, "before"] != people[who, "control"]


def test_people_of_several_arms_are_other_people_unless_they_share_a_prefix():
    arm = study_samples.virtual().arms[0]
    apart = rs.StudyPlan(arms=(arm.replace(name="a"), arm.replace(name="b")))
    assert [each.cohort.prefix for each in apart.arms] == ["P", "P"]
    fresh = arm.replace(cohort=rs.study.CohortSettings(participants=3, n_units=4))
    apart = rs.StudyPlan(arms=(fresh.replace(name="a"), fresh.replace(name="b")))
    names = [trial.row.recording for trial in trials(apart)]
    assert len(set(names)) == len(names)
    assert {trial.row.participant[0] for trial in trials(apart)} == {"A", "B"}
    with pytest.raises(rs.SettingsError, match="differ in the cohort"):
        other = rs.study.CohortSettings(participants=3, n_units=5, prefix="X")
        rs.StudyPlan(
            arms=(
                fresh.replace(name="a", cohort=other),
                fresh.replace(name="b", cohort=other.replace(n_units=6)),
            )
        )


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
                rows.append(rs.estimation.Estimate(name, "delta_f", unit, 0, value, "pps"))
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


def test_units_are_matched_by_their_labels_and_not_by_their_numbers():
    estimates, design = estimates_and_design(lambda person, unit: -1.0)
    # After tracking, the condition lists the same three units the other way round.
    named = {"control": ("a", "b", "c"), "calm": ("c", "b", "a")}
    rows = []
    for row in estimates.rows:
        condition = row.recording.split()[1]
        number = row.unit if condition == "control" else 4 - row.unit
        rows.append(row._replace(unit=number, label=named[condition][number - 1]))
    # The strongest unit, c, is lost in the condition.
    lost = [
        row._replace(ok=False) if row.label == "c" and "calm" in row.recording else row
        for row in rows
    ]
    comparison = rs.compare(rs.Estimates(tuple(lost)), design)
    assert comparison.table.iloc[0]["difference"] == pytest.approx(-1.0)
    assert any("Units of one label" in words for words in comparison.finding.would_change)


def test_who_has_no_unit_of_one_label_in_both_is_named():
    estimates, design = estimates_and_design(lambda person, unit: -1.0 - person)
    rows = tuple(
        row._replace(label=f"new {row.unit}" if row.recording == "P0 calm" else f"{row.unit}")
        for row in estimates.rows
    )
    comparison = rs.compare(rs.Estimates(rows), design)
    assert comparison.table.iloc[0]["n"] == 5
    (warned,) = (words for words in comparison.finding.warnings if "no unit of one label" in words)
    assert warned.startswith("P0 has")
    loose = rs.compare(rs.Estimates(rows), design, rs.CompareSettings(matched_units=False))
    assert loose.table.iloc[0]["n"] == 6
    assert not any("one label" in words for words in loose.finding.would_change)


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


def test_whole_recordings_are_compared_as_well():
    rows, design = [], []
    for person in range(5):
        for condition, value in (("control", 6.0 + person), ("calm", 5.0 + 1.1 * person)):
            name = f"P{person} {condition}"
            design.append((name, f"P{person}", condition, 1))
            rows.append(rs.estimation.Estimate(name, "torque_sust", 0, 0, value, "% MVC"))
    columns = ["recording", "participant", "condition", "trial"]
    comparison = rs.compare(rs.Estimates(tuple(rows)), pd.DataFrame(design, columns=columns))
    row = comparison.table.iloc[0]
    assert (row["quantity"], row["n"]) == ("torque_sust", 5)
    assert row["difference"] == pytest.approx(np.mean([-1 + 0.1 * p for p in range(5)]))


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    return folder, rs.run_study(SMALL, folder)


def test_a_study_keeps_its_tables_with_a_dictionary(ran):
    folder, result = ran
    assert list(result.design["recording"])[:2] == ["P01 control 1", "P01 both 1"]
    assert set(result.examples) == {"control", "both"}
    assert {path.name for path in (folder / "recordings").iterdir()} == {
        "P01-control-1.h5",
        "P01-both-1.h5",
    }
    meaning = pd.read_csv(folder / "data_dictionary.csv", keep_default_na=False)
    for name in ("recordings", "participants", "estimates", "unit_means", "exclusions", "failures"):
        sheet = pd.read_csv(folder / f"{name}.csv")
        table = pd.read_parquet(folder / f"{name}.parquet")
        assert list(sheet) == list(table) and len(sheet) == len(table)
        assert set(table) <= set(meaning.loc[meaning["table"] == name, "name"])
    quantities = meaning.loc[meaning["table"] == "quantities", "name"]
    assert set(result.estimates.quantities) <= set(quantities)
    assert rs.load_plan(folder / "study.toml") == SMALL


def test_provenance_says_what_made_the_numbers(ran):
    folder, _ = ran
    found = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    assert found["seed"] == SMALL.seed and found["recordings"] == 4
    content = (folder / "estimates.csv").read_bytes()
    assert found["tables"]["estimates.csv"] == hashlib.sha256(content).hexdigest()
    assert {"numpy", "numba", "pandas"} <= set(found["packages"])


def test_tables_and_memory_give_the_same_study(ran, tmp_path):
    folder, result = ran
    alone = rs.run_study(SMALL)
    assert alone.estimates.fingerprint() == result.estimates.fingerprint()
    again = rs.open_study(folder)
    assert again.estimates.fingerprint() == result.estimates.fingerprint()
    pd.testing.assert_frame_equal(again.to_table(), result.to_table())
    for path in folder.glob("*.parquet"):
        shutil.copy(folder / f"{path.stem}.csv", tmp_path)
    shutil.copy(folder / "study.toml", tmp_path)
    from_csv = rs.open_study(tmp_path)
    assert from_csv.estimates.fingerprint() == result.estimates.fingerprint()
    pd.testing.assert_frame_equal(from_csv.to_table(), result.to_table())


def test_the_study_compares_as_compare_does(ran):
    _, result = ran
    settings = rs.CompareSettings(mixed_models=False)
    expected = rs.compare(result.estimates, result.design, settings).table
    found = result.comparison.table
    pd.testing.assert_frame_equal(found, expected)


def test_an_interrupted_study_goes_on_and_gives_the_same_numbers(ran):
    folder, result = ran
    kept, broken = sorted((folder / "pieces").glob("*.piece"))
    before = kept.stat().st_mtime_ns
    content = bytearray(broken.read_bytes())
    content[-20] ^= 1
    broken.write_bytes(content)
    (folder / "unit_means.parquet").unlink()
    (folder / "unit_means.csv").unlink()
    with pytest.raises(rs.ReadError, match="not finished"):
        rs.open_study(folder)
    again = rs.run_study(SMALL, folder)
    assert kept.stat().st_mtime_ns == before
    assert again.estimates.fingerprint() == result.estimates.fingerprint()


def test_a_recording_that_was_lost_is_made_again(ran):
    folder, result = ran
    lost = folder / "recordings" / "P01-both-1.h5"
    content = lost.read_bytes()
    lost.write_bytes(content[:-1])
    again = rs.run_study(SMALL, folder)
    assert lost.read_bytes() == content
    assert again.estimates.fingerprint() == result.estimates.fingerprint()


def test_pieces_of_another_seed_are_made_anew(tmp_path):
    plan = study_samples.virtual(2)
    first = rs.run_study(plan, tmp_path).estimates.fingerprint()
    other = rs.run_study(plan.replace(seed=5), tmp_path)
    assert other.estimates.fingerprint() != first
    assert len(list((tmp_path / "pieces").iterdir())) == 2
    assert rs.run_study(plan, tmp_path).estimates.fingerprint() == first


def test_more_participants_only_cost_the_new_ones(tmp_path):
    rs.run_study(study_samples.virtual(2), tmp_path)
    said = []
    rs.run_study(study_samples.virtual(3), tmp_path, progress=lambda *told: said.append(told))
    assert [told[2] for told in said].count("found finished") == 2


def test_fewer_people_are_the_first_and_the_rest_goes_on_from_them(tmp_path):
    plan = study_samples.virtual(3)
    few = rs.run_study(plan.of_at_most(2), tmp_path)
    said = []
    rest = rs.run_study(plan, tmp_path, progress=lambda *told: said.append(told))
    assert list(few.design.participant.unique()) == ["P01", "P02"]
    assert list(rest.design.participant.unique()) == ["P01", "P02", "P03"]
    assert [told[2] for told in said].count("found finished") == 2
    assert plan.of_at_most(9) == plan


def test_only_virtual_people_can_be_fewer(tmp_path):
    with pytest.raises(rs.SettingsError, match=r"--people 1 \(people=1\): at least two"):
        study_samples.virtual(3).of_at_most(1)
    with pytest.raises(rs.SettingsError, match="has none"):
        study_samples.real(tmp_path).of_at_most(2)


def test_a_familiarization_is_kept_but_not_compared():
    plan = study_samples.virtual(
        conditions=(
            rs.study.Condition(name="familiarization", analyzed=False, session=0, repeats=2),
            rs.study.Condition(name="control"),
            rs.study.Condition(name="time control", noise="own"),
        ),
    )
    result = rs.run_study(plan)
    assert len(result.design) == plan.trials == 3 * 4
    assert set(result.design.loc[~result.design["analyzed"], "condition"]) == {"familiarization"}
    assert set(result.to_table()["condition"]) == {"time control"}
    assert (result.to_table().query("quantity == 'peak_rate'")["difference"] != 0).all()


def test_all_recordings_or_none_are_kept(tmp_path):
    rs.run_study(study_samples.virtual().replace(keep="all"), tmp_path / "all")
    assert len(list((tmp_path / "all" / "recordings").iterdir())) == 6
    result = rs.run_study(study_samples.virtual().replace(keep="none"), tmp_path / "none")
    assert not (tmp_path / "none" / "recordings").exists()
    assert result.examples == {}


def test_mixed_models_stand_beside_unless_left_out():
    arm = study_samples.virtual(4).arms[0]
    result = rs.run_study(rs.StudyPlan(seed=4, arms=(arm,)))
    assert "peak_rate" in {*result.comparison.models, *result.comparison.unmodelled}
    assert rs.run_study(study_samples.virtual(4)).comparison.models == {}


def test_pairs_can_be_left_out():
    plan = study_samples.virtual(protocol=study_samples.QUICK.replace(rise_s=6.0, fall_s=6.0))
    whole, short = rs.run_study(plan), rs.run_study(plan.replace(pairs=False))
    assert "delta_f_pair" in whole.estimates.quantities
    assert all(row.control == 0 for row in short.estimates.rows)
    pd.testing.assert_frame_equal(whole.to_table(), short.to_table())


def test_a_study_may_see_only_what_electrodes_see():
    plan = study_samples.virtual(observed=rs.experiment.ObservationSettings(units=2, units_sd=0))
    seen, whole = rs.run_study(plan), rs.run_study(study_samples.virtual())
    assert 0 < len(seen.estimates) < len(whole.estimates)
    assert any("electrodes" in w or "decomposition" in w for w in seen.assumptions)


def test_several_protocols_of_an_arm_are_compared_apart():
    tasks = (
        rs.study.Task(name="strong", protocol=study_samples.QUICK.replace(peak_pct_mvc=50)),
        rs.study.Task(name="weak", protocol=study_samples.QUICK),
    )
    result = rs.run_study(study_samples.virtual(protocols=tasks))
    assert [(g.arm, g.protocol) for g in result.groups] == [("study", "strong"), ("study", "weak")]
    assert result.design["recording"][0] == "P01 strong control 1"
    rates = result.to_table().query("quantity == 'peak_rate'").set_index("protocol")
    assert rates.loc["strong", "mean_reference"] > rates.loc["weak", "mean_reference"]


def test_the_formula_of_the_study_is_fitted_to_all_arms():
    arm = study_samples.virtual(5).arms[0]
    fresh = arm.replace(cohort=rs.study.CohortSettings(participants=5, n_units=4))
    plan = rs.StudyPlan(
        formula="peak_rate ~ condition * arm + (1|participant)",
        arms=(fresh.replace(name="young"), fresh.replace(name="older")),
    )
    result = rs.run_study(plan)
    assert result.unmodeled == ""
    terms = " ".join(result.model.fixed_effects["term"])
    assert "relaxed" in terms and "arm" in terms
    wrong = rs.run_study(plan.replace(formula="peak_rat ~ condition + (1|participant)"))
    assert wrong.model is None and "peak_rat" in wrong.unmodeled


def test_progress_counts_up_to_the_end():
    seen = []
    rs.run_study(SMALL, progress=lambda done, total, what: seen.append((done, total, what)))
    assert [done for done, _, _ in seen] == sorted(done for done, _, _ in seen)
    assert seen[-1][0] == seen[-1][1] == 4
    assert any("P02" in what for _, _, what in seen)
