"""Layouts of tables, what their heads are called, and what is refused with what to do."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import scipy.io

import renshaw as rs
from renshaw.core.errors import ReadError
from renshaw.io.tables.names import column_of

TRAINS = ([0.5, 0.625, 0.75, 0.9, 1.0], [0.7, 0.8, 0.95, 1.1])
LONG = [(unit, t) for unit, train in enumerate(TRAINS, 1) for t in train]


def read(folder: Path, text: str | bytes, name: str = "a.csv", **options: object) -> rs.Recording:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return rs.read(path, options=rs.ReadOptions(**options))


def refused(folder: Path, text: str, match: str, **options: object) -> str:
    with pytest.raises(ReadError, match=match) as caught:
        read(folder, text, **options)
    return str(caught.value)


def same(recording: rs.Recording, labels: tuple[str, ...] = ("1", "2")) -> None:
    assert recording.units.labels == labels
    assert [train.tolist() for train in recording.units] == [list(t) for t in TRAINS]


def long(head: str, separator: str = ",", comma: bool = False, by: float = 1) -> str:
    lines = [f"{unit}{separator}{t * by:.6g}" for unit, t in LONG]
    text = "\n".join(lines)
    return f"{head}\n{text.replace('.', ',') if comma else text}\n"


HEADS = {
    "English": "Motor Unit;Discharge time (s)",
    "German": "Motorische Einheit;Zeitpunkt der Entladung [s]",
    "German, short": "ME;Entladungszeit (s)",
    "French": "Unité motrice;Temps de décharge (s)",
    "French, elided": "Numéro d'unité;Instant (s)",
    "Spanish": "Unidad motora;Tiempo (s)",
    "Spanish, firing": "UM;Instante de disparo (s)",
    "Italian": "Unità motoria;Tempo (s)",
    "Portuguese": "Unidade motora;Tempo (segundos)",
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
def test_heads_in_six_languages(head, encoding, tmp_path):
    same(read(tmp_path, long(head, ";", comma=True).encode(encoding)))


ABOVE = {
    "a separator for Excel": "sep=,\n",
    "remarks": "Participant: 01\nDate, time: 2024-01-01\n\n",
    "a remark with numbers": "Exported 2024, version 3\nFs,2048\n\n",
    "comments": "# made by hand\n#\n",
}


@pytest.mark.parametrize("above", ABOVE.values(), ids=ABOVE)
def test_what_stands_above_the_head(above, tmp_path):
    same(read(tmp_path, above + long("unit,time_s")))


def test_a_head_behind_a_comment_sign_is_a_head(tmp_path):
    same(read(tmp_path, long("# unit time_s", " ")))


def test_a_head_without_the_name_of_the_row_names(tmp_path):
    text = '"unit" "time_s"\n' + "".join(f'"{n}" {u} {t}\n' for n, (u, t) in enumerate(LONG, 1))
    same(read(tmp_path, text))


@pytest.mark.parametrize("first", ["", "index", "Unnamed: 0"])
def test_a_column_that_counts_rows_is_no_unit(first, tmp_path):
    lines = [f"{n},{a},{b}" for n, (a, b) in enumerate(zip(*TRAINS, strict=False))]
    read_back = read(tmp_path, "\n".join([f"{first},MU1,MU2", *lines]))
    assert read_back.units.labels == ("1", "2")
    assert read_back.units[0].tolist() == TRAINS[0][:4]


@pytest.mark.parametrize(
    ("head", "by"), [("MU,time (ms)", 1000), ("mu_id,t_us", 1e6), ("Einheit,Zeit [ms]", 1000)]
)
def test_the_head_says_the_unit_of_time(head, by, tmp_path):
    recording = read(tmp_path, long(head, by=by))
    for mine, true in zip(recording.units, TRAINS, strict=True):
        np.testing.assert_allclose(mine, true, atol=1e-12)


def test_an_option_says_the_unit_of_time(tmp_path):
    recording = read(tmp_path, long("unit,time", by=1000), time_unit="ms")
    np.testing.assert_allclose(recording.units[0], TRAINS[0])


def test_samples_need_a_rate(tmp_path):
    said = refused(tmp_path, long("unit,sample", by=1000), "counts samples")
    assert "--fs" in said
    assert "fs_hz=" in said
    recording = read(tmp_path, long("unit,sample", by=1000), fs_hz=1000)
    np.testing.assert_allclose(recording.units[0], TRAINS[0])
    assert recording.units.fs_hz == 1000


@pytest.mark.parametrize("text", [long("unit,time", by=1000), long("", by=1000).lstrip()])
def test_whole_numbers_that_nothing_explains_are_asked_for(text, tmp_path):
    said = refused(tmp_path, text, "whole numbers")
    assert "--time-unit ms" in said
    assert "--time-unit samples" in said


def test_a_column_of_a_name_of_ones_own(tmp_path):
    text = long("unit,wann")
    assert "'wann'" in refused(tmp_path, text, "expected unit and time_s")
    same(read(tmp_path, text, variable="wann"))


def test_bare_columns(tmp_path):
    same(read(tmp_path, long("").lstrip()))
    swapped = "\n".join(f"{t} {unit}" for unit, t in LONG)  # as EMGLAB's .ann
    same(read(tmp_path, swapped))
    lines = [f"{a},{b}" for a, b in zip(*TRAINS, strict=False)]
    two = read(tmp_path, "\n".join(lines))
    assert [len(train) for train in two.units] == [4, 4]
    assert two.units[1].tolist() == TRAINS[1]


def test_bare_columns_that_may_be_either_are_asked_for(tmp_path):
    refused(
        tmp_path, "1,0.5\n2,0.6\n3,0.7\n1,0.2\n5,0.9\n9,0.1\n1,4\n".replace("1,", "1.5,"), "MU1,MU2"
    )


def test_units_side_by_side_keep_their_names(tmp_path):
    lines = [f"{a};{b}" for a, b in zip([*TRAINS[0]], [*TRAINS[1], ""], strict=True)]
    same(read(tmp_path, "\n".join(["MU 1 TA;MU 1 SOL", *lines])), ("MU 1 TA", "MU 1 SOL"))


def test_a_row_a_unit(tmp_path):
    lines = [f"MU {n}\t" + "\t".join(map(str, train)) for n, train in enumerate(TRAINS, 1)]
    same(read(tmp_path, "\n".join(lines)), ("MU 1", "MU 2"))
    head = "unit\tt1\tt2\tt3\tt4\tt5\n"
    same(read(tmp_path, head + "\n".join(lines).replace("MU ", "")))


def firing(time: bool) -> str:
    matrix = np.zeros((1200, 2), dtype=int)
    for unit, train in enumerate(TRAINS):
        matrix[np.rint(np.array(train) * 1000).astype(int), unit] = 1
    lines = [f"{a},{b}" for a, b in matrix]
    if time:
        lines = [f"{at / 1000:.3f},{line}" for at, line in enumerate(lines)]
    return "\n".join(lines)


@pytest.mark.parametrize("head", ["", "time,MU1,MU2\n", "Zeit (s),1,2\n"])
def test_zeros_and_ones_beside_a_time(head, tmp_path):
    recording = read(tmp_path, head + firing(time=True))
    for mine, true in zip(recording.units, TRAINS, strict=True):
        np.testing.assert_allclose(mine, true, atol=1e-12)
    assert recording.units.window_s == (0, 1.2)
    assert recording.units.fs_hz == 1000


@pytest.mark.parametrize("head", ["", "MU1,MU2\n"])
def test_zeros_and_ones_alone_need_a_rate(head, tmp_path):
    refused(tmp_path, head + firing(time=False), "--fs")
    recording = read(tmp_path, head + firing(time=False), fs_hz=1000)
    np.testing.assert_allclose(recording.units[1], TRAINS[1])


def test_a_rate_that_contradicts_the_times_is_refused(tmp_path):
    refused(tmp_path, "time,MU1,MU2\n" + firing(time=True), "contradicts", fs_hz=2048)


def test_rates_of_units_are_no_times(tmp_path):
    time = np.arange(0, 5, 0.01)
    rate = 8 + 4 * np.sin(time)
    text = "\n".join(f"{t:.2f},{r:.4f}" for t, r in zip(time, rate, strict=True))
    said = refused(tmp_path, f"time_s,MU1\n{text}", "rise and fall")
    assert "'MU1'" in said


def emg(channels: int = 3) -> str:
    values = np.random.default_rng(0).normal(0, 0.2, (500, channels))
    return "\n".join(",".join(f"{v:.4f}" for v in row) for row in values)


def test_raw_emg(tmp_path):
    refused(tmp_path, emg(), "--fs")
    bare = read(tmp_path, emg(), fs_hz=2000)
    assert bare.signals["emg"].values.shape == (500, 3)
    assert bare.signals["emg"].fs_hz == 2000
    named = read(tmp_path, f"EMG 1 (mV),EMG 2 (mV),Force (N)\n{emg()}", fs_hz=2000)
    assert named.signals["emg"].unit == "uV"
    assert named.signals["emg"].values[0, 0] == pytest.approx(
        1000 * bare.signals["emg"].values[0, 0]
    )
    assert named.torque is not None
    assert named.torque.unit == "N"


def test_raw_emg_of_trigno_discover(tmp_path):
    rates = (2000.0, 500.0)
    lines = ["Application:,Trigno Discover (1.7.0)", "Date/Time:,1/1/2025 1:00:00 PM"]
    lines += ["Collection Length (seconds):,1", "TA (81728),,,,SOL (81745),"]
    lines += ["sensor mode: 50,,,,sensor mode: 40,"]
    names = "EMG 1 Time Series (s),EMG 1 (mV),ACC X Time Series (s),ACC X (G)"
    lines += [f"{names},EMG 1 Time Series (s),EMG 1 (mV)", ",2000 Hz,,500 Hz,,2000 Hz"]
    for at in range(1000):
        acc = f"{at / rates[1]:.6f},0.5" if at < 250 else ","
        lines.append(f"{at / rates[0]:.6f},{at % 7},{acc},{at / rates[0]:.6f},{at % 5}")
    recording = read(tmp_path, "\n".join(lines))
    raw = recording.signals["emg"]
    assert (raw.fs_hz, raw.unit, raw.values.shape) == (2000, "uV", (1000, 2))
    assert raw.channels == ("TA (81728) EMG 1 (mV)", "SOL (81745) EMG 1 (mV)")
    assert raw.values[:7, 0].tolist() == [1000.0 * n for n in range(7)]
    acc = next(signal for name, signal in recording.signals.items() if "ACC" in name)
    assert (acc.fs_hz, len(acc)) == (500, 250)


def test_muscles_are_kept_apart(tmp_path):
    text = "muscle,unit,time_s\n" + "".join(
        f"{muscle},1,{t}\n" for muscle in ("TA", "SOL") for t in TRAINS[0]
    )
    units = read(tmp_path, text).units
    assert units.labels == ("TA 1", "SOL 1")
    assert units.muscles == ("TA", "SOL")


def test_several_people_in_one_table_are_refused(tmp_path):
    text = "participant,unit,time_s\n" + "".join(f"P{n},1,{t}\n" for n in (1, 2) for t in TRAINS[0])
    assert "'participant' holds several (P1, P2)" in refused(tmp_path, text, "a file of each")


@pytest.mark.parametrize(("shift", "fine"), [(0.0, False), (10.0, True)])
def test_contractions_after_each_other_are_one_recording(shift, fine, tmp_path):
    text = "contraction,unit,time_s\n" + "".join(
        f"{n},1,{t + n * shift}\n" for n in (1, 2) for t in TRAINS[0]
    )
    if fine:
        assert len(read(tmp_path, text).units[0]) == 10
    else:
        refused(tmp_path, text, "'contraction' holds several")


def test_a_table_of_something_else_is_told_what_it_lacks(tmp_path):
    said = refused(tmp_path, "time,velocity\n0,1\n1,2\n2,3\n", "expected unit and time_s")
    assert "'time', 'velocity'" in said
    assert "renshaw compare" in said


def test_ones_in_a_row_count_once(tmp_path):
    recording = read(tmp_path, firing(time=False).replace("1,0\n0,0", "1,0\n1,0"), fs_hz=1000)
    np.testing.assert_allclose(recording.units[0], TRAINS[0])
    assert "count as one discharge" in " ".join(recording.notes)


def test_a_table_of_millions_of_units_is_refused_within_bounds(tmp_path):
    text = "unit,time_s\n" + "".join(f"{n},0.5\n" for n in range(300_000))
    tracemalloc.start()
    refused(tmp_path, text, "more than 10,000 motor units")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60 * 2**20


def test_a_head_of_millions_of_columns_is_refused(tmp_path):
    refused(tmp_path, "MU1," * 20_000 + "\n" + "1\n" * 20_000, "cells are read at most")


def test_the_accuracy_that_neuromap_writes_beside(tmp_path):
    (tmp_path / "a_Stats.txt").write_text("MU\tAccuracy\n1\t0.95\n2\t0.9\n")
    lines = [f"{a}\t{b}" for a, b in zip([*TRAINS[0]], [*TRAINS[1], ""], strict=True)]
    recording = read(tmp_path, "\n".join(["MU 1\tMU 2", *lines]), name="a_Firings.txt")
    same(recording)
    assert recording.units.quality["accuracy"].tolist() == [0.95, 0.9]


def test_the_raw_recording_that_neuromap_leaves_beside(tmp_path):
    samples = {"Data": np.vstack([np.zeros(2000), np.arange(2000.0)])}
    names = np.array(["Galileo: EMG 1", "Load cell"], dtype=object)
    scipy.io.savemat(tmp_path / "a.mat", {**samples, "Channels": names, "Fs": [1000.0, 1000.0]})
    lines = [f"{a}\t{b}" for a, b in zip([*TRAINS[0]], [*TRAINS[1], ""], strict=True)]
    recording = read(tmp_path, "\n".join(["MU 1\tMU 2", *lines]), name="a_Firings.txt")
    same(recording)
    assert recording.torque is not None
    assert recording.torque.values[-1] == 1999
    assert recording.units.window_s == (0, 2)
    raw = rs.read(tmp_path / "a.mat")
    assert any("read a_Firings.txt instead" in note for note in raw.notes)


KINDS = {
    "MUPULSES (0)": ("unit", "samples", "0"),
    "BINARY_MUS_FIRING (3)": ("binary", "", "3"),
    "IPTS (1)": ("other", "", ""),
    "REF_SIGNAL": ("force", "", ""),
    "Time MU 4 [ms]": ("unit", "ms", "4"),
    "MU_07": ("unit", "", "7"),
    "unit A": ("unit", "", "a"),
    "X[s]": ("time", "s", ""),
    "milliSec": ("time", "ms", ""),
    "Discharge rate MU1 (pps)": ("other", "pps", ""),
    "Couple (N.m)": ("force", "N.m", ""),
    "EMG 1 Time Series (s)": ("time", "s", ""),
    "% MVC": ("force", "", ""),
    "velocity": ("", "", ""),
}


@pytest.mark.parametrize("name", KINDS)
def test_what_a_head_says(name):
    column = column_of(0, name)
    kind, measure, label = KINDS[name]
    assert column.kind == kind
    assert column.label == label
    if kind in ("unit", "time", "force"):
        assert column.measure == measure


def test_a_column_that_is_not_there(tmp_path):
    refused(tmp_path, long("unit,time_s"), "names a column of times", variable="when")


def test_columns_of_units_without_numbers(tmp_path):
    refused(tmp_path, "MU1,MU2\nabc,def\nghi,jkl\n", "hold no numbers")


def test_force_is_known_in_other_languages(tmp_path):
    recording = read(tmp_path, f"EMG 1 (mV),EMG 2 (mV),Kraft (N)\n{emg()}", fs_hz=2000)
    assert recording.torque is not None
    assert recording.torque.unit == "N"


STEADY = np.cumsum(np.random.default_rng(5).normal(0.1, 0.01, 50))


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([(u, t + u, (t + u) * 2048) for u in (1, 2, 3) for t in STEADY], "may count the units"),
        ([(t, 10 + np.sin(9 * t)) for t in STEADY], "too slow for EMG"),
        ([(at / 100, at / 10) for at in range(300)], "which may be unit and time"),
        ([(at / 100, at / 10, at / 9) for at in range(300)], "times of units or signals"),
        ([(1.5, 2.5, 3.5)], "Write a first line with the names"),
    ],
)
def test_bare_columns_that_may_be_something_else_are_asked_for(rows, why, tmp_path):
    path = tmp_path / "rec.csv"
    path.write_text("".join(",".join(f"{x:.4f}" for x in row) + "\n" for row in rows))
    with pytest.raises(rs.ReadError, match=why):
        rs.read(path)


def test_steady_units_without_a_head_are_units(tmp_path):
    path = tmp_path / "rec.csv"
    path.write_text("".join(f"{t:.4f},{t + 1.02:.4f},{t + 2.05:.4f}\n" for t in STEADY))
    assert len(rs.read(path).units) == 3
