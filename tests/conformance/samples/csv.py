"""Tables of units: a row a discharge, a column or a row a unit, zeros and ones."""

from __future__ import annotations

import csv
from itertools import zip_longest
from pathlib import Path

from samples._units import SAMPLES as LENGTH
from samples._units import TORQUE, Sample, Trains


def _csv(path: Path, trains: Trains, fs_hz: float) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["unit", "time_s"])
        for unit, train in enumerate(trains, 1):
            rows.writerows([unit, index / fs_hz] for index in train or [])
            if not train:
                rows.writerow([unit, ""])


def _german(path: Path, trains: Trains, fs_hz: float) -> None:
    lines = ["sep=;", "Proband;007", "", "Motorische Einheit;Zeitpunkt der Entladung [ms]"]
    for unit, train in enumerate(trains, 1):
        lines += [f"ME {unit};{1000 * index / fs_hz!r}".replace(".", ",") for index in train]
        lines += [f"ME {unit};"] * (not train)
    path.write_bytes("\r\n".join(lines).encode("cp1252"))


def _columns(path: Path, trains: Trains, fs_hz: float) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream, delimiter="\t")
        rows.writerow([f"MU {unit}" for unit in range(1, len(trains) + 1)])
        times = [[index / fs_hz for index in train] for train in trains]
        rows.writerows(zip_longest(*times, fillvalue=""))


def _rows(path: Path, trains: Trains, fs_hz: float) -> None:
    longest = max(map(len, trains), default=0)
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream, delimiter=";")
        rows.writerow(["unit", *(f"t{number}" for number in range(1, longest + 1))])
        for unit, train in enumerate(trains, 1):
            rows.writerow([unit, *(index / fs_hz for index in train)])


def _binary(path: Path, trains: Trains, fs_hz: float) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(
            ["time (s)", "Torque (% MVC)", *(f"MU{n}" for n in range(1, 1 + len(trains)))]
        )
        for at in range(LENGTH):
            rows.writerow([at / fs_hz, TORQUE[at], *(int(at in train) for train in trains)])


SAMPLES = (
    Sample("csv", _csv, torque=False, rate=False, whole=False),
    Sample("csv german", _german, torque=False, rate=False, whole=False),
    Sample("csv columns", _columns, torque=False, rate=False, whole=False),
    Sample("csv rows", _rows, torque=False, rate=False, whole=False),
    Sample("csv binary", _binary, rate=False, faults=False, whole=False),
)
