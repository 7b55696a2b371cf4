"""Files of other versions: what is not known is kept, shown as it is, and said in one sentence."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import study_samples

import renshaw as rs
from renshaw.core.version import __version__, latest, newer, of_other_version
from renshaw.estimation.settings import DeltaFSettings
from renshaw.inference.files import ABOUT, SAMPLES, open_posterior, write_posterior
from renshaw.optimization.goal import Goal
from renshaw.optimization.goal_file import goal_from_toml, goal_to_toml
from renshaw.study import commit

NEWER = f"Written by renshaw 0.9.0, this is {__version__}"
UNKNOWN = "what this version does not know is shown as it is: "


def test_versions_are_compared_by_their_numbers() -> None:
    assert newer("0.10.0") and newer("0.1.0.1") and newer("1")
    assert not newer(__version__) and not newer("0.1.0.dev3") and not newer("0.0.99")
    assert not any(map(newer, ("", "next", "-1", "9" * 5000 + "x", "0+unknown")))
    assert latest(["0.2", "0.10", "", "odd"]) == "0.10"
    assert latest([]) == ""


def test_there_is_one_sentence_or_none() -> None:
    assert of_other_version(__version__) == of_other_version("") == ""
    assert of_other_version("0.9.0") == f"{NEWER}."
    assert of_other_version("0.9.0", ["a = 1", "b = 2"]) == f"{NEWER}; {UNKNOWN}a = 1; b = 2."
    said = of_other_version("0.9.0", ["a = 1"], ["/cats", "/dogs"])
    assert said.endswith("a = 1; left out, because this version does not know it: /cats, /dogs.")
    # A plug-in that is not installed here makes no other version.
    assert of_other_version(__version__, ["a"]) == "What" + UNKNOWN[4:] + "a."


def test_settings_of_another_version_keep_what_is_known() -> None:
    settings, unknown = rs.EstimateSettings.of_other_version(
        {
            "delta_f": {"recruitment_gap_s": 2, "new_rule": [1], "correlation_min": 7.0},
            "cats": {"a": 1},
            "smoothing": 3,
        }
    )
    assert settings.delta_f == DeltaFSettings(recruitment_gap_s=2)
    assert unknown == {
        "delta_f.new_rule": [1],
        "delta_f.correlation_min": 7.0,
        "cats": {"a": 1},
        "smoothing": 3,
    }
    assert rs.EstimateSettings.of_other_version(settings.to_mapping()) == (settings, {})
    # Each for itself is possible, and both together are not.
    both = {"age_min": 60.0, "age_max": 30.0}
    found, odd = rs.study.CohortSettings.of_other_version(both)
    assert found.age_min <= found.age_max and odd


def recording(tmp_path: Path) -> rs.Recording:
    trains = [np.arange(1 + k / 20, 9 - k / 20, 0.1) for k in range(4)]
    torque = rs.Signal(np.concatenate([np.linspace(0, 20, 50), np.linspace(20, 0, 50)]), 10.0)
    return rs.Recording(rs.MotorUnits(trains, (0.0, 10.0)), {"torque": torque}, name="ramp")


def test_a_report_of_steps_of_a_newer_version(tmp_path: Path) -> None:
    step = rs.results.Step(
        "hypnotize",
        "recording = rs.hypnotize(recording)",
        {"depth": 3},
        cites=("gorassini2002", "doe2031"),
        version="0.9.0",
    )
    known = recording(tmp_path)
    odd = rs.read(replace(known, history=known.history.then(step)).save(tmp_path / "a.h5"))
    assert odd.cite()[1] == "doe2031"
    page = rs.report(odd, tmp_path / "page.html").read_text(encoding="utf-8")
    assert f"{NEWER}; {UNKNOWN}the reference doe2031." in page
    # Its code is not passed on: a file may say anything there.
    assert "rs.hypnotize(recording)" not in page and "<li>doe2031</li>" in page
    assert "hypnotize&#39;: made by a step that this version of renshaw does not know" in page
    usual = rs.report(known, tmp_path / "usual.html").read_text(encoding="utf-8")
    assert "Written by renshaw" not in usual


def test_a_report_of_quantities_that_are_not_known(tmp_path: Path) -> None:
    known = recording(tmp_path)
    estimates = rs.estimate(known)
    row = estimates.rows[0]._replace(quantity="warp_factor", value=9.5, units="c")
    more = rs.Estimates((*estimates.rows, row), estimates.history)
    page = rs.report(known, tmp_path / "page.html", estimates=more).read_text(encoding="utf-8")
    assert "warp_factor" in page or "Warp factor" in page


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study")
    rs.run_study(study_samples.virtual(), folder)
    return folder


def newer_study(study: Path, to: Path, plan: str, version: str = "0.9.0") -> Path:
    """Return a copy of a study that a newer version might have run."""
    to.mkdir()
    for path in study.iterdir():
        if path.is_file():
            (to / path.name).write_bytes(path.read_bytes())
    made = json.loads((to / "provenance.json").read_text("utf-8"))
    (to / "provenance.json").write_text(json.dumps({**made, "renshaw": version}))
    (to / "study.toml").write_text(plan)
    return to


def odd_plan(study: Path) -> str:
    plan = (study / "study.toml").read_text("utf-8")
    plan = plan.replace("seed = 4", 'seed = 4\nblinding = "double"')
    plan = plan.replace('keep = "examples"', 'keep = "everything"')
    odd = '{ kind = "hypnosis", depth = 3 }, '
    assert "given = [{" in plan
    return plan.replace("given = [{", f"given = [{odd}{{")


def test_a_study_of_a_newer_version_is_opened_and_says_so(study: Path, tmp_path: Path) -> None:
    plan = odd_plan(study)
    folder = newer_study(study, tmp_path / "newer", plan)
    means = pd.read_csv(folder / "unit_means.csv")
    more = means.head(1).assign(quantity="warp_factor", units="c", novelty=3)
    for path in folder.glob("unit_means.*"):
        path.unlink()
    pd.concat([means, more]).to_csv(folder / "unit_means.csv", index=False)
    commit.commit(folder, json.loads((folder / commit.FILE).read_text("utf-8")))
    result = rs.open_study(folder)
    (said,) = result.notes
    assert said.startswith(f"{NEWER}; {UNKNOWN}")
    for odd in ("blinding = double", "keep = everything", "hypnosis"):
        assert odd in said
    usual = rs.open_study(study)
    assert usual.notes == ()
    pd.testing.assert_frame_equal(result.to_table(), usual.to_table())
    assert result.plan.arms[0].conditions[1].given == (rs.Relaxation(),)
    page = rs.report(result, tmp_path / "page.html").read_text("utf-8")
    assert "0.9.0" in page and "blinding = double" in page


def test_a_study_of_this_version_has_faults_and_no_news(study: Path, tmp_path: Path) -> None:
    folder = newer_study(study, tmp_path / "same", odd_plan(study), __version__)
    with pytest.raises(rs.SettingsError, match="no setting 'blinding'"):
        rs.open_study(folder)


def test_a_study_opens_without_the_plugins_that_it_was_made_with(
    study: Path, tmp_path: Path
) -> None:
    given = 'given = [{ kind = "hypnosis", depth = 3 }, {'
    plan = (study / "study.toml").read_text("utf-8").replace("given = [{", given)
    folder = newer_study(study, tmp_path / "without", plan, __version__)
    means = pd.read_csv(folder / "unit_means.csv")
    for path in folder.glob("unit_means.*"):
        path.unlink()
    more = means.head(1).assign(quantity="warp_factor")
    pd.concat([means, more]).to_csv(folder / "unit_means.csv", index=False)
    commit.commit(folder, json.loads((folder / commit.FILE).read_text("utf-8")))
    result = rs.open_study(folder)
    (said,) = result.notes
    assert said.startswith("What" + UNKNOWN[4:]) and "hypnosis" in said
    assert said.endswith("left out, because this version does not know it: warp_factor.")
    assert result.plan.arms[0].conditions[1].given == (rs.Relaxation(),)
    page = rs.report(result, tmp_path / "page.html").read_text("utf-8")
    assert "hypnosis" in page and "warp_factor" in page
    alone = plan.replace(given, 'given = [{ kind = "hypnosis" }] #')
    (folder / "study.toml").write_text(alone)
    assert "Nothing could be compared" not in rs.open_study(folder).finding.sentence
    # To run it anew takes the plug-in.
    with pytest.raises(rs.SettingsError, match="no kind 'hypnosis'"):
        rs.load_plan(folder / "study.toml")


def test_a_newer_study_that_cannot_be_understood_says_who_wrote_it(
    study: Path, tmp_path: Path
) -> None:
    folder = newer_study(study, tmp_path / "odd", 'conditions = ["a", "a"]\n')
    with pytest.raises(rs.SettingsError, match=r"renshaw 0\.9\.0, this is"):
        rs.open_study(folder)


def test_a_study_file_of_a_newer_version_is_not_run_with_less_than_it_says(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text('renshaw = "0.9.0"\nblinding = "double"\n')
    with pytest.raises(rs.SettingsError, match=r"blinding.*renshaw 0\.9\.0, this is") as caught:
        rs.load_plan(path)
    assert caught.value.place is not None and caught.value.place.line == 2
    path.write_text(f'renshaw = "{__version__}"\nrepeats = 2\n')
    assert rs.load_plan(path).arms[0].repeats == 2


def test_a_goal_of_a_newer_version_says_so() -> None:
    text = goal_to_toml(Goal())
    assert goal_from_toml(f'renshaw = "0.9.0"\n{text}', "goal.toml") == Goal()
    with pytest.raises(rs.SettingsError, match=r"renshaw 0\.9\.0, this is"):
        goal_from_toml(f'renshaw = "0.9.0"\nmoon = "full"\n{text}', "goal.toml")


def test_a_posterior_of_a_newer_version(tmp_path: Path) -> None:
    from renshaw.inference import targets
    from renshaw.inference.posterior import Posterior, tabulated
    from renshaw.inference.trained import shipped

    drawn = shipped().state.prior()[:200]
    samples = tabulated(drawn, "TA", 20.0)
    made = Posterior(
        samples=samples,
        prior=samples[list(targets.NAMES)],
        name="ramp",
        muscle="TA",
        n_units=9,
        peak_pct_mvc=20.0,
        farther_than_pct=50.0,
    )
    folder = write_posterior(made, tmp_path / "p")
    assert open_posterior(folder).notes == ()
    about = (folder / ABOUT).read_text("utf-8").replace(f'"{__version__}"', '"0.9.0"')
    (folder / ABOUT).write_text(f'{about}mood = "calm"\n')
    pd.read_parquet(folder / SAMPLES).assign(charm=1.0).to_parquet(folder / SAMPLES)
    found = open_posterior(folder)
    assert found.notes == (f"{NEWER}; {UNKNOWN}the column charm; mood = calm.",)
    page = rs.report(found, tmp_path / "page.html").read_text("utf-8")
    assert "mood = calm" in page
    (folder / ABOUT).write_text('renshaw = "0.9.0"\nmuscle = "FDI"\n')
    with pytest.raises(rs.ReadError, match=r"renshaw 0\.9\.0, this is"):
        open_posterior(folder)
