"""What several recordings are called, and which files a command was given."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from estimate_samples import hysteresis_pair

import renshaw as rs
from renshaw.cli.app import main
from renshaw.cli.folder import page_names
from renshaw.cli.inputs import recordings_of
from renshaw.data.names import telling_names, told_apart


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["rec.mat"], ["rec"]),
        (["a.mat", "b.mat"], ["a", "b"]),
        (
            ["P01/pre/rec.mat", "P01/post/rec.mat", "P02/pre/rec.mat"],
            ["P01/pre/rec", "P01/post/rec", "P02/pre/rec"],
        ),
        (["P01/pre/rec.mat", "P01/post/rec.mat"], ["pre/rec", "post/rec"]),
        (["P01/rec.mat", "P02/rec.mat", "P02/max.mat"], ["P01/rec", "P02/rec", "max"]),
        (["rec.mat", "rec.csv", "other.mat"], ["rec.mat", "rec.csv", "other"]),
        (["rec.mat", "below/rec.mat"], ["rec", "below/rec"]),
        (
            ["A/pre/rec.mat", "A/post/rec.mat", "B/solo/rec.mat"],
            ["pre/rec", "post/rec", "solo/rec"],
        ),
        (["x/y/rec.mat", "y/rec.mat"], ["x/y/rec", "y/rec"]),
        (["./a/../a/rec.mat", "b/rec.mat"], ["a/rec", "b/rec"]),
    ],
)
def test_the_shortest_path_that_tells_files_apart(paths, names):
    assert list(telling_names(paths)) == names


def test_a_file_at_the_top_has_a_name():
    assert telling_names(["/rec.mat", "/x/rec.mat"]) == ("rec", "x/rec")


def test_recordings_of_one_name_are_told_apart_in_python_too():
    pair = hysteresis_pair()
    files = [replace(pair, name="rec", sources=(f"P0{k}/rec.mat",)) for k in (1, 2)]
    assert rs.estimate(files).recordings == ("P01/rec", "P02/rec")
    unknown = rs.estimate([pair, pair]).recordings
    assert unknown == ("sample", "sample (2)")
    renamed = told_apart([replace(files[0], name="her"), replace(files[1], name="her")])
    assert [each.name for each in renamed] == ["her", "her (2)"]


def test_names_of_pages_are_harmless_and_differ():
    names = page_names(["P01/pre/rec", "P01-pre/rec", "../../etc", "Müller & <Söhne>", "a" * 300])
    assert len({name.lower() for name in names}) == 5
    assert all(Path(name).name == name and len(name) < 120 for name in names)
    assert names[0] == "report-P01-pre-rec.html"


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """Three persons' recordings in folders, beside what is none."""
    for path in ("P01/pre/rec.h5", "P01/post/rec.h5", "P02/pre/rec.h5"):
        place = tmp_path / "data" / path
        place.parent.mkdir(parents=True)
        hysteresis_pair().save(place)
    (tmp_path / "data" / "remarks.docx").write_text("no recording")
    (tmp_path / "data" / ".hidden.h5").write_text("hidden")
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_folder_stands_for_its_recordings(tree):
    files, refused = recordings_of([Path("data")])
    assert [file.as_posix() for file in files] == [
        "data/P01/post/rec.h5",
        "data/P01/pre/rec.h5",
        "data/P02/pre/rec.h5",
    ]
    assert refused == []


@pytest.mark.parametrize(
    ("pattern", "many"),
    [("data/P01/*/rec.h5", 2), ("data/**/*.h5", 3), ("data/P0[2]/pre/*", 1), ("data/P0?", 3)],
)
def test_a_pattern_that_no_shell_expanded(tree, pattern, many):
    files, refused = recordings_of([Path(pattern)])
    assert len(files) == many and not refused


def test_each_file_once_in_the_order_given(tree):
    pre = Path("data/P02/pre/rec.h5")
    files, _ = recordings_of([pre, Path("data"), pre.absolute()])
    assert files[0] == pre and len(files) == 3


def test_a_name_with_brackets_is_a_name(tree):
    odd = Path("rec [1].h5")
    hysteresis_pair().save(odd)
    assert recordings_of([odd]) == ([odd], [])


def test_what_was_meant_in_vain_is_said(tree):
    files, refused = recordings_of([Path("empty"), Path("data/*.xyz"), Path("nowhere/*.mat")])
    assert files == []
    assert "empty: there are no recordings in this folder (it is empty)" in refused[0]
    assert "data/*.xyz: no file matches this pattern" in refused[1]
    assert "nowhere" in refused[2]
    missing = Path("nothing.mat")
    assert recordings_of([missing]) == ([missing], [])


def test_results_in_the_folder_are_no_recordings(tree, capsys):
    for _ in range(2):
        assert main(["estimate", "data", "-o", "data/results", "--no-multiverse", "-q"]) == 0
    assert "3 recordings" in capsys.readouterr().out
    assert (
        recordings_of([Path("data")], Path("data/results"))[0] == recordings_of([Path("data")])[0]
    )
    pages = {path.name for path in Path("data/results").glob("*.html")}
    assert pages == {
        "report.html",
        "report-P01-pre-rec.html",
        "report-P01-pre-rec-and-P01-post-rec.html",
        "report-P01-post-rec.html",
        "report-P02-pre-rec.html",
    }
    table = rs.files.read_estimates("data/results/estimates.csv")
    assert set(table.recordings) == {"P01/pre/rec", "P01/post/rec", "P02/pre/rec"}


def test_an_empty_folder_fails_and_the_others_are_done(tree, capsys):
    assert main(["estimate", "empty", "-q"]) == 1
    assert "there are no recordings in this folder" in capsys.readouterr().err
    assert main(["estimate", "empty", "data/P02", "-q"]) == 1
    said = capsys.readouterr()
    assert "Mean ΔF" in said.out and "empty" in said.err


def test_a_link_to_a_file_is_that_file(tree):
    Path("again.h5").symlink_to(Path("data/P02/pre/rec.h5").absolute())
    files, _ = recordings_of([Path("data/P02/pre/rec.h5"), Path("again.h5")])
    assert len(files) == 1
