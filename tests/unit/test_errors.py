"""Errors are values: their parts are there by themselves, and nobody takes a sentence apart."""

from __future__ import annotations

import ast
import errno
import pickle
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

import renshaw as rs
from renshaw.core.errors import (
    DataError,
    FormatError,
    Place,
    ReadError,
    RenshawError,
    SettingsError,
    SimulationError,
    WriteError,
    did_you_mean,
    sentence,
    suggestion,
)
from renshaw.statistics.formulas.formula_node import FormulaError

SOURCE = Path(rs.__file__).parent
EVERY_PART = {
    "code": "settings.impossible",
    "owner": "Ramp",
    "name": "rise_s",
    "value": -1.0,
    "place": Place(file="a{b}.toml", line=3, row=2, entry=("arms", 0, "protocol")),
    "hint": "Take\nmore.",
}
KINDS = (
    RenshawError,
    SettingsError,
    ReadError,
    WriteError,
    FormatError,
    DataError,
    SimulationError,
    FormulaError,
)


def parts(error: RenshawError) -> dict[str, object]:
    names = ("why", "code", "owner", "name", "value", "place", "hint")
    return {name: getattr(error, name) for name in names}


def test_the_sentence_is_made_of_the_parts() -> None:
    error = SettingsError("must be {more}", **EVERY_PART)  # type: ignore[arg-type]
    assert str(error) == "a{b}.toml, line 3, row 2: arms 1.protocol: must be {more} Take\nmore."
    assert error.words == "must be {more} Take\nmore."
    assert str(SettingsError("Only why.")) == "Only why."
    assert str(Place()) == str(RenshawError()) == ""


def test_every_kind_has_a_code_of_its_own() -> None:
    codes = [kind("x").code for kind in KINDS[:-1]]
    assert len(set(codes)) == len(codes) and "" not in codes


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_keeps_its_parts_when_it_is_pickled(kind: type[RenshawError]) -> None:
    error = kind("why")
    vars(error).update(EVERY_PART)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert parts(again) == parts(error)
    assert str(again) == str(error)


def test_a_value_that_cannot_be_pickled_travels_as_words() -> None:
    error = SettingsError("no", value=lambda: None)
    assert "<lambda>" in pickle.loads(pickle.dumps(error)).value


def refused(_: int) -> None:
    rs.Ramp(rise_s=-3.0)


def test_an_error_keeps_its_parts_across_processes() -> None:
    with ProcessPoolExecutor(1) as pool, pytest.raises(SettingsError) as caught:
        list(pool.map(refused, [1]))
    error = caught.value
    assert (error.owner, error.name, error.value) == ("Ramp", "rise_s", -3.0)
    assert error.code == "settings.impossible"


def test_a_setting_is_refused_with_its_owner_name_and_value() -> None:
    with pytest.raises(SettingsError) as caught:
        rs.EstimateSettings.from_mapping({"delta_f": {"recruitment_gap_s": -1.0}})
    error = caught.value
    assert (error.owner, error.name, error.value) == ("DeltaFSettings", "recruitment_gap_s", -1.0)
    assert error.place == Place(entry=("delta_f",))
    with pytest.raises(SettingsError) as caught:
        rs.EstimateSettings.from_mapping({"delta_f": {"recruitment_gaps": 1.0}})
    error = caught.value
    assert error.code == "settings.unknown"
    assert (error.owner, error.name) == ("DeltaFSettings", "recruitment_gaps")
    assert error.hint == "Did you mean 'recruitment_gap_s'?"


def test_a_file_is_refused_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    path.write_bytes(b"nothing")
    with pytest.raises(ReadError) as caught:
        rs.read(path)
    assert caught.value.place == Place(file=str(path))
    assert str(caught.value).startswith(f"{path}: ")


def test_an_error_learns_its_place_without_changing() -> None:
    error = DataError("bad", place=Place(entry=("a",)))
    moved = error.at(file="b.toml", line=2)
    assert moved.place == Place(file="b.toml", line=2, entry=("a",))
    assert error.place == Place(entry=("a",))
    assert type(moved) is DataError


def test_what_was_meant_is_a_value_or_none() -> None:
    assert did_you_mean("relaxtion", ["relaxation", "control"]) == "relaxation"
    assert did_you_mean("xyz", ["relaxation"]) is None
    assert did_you_mean("x" * 10**7, ["x"]) is None
    assert suggestion("relaxtion", ["relaxation"]) == "Did you mean 'relaxation'?"
    assert suggestion("xyz", ["b", "a"]) == "Known: a, b."
    assert suggestion("xyz", []) == ""


@pytest.mark.parametrize(
    ("error", "words", "without_paths"),
    [
        (ReadError("It is {odd}.", place=Place(file="a.mat")), "a.mat: It is {odd}.", None),
        (MemoryError(), "There is not enough memory", None),
        (
            OSError(errno.EACCES, "Permission denied", "/home/me/a.csv"),
            "/home/me/a.csv: Permission denied.",
            "Permission denied.",
        ),
        (
            OSError(errno.ENOSPC, "No space left", "/home/me/a.csv"),
            "/home/me/a.csv: The disk is full; make room and try again.",
            "The disk is full; make room and try again.",
        ),
        (OSError("broken pipe."), "broken pipe.", "OSError."),
        (
            ZeroDivisionError("x"),
            "This is a fault in renshaw, not in what you did: ZeroDivisionError: x.",
            None,
        ),
        (KeyError(), "This is a fault in renshaw, not in what you did: KeyError.", None),
    ],
)
def test_every_error_is_one_sentence(
    error: Exception, words: str, without_paths: str | None
) -> None:
    assert sentence(error).startswith(words)
    assert sentence(error, paths=False).startswith(
        words if without_paths is None else without_paths
    )


# --- nobody reads a sentence ------------------------------------------------------------------


def taken_apart(tree: ast.AST) -> list[int]:
    """Return the lines in which the words of an error are searched, cut or compared."""
    verbs = {
        "startswith", "endswith", "removeprefix", "removesuffix", "split", "partition",
        "replace", "match", "search", "fullmatch", "findall", "index", "find",
    }  # fmt: skip

    def of_error(node: ast.AST) -> bool:
        return (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("str", "sentence")
            and len(node.args) >= 1
            and isinstance(node.args[0], ast.Name)
            and node.args[0].id in ("error", "err", "exc", "e", "refusal", "problem")
        )

    lines = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            asked = [node.func.value, *node.args]
            if node.func.attr in verbs and any(of_error(each) for each in asked):
                lines.append(node.lineno)
        elif isinstance(node, ast.Compare) and any(of_error(each) for each in node.comparators):
            lines.append(node.lineno)
        elif isinstance(node, ast.JoinedStr):
            # None in a sentence, as if it were a hint.
            calls = [v.value for v in node.values if isinstance(v, ast.FormattedValue)]
            names = [
                c.func.id for c in calls if isinstance(c, ast.Call) and isinstance(c.func, ast.Name)
            ]
            if {"did_you_mean", "nearest"} & set(names):
                lines.append(node.lineno)
    return lines


# Words of other people's libraries, which have no parts.
FOREIGN = (
    "study/toml_settings.py",
    "io/containers/hdf5.py",
    "core/kinds.py",
    "statistics/reading/stored.py",
)


def test_the_guard_sees_what_it_should() -> None:
    bad = "\n".join(
        [
            "re.match('x', str(error))",
            "str(error).removeprefix('The table: ')",
            "sentence(error).startswith(' Did')",
            "'line' in str(error)",
            "f'{name}.{did_you_mean(name, known)}'",
        ]
    )
    assert taken_apart(ast.parse(bad)) == [1, 2, 3, 4, 5]


def test_nobody_takes_the_text_of_an_error_apart() -> None:
    found = []
    for path in SOURCE.rglob("*.py"):
        where = path.relative_to(SOURCE).as_posix()
        if where not in FOREIGN:
            found += [f"{where}:{n}" for n in taken_apart(ast.parse(path.read_text("utf-8")))]
    assert found == []
