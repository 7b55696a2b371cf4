"""Several contractions on the command line, in studies, in inference and between two sessions."""

import numpy as np
import pandas as pd
import pytest
from contraction_samples import ramp, recording, rest

import renshaw as rs
from renshaw.cli.app import main
from renshaw.estimation.contractions.over_contractions import over_contractions


def torque_of(n, height=30.0):
    return np.concatenate([rest(5), *(np.concatenate([ramp(height), rest(8)]) for _ in range(n))])


@pytest.fixture
def twice(tmp_path):
    return rs.write(recording(torque_of(2)), tmp_path / "twice.h5")


def run(capsys, *words):
    code = main([str(word) for word in words])
    said = capsys.readouterr()
    return code, said.out, said.err


# renshaw cut


def test_cut_writes_a_file_a_contraction(twice, tmp_path, capsys):
    code, out, _ = run(capsys, "cut", twice, "-o", tmp_path / "parts")
    assert code == 0
    assert "2 contractions in twice, found by the torque" in out
    parts = [rs.read(tmp_path / "parts" / f"twice_contraction-{k}.h5") for k in (1, 2)]
    whole = rs.read(twice)
    for number, part in enumerate(parts, start=1):
        assert part.fingerprint() == rs.contractions(whole).part(number).fingerprint()
        assert len(part.units) == len(whole.units)
        assert "Cut: " in part.notes[-1]


def test_cut_writes_one_contraction_and_any_part(twice, tmp_path, capsys):
    assert run(capsys, "cut", twice, "-o", tmp_path / "b.h5", "--contraction", 2)[0] == 0
    assert rs.read(tmp_path / "b.h5").units.window_s == pytest.approx((29, 61), abs=1)
    window = ["--window", 28, 61, "--from-zero"]
    assert run(capsys, "cut", twice, "-o", tmp_path / "c.h5", *window)[0] == 0
    part = rs.read(tmp_path / "c.h5")
    assert part.units.window_s == (0.0, 33.0)
    assert part.signals["torque"].start_s == 0.0


def test_cut_numbers_files_of_other_formats_and_says_what_they_lose(twice, tmp_path, capsys):
    code, out, _ = run(capsys, "cut", twice, "-o", tmp_path / "x.csv")
    assert code == 0
    assert "Not kept: Signals are left out: torque." in out
    assert (tmp_path / "x_contraction-1.csv").exists()
    assert (tmp_path / "x_contraction-2.csv").exists()


@pytest.mark.parametrize(("words", "said"), [
    (["--contraction", "3"], "twice has no contraction 3: it has 2 contractions. They are: 1, 5.0"),
    (["--contractions.find", "never"], "can't be cut into contractions"),
    (["--window", "100", "200"], "It lasts from 0 to 61 s"),
])  # fmt: skip
def test_what_cannot_be_cut_is_said(twice, tmp_path, capsys, words, said):
    words = [word.replace("--contractions.", "--") for word in words]
    code, _, err = run(capsys, "cut", twice, "-o", tmp_path / "parts", *words)
    assert code != 0
    assert said in err


def test_one_contraction_can_only_be_cut_by_a_window(tmp_path, capsys):
    once = rs.write(recording(torque_of(1)), tmp_path / "once.h5")
    code, _, err = run(capsys, "cut", once, "-o", tmp_path / "parts")
    assert code != 0
    assert "--window START END" in err


def test_cut_never_writes_over_its_file(twice, capsys):
    code, _, err = run(capsys, "cut", twice, "-o", twice, "--contraction", 1)
    assert code != 0
    assert "twice.h5" in err


# renshaw estimate


def test_estimate_shows_contractions_beside_their_mean(twice, tmp_path, capsys):
    code, out, _ = run(capsys, "estimate", twice, "-o", tmp_path / "out", "-q")
    assert code == 0
    assert "pps, the mean of 2 contractions (" in out
    heads = next(line for line in out.splitlines() if line.startswith("contraction"))
    assert heads.split() == ["contraction", "1", "2", "mean", "SD", "units"]
    table = pd.read_csv(tmp_path / "out" / "estimates.csv")
    assert set(table["contraction"]) == {1, 2}
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "SD between contractions" in page
    assert "Where the contractions of twice lie" in page


def test_estimate_takes_one_contraction(twice, capsys):
    for rules in ("renshaw", "openhdemg"):
        words = ["--contraction", 2, "--rules", rules, "-q", "--no-multiverse"]
        code, out, _ = run(capsys, "estimate", twice, *words)
        assert code == 0
        assert "mean of 2 contractions" not in out
        part = rs.contractions(rs.read(twice)).part(2)
        (mean,) = rs.estimate(part, rules).select("delta_f_mean").rows
        assert f"Mean ΔF is {mean.value:.2f} pps" in out


# Studies, and two sessions of one person


def people(folder, n=3):
    folder.mkdir()
    for person in range(n):
        for condition, ramps in (("pre", 2), ("post", 3)):
            made = recording(torque_of(ramps, 28 + person), seed=person)
            rs.write(made, folder / f"P{person}_{condition}.h5")
    return folder


def plan_of(folder, **settings):
    found = rs.study.RecordingsSettings(
        folder=str(folder), pattern="{participant}_{condition}.h5", **settings
    )
    conditions = tuple(rs.study.Condition(name=name) for name in ("pre", "post"))
    arm = rs.study.Arm(recordings=found, conditions=conditions)
    return rs.StudyPlan(arms=(arm,))


def test_a_study_averages_over_contractions_first(tmp_path):
    folder = people(tmp_path / "data")
    result = rs.run_study(plan_of(folder), tmp_path / "out", workers=1)
    estimates = pd.read_csv(tmp_path / "out" / "estimates.csv")
    assert set(estimates["contraction"]) == {1, 2, 3}
    (row,) = result.comparison.table.query("quantity == 'delta_f'").to_dict("records")
    made = [rs.read(folder / f"P{k}_pre.h5") for k in range(3)]
    means = [over_contractions(rs.estimate(each)).values("delta_f").mean() for each in made]
    assert row["mean_reference"] == pytest.approx(np.mean(means))
    units = pd.read_csv(tmp_path / "out" / "unit_means.csv")
    assert set(units["trials"]) == {1}


def test_a_study_can_take_one_contraction(tmp_path):
    folder = people(tmp_path / "data")
    rs.write(recording(torque_of(1)), folder / "P9_pre.h5")
    result = rs.run_study(plan_of(folder, contraction=2), tmp_path / "out", workers=1)
    assert result.failures["recording"].tolist() == ["P9_pre"]
    assert "no contraction 2" in result.failures["reason"].iloc[0]
    (row,) = result.comparison.table.query("quantity == 'delta_f'").to_dict("records")
    made = [rs.contractions(rs.read(folder / f"P{k}_pre.h5")).part(2) for k in range(3)]
    means = [rs.estimate(each).values("delta_f").mean() for each in made]
    assert row["mean_reference"] == pytest.approx(np.mean(means))


def test_comparing_estimates_counts_each_unit_once():
    made = [recording(torque_of(n), seed=n) for n in (2, 3)]
    named = [
        rs.Recording(r.units, r.signals, name=name) for r, name in zip(made, "ab", strict=True)
    ]
    design = pd.DataFrame({
        "recording": ["a", "b"], "participant": ["P", "P"], "condition": ["pre", "post"]
    })  # fmt: skip
    settings = rs.CompareSettings(mixed_models=False)
    estimates = rs.estimate(named)
    found = rs.compare(estimates, design, settings).table
    same = rs.compare(over_contractions(estimates), design, settings).table
    pd.testing.assert_frame_equal(found, same)


# Inference


def test_inference_says_of_which_contraction_it_is():
    whole = recording(torque_of(2))
    settings = rs.InferSettings(muscle="TA", samples=200)
    posterior = rs.infer(whole, settings)
    assert posterior.notes[0].startswith("Contraction 1 of 2 was used, 5 to 25 s")
    second = rs.infer(whole, settings.replace(contraction=2))
    assert "as asked" in second.notes[0]
    alone = rs.infer(rs.contractions(whole).part(2), settings)
    assert np.array_equal(second.samples.to_numpy(), alone.samples.to_numpy())
    with pytest.raises(rs.DataError, match="no contraction 3"):
        rs.infer(whole, settings.replace(contraction=3))
