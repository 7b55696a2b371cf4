"""A folder, or a name that no system takes, in place of a file: a sentence, whoever is asked."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import renshaw as rs
from renshaw.core.doors import namespaces
from renshaw.core.files import alone
from renshaw.inference.store import Store, model_fingerprint
from renshaw.inference.trained import open_trained
from renshaw.optimization.bench import MEASURED, Bench

FORMULA = "value ~ condition + (1 | participant)"
SMALLER = "value ~ 1 + (1 | participant)"
NO_PATH = r"path of a|needs a .*, not (a |an |the class )|must be a DataFrame"
READERS: dict[str, Callable[[Path], object]] = {
    "read": rs.read,
    "load_plan": rs.load_plan,
    "load_goal": rs.optimization.load_goal,
    "open_study": rs.open_study,
    "open_posterior": rs.inference.open_posterior,
    "read_estimates": rs.files.read_estimates,
    "read_table": rs.stats.read_table,
    "mixed_model": lambda path: rs.stats.mixed_model(path, FORMULA),
    "data_set_plan": lambda path: rs.run_study(rs.study.data_set_plan(path)),
}
WRITERS: dict[str, Callable[[Path], object]] = {
    "write": lambda path: rs.write(recording(), path),
    "write_bids": lambda path: rs.files.write_bids(recording(), path, "sub-1_task-a"),
    "estimates": lambda path: rs.estimate(recording()).save(path),
}
# Verbs that take a path as well as something else, or may go without one.
OTHERS: dict[str, Callable[[Any], object]] = {
    "losses": lambda path: rs.files.losses(recording(), path),
    "report": lambda path: rs.report(rs.Estimates(()), path),
    "Estimates.report": lambda path: rs.Estimates(()).report(path),
    "Estimates.save": lambda path: rs.Estimates(()).save(path),
    "compare": lambda path: rs.compare(path, FORMULA),
    "reliability": lambda path: rs.reliability(path, "value"),
    "fit_person": rs.calibration.fit_person,
    "agreement": lambda path: rs.stats.agreement(path, "value"),
    "ancova": lambda path: rs.stats.ancova(path, "value"),
    "compare_models": lambda path: rs.stats.compare_models(path, FORMULA, SMALLER),
    "crossover": lambda path: rs.stats.crossover(path, "value"),
    "icc": lambda path: rs.stats.icc(path, "value"),
    "n_of_1": lambda path: rs.stats.n_of_1(path, "value"),
    "pilot": lambda path: rs.stats.pilot(path, FORMULA),
    "repeated_correlation": lambda path: rs.stats.repeated_correlation(path, "value", "other"),
}
MAY_GO_WITHOUT: dict[str, Callable[[Any], object]] = {
    "run_study": lambda path: rs.run_study(rs.StudyPlan(), path),
    "optimize": lambda path: rs.optimize(rs.Goal(), folder=path),
    "validate_model": lambda path: rs.validate_model(folder=path),
    "validate_seeds": lambda path: rs.validation.validate_seeds(folder=path),
    "find": lambda path: rs.datasets.find("x", path),
    "known": rs.datasets.known,
    "get": lambda path: rs.datasets.get("example", folder=path),
}


def recording() -> rs.Recording:
    emg = rs.Signal(np.ones((200, 2)), 100.0, "uV")
    train = np.arange(0.1, 1.9, 0.1)
    return rs.Recording(rs.MotorUnits((train,), (0.0, 2.0), fs_hz=100.0), {"emg": emg})


@pytest.mark.parametrize("ending", [".toml", ".csv", ".parquet", ".xlsx", ".h5", ""])
@pytest.mark.parametrize("reader", READERS)
def test_a_folder_in_place_of_a_file(reader: str, ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"given{ending}"
    path.mkdir()
    with pytest.raises(rs.RenshawError, match="given"):
        READERS[reader](path)


@pytest.mark.parametrize("name", ["n" * 300 + ".csv", "a\0b.csv", "file.csv/under.csv"])
@pytest.mark.parametrize("reader", READERS)
def test_a_name_that_no_system_takes(reader: str, name: str, tmp_path: Path) -> None:
    (tmp_path / "file.csv").write_text("unit,time_s\n")
    with pytest.raises(rs.RenshawError):
        READERS[reader](tmp_path / name)


@pytest.mark.parametrize("name", ["given.csv", "n" * 300 + ".csv", "a\0b.csv", "file/under.csv"])
@pytest.mark.parametrize("writer", WRITERS)
def test_a_place_that_can_not_be_written_to(writer: str, name: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    if name == "given.csv":
        (tmp_path / name).mkdir()
        (tmp_path / name / "else").touch()
    with pytest.raises(rs.RenshawError):
        WRITERS[writer](tmp_path / name)


@pytest.mark.parametrize("folder", ["~nobody-of-this-name/x", "a\\u0000b", "n" * 5000])
@pytest.mark.parametrize("entry", ["folder", "table"])
def test_a_folder_of_a_study_file_that_can_not_be(entry: str, folder: str, tmp_path: Path) -> None:
    study = tmp_path / "study.toml"
    study.write_text(f'name = "x"\n[[arms]]\nname = "a"\n[arms.recordings]\n{entry} = "{folder}"\n')
    with pytest.raises(rs.RenshawError, match=f"RecordingsSettings.{entry}|not a folder"):
        rs.run_study(rs.load_plan(study))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_a_pipe_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("participants.tsv", ".renshaw-lock"):
        os.mkfifo(tmp_path / name)
    (tmp_path / "dataset_description.json").write_text("{}")
    with pytest.raises(rs.WriteError, match=r"participants\.tsv.*it is no file"):
        WRITERS["write_bids"](tmp_path)
    monkeypatch.setattr("renshaw.core.files._locked", lambda *_: False)
    with pytest.raises(rs.RenshawError, match="Another renshaw is at work"), alone(tmp_path):
        pass


def test_a_table_of_people_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "dataset_description.json").write_text("{}")
    (tmp_path / "participants.tsv").write_bytes("participant_id\nsub-M\xfcller\n".encode("latin-1"))
    with pytest.raises(rs.WriteError, match=r"participants\.tsv is no text in UTF-8"):
        WRITERS["write_bids"](tmp_path)


def public_verbs_with_paths() -> set[str]:
    """Return the public functions and methods that take a path, as their signatures say."""
    verbs: dict[str, Any] = {}
    for module in (rs, *(getattr(rs, name) for name in namespaces())):
        for name in module.__all__:
            made = getattr(module, name, None)
            if inspect.isclass(made):
                inside = inspect.getmembers(made, inspect.isfunction)
                verbs |= {f"{name}.{k}": verb for k, verb in inside if not k.startswith("_")}
            elif inspect.isfunction(made):
                verbs[name] = made
    return {
        name
        for name, verb in verbs.items()
        for each in inspect.signature(verb).parameters.values()
        if "Path" in str(each.annotation) and "Callable" not in str(each.annotation)
    }


def test_every_public_verb_that_takes_a_path_is_tried_here() -> None:
    untried = public_verbs_with_paths() - {*READERS, *WRITERS, *OTHERS, *MAY_GO_WITHOUT}
    # They inherit both from where they are tried.
    assert {name for name in untried if not name.endswith((".save", ".report"))} == set()


@pytest.mark.parametrize("given", [None, 5, 2.5, b"a.csv", ["a.csv"], object])
@pytest.mark.parametrize("verb", [*READERS, *WRITERS, *OTHERS, *MAY_GO_WITHOUT])
def test_what_is_no_path_is_said_in_a_sentence(verb: str, given: Any) -> None:
    if given is None and verb in MAY_GO_WITHOUT:
        return
    verbs = READERS | WRITERS | OTHERS | MAY_GO_WITHOUT
    with pytest.raises(rs.RenshawError, match=NO_PATH):
        verbs[verb](given)


def _chunk(path: Path) -> object:
    (path.parent / "made.txt").write_text(f"seed 0, program {model_fingerprint()}\n")
    chunk = path.rename(path.with_name("chunk_00000.npz"))
    assert Store(chunk.parent).finished() == []
    raise rs.DataError("The chunk is not taken for one.")


# What is kept in folders, and files beside those that are named.
KEPT: dict[str, Callable[[Path], object]] = {
    "registry": rs.datasets.known,
    "targets": lambda path: rs.calibration.fit_person(path.parent / "fit", targets=path),
    "parameters": lambda path: rs.calibration.fit_person(path.parent / "fit", table=path),
    "networks": open_trained,
    "note of a store": lambda path: Store(path.rename(path.with_name("made.txt")).parent),
    "chunk of a store": _chunk,
    "estimates.csv": lambda path: rs.files.read_estimates(path.rename(path.with_suffix(".csv"))),
    "table of recordings": lambda path: rs.run_study(_plan_with(path)),
}


def _plan_with(table: Path) -> rs.StudyPlan:
    study = table.with_name("study.toml")
    study.write_text(f'name = "x"\n[[arms]]\nname = "a"\n[arms.recordings]\ntable = "{table}"\n')
    return rs.load_plan(study)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
@pytest.mark.parametrize("what", ["a pipe", "a file of holes"])
@pytest.mark.parametrize("kept", KEPT)
def test_neither_pipes_nor_files_of_holes_hold_anybody_up(
    kept: str, what: str, tmp_path: Path
) -> None:
    path = tmp_path / "given"
    if what == "a pipe":
        os.mkfifo(path)
    else:
        with path.open("wb") as file:
            file.truncate(40 * 2**30)
    with pytest.raises(rs.RenshawError) as refused:
        KEPT[kept](path)
    assert "Did you mean" not in str(refused.value)


def test_tests_of_a_design_are_not_kept_in_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / MEASURED)
    with pytest.raises(OSError, match="no file"):
        Bench(tmp_path, 1, None)
