"""Pieces of a study in a folder that came from elsewhere: whatever is none is done again."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from study_samples import laboratory, real

import renshaw as rs
from renshaw.core.made_of import MadeOf, Part


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pieces")
    rs.run_study(real(laboratory(folder / "lab", people=1)), folder / "out")
    return folder


def tables(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.csv"))}


def head(**changes: Any) -> Callable[[Path], None]:
    """Change what the head of a piece says."""

    def change(path: Path) -> None:
        words, _, payload = path.read_bytes().partition(b"\n")
        path.write_bytes(json.dumps({**json.loads(words), **changes}).encode() + b"\n" + payload)

    return change


def first_line(text: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(text + b"\n" + path.read_bytes().partition(b"\n")[2])


def payload(content: bytes) -> Callable[[Path], None]:
    """Put another content under a sum that is right."""

    def change(path: Path) -> None:
        words = json.loads(path.read_bytes().partition(b"\n")[0])
        words["sha256"] = hashlib.sha256(content).hexdigest()
        path.write_bytes(json.dumps(words).encode() + b"\n" + content)

    return change


def a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


AT_ONCE: dict[str, Callable[[Path], None]] = {
    "made of a number": head(made_of=5),
    "made of lists of one": head(made_of=[["a"]]),
    "made of expressions without end": head(made_of=[["/", "x", "(a+)+" * 9 + "b"]]),
    "made of what is no expression": head(made_of=[["/", "x", "(("]]),
    "recordings in a list": head(recordings=[1]),
    "recordings with numbers": head(recordings={"a": 1}),
    "head too deep": first_line(b"[" * 200_000),
    "head with a key twice": first_line(b'{"sha256": "a", "sha256": "b"}'),
    "head empty": first_line(b""),
    "a pipe": a_pipe,
    "empty": lambda path: path.write_bytes(b""),
}
LATER: dict[str, Callable[[Path], None]] = {
    "no rows": payload(gzip.compress(b"{}")),
    "not packed": payload(b"{}"),
    "packed and cut": payload(gzip.compress(b'{"rows": []}')[:-9]),
    "too deep": payload(gzip.compress(b"[" * 200_000)),
    "a bomb": payload(gzip.compress(b"[" + b" " * 300_000_000 + b"]", 9)),
    "rows of numbers": payload(
        gzip.compress(b'{"rows":1,"estimates":[],"failures":[],"code":"","machine":""}')
    ),
}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
@pytest.mark.parametrize("what", [*AT_ONCE, *LATER])
def test_what_is_no_piece_is_done_again(what: str, finished: Path, tmp_path: Path) -> None:
    out = Path(shutil.copytree(finished / "out", tmp_path / "out"))
    {**AT_ONCE, **LATER}[what](next(iter((out / "pieces").glob("*.piece"))))
    plan = real(finished / "lab")
    if what in LATER:
        # Its sum is right: only who unpacks it can know. What it is not is taken away.
        with pytest.raises(rs.RenshawError, match="run the study again"):
            rs.run_study(plan, out)
    rs.run_study(plan, out)
    assert tables(out) == tables(finished / "out")


def test_expressions_of_readers_count_and_others_have_always_changed(tmp_path: Path) -> None:
    (tmp_path / "a_emg.json").touch()
    for names in (r"(.*_)?emg\.json", r"[^.].*", r"sub\-01(.*_)?emg\.json"):
        now = Part(str(tmp_path), "", names).now()
        assert MadeOf((Part(str(tmp_path), now, names),)).changed() == ()
    for names in ("(a+)+$", "(a|a)*b", "a*" * 20, "((", "x" * 2000):
        assert MadeOf((Part(str(tmp_path), "", names),)).changed() == (str(tmp_path),)
