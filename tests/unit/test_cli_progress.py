"""Progress: a line now and then for a log, nothing when asked to be quiet."""

from __future__ import annotations

import io

import pytest

from renshaw.cli import progress


def test_a_log_gets_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 1.0, 4.9, 5.1, 20.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    stream = io.StringIO()
    with progress.progress_bar(stream=stream) as show:
        for done in range(5):
            show(done, 5, "P01\x1b[2J\ncontrol")
    lines = stream.getvalue().splitlines()
    assert [line.split()[0] for line in lines] == ["0/5", "3/5", "4/5"]
    assert "\x1b" not in stream.getvalue()


def test_quiet_is_quiet() -> None:
    stream = io.StringIO()
    with progress.progress_bar(quiet=True, stream=stream) as show:
        show(0, 1, "x")
    assert stream.getvalue() == ""


def test_a_terminal_gets_a_bar() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    with progress.progress_bar(stream=stream) as show:
        show(1, 4, "[bold]P01")
    assert "1/4" in stream.getvalue() and "[bold]P01" in stream.getvalue()
