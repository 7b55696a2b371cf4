"""A figure is one value: page, report and file are drawn from it, whatever it shows."""

from __future__ import annotations

import io
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import report_samples as samples

import renshaw as rs
from renshaw.core.errors import WriteError
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.estimation.settings import EstimateSettings, SmoothingSettings
from renshaw.estimation.smoothing import smoothed_rates
from renshaw.figures import (
    Axis,
    Boxes,
    ColorScale,
    Figure,
    Line,
    Panel,
    Points,
    Span,
    Text,
    Ticks,
    sequence,
)
from renshaw.figures.plain import numbers
from renshaw.figures.thinning import thin
from renshaw.reports import figures
from renshaw.reports.figures.sources import source_of_unit

SVG = "{http://www.w3.org/2000/svg}"


def text_of(figure: Figure, tmp_path: Path) -> list[str]:
    """Every text of the figure as a file holds it."""
    root = ET.fromstring(figure.save(tmp_path / "figure.svg").read_text(encoding="utf-8"))
    return ["".join(each.itertext()) for each in root.iter(f"{SVG}text")]


def figure_of_marks() -> Figure:
    x = np.linspace(0.0, 10.0, 50)
    left = Panel(
        "left",
        (
            Span(low=2.0, high=3.0, color="orange", alpha=0.2, label="touch"),
            Line(x=x, y=np.sin(x), color="blue", label="course", key=1, name="unit 1"),
            Points(x=x[::5], y=np.sin(x[::5]), key=1, detail=True, name="dots"),
            Text(words="$x$ <b>", x=1.0, y=0.5),
        ),
        x=Axis("Time", "s"),
        y=Axis("Rate", "pps", low=-2.0),
    )
    right = Panel(
        "right",
        (Boxes(x=np.arange(3.0), y=np.arange(3.0), values=np.array([0.5, 1.5, 9.0])),),
        scale=ColorScale.of("ΔF (pps)", 0.0, 9.0),
    )
    return Figure("sample", (left, right), title="A sample", columns=2)


def test_a_figure_is_json_a_table_and_every_kind_of_file(tmp_path: Path) -> None:
    figure = figure_of_marks()
    json.dumps(figure.to_plain(), allow_nan=False)
    heads = {"svg": b"<?xml", "pdf": b"%PDF", "png": b"\x89PNG", "csv": b"panel,mark"}
    for ending, head in heads.items():
        path = figure.save(tmp_path / f"figure.{ending}")
        assert path.read_bytes().startswith(head)
    assert {"Time (s)", "Rate (pps)", "touch", "course", "$x$ <b>"} <= set(
        text_of(figure, tmp_path)
    )
    with pytest.raises(WriteError, match=r"\.svg, \.pdf, \.png, \.csv"):
        figure.save(tmp_path / "figure.bmp")


def test_axes_that_say_no_ends_are_fitted_to_the_marks() -> None:
    left, right = figure_of_marks().panels
    assert left.range_of("x") == pytest.approx((-0.5, 10.5))
    assert left.range_of("y")[0] == -2.0
    assert left.range_of("y")[1] > 1.0
    assert right.range_of("x") == pytest.approx((-0.46 - 0.146, 2.46 + 0.146))


def test_what_paper_draws_has_the_ends_labels_and_legend_of_the_description() -> None:
    figure = figure_of_marks()
    for axes, panel in zip(figure.draw().axes, figure.panels, strict=True):
        assert axes.get_xlim() == pytest.approx(panel.range_of("x"))
        assert axes.get_ylim() == pytest.approx(panel.range_of("y"))
        assert axes.get_xlabel() == panel.x.words
        legend = axes.get_legend()
        named = [] if legend is None else [each.get_text() for each in legend.get_texts()]
        assert named == [mark.label for mark in panel.legend]


def test_a_color_scale_has_round_steps_and_a_color_for_every_value() -> None:
    scale = ColorScale.of("x", 0.0, 6.7)
    assert scale.edges == (0.0, 2.0, 4.0, 6.0, 8.0)
    assert scale.share(-99.0) == scale.share(0.0) < scale.share(6.7) == scale.share(99.0)


def test_details_belong_to_the_chosen_key() -> None:
    figure = figure_of_marks()
    assert len(figure.to_table()) == 1 + 50 + 3 + 0
    assert len(figure.looked_at(chosen=1).to_table()) == 1 + 50 + 10 + 3


def test_an_even_course_is_said_shortly_and_gaps_are_null() -> None:
    assert numbers(np.arange(0.0, 5.0, 0.5)) == {"from": 0.0, "step": 0.5, "count": 10}
    assert numbers(np.array([0.0, np.nan, 2.5])) == [0.0, None, 2.5]
    assert numbers(np.array([])) == []
    times = np.cumsum(np.random.default_rng(1).uniform(0.05, 0.2, 40_000))
    assert np.max(np.abs(np.array(numbers(times)) - times)) < 1e-3


def test_thinning_keeps_ends_peaks_and_gaps() -> None:
    values = np.sin(np.arange(100_000) / 9000)
    values[5_000:9_000] = np.nan
    values[40_000] = 7.0
    x, y = thin(np.arange(100_000.0), values, 1000)
    assert len(x) <= 1100 and np.nanmax(y) == 7.0 and np.isnan(y).any()


def test_a_zoom_shows_more_points_of_the_same_line() -> None:
    t = np.arange(200_000) / 100.0
    panel = Panel("torque", (Line(x=t, y=np.sin(t)),), x=Axis("Time", "s", 0.0, 2000.0))
    figure = Figure("long", (panel,), shared_x=True)
    (whole,), (near,) = (
        each.to_plain()["panels"] for each in (figure, figure.looked_at((100.0, 101.0)))
    )
    assert whole["thinned"] and len(whole["marks"][0]["x"]) < 2000
    assert near["marks"][0]["x"]["count"] == pytest.approx(100, abs=4)
    assert (near["x"]["low"], near["x"]["high"]) == (0.0, 2000.0)
    assert len(figure.looked_at((100.0, 101.0)).to_table()) == 101


def hard_cases() -> dict[str, Recording]:
    rng = np.random.default_rng(3)
    nan = Signal(np.full(500, np.nan), 100.0, "% MVC")
    holes = np.sin(np.arange(500) / 80.0)
    holes[100:200] = np.nan
    train = np.cumsum(rng.uniform(0.05, 0.15, 40))
    many = tuple(np.cumsum(rng.uniform(0.05, 0.15, 300)) + i / 10 for i in range(84))
    hour = tuple(np.cumsum(rng.uniform(0.06, 0.14, 35_000)) for _ in range(3))
    return {
        "no torque": samples.triangle(3).__class__(samples.triangle(3).units),
        "84 units": Recording(MotorUnits(many, (0.0, 45.0))),
        "one unit": samples.triangle(1),
        "torque of NaN": Recording(MotorUnits((train,), (0.0, 5.0)), {"torque": nan}),
        "torque with holes": Recording(
            MotorUnits((train,), (0.0, 5.0)), {"torque": Signal(holes, 100.0, "N m")}
        ),
        "no discharge": Recording(MotorUnits((np.array([]), np.array([])), (0.0, 3.0))),
        "no unit": Recording(MotorUnits((), (0.0, 3.0))),
        "an hour": Recording(
            MotorUnits(hour, (0.0, 3600.0)),
            {"torque": Signal(np.sin(np.arange(3_600_00) / 900.0), 100.0, "% MVC")},
        ),
    }


HARD = hard_cases()


@pytest.mark.parametrize("case", HARD)
def test_whatever_is_recorded_can_be_shown_and_saved(case: str, tmp_path: Path) -> None:
    recording = HARD[case]
    rates = smoothed_rates(recording.units, SmoothingSettings(method="hann"))
    raster = figures.raster(recording, rates)
    plain = json.dumps(raster.to_plain(), allow_nan=False)
    assert len(plain) < 3_000_000
    ET.fromstring(raster.save(tmp_path / "raster.svg").read_text(encoding="utf-8"))
    if len(recording.units):
        rows = [mark for mark in raster.panels[0].marks if isinstance(mark, Ticks)]
        assert len(rows) == len(recording.units)
        assert sum(len(row.x) for row in rows) == sum(map(len, recording.units))
        table = pd.read_csv(io.BytesIO(raster.save(tmp_path / "r.csv").read_bytes()))
        mine = table[table["panel"] == "discharges"] if len(table) else table
        assert len(mine) == sum(map(len, recording.units))
        source = source_of_unit(recording, 1, None, np.ones(len(recording.units[0])))
        json.dumps(source.to_plain(), allow_nan=False)
        source.draw()


def test_labels_of_a_file_are_words_in_every_form(tmp_path: Path) -> None:
    hostile = ("<b>&\"'</b>", "$\\frac{$", "a\x00b")
    figure = figures.raster(samples.triangle(3, labels=hostile))
    assert {"<b>&\"'</b>", "$\\frac{$", "a\N{REPLACEMENT CHARACTER}b"} <= set(
        text_of(figure, tmp_path)
    )


def test_a_sequence_has_colors_for_paper_and_for_the_dark() -> None:
    first, last = (figures.raster(samples.triangle(2)).panels[0].marks[i].color for i in (0, 1))
    assert (first, last) == (sequence(0.0), sequence(1.0))
    by_day, by_night = figures.raster(samples.triangle(2)).to_plain()["panels"][0]["marks"][0][
        "color"
    ]
    assert by_day == "#440154" != by_night


def test_the_report_draws_what_the_figures_say(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The value that a report hands to paper is the one that a page of the same data shows."""
    from renshaw.reports import page as report_page
    from renshaw.reports.best_pair import best_pair
    from renshaw.reports.figures.delta_f import construction_of

    drawn: dict[str, Figure] = {}
    real = report_page.inline_svg

    def watched(figure: object, *, name: str, title: str) -> str:
        if isinstance(figure, Figure):
            drawn[name] = figure
        return real(figure, name=name, title=title)  # type: ignore[arg-type]

    monkeypatch.setattr(report_page, "inline_svg", watched)
    recording = samples.triangle(6)
    estimates = rs.estimate(recording)
    rs.report(recording, tmp_path / "report.html", estimates=estimates)
    settings = EstimateSettings()
    rates = smoothed_rates(recording.units, settings.smoothing)
    pair = best_pair(estimates, recording.name)
    assert pair is not None
    expected = {
        "raster": figures.raster(recording, rates),
        "matrix": figures.pair_matrix(recording, estimates),
        "construction": construction_of(recording, rates, pair, settings),
        "by-unit": figures.estimates_by_unit(estimates, recording.name),
    }
    for name, figure in expected.items():
        assert figure is not None
        assert drawn[name].to_plain() == figure.to_plain(), name
