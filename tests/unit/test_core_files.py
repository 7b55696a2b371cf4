"""Files are written whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from renshaw.core.errors import WriteError
from renshaw.core.files import make_folder, near, nearest, not_there, replacing, write_text, writing


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


@pytest.mark.parametrize(("name", "said"), [
    ("nowhere/a.csv", "there is no folder"),
    ("folder.csv", "It is a folder or a device. Name a file."),
    ("a\0b.csv", "A name can't hold the character NUL."),
])  # fmt: skip
def test_a_place_that_was_asked_for_is_refused_in_words(name, said, tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(WriteError) as refused, writing(tmp_path / name):
        pytest.fail("Work was done for a place where no file can be.")
    assert said in str(refused.value)
    assert ".part" not in str(refused.value)


def test_a_full_disk_is_said_of_the_file_that_was_asked_for(tmp_path: Path) -> None:
    with (
        pytest.raises(WriteError, match=r"a\.txt: It can't be written: No space left on device\."),
        writing(tmp_path / "a.txt"),
        replacing(tmp_path / "a.txt"),
    ):
        raise OSError(28, "No space left on device")


def test_a_folder_is_not_made_over_a_file(tmp_path: Path) -> None:
    assert make_folder(tmp_path / "a" / "b").is_dir()
    (tmp_path / "file").touch()
    with pytest.raises(WriteError, match=r"file: It is a file\. Name a folder\."):
        make_folder(tmp_path / "file")


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


def test_the_next_write_sweeps_what_a_killed_one_left(tmp_path):
    code = (
        "import os, sys\nfrom renshaw.core.files import replacing\n"
        "with replacing(sys.argv[1] + '/a.csv'):\n    os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert len(list(tmp_path.glob(".a.csv-*.part"))) == 1
    # Whose these are cannot be told, however old they are.
    others = [tmp_path / ".a.csv-abcdefgh.part", tmp_path / ".a.csv-0-1-2-abcdefgh.part"]
    for other in others:
        other.write_text("x", encoding="utf-8")
        os.utime(other, (0, 0))
    with replacing(tmp_path / "busy.csv") as busy:
        # Another file, and another program: whatever is written next into the folder.
        write = (
            "import sys; from renshaw.core.files import write_text; write_text(sys.argv[1], 'y')"
        )
        subprocess.run([sys.executable, "-c", write, str(tmp_path / "b.csv")], check=True)
        assert sorted(tmp_path.glob(".*.part")) == sorted([*others, busy])
