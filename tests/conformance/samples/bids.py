"""Tables of events in the manner of BIDS-EMG."""

from __future__ import annotations

import csv
from pathlib import Path

from samples._units import Sample, Trains


def _bids(path: Path, trains: Trains, fs_hz: float) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream, delimiter="\t")
        rows.writerow(["onset", "duration", "sample", "unit_id", "event_type"])
        for unit, train in enumerate(trains):
            for index in train:
                cells = [round(index / fs_hz, 6), 0, index, unit, "motor-unit-spike"]
                rows.writerow(["n/a" if c != c else c for c in cells])
        rows.writerow([0.25, 0.5, "n/a", "n/a", "stimulus"])


SAMPLES = (Sample("bids", _bids, torque=False, silent=False, whole=False),)
