"""Files are written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from renshaw.core.files import near, nearest, not_there, replacing, write_text


def test_a_failure_leaves_the_old_file_and_no_rubbish(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(RuntimeError), replacing(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_is_replaced_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    path.chmod(0o640)
    write_text(path, "new \ud800")
    assert path.read_text() == "new ?"
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_folder_is_never_replaced(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="directory"):
        write_text(tmp_path, "x")


def test_a_failure_that_names_no_file_names_the_one_to_be_written(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="a.txt") as caught, replacing(tmp_path / "a.txt"):
        raise OSError(28, "No space left on device")
    assert caught.value.filename == str(tmp_path / "a.txt")


def test_the_nearest_name_is_suggested(tmp_path: Path) -> None:
    (tmp_path / "ramp.h5").touch()
    assert nearest(tmp_path / "rmp.h5") == "ramp.h5"
    # An ending in common is no likeness.
    assert nearest(tmp_path / "other.h5") is None
    assert nearest(tmp_path / "zzz") is nearest(tmp_path / "nowhere" / "x") is None
    assert near(tmp_path / "rmp.h5") == "Did you mean 'ramp.h5'?"
    assert near(tmp_path / "zzz") == ""


def test_what_is_not_there_comes_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "ramp.h5").touch()
    assert not_there(tmp_path / "rmp.h5", "a file").endswith("Did you mean 'ramp.h5'?")
    assert not_there(tmp_path / "zzz", "a file").endswith("no such file. Give a file.")
    assert f"no folder {tmp_path / 'no'} either" in not_there(tmp_path / "no" / "x", "a file")
