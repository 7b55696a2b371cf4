"""Tables of results are read whole and right, or refused by file, row and column."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from result_mutations import mutations
from study_samples import laboratory, real

import renshaw as rs
from renshaw.app.runs.table import rows
from renshaw.core.checked_table import checked, read_checked, shape
from renshaw.core.errors import ReadError, RenshawError
from renshaw.core.history import History, Step
from renshaw.optimization.shapes import SHAPES as DESIGN
from renshaw.reports.findings_file import read_findings
from renshaw.reports.study_decomposition import decomposition
from renshaw.study.commit import FILE
from renshaw.study.shapes import SHAPES
from renshaw.study.tables import read_table

# Every change is read: minutes for the tables with many columns.
_MUTATED = ("participants", "exclusions", "failures", "data_dictionary")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study whose folder does not say the sums of its tables, as those of older versions."""
    lab = laboratory(tmp_path_factory.mktemp("lab"))
    folder = tmp_path_factory.mktemp("study") / "out"
    rs.run_study(real(lab), folder)
    (folder / FILE).unlink()
    return folder


@pytest.mark.parametrize("name", _MUTATED)
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_whatever_became_of_a_table_is_read_right_or_named(
    name: str, kind: str, study: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(study, tmp_path / "study"))
    if kind == "csv":
        (folder / f"{name}.parquet").unlink()
    path = folder / f"{name}.{kind}"
    whole = path.read_bytes()
    passed, refused = set(), set()
    for what, mutate in mutations(path):
        mutate(path)
        try:
            read_table(folder, name)
            # What is not refused at once must harm nobody who works with it.
            if len(passed) % 4 == 0:
                _used(folder, name)
            passed.add(what)
        except RenshawError as error:
            refused.add(what)
            assert name in str(error), f"{what}: {error}"
        path.write_bytes(whole)
    wanted = {f"without {column}" for column in SHAPES[name].needed} | {"empty"}
    wanted |= {"not text", "cut in the middle"} if kind == "parquet" else {"not text"}
    if SHAPES[name].key and len(read_table(folder, name)):
        wanted |= {"doubled", "a row doubled"}
    wanted |= {
        f"{column.name} = 'word'"
        for column in SHAPES[name].columns
        if column.kind != "text" and len(read_table(folder, name))
    }
    assert wanted <= refused
    # Nothing but its header is there to be changed where the study has no such rows.
    assert passed or not len(read_table(folder, name))


def _used(folder: Path, name: str) -> None:
    if name in ("participants", "data_dictionary"):
        rows(folder, name)
        return
    result = rs.open_study(folder)
    str(result.estimates if name == "estimates" else result.findings())


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a,n,v,ok\nx,1,2,True\ny,2,word,True\n", "row 2", "'v': 'word' is no number"),
        ("a,n,v,ok\nx,1.5,2,True\n", "row 1", "'n': '1.5' is no whole number"),
        ("a,n,v,ok\nx,-1,2,True\n", "row 1", "'n': '-1' is below 0"),
        ("a,n,v,ok\nx,1e300,2,True\n", "row 1", "'n': '1e300' is too large"),
        ("a,n,v,ok\nx,1,2,maybe\n", "row 1", "'ok': 'maybe' is neither true nor false"),
        ("a,n,v,ok\nx,1,2,\n", "row 1", "'ok': an empty cell is neither"),
        ("a,n,v,ok\nx,1,1e999,True\n", "row 1", "'v': '1e999' is no finite number"),
        ("a,n,v,ok\n,1,2,True\n", "row 1", "'a': it is empty"),
        ("a,n,v,ok\nx,1,2,True\nx,1,3,True\n", "row 2", "It is row 1 once more"),
        ("a,n,v,ok\nx,1,2\n", "row 1", "3 cells, and the header 4"),
        ("a,n,v,ok\nx,1,2,True,5\n", "row 1", "5 cells, and the header 4"),
        ('a,n,v,ok\n"x,1,2,True\n', "row 1", "It is no CSV"),
        ("a,n,v,ok,a\nx,1,2,True,y\n", "t.csv", "'a' is there twice"),
        ("a,n,values,ok\nx,1,2,True\n", "t.csv", "no column 'v'"),
        ("a,N,v,ok\nx,1,2,True\n", "t.csv", "no column 'n'"),
        ("", "t.csv", "The file is empty"),
    ],
)
def test_what_is_wrong_is_named_with_its_place_and_cure(
    text: str, place: str, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text)
    made = shape(key=("a", "n"), filled=("a",), a="text", n="count", v="number", ok="truth")
    with pytest.raises(ReadError) as refused:
        read_checked(path, made, "Do it again.")
    said = str(refused.value)
    assert place in said and words in said and said.endswith("Do it again.")


def test_a_right_table_is_what_it_was(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,n,v,ok,own,more\nNA,12345678901234567,0.1,true,007,x\n1,0,,0,8,\n")
    made = shape(key=("a", "n"), a="text", n="count", v="number", ok="truth")
    table = read_checked(path, made, "")
    assert table["a"].tolist() == ["NA", "1"]
    assert table["n"].tolist() == [12345678901234567, 0]
    assert table["v"].iloc[0] == 0.1 and table["v"].isna().tolist() == [False, True]
    assert table["ok"].tolist() == [True, False]
    assert table["own"].tolist() == [7.0, 8.0] and table["more"].tolist() == ["x", ""]
    assert checked(table, made) is table


def test_a_study_that_decomposed_nothing_does_not_say_that_it_did(study: Path) -> None:
    for kind in ("csv", "parquet"):
        path = study / f"recordings.{kind}"
        found = read_checked(path, SHAPES["recordings"], "")
        assert found["decomposed"].dtype == bool and not found["decomposed"].any()
    assert decomposition(rs.open_study(study)) is None


def test_means_of_somebody_who_was_not_recorded_are_of_another_study(
    study: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(study, tmp_path / "study"))
    table = read_table(folder, "unit_means")
    stranger = table.assign(participant="nobody", unit="1").drop_duplicates("quantity")
    pd.concat([table, stranger]).to_parquet(folder / "unit_means.parquet", index=False)
    with pytest.raises(ReadError, match="unit_means.*'nobody'.*not of one study"):
        rs.open_study(folder)


@pytest.mark.parametrize(
    "text", ["", "[]", "5", "{", '{"sentences": 1, "numbers": [], "remarks": []}', "[" * 9999]
)
def test_findings_that_are_none_are_damaged(text: str, tmp_path: Path) -> None:
    (tmp_path / "findings.json").write_text(text)
    with pytest.raises(ReadError, match="damaged"):
        read_findings(tmp_path)


@pytest.mark.parametrize("cites", [5, "abc", {"a": 1}, None, True, [["x"]], ["nobody2031"]])
def test_a_history_with_unknown_references_is_shown(cites: object) -> None:
    plain = {"verb": "read", "code": 7, "settings": [1], "seed": "x", "cites": cites}
    history = History.from_list(json.loads(json.dumps([plain, 5, None, [plain]])))
    assert len(history) == 1
    assert all(isinstance(each, str) for each in history.citations())
    assert isinstance(history.of_other_version, str)
    assert Step.from_mapping(plain).cites == (
        ("nobody2031",) if cites == ["nobody2031"] else (("['x']",) if cites == [["x"]] else ())
    )


@pytest.mark.parametrize("given", [[1], "abc", None, 5, [("a", 1)]])
def test_settings_are_made_of_tables_only(given: object) -> None:
    for make in (
        rs.estimation.EstimateSettings.from_mapping,
        rs.estimation.EstimateSettings.of_other_version,
    ):
        with pytest.raises(rs.SettingsError, match="made of a table of names and values"):
            make(given)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [5, "x", [1], None, True])
def test_settings_within_settings_are_of_their_kind(value: object) -> None:
    with pytest.raises(rs.SettingsError, match="delta_f"):
        rs.estimation.EstimateSettings.from_mapping({"delta_f": value})


def test_a_name_that_is_no_text_and_a_number_without_end_are_refused() -> None:
    with pytest.raises(rs.SettingsError, match="no setting '5'"):
        rs.estimation.EstimateSettings.from_mapping({5: 1})  # type: ignore[dict-item]
    for value in (10**400, 10**5000, [1.0, 2.0], {"a": 1}):
        with pytest.raises(rs.SettingsError, match="recruitment_gap_s"):
            rs.estimation.DeltaFSettings(recruitment_gap_s=value)  # type: ignore[arg-type]


def test_the_shapes_name_columns_that_are_written(study: Path) -> None:
    for name, each in SHAPES.items():
        assert {column.name for column in each.columns} <= {*read_table(study, name).columns}
    assert {"trials", "alternatives", "cells", "interactions"} == {*DESIGN}


def test_files_of_one_name_that_fail_alike_are_told_apart(tmp_path: Path) -> None:
    lab = laboratory(tmp_path / "lab", people=1)
    good = lab / "sub-01_ses-pre_task-ramp_run-1.h5"
    for folder in ("one", "two"):
        (lab / folder).mkdir()
        shutil.copy(good, lab / folder / "strange.h5")
    result = rs.run_study(real(lab), tmp_path / "out")
    assert list(result.failures["recording"]) == ["strange.h5", "strange.h5 (2)"]
    assert list(rs.open_study(tmp_path / "out").failures["recording"]) == [
        "strange.h5",
        "strange.h5 (2)",
    ]
    path = tmp_path / "out" / "failures.csv"
    path.with_suffix(".parquet").unlink()
    (tmp_path / "out" / FILE).unlink()
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[-1]]) + "\n", encoding="utf-8")
    with pytest.raises(ReadError, match="row 3: It is row 2 once more: the same recording, arm"):
        rs.open_study(tmp_path / "out")


def test_rows_that_were_drawn_are_never_alike(tmp_path: Path) -> None:
    from renshaw.inference.files import SHAPE

    names = [column.name for column in SHAPE.columns]
    drawn = pd.DataFrame({name: [0.1, 0.2, 0.3] for name in names})
    path = tmp_path / "samples.csv"
    drawn.to_csv(path, index=False)
    assert len(read_checked(path, SHAPE, "")) == 3
    pd.concat([drawn, drawn]).to_csv(path, index=False)
    with pytest.raises(ReadError, match=r"row 4: It is row 1 once more.* 3 of 6 rows"):
        read_checked(path, SHAPE, "")
