"""Text tables and spreadsheets."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from samples.spreadsheet import write_ods, write_xlsx

from one_set._units import FS_HZ, LENGTH, TORQUE, TRAINS, Layout, fired, rows

UNITS = range(1, len(TRAINS) + 1)


def _text(
    lines: Sequence[str], encoding: str = "utf-8", ends: str = "\n", name: str = "rec.csv"
) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = folder / name
        content = (ends.join(lines) + ends).encode(encoding)
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return path

    return write


def _long(head: str, separator: str = ",", form: str = "{:.4f}", times: float = 1 / FS_HZ) -> Any:
    lines = [f"{unit}{separator}{form.format(at * times)}" for unit, at in rows()]
    return [head, *lines] if head else lines


def _commas(lines: Sequence[str]) -> list[str]:
    return [line.replace(".", ",") for line in lines]


def _ragged(names: Sequence[str], separator: str, form: str = "{:.4f}", by: float = FS_HZ) -> Any:
    columns = [[form.format(at / by) for at in train] for train in TRAINS]
    lines = [separator.join(row) for row in zip_longest(*columns, fillvalue="")]
    return [separator.join(names), *lines] if names else lines


def _rows(named: bool, head: str = "") -> list[str]:
    lines = [",".join(f"{at / FS_HZ:.4f}" for at in train) for train in TRAINS]
    lines = (
        [f"MU{unit},{line}" for unit, line in zip(UNITS, lines, strict=True)] if named else lines
    )
    return [head, *lines] if head else lines


def _quoted() -> list[str]:
    """Return what spreadsheets of countries with decimal commas save between commas."""
    lines = [f'"MU {unit}","{at / FS_HZ:.4f}"'.replace(".", ",") for unit, at in rows()]
    return ['"Unit","Time (s)"', *lines]


def _gaps() -> list[str]:
    """Return a column a unit and a row a discharge, all other cells empty."""
    lines = [
        ",".join(f"{at / FS_HZ:.4f}" if unit == mine else "" for mine in UNITS)
        for unit, at in rows()
    ]
    return [",".join(MU), *lines]


def _spoken(name: str, between: str) -> list[str]:
    """Return a row a unit, behind a name in words."""
    return [
        name.format(unit) + between.join(f"{at / FS_HZ:.4f}" for at in train)
        for unit, train in zip(UNITS, TRAINS, strict=True)
    ]


def _binary(names: Sequence[str], time: str = "", torque: str = "") -> list[str]:
    firing = fired()
    lines = [",".join(x for x in (time, torque, *names) if x)] if names else []
    for at in range(LENGTH):
        cells = [f"{at / FS_HZ:.4f}"] * bool(time) + [f"{TORQUE[at]:.4f}"] * bool(torque)
        lines.append(",".join([*cells, *map(str, firing[at])]))
    return lines


def _grouped(thousands: str, decimal: str) -> list[str]:
    """Return milliseconds as spreadsheets of different countries show them."""
    shown = [f"{at * 1000 / FS_HZ:,.1f}" for _, at in rows()]
    cells = [x.replace(",", "_").replace(".", decimal).replace("_", thousands) for x in shown]
    units = [unit for unit, _ in rows()]
    return ["MU;time_ms", *(f"{u};{cell}" for u, cell in zip(units, cells, strict=True))]


def _clocks() -> list[str]:
    lines = [f"{unit},00:00:{at / FS_HZ:07.4f}" for unit, at in rows()]
    return ["unit,time", *lines]


def _openhdemg() -> list[str]:
    lines = [["REF_SIGNAL", *(f"MUPULSES ({unit - 1})" for unit in UNITS)]]
    pulses = [[str(at) for at in train] for train in TRAINS]
    for at, row in enumerate(zip_longest(*pulses, fillvalue="")):
        lines.append([f"{TORQUE[at]:.4f}", *row])
    for at in range(len(lines) - 1, LENGTH):
        lines.append([f"{TORQUE[at]:.4f}", *[""] * len(TRAINS)])
    return [",".join(cells) for cells in lines]


def _neuromap(folder: Path) -> Path:
    stats = ["MU\tAccuracy", *(f"{unit}\t0.95" for unit in UNITS)]
    _text(stats, name="trial_Stats.txt")(folder)
    names = [f"MU {unit}" for unit in UNITS]
    return _text(_ragged(names, "\t"), name="trial_Firings.txt")(folder)


MU = [f"MU{unit}" for unit in UNITS]
RATE = {"fs_hz": FS_HZ}
REMARKS = ["Participant: 01", "Date: 2024-01-01", "", "unit,time_s"]


def _workbook(folder: Path, name: str) -> Path:
    cells = [line.split(",") for line in _long("unit,time_s")[1:]]
    numbers: list[list[str | float]] = [[int(unit), float(time)] for unit, time in cells]
    write = write_ods if name.endswith(".ods") else write_xlsx
    write(folder / name, {"Notes": [["TA, left"]], "Units": [["Unit", "Time (s)"], *numbers]})
    return folder / name


def _columns_xlsx(folder: Path) -> Path:
    lines = zip_longest(*[[at * 1000 / FS_HZ for at in train] for train in TRAINS], fillvalue="")
    heads = [f"Unità {unit} [ms]" for unit in UNITS]
    write_xlsx(folder / "rec.xlsx", {"Foglio1": [["P01"], heads, *map(list, lines)]})
    return folder / "rec.xlsx"


def _spike2() -> list[str]:
    lines = ['"INFORMATION"', '"rec.smr"', '"SUMMARY"', '"1"\t"Waveform"\t"Force"']
    lines += ['"CHANNEL"\t"1"', '"Waveform"', '"No comment"', '"Force"', '" N"\t2000']
    lines += ['"START"\t0.00000\t0.00050', *(f"{value:.5f}" for value in TORQUE)]
    for unit, train in zip(UNITS, TRAINS, strict=True):
        lines += [f'"CHANNEL"\t"{unit + 1}"', '"Evt+"', '"No comment"', f'"MU {unit}"', ""]
        lines += [f"{at / FS_HZ:.5f}" for at in train]
    return lines


def _wavemarks() -> list[str]:
    lines = ['"INFORMATION"', '"rec.smr"', '"SUMMARY"', '"1"\t"WaveMark"\t"nw-1"']
    lines += ['"CHANNEL"\t"1"', '"WaveMark"', '"No comment"', '"nw-1"', ""]
    for unit, at in rows():
        lines += [f'"WAVMK"\t{at / FS_HZ:.5f}\t0.00005\t{unit}\t0\t0\t0', "0.01", "-0.3"]
    return lines


def _annotations() -> list[str]:
    lines = ['<?xml version="1.0"?>', "<emglab_annotation_file>", "<emglab_spike_header>"]
    lines += ["<time></time>", "<unit></unit>", "</emglab_spike_header>", "<emglab_spike_events>"]
    lines += [f"{at / FS_HZ:.4f} {unit}" for unit, at in rows()]
    return [*lines, "</emglab_spike_events>", "</emglab_annotation_file>"]


def _labchart() -> list[str]:
    titles = "\t".join(["Force", *MU])
    lines = ["Interval=\t0.0005 s", "TimeFormat=\tStartOfBlock", f"ChannelTitle=\t{titles}"]
    for at, line in enumerate(_binary([], torque="force")):
        lines.append(f"{at / FS_HZ:.4f}\t" + line.replace(",", "\t"))
    return lines


def _acqknowledge() -> list[str]:
    lines = ["rec.acq", "0.5 msec/sample", f"{len(MU) + 1} channels", "Force", "N"]
    for name in MU:
        lines += [name, "V"]
    numbers = ",".join(f"CH{number}" for number in range(1, len(MU) + 2))
    return [*lines, numbers, *_binary([], torque="force")]


CALAMINE = "python_calamine"
LAYOUTS = (
    Layout("csv", _text(_long("unit,time_s"))),
    Layout("csv-milliseconds", _text(_long("MU\ttime_ms", "\t", "{:.1f}", 1000 / FS_HZ))),
    Layout(
        "csv-decimal-commas",
        _text(_commas(_long("unit;time_s", ";")), encoding="utf-8-sig", ends="\r\n"),
    ),
    Layout("csv-samples", _text(_long("unit,sample", form="{:.0f}", times=1)), options=RATE),
    Layout("csv-thousands-german", _text(_grouped(".", ","))),
    Layout("csv-thousands-english", _text(_grouped(",", "."))),
    Layout("csv-thousands-french", _text(_grouped("\u202f", ","))),
    Layout("csv-thousands-swiss", _text(_grouped("'", "."))),
    Layout("csv-clock", _text(_clocks())),
    Layout("csv-bare", _text(_long(""))),
    Layout("csv-remarks", _text([*REMARKS, *_long("")])),
    Layout("csv-gz", _text(_long("unit,time_s"), name="rec.csv.gz")),
    Layout("csv-utf-16", _text(_long("unit\ttime_s", "\t"), encoding="utf-16")),
    Layout("csv-sep", _text(["sep=;", *_commas(_long("Einheit;Zeit (s)", ";"))], "cp1252", "\r\n")),
    Layout("csv-french", _text(_commas(_long("Unité;Temps (s)", ";")), "cp1252")),
    Layout("csv-italian", _text(_commas(_long("Unità motoria;Tempo [s]", ";")))),
    Layout("csv-columns", _text(_ragged(MU, ","))),
    Layout(
        "csv-columns-ms", _text(_ragged([f"{n} (ms)" for n in MU], ",", "{:.1f}", FS_HZ / 1000))
    ),
    Layout("csv-columns-bare", _text(_ragged([], "\t"))),
    Layout(
        "csv-columns-samples",
        _text(_ragged(MU, ";", "{:.0f}", 1)),
        options={**RATE, "time_unit": "samples"},
    ),
    Layout("csv-rows", _text(_rows(named=True))),
    Layout("csv-quoted-decimal-commas", _text(_quoted())),
    Layout("csv-clusters", _text(_long("cluster_id,spike_times"))),
    Layout("csv-measures-below", _text(["unit\ttime", "[]\t[s]", *_long("", "\t")])),
    Layout("csv-mean-below", _text([*_long("unit,time_s"), "", "Mean rate,11.2", "Total,800"])),
    Layout("csv-columns-gaps", _text(_gaps())),
    Layout("csv-rows-colon", _text(_spoken("Motor unit {}: ", ", "))),
    Layout("csv-rows-words", _text(_spoken("MU {} ", " "))),
    Layout("csv-rows-bare", _text(_rows(named=False))),
    Layout("csv-binary", _text(_binary(MU, "time (s)", "Force (N)")), torque=True),
    Layout("csv-binary-bare", _text(_binary([])), options=RATE),
    Layout("openhdemg-csv", _text(_openhdemg()), torque=True, options=RATE),
    Layout("neuromap", _neuromap),
    Layout("spike2-text", _text(_spike2(), name="rec.txt"), torque=True),
    Layout("spike2-text-codes", _text(_wavemarks(), "cp1252", "\r\n", "rec.txt")),
    Layout("emglab-eaf", _text(_annotations(), name="rec.eaf")),
    Layout("emglab-ann", _text([f"{at / FS_HZ:g} {unit}" for unit, at in rows()], ends="\r\n")),
    Layout("labchart-text", _text(_labchart(), name="rec.txt"), torque=True),
    Layout("acqknowledge-text", _text(_acqknowledge(), name="rec.txt"), torque=True),
    Layout("xlsx", lambda folder: _workbook(folder, "rec.xlsx"), needs=CALAMINE),
    Layout("ods", lambda folder: _workbook(folder, "rec.ods"), needs=CALAMINE),
    Layout("xlsx-columns-ms", _columns_xlsx, needs=CALAMINE),
)
