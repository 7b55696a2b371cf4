"""Studies of real recordings: who is who, and that one bad file does not stop the others."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
import report_samples as samples
import study_samples

import renshaw as rs
from renshaw.cli import app, failures
from renshaw.core.errors import SettingsError
from renshaw.study.recordings import _template, found_recordings, recording_files

CONDITIONS = (rs.study.Condition(name="pre"), rs.study.Condition(name="post"))


def laboratory(folder: Path, people: int = 5) -> Path:
    """A folder of BIDS recordings: each person before and after, who then fires less."""
    folder.mkdir(parents=True, exist_ok=True)
    for person in range(1, people + 1):
        for session, units in (("pre", 6), ("post", 5)):
            recording = samples.triangle(units + person % 3, name=f"{person} {session}")
            rs.write(recording, folder / f"sub-{person:02d}_ses-{session}_task-ramp_run-1.h5")
    return folder


def plan_of(folder: Path, **settings: object) -> rs.StudyPlan:
    recordings = rs.study.RecordingsSettings(folder=str(folder), **settings)
    arm = rs.study.Arm(name="lab", recordings=recordings, conditions=CONDITIONS)
    smoothing = rs.estimation.rules("renshaw").smoothing.replace(method="polynomial")
    return rs.StudyPlan(
        arms=(arm,), estimate=rs.estimation.rules("renshaw").replace(smoothing=smoothing)
    )


def entries(folder: Path, **settings: object) -> list[tuple[str, str, str, int]]:
    found = found_recordings(
        rs.study.RecordingsSettings(folder=str(folder), **settings), Path(), ()
    )
    assert not found.refused
    return [(e.participant, e.condition, e.visit, e.trial) for e in found.entries]


def touched(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


def test_bids_names_say_who_and_when(tmp_path):
    touched(
        tmp_path,
        "sub-01/ses-pre/emg/sub-01_ses-pre_task-ramp_run-2_events.tsv",
        "sub-01/ses-pre/emg/sub-01_ses-pre_task-ramp_channels.tsv",
        "sub-02/ses-post/emg/sub-02_ses-post_task-ramp_acq-calm_events.tsv",
        "participants.tsv",
        "dataset_description.json",
        "README",
        ".hidden/sub-03_ses-pre.mat",
    )
    assert entries(tmp_path) == [("01", "pre", "pre", 2), ("02", "post", "post", 1)]
    assert [entry[1] for entry in entries(tmp_path, condition_from="acq")] == ["all", "calm"]


def test_what_lies_beside_a_recording_is_none(tmp_path):
    mine = ("t1_Firings.txt", "t2_(Sensor 1)_Firings.txt", "other.mat", "other_Stats.txt")
    beside = ("t1_Stats.txt", "T1.mat", "t2.mat", "t2_(Sensor 1)_Stats.txt", "a_emg.json")
    touched(tmp_path, *mine, *beside)
    assert {path.name for path in recording_files(tmp_path)} == set(mine)


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("{participant}_{condition}_*.mat", "S1_pre_post_x.mat"),
        ("{participant}-{condition}", "a-b-c"),
        ("**/{participant}_{condition}.mat", "a/b/c_d.mat"),
        ("**/{participant}_{condition}.mat", "c_d_e.mat"),
        ("*{participant}?{condition}*", "abc/d"),
        ("*{participant}?{condition}*", "abcd"),
        ("{participant}.*", "S.1.mat"),
        ("{participant}", ""),
    ],
)
def test_a_pattern_matches_as_an_expression_would(pattern, name):
    known = {"**/": "(?:.*/)?", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\{\w+\}|\*\*/|\*|\?)", pattern)
    words = [
        f"(?P<{p[1:-1]}>[^/]+?)" if p[:1] == "{" else known.get(p, re.escape(p)) for p in parts
    ]
    expected = re.fullmatch("".join(words), name)
    found = _template(pattern).words_of(name)
    assert found == (None if expected is None else expected.groupdict())


def test_a_hostile_pattern_of_names_ends():
    template = _template("{participant}" + "*a" * 20 + "b")
    assert template.words_of("a" * 250) is None
    words = "_".join(f"{{{word}}}" for word in ("participant", "a", "b", "c", "d", "e", "f", "g"))
    assert _template(f"{words}.mat").words_of("a_" * 125) is None
    with pytest.raises(SettingsError, match="80 parts"):
        _template("{participant}" + "*" * 79)


def test_a_pattern_says_who_and_when(tmp_path):
    touched(tmp_path, "S1_pre_3.mat", "sub/S2_post_1.mat", "notes.txt")
    pattern = "{participant}_{condition}_{trial}.mat"
    assert entries(tmp_path, pattern=pattern) == [("S1", "pre", "", 3), ("S2", "post", "", 1)]
    assert entries(tmp_path, pattern="**/{participant}_{condition}_*.mat") == [
        ("S1", "pre", "", 1),
        ("S2", "post", "", 1),
    ]
    for wrong, why in (
        ("{condition}.mat", "needs {participant}"),
        ("{participant}{participant}", "twice"),
    ):
        with pytest.raises(rs.SettingsError, match=why):
            entries(tmp_path, pattern=wrong)


def test_a_table_says_who_and_when_and_more(tmp_path):
    touched(tmp_path, "a.mat", "b.mat")
    table = tmp_path / "who.csv"
    table.write_text(
        "file;participant;condition;visit;age\na.mat;P1;pre;1;61\nb.mat;P1;post;2;61\n"
    )
    assert entries(tmp_path, table=str(table)) == [("P1", "pre", "1", 1), ("P1", "post", "2", 1)]
    found = found_recordings(
        rs.study.RecordingsSettings(folder=str(tmp_path), table=str(table)), Path(), ()
    )
    assert found.entries[0].others == {"age": "61"}
    table.write_text("file,participant,condition\na.mat,P1,pre\nc.mat,P1,post\n,P2,pre\n")
    found = found_recordings(
        rs.study.RecordingsSettings(folder=str(tmp_path), table=str(table)), Path(), ()
    )
    assert [name for name, _ in found.refused] == ["c.mat", "line 4"]
    assert "line 3" in found.refused[0][1]
    table.write_text("fil,participant\na.mat,P1\n")
    with pytest.raises(rs.SettingsError, match="no column 'file'. Did you mean 'fil'"):
        entries(tmp_path, table=str(table))
    with pytest.raises(rs.SettingsError, match="Did you mean 'who.csv'"):
        entries(tmp_path, table=str(tmp_path / "whoo.csv"))


def test_what_cannot_be_told_apart_is_refused_by_name(tmp_path):
    touched(tmp_path, "a_pre_x.mat", "a_pre_y.mat", "b_pst_x.mat")
    settings = rs.study.RecordingsSettings(
        folder=str(tmp_path), pattern="{participant}_{condition}_*.mat"
    )
    found = found_recordings(settings, Path(), ["pre", "post"])
    reasons = dict(found.refused)
    assert "same trial" in reasons["a_pre_y.mat"]
    assert "Did you mean 'post'" in reasons["b_pst_x.mat"]


def test_folders_that_are_none_or_empty_are_refused(tmp_path):
    with pytest.raises(rs.SettingsError, match="not a folder"):
        entries(tmp_path / "absent")
    with pytest.raises(rs.SettingsError, match="no recordings in it"):
        entries(tmp_path)


def test_a_folder_of_recordings_becomes_an_answer(tmp_path):
    result = rs.run_study(plan_of(laboratory(tmp_path / "data")), tmp_path / "out")
    assert len(result.design) == 10 and not result.design["simulated"].any()
    assert result.comparison.table.iloc[0]["condition"] == "post"
    assert result.assumptions == ()
    # Units of two recordings are not the same ones, unless the study says so.
    means = pd.read_csv(tmp_path / "out" / "unit_means.csv")
    assert means.loc[means["quantity"] == "delta_f", "unit"].str.contains("#").all()
    assert set(result.groups[0].comparison.pairs["participant"]) == {
        f"{n:02d}" for n in range(1, 6)
    }


def test_real_and_virtual_arms_stand_in_one_study(tmp_path):
    real = plan_of(laboratory(tmp_path / "data", 2))
    plan = real.replace(arms=(*real.arms, *study_samples.virtual().arms))
    result = rs.run_study(plan, tmp_path / "out")
    assert [group.arm for group in result.groups] == ["lab", "study"]
    assert result.design["simulated"].tolist() == [False] * 4 + [True] * 6


def test_one_bad_recording_of_sixty_is_named_and_stops_nobody(tmp_path, capsys):
    folder = laboratory(tmp_path / "data", 30)
    bad = folder / "sub-07_ses-post_task-ramp_run-1.h5"
    bad.write_bytes(bad.read_bytes()[:2000])
    study = tmp_path / "study.toml"
    study.write_text(rs.study.plan_to_toml(plan_of(Path("data"))))
    code = app.main(["run", str(study), "-o", str(tmp_path / "out"), "--workers", "1", "--quiet"])
    said = capsys.readouterr()
    assert code == failures.FAILED
    assert bad.name in said.err and "1 failed and 59 did not" in said.err
    assert "Traceback" not in said.err
    result = rs.open_study(tmp_path / "out")
    assert len(result.design) == 59
    assert result.failures["recording"].tolist() == [bad.stem]
    assert bad.name in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_a_recording_that_is_mended_is_read(tmp_path):
    folder = laboratory(tmp_path / "data", 2)
    good = folder / "sub-01_ses-pre_task-ramp_run-1.h5"
    content = good.read_bytes()
    good.write_bytes(content[:1000])
    plan = plan_of(folder)
    assert len(rs.run_study(plan, tmp_path / "out").failures) == 1
    good.write_bytes(content)
    assert len(rs.run_study(plan, tmp_path / "out").failures) == 0


def test_nothing_but_bad_recordings_is_an_error(tmp_path):
    touched(tmp_path, "sub-01_ses-pre.mat")
    with pytest.raises(rs.DataError, match="Not one recording gave numbers.*sub-01_ses-pre"):
        rs.run_study(plan_of(tmp_path), tmp_path / "out")


def test_columns_of_a_table_are_kept_and_can_be_modeled(tmp_path):
    folder = laboratory(tmp_path / "data", 6)
    lines = ["file,participant,condition,age"]
    for n in range(1, 7):
        for c in ("pre", "post"):
            lines.append(f"sub-{n:02d}_ses-{c}_task-ramp_run-1.h5,S{n},{c},{20 + n}")
    table = folder / "who.csv"
    table.write_text("\n".join(lines))
    plan = plan_of(folder, table=str(table))
    plan = plan.replace(formula="peak_rate ~ condition + age + (1|participant)")
    result = rs.run_study(plan, tmp_path / "out")
    assert result.design["age"].tolist()[:4] == [21, 21, 22, 22]
    assert result.unmodeled == "" and "age" in set(result.model.fixed_effects["term"])


def test_a_report_says_the_settings_that_the_study_was_planned_with(tmp_path):
    laboratory(tmp_path / "data", people=1)
    plan = plan_of(tmp_path / "data")
    asked = plan.settings.replace(delta_f=plan.settings.delta_f.replace(correlation_min=0.3))
    result = rs.run_study(plan.replace(estimate=asked), tmp_path / "out")
    opened = rs.open_study(tmp_path / "out")
    recording = next(iter(opened.examples.values()))
    for study in (result, opened):
        assert study.estimates.settings == asked
        page = rs.report(recording, tmp_path / "page.html", estimates=study.estimates)
        text = page.read_text(encoding="utf-8")
        assert re.search(r"delta_f\.correlation_min<.{1,60}>0\.300", text, flags=re.S), text
