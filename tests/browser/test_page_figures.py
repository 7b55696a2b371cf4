"""What the page draws is what the description says: panels, axes, marks and legends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawn import PLACES, agree

import renshaw as rs

PATIENCE_ms = 240_000


def test_explore_draws_what_is_said(watched: Any) -> None:
    tab = watched.open("explore")
    tab.set_default_timeout(PATIENCE_ms)
    tab.wait_for_selector("#views[data-quality=full] .view.before")
    drawn = agree(tab, "views")
    assert len(drawn["panels"]) == 12
    assert {"torque", "before"} <= set(drawn["legend"])
    assert all(each == [0, 0, 0] for each in tab.evaluate(PLACES, "views"))


@pytest.fixture(scope="module")
def ramp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated ramp of twelve units."""
    path: Path = tmp_path_factory.mktemp("figures") / "ramp.h5"
    rs.simulate(rs.Participant(muscle="TA", n_units=12), rs.Ramp(), seed=7).save(path)
    return path


def opened(watched: Any, path: Path) -> Any:
    tab = watched.open("recording")
    tab.set_default_timeout(PATIENCE_ms)
    tab.set_input_files("#file", str(path))
    tab.locator("#headline:not(:empty)").wait_for()
    return tab


def test_a_recording_is_drawn_as_it_is_said(watched: Any, ramp: Path, tmp_path: Path) -> None:
    tab = opened(watched, ramp)
    tab.locator("#construction svg").first.wait_for()
    for place in ("traces", "matrix", "construction"):
        agree(tab, place)
    assert all(each == [0, 0, 0] for each in tab.evaluate(PLACES, "traces"))
    tab.locator("#units .unit").first.click()
    assert agree(tab, "traces")["marks"][1].count("points") == 1
    box = tab.locator("#traces svg[data-panel=rates] .area").bounding_box()
    tab.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 40)
    tab.mouse.down()
    tab.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 50, steps=3)
    tab.mouse.up()
    low, high = tab.evaluate("document.getElementById('traces').plot.figure.window")
    whole = tab.evaluate("document.getElementById('traces').plot.figure.panels[0].x")
    span = whole["high"] - whole["low"]
    assert (low, high) == pytest.approx((0.25 * span, 0.5 * span), abs=0.02 * span)
    agree(tab, "traces")
    tab.locator("#traces-save summary").click()
    with tab.expect_download() as download:
        tab.locator("#traces-save").get_by_role("button", name="Data (CSV)").click()
    download.value.save_as(tmp_path / "seen.csv")
    table = np.genfromtxt(
        tmp_path / "seen.csv", delimiter=",", names=True, dtype=None, encoding="utf-8"
    )
    assert low <= np.nanmin(table["x"]) <= np.nanmax(table["x"]) <= high
    tab.get_by_role("button", name="Whole recording").click()
    agree(tab, "traces")


def test_a_recording_is_saved_in_every_form(watched: Any, ramp: Path, tmp_path: Path) -> None:
    tab = opened(watched, ramp)
    heads = {"SVG": b"<?xml", "PDF": b"%PDF", "PNG": b"\x89PNG", "Data (CSV)": b"panel,mark"}
    for words, head in heads.items():
        tab.locator("#traces-save summary").click()
        with tab.expect_download() as download:
            tab.locator("#traces-save").get_by_role("button", name=words).click()
        download.value.save_as(tmp_path / "saved")
        assert (tmp_path / "saved").read_bytes().startswith(head)
        assert download.value.suggested_filename.startswith("ramp-raster.")


@pytest.mark.parametrize("units", [1, 84])
def test_few_units_and_many_without_torque_are_drawn(
    watched: Any, tmp_path: Path, units: int
) -> None:
    rng = np.random.default_rng(units)
    trains = tuple(np.cumsum(rng.uniform(0.06, 0.14, 150)) + unit / 20 for unit in range(units))
    rs.Recording(rs.MotorUnits(trains, (0.0, 40.0))).save(tmp_path / "units.h5")
    tab = opened(watched, tmp_path / "units.h5")
    drawn = agree(tab, "traces")
    assert drawn["marks"][0].count("ticks") == units
    assert "torque" not in drawn["panels"]


def test_words_of_an_axis_are_all_there_where_neighbors_leave_room(watched: Any) -> None:
    tab = watched.open("explore")
    shown = """async (pixels) => {
      const beside = document.querySelector("script[type=module]").src;
      const { ticksOf } = await import(new URL("figure/scales.js", beside));
      const words = ["control", "time\\ncontrol", "control", "reciprocal\\ninhibition"];
      const axis = { ticks: words.map((word, at) => [at, word]) };
      const room = (word) => 6 * Math.max(...word.split("\\n").map((line) => line.length)) + 4;
      return ticksOf(axis, [-0.5, 3.5], pixels, 64, room).map(([at]) => at);
    }"""
    # The longest word needs 64 pixels, it and its neighbor 55 from middle to middle.
    assert tab.evaluate(shown, 240) == [0, 1, 2, 3]
    assert tab.evaluate(shown, 200) == [0, 2]
