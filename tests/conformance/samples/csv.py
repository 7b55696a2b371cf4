"""Tables of discharge times."""

from __future__ import annotations

import csv
from pathlib import Path

from samples._units import Sample, Trains


def _csv(path: Path, trains: Trains, fs_hz: float) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["unit", "time_s"])
        for unit, train in enumerate(trains, 1):
            rows.writerows([unit, index / fs_hz] for index in train or [])
            if not train:
                rows.writerow([unit, ""])


SAMPLES = (Sample("csv", _csv, torque=False, rate=False, whole=False),)
