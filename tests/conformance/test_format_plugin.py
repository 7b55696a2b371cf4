"""The format of another package, as docs/files.md shows it, is known everywhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INFO = "Metadata-Version: 2.1\nName: toy-format\nVersion: 1\n"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder outside the source tree in which a package lies that declares the toy."""
    folder: Path = tmp_path_factory.mktemp("site")
    section = (ROOT / "docs" / "files.md").read_text(encoding="utf-8").split("## A format of")[1]
    (code,) = re.findall(r"```python\n(.*?)```", section, flags=re.S)
    (points,) = re.findall(r"```ini\n.*?\n(.*?)```", section, flags=re.S)
    (folder / "toy_format.py").write_text(code, encoding="utf-8")
    info = folder / "toy_format-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(INFO)
    entry_points = points.replace('"', "")
    (info / "entry_points.txt").write_text(f"[renshaw.formats]\n{entry_points}")
    return folder


@pytest.fixture
def ran(shop: Path, tmp_path: Path):
    """Run Python where the package is installed, in a folder with a file of two units."""
    (tmp_path / "sub-01_ses-pre_task-ramp.toy").write_text("TOY\n0.1 0.2 0.3 0.4\n0.15 0.3 0.5\n")
    environment = {**os.environ, "PYTHONPATH": str(shop), "COLUMNS": "240"}

    def run(code: str) -> str:
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", code],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


COMMAND = "import sys; from renshaw.cli.app import main; sys.exit(main({words!r}))"


def test_it_passes_the_battery(ran):
    ran("from toy_format import TOY; from renshaw.io import check_format; check_format(TOY)")


def test_it_is_read_and_estimated_from_the_command_line(ran, tmp_path):
    ran(COMMAND.format(words=["estimate", "sub-01_ses-pre_task-ramp.toy", "-o", "out", "-q"]))
    assert (tmp_path / "out" / "estimates.csv").exists()
    said = ran(
        "import renshaw as rs; r = rs.read('sub-01_ses-pre_task-ramp.toy')\n"
        "print(r.history.steps[-1].settings['format'], len(r.units))"
    )
    assert said == "toy 2\n"


def test_it_is_found_in_the_folder_of_a_study(ran):
    found = ran(
        "from pathlib import Path\n"
        "from renshaw.study.recordings import RecordingsSettings, found_recordings\n"
        "found = found_recordings(RecordingsSettings(), Path('.'), ())\n"
        "print([(e.path.name, e.participant, e.condition) for e in found.entries], found.refused)"
    )
    assert found.strip() == "[('sub-01_ses-pre_task-ramp.toy', '01', 'pre')] ()"


def test_it_is_converted_to_and_from(ran, tmp_path):
    words = ["convert", "sub-01_ses-pre_task-ramp.toy", "a.csv"]
    ran(COMMAND.format(words=words))
    said = ran(COMMAND.format(words=["convert", "a.csv", "B.TOY"]))
    assert "Not kept: Labels and quality of units are left out." in said
    assert (tmp_path / "B.TOY").read_text().splitlines()[1] == "0.1 0.2 0.3 0.4"


def test_the_help_lists_it(ran):
    said, also = (
        " ".join(ran(COMMAND.format(words=[command, "--help"])).split())
        for command in ("convert", "estimate")
    )
    assert said.count("Toy (.toy)") == 2, "among those that are written, and those that are read"
    assert "Toy (.toy)" in also


def test_the_refusal_of_an_unknown_file_lists_it(ran, tmp_path):
    (tmp_path / "a.txt").write_text("Once upon a time.\n")
    code = "import renshaw as rs\ntry: rs.read('a.txt')\nexcept rs.ReadError as error: print(error)"
    assert ", Toy, " in ran(code)
    assert ".toy (toy)" in ran(
        "import renshaw as rs\n"
        "try: rs.files.losses(rs.read('sub-01_ses-pre_task-ramp.toy'), 'a.doc')\n"
        "except rs.RenshawError as error: print(error)"
    )


def test_the_table_of_the_docs_lists_it(ran):
    said = ran(
        "import importlib.util as u\n"
        f"spec = u.spec_from_file_location('make_tables', {str(ROOT / 'docs/make_tables.py')!r})\n"
        "tables = u.module_from_spec(spec); spec.loader.exec_module(tables)\n"
        "print(tables.formats())"
    )
    line = "| Toy .toy, a line of discharge times a unit | `toy` | `.toy` | `.toy` | units |"
    assert line in said.splitlines()


PAGE = """
import time
from pathlib import Path
from starlette.testclient import TestClient
from renshaw.app.server import application

HERE = "http://127.0.0.1:8000"

def main():
    with TestClient(application(Path("."), "t", 8000), base_url=HERE) as client:
        assert "<code>.toy</code>" in client.get("/t/recording").text
        found = client.get("/t/recording/files").json()
        assert [entry["name"] for entry in found] == ["sub-01_ses-pre_task-ramp.toy"], found
        content = Path("sub-01_ses-pre_task-ramp.toy").read_bytes()
        headers = {"origin": HERE, "x-file-name": "mine.toy"}
        sent = client.post("/t/recording/drop", content=content, headers=headers)
        at = f"/t/recording/{sent.json()['id']}/stage"
        while (state := client.get(at).json())["stage"] == "opening":
            time.sleep(0.05)
        print(state["stage"], state["units"])

if __name__ == "__main__":
    main()
"""


def test_the_page_names_lists_and_opens_it(ran, tmp_path):
    pytest.importorskip("starlette", reason="needs the extra app")
    pytest.importorskip("httpx2", reason="needs the dependency group browser")
    (tmp_path / "page.py").write_text(PAGE)
    assert ran("import runpy; runpy.run_path('page.py', run_name='__main__')") == "ready 2\n"
