"""Tables without a head: numbers alone."""

from __future__ import annotations

import csv
from pathlib import Path

from samples._units import Sample, Trains


def _unit_and_time(path: Path, trains: Trains, fs_hz: float) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        for unit, train in enumerate(trains, 1):
            rows.writerows([unit, index / fs_hz] for index in train or [])
            if not train:
                rows.writerow([unit, ""])


SAMPLES = (Sample("bare", _unit_and_time, torque=False, rate=False, faults=False, whole=False),)
