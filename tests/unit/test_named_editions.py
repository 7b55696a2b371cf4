"""Whatever renshaw writes names the edition of its people; what names none is told apart by age."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
import study_samples

import renshaw as rs
from renshaw.core.received_code import rebuilt
from renshaw.model.editions import DEFAULT_EDITION
from renshaw.study.brief_file import brief_toml
from renshaw.study.result import plan_of_finished
from renshaw.study.study_file import load_finished_plan, plan_from_toml
from renshaw.validation.against_recordings import RecordingValidationSettings

OTHER = 3 - DEFAULT_EDITION
ONE_ARM = '[cohort]\nparticipants = 2\n\n[[conditions]]\nname = "control"\n'
TWO_ARMS = (
    'conditions = ["control"]\n[cohort]\nparticipants = 2\n\n[[arms]]\nname = "young"\n\n'
    '[[arms]]\nname = "old"\n[arms.cohort]\nage_years = 70\n\n'
    '[[arms]]\nname = "lab"\n[arms.recordings]\nfolder = "lab"\n'
)


@pytest.mark.parametrize(
    "settings",
    [
        rs.Participant(),
        rs.study.CohortSettings(),
        rs.validation.ModelValidationSettings(),
        RecordingValidationSettings(),
        rs.validation.EstimatorValidationSettings(),
    ],
    ids=lambda each: type(each).__name__,
)
def test_a_history_names_the_edition_though_it_is_the_usual_one(settings: rs.Settings) -> None:
    assert re.search(rf"\bedition={DEFAULT_EDITION}\b", settings.as_python())
    made = eval(settings.as_python(), {"rs": rs})
    assert made == settings


def test_study_files_that_are_written_name_it() -> None:
    plan = study_samples.virtual()
    for text in (rs.study.plan_to_toml(plan), brief_toml(plan)):
        assert f"\nedition = {DEFAULT_EDITION}\n" in text


def test_the_built_in_study_is_of_the_usual_edition_and_can_be_of_any() -> None:
    assert rs.study.built_in_plan().editions == (DEFAULT_EDITION,)
    assert rs.study.built_in_plan(DEFAULT_EDITION) == rs.study.built_in_plan()
    other = rs.study.built_in_plan(OTHER)
    assert other.editions == (OTHER,)
    assert {arm.cohort.neuromodulation for arm in other.arms if arm.cohort} == {
        rs.Participant(edition=OTHER).neuromodulation
    }


@pytest.mark.parametrize(
    ("code", "person"),
    [
        ("rs.Participant()", "rs.Participant(edition=1)"),
        ("rs.model.Participant(muscle='GM')", "rs.model.Participant(muscle='GM', edition=1)"),
        ("rs.Participant(edition=2)", "rs.Participant(edition=2)"),
        ("rs.model.muscle_pool('TA', 9)", "rs.model.muscle_pool('TA', 9, edition=1)"),
        ("rs.model.muscle_pool('TA', 9, 2)", "rs.model.muscle_pool('TA', 9, 2)"),
    ],
)
def test_a_history_that_names_none_is_of_when_there_was_but_one(code: str, person: str) -> None:
    assert rebuilt(f"recording = rs.simulate({code})", "simulate").endswith(f"({person})")


def test_a_study_to_be_run_takes_the_usual_edition_and_a_finished_one_its_own(
    tmp_path: Path,
) -> None:
    path = tmp_path / "study.toml"
    path.write_text(TWO_ARMS, encoding="utf-8")
    assert rs.load_plan(path).editions == (DEFAULT_EDITION,)
    for editions, found in (({}, [1, 1]), ({"young": 2, "old": 1}, [2, 1])):
        plan, said = load_finished_plan(path, editions=lambda told=editions: told)
        assert [arm.cohort.edition for arm in plan.arms if arm.cohort] == found
        assert plan.arms[2].recordings is not None and not said
    path.write_text(ONE_ARM, encoding="utf-8")
    assert load_finished_plan(path)[0].editions == (1,)
    path.write_text(ONE_ARM.replace("[cohort]", "[cohort]\nedition = 2"), encoding="utf-8")
    assert load_finished_plan(path, editions=lambda: {"study": 1})[0].editions == (2,)


def test_a_finished_study_says_of_which_edition_its_people_were(tmp_path: Path) -> None:
    cohort = rs.study.CohortSettings(participants=2, n_units=4, edition=2)
    plan = study_samples.virtual(cohort=cohort)
    result = rs.run_study(plan, tmp_path, workers=1)
    assert "virtual participants of edition 2," in result.findings()[0].warnings[0]
    assert any("(edition 2)" in words for words in result.assumptions)
    # As its author may have written it, when edition 2 was the usual one.
    text = (tmp_path / "study.toml").read_text(encoding="utf-8")
    unnamed = re.sub(r"^edition = 2\n", "", text, flags=re.MULTILINE)
    (tmp_path / "study.toml").write_text(unnamed, encoding="utf-8")
    assert plan_from_toml(unnamed, "study.toml").editions == (DEFAULT_EDITION,)
    assert plan_of_finished(tmp_path)[0].editions == (2,)
    for table in tmp_path.glob("participants.*"):
        people = pd.read_csv(table) if table.suffix == ".csv" else pd.read_parquet(table)
        assert list(people["edition"]) == [2, 2]


def test_a_mixed_study_names_both() -> None:
    arms = tuple(
        rs.study.Arm(name=f"e{n}", cohort=rs.study.CohortSettings(edition=n)) for n in (2, 1)
    )
    assert rs.StudyPlan(arms=arms).editions == (1, 2)
