"""``renshaw app``: what it says before a page is there."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from renshaw.app.command import app
from renshaw.cli.app import main
from renshaw.core.errors import RenshawError


def test_who_has_not_installed_the_extra_is_told_how(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "starlette"]:
        monkeypatch.delitem(sys.modules, name)
    for name in [name for name in sys.modules if name.startswith("renshaw.app.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "starlette", None)
    with pytest.raises(RenshawError, match=r"pip install 'renshaw\[app\]'"):
        app(Path())


def test_a_folder_that_is_none_is_refused_with_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("starlette", reason="needs the extra app")
    assert main(["app", str(tmp_path / "no where"), "--no-browser"]) == 1
    assert f"mkdir -p '{tmp_path / 'no where'}'" in capsys.readouterr().err
    (tmp_path / "ramp.mat").write_text("a recording")
    assert main(["app", str(tmp_path / "ramp.mat"), "--no-browser"]) == 1
    assert f"is a file; the page looks into a folder: renshaw app {tmp_path}" in (
        capsys.readouterr().err
    )


def test_a_port_that_is_taken_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("starlette", reason="needs the extra app")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["app", str(tmp_path), "--no-browser", "--port", str(port)]) == 1
    assert f"Port {port} can't be used" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["-1", "70000"])
def test_a_port_that_can_not_be_is_refused(
    tmp_path: Path, port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("starlette", reason="needs the extra app")
    assert main(["app", str(tmp_path), "--no-browser", "--port", port]) == 1
    assert f"Port {port} can't be used" in capsys.readouterr().err
