"""Tutorials run from top to bottom: each line of Python, and each command of renshaw."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from renshaw.cli.app import main

TUTORIALS = sorted((Path(__file__).parents[2] / "docs" / "tutorials").glob("*.md"))


@pytest.mark.parametrize("page", TUTORIALS, ids=lambda page: page.stem)
def test_a_tutorial_runs(
    page: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    blocks = re.findall(
        r"```(python|console)\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.S
    )
    assert blocks
    for language, text in blocks:
        if language == "python":
            exec(compile(text, page.name, "exec"), names)
            continue
        for line in text.strip().splitlines():
            _, _, command = line.partition("uv run renshaw ")
            assert command, f"{line!r} is no command of renshaw"
            assert main(shlex.split(command)) == 0, capsys.readouterr().err
