"""One battery for all results: print, table, plot, save, report, cite, show in a notebook.

The classes are found by themselves: a new result that has no sample, or lacks a part, fails here.
"""

from __future__ import annotations

import importlib
import pickle
import pkgutil
import re
from html.parser import HTMLParser

import pandas as pd
import pytest
from matplotlib.backends.backend_svg import FigureCanvasSVG
from results import MADE, made

import renshaw as rs
from renshaw.core.results import Result

VOID = {"br", "hr", "img", "input", "link", "meta", "col", "path", "use", "circle"}


def results(base: type = Result) -> set[str]:
    for module in pkgutil.walk_packages(rs.__path__, "renshaw."):
        if not module.name.startswith(("renshaw.app", "renshaw.cli", "renshaw.inference.train")):
            importlib.import_module(module.name)
    return {kind.__name__ for kind in base.__subclasses__() if kind.__module__.startswith("rensh")}


class Balanced(HTMLParser):
    """Whether every element that opens is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag


@pytest.fixture(params=MADE)
def result(request) -> Result:
    return made(request.param)


def test_every_result_has_a_sample():
    assert results() == set(MADE)


def test_samples_are_what_they_say(result):
    assert type(result).__name__ in MADE


def test_it_prints(result):
    short, full = repr(result), str(result)
    assert short.startswith(type(result).__name__)
    assert "\n" not in short
    assert len(short) < 200
    assert len(full) > len(short)
    assert len(full.splitlines()) < 200


def test_it_is_a_tidy_table(result):
    table = result.to_table()
    assert isinstance(table, pd.DataFrame)
    assert len(table)
    assert all(isinstance(name, str) for name in table.columns)
    assert table.columns.is_unique
    pd.testing.assert_frame_equal(table, result.to_table())


def test_it_plots(result):
    assert result.plot().axes
    assert rs.plot(result).axes


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_it_saves_its_table_and_gets_it_back(result, ending, tmp_path):
    if isinstance(result, rs.Recording):
        pytest.skip("a recording has formats of its own")
    path = result.save(str(tmp_path / f"found{ending}"))
    assert path == tmp_path / f"found{ending}"
    table = result.to_table()
    if ending == ".csv":
        back = pd.read_csv(path)
        assert list(back.columns) == list(table.columns)
        assert len(back) == len(table)
    else:
        pd.testing.assert_frame_equal(pd.read_parquet(path), table.reset_index(drop=True))


@pytest.mark.parametrize("name", ["found.xlsx", "found.feather"])
def test_an_ending_that_nobody_knows_is_refused_and_those_known_are_listed(result, name, tmp_path):
    with pytest.raises(rs.WriteError, match=r"\.csv") as refused:
        result.save(tmp_path / name)
    assert repr(name[name.index(".") :]) in str(refused.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["nowhere/found", "folder"])
def test_a_place_where_no_file_can_be_is_said_in_words(result, name, tmp_path):
    for ending in (".csv", ".html"):
        (tmp_path / f"folder{ending}").mkdir()
    for written, ending in ((result.save, ".csv"), (result.report, ".html")):
        with pytest.raises(rs.WriteError, match="folder") as refused:
            written(tmp_path / f"{name}{ending}")
        assert str(tmp_path / f"{name}{ending}") in str(refused.value)


def test_it_reports(result, tmp_path):
    path = result.report(tmp_path / "page.html")
    page = path.read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "<svg" in page or "<table" in page
    assert rs.report(result, tmp_path / "again.html").exists()


def test_it_cites(result):
    assert all(isinstance(reference, str) and reference for reference in result.cite())


def test_a_notebook_shows_it(result):
    page = result._repr_html_()
    assert Balanced(page).open == []
    assert "<svg" in page
    assert "<table" in page
    assert page.index("<strong>") < page.index("<svg") < page.index("<table")
    assert len(re.findall("<tr", page)) <= 10
    assert "<script" not in page


def test_two_figures_of_one_notebook_keep_their_ids_apart(result):
    first, second = (set(re.findall(r'\bid="([^"]+)"', result._repr_html_())) for _ in "ab")
    assert first
    assert not first & second


def test_where_the_figure_fails_a_notebook_shows_the_table(result, monkeypatch):
    def fails(*_, **__):
        raise RuntimeError("no backend")

    monkeypatch.setattr(FigureCanvasSVG, "print_svg", fails)
    page = result._repr_html_()
    assert "<svg" not in page
    assert "<table" in page


def test_where_everything_fails_a_notebook_shows_words(result, monkeypatch):
    def fails(*_, **__):
        raise RuntimeError("no table <today>")

    monkeypatch.setattr(type(result), "to_table", fails)
    assert result._repr_html_().startswith("<pre>")


def test_it_is_pickled(result):
    again = pickle.loads(pickle.dumps(result))
    pd.testing.assert_frame_equal(again.to_table(), result.to_table())
