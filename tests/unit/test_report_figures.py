"""Every picture draws, takes hostile labels, and becomes an SVG fit for a page."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import matplotlib as mpl
import numpy as np
import pytest
import report_samples as samples
from matplotlib.figure import Figure

import renshaw as rs
from renshaw.core.numbers import number
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Recording
from renshaw.estimation.multiverse import MultiverseSettings, multiverse
from renshaw.estimation.quantities.geometry import brace_of
from renshaw.estimation.settings import GeometrySettings, SmoothingSettings
from renshaw.estimation.smoothing import smoothed_rates
from renshaw.figures import Area, Arrow
from renshaw.figures.style import plain
from renshaw.figures.thinning import thin
from renshaw.reports import figures
from renshaw.reports.best_pair import best_pair
from renshaw.reports.figures.torque import torque_panel
from renshaw.reports.svg import inline_svg

HOSTILE = ["<b>&\"'</b>", "$\\frac{$", "a\x00b\x1b[31m", "]]>", "$x$", "10" * 50, "日本", ""]
SMALL = MultiverseSettings(
    smoothers=("hann", "polynomial"), correlations_min=(0.7,), modulations_min_pps=(0.5,)
)


@pytest.fixture(scope="module")
def ramp() -> Recording:
    return samples.triangle(8, truth=True, labels=HOSTILE)


@pytest.fixture(scope="module")
def pictures(ramp: Recording) -> dict[str, Figure]:
    rates = samples.rates_of(ramp)
    estimates = samples.estimates_of(ramp)
    pair = best_pair(estimates, ramp.name)
    times = ramp.units[pair.test - 1]
    smooth = smoothed_rates(ramp.units, SmoothingSettings(method="polynomial"))
    study = samples.study_of(6, condition="<i>$x$")
    return {
        "raster": figures.raster(ramp),
        "stack": figures.unit_rates(ramp, rates),
        "raster-and-rates": figures.raster(ramp, rates),
        "construction": figures.delta_f_construction(
            ramp,
            rates,
            test=pair.test,
            control=pair.control,
            recruitment_s=times[1],
            derecruitment_s=times[-1],
            delta_f_pps=pair.delta_f_pps,
        ),
        "matrix": figures.pair_matrix(ramp, estimates),
        "by-unit": figures.estimates_by_unit(estimates),
        "multiverse": figures.specification_curve(multiverse(ramp, SMALL), 2.0),
        "brace": figures.brace_construction(
            ramp,
            smooth[0],
            brace_of(ramp.units[0], smooth[0], ramp.torque, GeometrySettings()),
            unit=1,
        ),
        "truth": figures.truth_panel(ramp),
        "paired": figures.paired_difference(study.comparison, "delta_f"),
    }


def test_every_picture_is_sound_xml_with_ids_of_its_own(pictures: dict[str, Figure]) -> None:
    everything: list[str] = []
    for name, figure in pictures.items():
        svg = inline_svg(figure, name=name, title='What <it> shows & "more"')
        root = ET.fromstring(svg)
        assert root.tag.endswith("svg")
        ids = re.findall(r'\bid="([^"]+)"', svg)
        assert all(i.startswith(f"{name}-") for i in ids)
        targets = re.findall(r'(?:href="#|url\(#)([^")]+)', svg)
        assert set(targets) <= set(ids)
        assert "<script" not in svg and "<style" not in svg
        everything += ids
    assert len(everything) == len(set(everything))


def test_labels_from_a_file_are_shown_as_they_are(pictures: dict[str, Figure]) -> None:
    text = " ".join(
        "".join(e.itertext())
        for e in ET.fromstring(inline_svg(pictures["raster"], name="r", title="t")).iter(
            "{http://www.w3.org/2000/svg}text"
        )
    )
    assert "<b>&\"'</b>" in text
    assert "$\\frac{$" in text
    assert "a\N{REPLACEMENT CHARACTER}b" in text


def test_the_same_picture_is_the_same_text() -> None:
    ramp = samples.triangle(3)
    first, second = (inline_svg(figures.raster(ramp), name="r", title="t") for _ in range(2))
    assert first == second


def test_drawing_leaves_no_trace_in_matplotlib() -> None:
    before = dict(mpl.rcParams)
    figures.raster(samples.triangle(2)).draw()
    assert dict(mpl.rcParams) == before


def test_the_ink_follows_light_and_dark(pictures: dict[str, Figure]) -> None:
    svg = inline_svg(pictures["stack"], name="s", title="t")
    assert "var(--ink,#1b1e21)" in svg


@pytest.mark.parametrize("trains", [(), ((),), ((1.0,),), ((1.0,), (1.0, 2.0)), ((), (0.5, 0.6))])
def test_recordings_with_next_to_nothing_can_be_drawn(
    trains: tuple[tuple[float, ...], ...],
) -> None:
    bare = Recording(MotorUnits(tuple(np.array(t) for t in trains), (0.0, 3.0)))
    rates = samples.rates_of(bare)
    nothing = rs.Estimates(())
    for figure in (
        figures.raster(bare),
        figures.unit_rates(bare, rates),
        figures.raster(bare, rates),
        figures.pair_matrix(bare, nothing),
        figures.estimates_by_unit(nothing),
    ):
        ET.fromstring(inline_svg(figure, name="x", title="t"))


def test_every_discharge_of_the_raster_is_there() -> None:
    ramp = samples.triangle(4)
    svg = inline_svg(figures.raster(ramp), name="r", title="t")
    paths = re.findall(r' d="((?:M\S+ \S+V\S+ ?)+)"', svg)
    assert sorted(p.count("V") for p in paths if p.count("V") > 1) == sorted(
        len(t) for t in ramp.units
    )


def test_the_arrow_of_the_construction_is_as_long_as_delta_f() -> None:
    ramp = samples.triangle(6)
    rates = samples.rates_of(ramp)
    times = ramp.units[4]
    delta_f = float(rates[0].at(times[1]) - rates[0].at(times[-1]))
    figure = figures.delta_f_construction(
        ramp,
        rates,
        test=5,
        control=1,
        recruitment_s=times[1],
        derecruitment_s=times[-1],
        delta_f_pps=delta_f,
    )
    control = figure.draw().axes[0]
    low, high = sorted(next(line.get_ydata() for line in control.lines if line.get_marker() == "o"))
    (arrow,) = (m for m in figure.panel("control").marks if isinstance(m, Arrow))
    assert (arrow.low, arrow.high) == (low, high)
    assert high - low == pytest.approx(delta_f)
    assert any(f"{delta_f:.2f} pps" in text.get_text() for text in control.texts)


def test_the_construction_shows_a_bound_as_a_bound() -> None:
    ramp = samples.triangle(6)
    times = ramp.units[4]
    said = {}
    for bound in ("exact", "at least"):
        figure = figures.delta_f_construction(
            ramp,
            samples.rates_of(ramp),
            test=5,
            control=1,
            recruitment_s=times[1],
            derecruitment_s=times[-1],
            delta_f_pps=1.5,
            bound=bound,
        )
        said[bound] = [text.get_text() for axes in figure.draw().axes for text in axes.texts]
    assert "ΔF = 1.50 pps" in said["exact"] and "derecruited" in said["exact"]
    assert "ΔF > 1.50 pps" in said["at least"] and "still fires" in said["at least"]
    assert "derecruited" not in said["at least"]


def test_thinning_keeps_every_peak() -> None:
    values = np.zeros(100_000)
    values[[777, 50_001]] = [5.0, -3.0]
    times, kept = thin(np.arange(len(values)) / 1000, values)
    assert len(kept) < 2000
    assert kept.max() == 5 and kept.min() == -3
    assert times[kept.argmax()] == 0.777


def test_plain_text_is_never_mathematics() -> None:
    assert plain("$a$") == r"\$a\$"
    assert len(plain("x" * 99)) == 28


def test_the_nouns_draw_themselves() -> None:
    ramp = samples.triangle(4, truth=True)
    study = samples.study_of(4)
    for noun in (
        ramp,
        samples.estimates_of(ramp),
        multiverse(ramp, SMALL),
        study,
        study.comparison,
    ):
        assert isinstance(noun.plot(), Figure)


def test_a_real_recording_has_no_truth_to_draw() -> None:
    with pytest.raises(rs.DataError, match="truth"):
        figures.truth_panel(samples.triangle(2))


def test_truth_shows_afferent_excitation_that_is_no_descending_drive() -> None:
    person = rs.Participant(n_units=4)
    test = rs.SpasmTest(watched_s=1.0)
    titles = [
        axes.get_title(loc="left") for axes in figures.truth_panel(rs.simulate(person, test)).axes
    ]
    assert titles[:2] == ["Descending drive", "All excitation, with that from afferents"]
    slow = rs.Ramp(rise_s=1.0, fall_s=1.0, follows="drive")
    titles = [
        axes.get_title(loc="left") for axes in figures.truth_panel(rs.simulate(person, slow)).axes
    ]
    assert "All excitation, with that from afferents" not in titles


@pytest.mark.parametrize(
    ("rest", "top", "ground"),
    [(0.0, 20.0, 0.0), (0.5, 20.0, 0.0), (0.95, 1.0, 0.95), (-1.0, 20.0, -1.0), (7.0, 9.0, 7.0)],
)
def test_a_silhouette_stands_on_zero_or_on_its_own_rest(rest, top, ground):
    """A torque of .95 to 1 that stands on zero is a gray band."""
    ramp = rest + (top - rest) * np.clip(1 - np.abs(np.linspace(-1.5, 1.5, 300)), 0, 1)
    units = rs.MotorUnits(([1.0, 2.0],), (0.0, 3.0))
    panel = torque_panel(rs.Recording(units, {"torque": rs.Signal(ramp, 100.0)}))
    area = next(mark for mark in panel.marks if isinstance(mark, Area))
    assert area.low.min() == area.low.max() == pytest.approx(ground)


def test_huge_numbers_are_read_at_a_glance():
    assert number(-165710449.0) == "−1.66 × 10⁸"
    assert number(1e6) == "1 × 10⁶" and number(999_999) == "999999"
    assert number(1.5e12) == "1.50 × 10¹²"


def test_no_tile_shows_a_number_without_a_unit():
    units = rs.MotorUnits(
        tuple(np.arange(2 + k, 20 - k, 0.1 + 0.01 * k) for k in range(3)), (0.0, 22.0)
    )
    raw = 1e8 * np.clip(1 - np.abs(np.linspace(-1.2, 1.2, 2200)), 0, 1) - 4e8
    recording = rs.Recording(units, {"torque": rs.Signal(raw, 100.0)}, name="raw counts")
    found = rs.estimate(recording).finding
    assert found.numbers and all(each.unit != "a.u." for each in found.numbers)
