"""The page looks into one folder and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from renshaw.app.folder import Folder, PlaceError


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    (tmp_path / "secret.txt").write_text("secret")
    root = tmp_path / "root"
    (root / "inner").mkdir(parents=True)
    (root / "b.csv").write_text("b")
    (root / ".hidden").write_text("h")
    (root / "out").symlink_to(tmp_path)
    (root / "loop").symlink_to(root / "loop")
    (root / "in").symlink_to(root / "inner")
    return Folder(root.resolve())


@pytest.mark.parametrize(
    "path",
    [
        "..",
        "../secret.txt",
        "inner/../../secret.txt",
        "/etc/passwd",
        "out/secret.txt",
        "out",
        "..\\secret.txt",
        "b.csv\0.png",
        "b" * 300,
        "b/" * 3000,
    ],
)
def test_what_lies_outside_is_refused(folder: Folder, path: str) -> None:
    with pytest.raises(PlaceError):
        folder.inside(path)


def test_what_lies_inside_is_found(folder: Folder) -> None:
    assert folder.inside("inner/../b.csv").read_text() == "b"
    assert folder.relative(folder.inside("in")) == "inner"


def test_a_listing_shows_folders_first_and_nothing_that_leads_out(folder: Folder) -> None:
    assert [(entry.name, entry.is_folder) for entry in folder.entries()] == [
        ("in", True),
        ("inner", True),
        ("b.csv", False),
    ]


def test_a_file_is_no_folder(folder: Folder) -> None:
    with pytest.raises(PlaceError, match="no such folder"):
        folder.entries("b.csv")
