"""Numbers as people of different countries write them: thousands, decimals and clock times."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import renshaw as rs

MS = np.round(np.cumsum(np.random.default_rng(3).normal(104, 9, 60)) + 700)


def read(folder: Path, lines: list[str], **options: object) -> rs.Recording:
    path = folder / "rec.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return rs.read(path, options=rs.ReadOptions(**options))


def points(values: np.ndarray) -> list[str]:
    return [f"{value:,.0f}".replace(",", ".") for value in values]


def test_whole_thousands_are_known_by_their_neighbors(tmp_path):
    # 704, 811, 907, 1.008, ...: as decimals they would jump from 907 to 1.
    recording = read(tmp_path, ["MU;Zeit", *(f"1;{cell}" for cell in points(MS))], time_unit="ms")
    np.testing.assert_allclose(recording.units.times_s[0], MS / 1000)


def test_whole_thousands_in_milliseconds_from_the_first_on(tmp_path):
    lines = ["MU;Zeit (ms)", *(f"1;{cell}" for cell in points(MS + 1000))]
    np.testing.assert_allclose(read(tmp_path, lines).units.times_s[0], MS / 1000 + 1)
    # Whole numbers beside decimals of the other sign.
    lines = ["MU;Zeit (ms);Kraft", *(f"1;{cell};0,25" for cell in points(MS + 1000))]
    np.testing.assert_allclose(read(tmp_path, lines).units.times_s[0], MS / 1000 + 1)


@pytest.mark.parametrize("decimal", [".", ","])
def test_three_decimals_stay_decimals(decimal, tmp_path):
    lines = ["MU;Zeit (s)", *(f"1;{ms / 1000:.3f}".replace(".", decimal) for ms in MS + 1000)]
    np.testing.assert_allclose(read(tmp_path, lines).units.times_s[0], MS / 1000 + 1)


def test_three_decimals_beyond_a_hundred_seconds_stay_decimals(tmp_path):
    # A whole second beside 100.104 tells that this is no hundred thousand.
    times = [f"{99.5 + at / 8:.3f}".rstrip("0").rstrip(".") for at in range(60)]
    times = [t if len(t.partition(".")[2]) in (0, 3) else f"{float(t) + 0.001:.3f}" for t in times]
    recording = read(tmp_path, ["MU;time_s", *(f"1;{t}" for t in times)])
    np.testing.assert_allclose(recording.units.times_s[0], [float(t) for t in times])


def test_a_table_with_both_signs_is_refused(tmp_path):
    cells = [f"1;{cell};{'0.5' if at % 2 else '0,25'}" for at, cell in enumerate(points(MS + 1000))]
    with pytest.raises(rs.ReadError, match=r"may have decimals or thousands.*one decimal sign"):
        read(tmp_path, ["MU;Zeit (ms);Kraft", *cells])


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_quoted_english_thousands(separator, tmp_path):
    lines = [f'1{separator}"{ms:,.1f}"' for ms in MS + 1000]
    recording = read(tmp_path, [f"unit{separator}time_ms", *lines])
    np.testing.assert_allclose(recording.units.times_s[0], MS / 1000 + 1)


@pytest.mark.parametrize("day", ["", "2024-03-01T", "2024-03-01 "])
def test_times_of_day_count_from_the_first_discharge(day, tmp_path):
    lines = [f"1,{day}14:03:{ms / 1000:06.3f}" for ms in MS]
    recording = read(tmp_path, ["unit,time", *lines])
    np.testing.assert_allclose(recording.units.times_s[0], (MS - MS[0]) / 1000, atol=1e-6)
    assert any("from the first discharge" in note for note in recording.notes)


def test_elapsed_times_count_from_zero(tmp_path):
    lines = [f"1,00:{ms / 1000:06.3f}" for ms in MS]
    np.testing.assert_allclose(read(tmp_path, ["unit,time", *lines]).units.times_s[0], MS / 1000)


@pytest.mark.parametrize(
    ("times", "why"),
    [
        (["23:59:59.5", "00:00:00.1", "00:00:00.2"], "midnight"),
        (["00:00:01.5", "2.0", "2.5"], "clock times and numbers"),
        (["14:06", "14:07", "14:08"], "need their seconds"),
    ],
)
def test_clock_times_that_are_not_clear_are_refused(times, why, tmp_path):
    with pytest.raises(rs.ReadError, match=why):
        read(tmp_path, ["unit,time", *(f"1,{time}" for time in times)])


def test_what_only_python_takes_for_a_number_is_none(tmp_path):
    times = ("0.5", "0.6", "1_0", "0.9")
    recording = read(tmp_path, ["unit,time_s", *(f"{unit},{t}" for unit in (1, 2) for t in times)])
    assert [list(train) for train in recording.units] == [[0.5, 0.6, 0.9]] * 2
    assert any("'1_0' is not a time" in note for note in recording.notes)
