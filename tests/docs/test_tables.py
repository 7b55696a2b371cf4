"""Tables in the docs that come from the code are those of today's code."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "docs" / "make_tables.py"


def _loaded():
    spec = importlib.util.spec_from_file_location("make_tables", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tables = _loaded()


@pytest.mark.parametrize("page", tables.PAGES, ids=lambda page: page.name)
def test_every_table_of_a_page_is_current(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert tables.filled(text) == text, "run: uv run docs/make_tables.py"
    # A mark that was mistyped would be passed over in silence.
    assert (
        text.count("<!-- begin: ") == text.count("<!-- end: ") == len(tables._BETWEEN.findall(text))
    )


def test_every_table_has_a_place() -> None:
    pages = [page.read_text(encoding="utf-8") for page in tables.PAGES]
    assert set().union(*map(tables.asked_for, pages)) == set(tables.TABLES)


def test_a_stale_table_is_written_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(tables.TABLES, "toys", lambda *of: f"new {' '.join(of)}")
    stale = "a\n<!-- begin: toys big -->\nold\n<!-- end: toys big -->\nb <!-- end -->\n"
    wanted = "a\n<!-- begin: toys big -->\nnew big\n<!-- end: toys big -->\nb <!-- end -->\n"
    assert tables.filled(stale) == tables.filled(wanted) == wanted


def test_a_bar_in_a_cell_does_not_end_it() -> None:
    assert tables.markdown(["a"], [["x|y"]]).splitlines() == ["| a |", "| --- |", r"| x\|y |"]
