"""A posterior as a folder of plain files, and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from renshaw.core.cells import safe_table
from renshaw.core.checked_table import Column, Shape, read_checked
from renshaw.core.errors import ReadError
from renshaw.core.files import given_path, make_folder, near, replacing, write_text
from renshaw.core.history import History
from renshaw.core.plain_json import read_json
from renshaw.core.received import text_of
from renshaw.core.toml import read_toml
from renshaw.core.version import __version__, of_other_version
from renshaw.inference import targets
from renshaw.inference.change import Change
from renshaw.inference.posterior import Posterior, tabulated
from renshaw.inference.trained import shipped

if TYPE_CHECKING:
    import pandas as pd

# What `write_posterior` writes into posterior.toml.
_KNOWN = {"renshaw", "name", "muscle", "n_units", "peak_pct_mvc", "farther_than_pct"}
_KNOWN |= {"warnings", "notes"}
TABLE, SAMPLES, ABOUT = "posterior.csv", "samples.parquet", "posterior.toml"
HISTORY = "history.json"
_CURE = "Write it again with renshaw infer."
# What follows from them need not be there: older versions wrote less of it.
SHAPE = Shape(tuple(Column(name, "number", filled=True) for name in targets.NAMES), unlike=True)
CHANGE_TABLE, CHANGE_SAMPLES = "change.csv", "change.parquet"


def write_posterior(posterior: Posterior, folder: str | Path) -> Path:
    """Write posterior.csv, samples.parquet, posterior.toml and history.json.

    Raises
    ------
    WriteError
        The folder can't be made.
    """
    folder = make_folder(folder)
    _write_table(posterior.to_table(), folder / TABLE)
    _write_samples(posterior.samples, folder / SAMPLES)
    about = {
        "renshaw": __version__,
        "name": posterior.name,
        "muscle": posterior.muscle,
        "n_units": posterior.n_units,
        "farther_than_pct": round(posterior.farther_than_pct, 3),
        "warnings": list(posterior.warnings),
        "notes": list(posterior.notes),
    }
    if posterior.peak_pct_mvc is not None:
        about["peak_pct_mvc"] = posterior.peak_pct_mvc
    # Strings, numbers and lists of strings read alike in TOML and JSON.
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in about.items()]
    write_text(folder / ABOUT, "\n".join(lines) + "\n")
    write_text(folder / HISTORY, json.dumps(posterior.history.to_list(), indent=1) + "\n")
    return folder


def write_change(change: Change, folder: str | Path) -> Path:
    """Write change.csv and change.parquet, and each posterior in a folder of its own."""
    folder = make_folder(folder)
    _write_table(change.to_table(), folder / CHANGE_TABLE)
    _write_samples(change.samples, folder / CHANGE_SAMPLES)
    write_posterior(change.before, folder / "before")
    write_posterior(change.after, folder / "after")
    return folder


def open_posterior(folder: str | Path) -> Posterior:
    """Read a posterior that was written to a folder.

    Parameters
    ----------
    folder : str or Path
        What ``renshaw infer`` wrote into.

    Raises
    ------
    ReadError
        The folder holds none, or it can't be understood.
    """
    folder = given_path("open_posterior", folder)
    about: dict[str, Any] = {}
    try:
        for name in (ABOUT, SAMPLES):
            (folder / name).stat()
        about = read_toml(text_of(folder / ABOUT))
        samples, peak = read_checked(folder / SAMPLES, SHAPE, _CURE), about.get("peak_pct_mvc")
        prior = tabulated(shipped().state.prior(), about["muscle"], peak)
        odd = [f"the column {name}" for name in samples.columns if name not in prior.columns]
        odd += [f"{name} = {value}" for name, value in about.items() if name not in _KNOWN]
        said = of_other_version(str(about.get("renshaw", "")), odd)
        return Posterior(
            samples=samples,
            prior=prior[list(targets.NAMES)],
            name=str(about["name"]),
            muscle=str(about["muscle"]),
            n_units=int(about["n_units"]),
            peak_pct_mvc=peak,
            farther_than_pct=float(about["farther_than_pct"]),
            warnings=_sentences(about, "warnings"),
            notes=(*_sentences(about, "notes"), *([said] if said else [])),
            calibration=shipped().state.calibration,
            history=_history(folder / HISTORY),
        )
    except ReadError as error:
        said = of_other_version(str(about.get("renshaw", "")))
        raise error.but(hint=f"{said} {error.hint}".strip()) from None
    except FileNotFoundError:
        raise ReadError(
            f"{folder} holds no posterior ({ABOUT} and {SAMPLES}); renshaw infer writes one.",
            hint=near(folder),
        ) from None
    except (LookupError, TypeError, ValueError, ArithmeticError, RecursionError, OSError) as error:
        said = of_other_version(str(about.get("renshaw", "")))
        raise ReadError(
            f"The posterior in {folder} can't be understood: {str(error).rstrip('.')}.",
            code="read.damaged",
            hint=f"{said} Write it again with renshaw infer.".lstrip(),
        ) from None


def _sentences(about: dict[str, Any], name: str) -> tuple[str, ...]:
    found = about[name]
    if not isinstance(found, list):
        raise TypeError(f"{name} is no list of sentences")
    return tuple(map(str, found))


def _history(path: Path) -> History:
    """Return how a posterior was made; nothing where an older version did not write it down."""
    try:
        return History.from_list(read_json(text_of(path)))
    except FileNotFoundError:
        return History()


def _write_table(table: pd.DataFrame, path: Path) -> None:
    with replacing(path) as temporary:
        safe_table(table).to_csv(temporary, index=False, lineterminator="\n", float_format="%.6g")


def _write_samples(table: pd.DataFrame, path: Path) -> None:
    with replacing(path) as temporary:
        table.astype("float32").to_parquet(temporary, index=False)
