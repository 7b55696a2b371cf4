"""Files of openhdemg: packed, and plain."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from samples._units import SAMPLES as LENGTH
from samples._units import TORQUE, Sample, Trains


def openhdemg(trains: Trains, fs_hz: float) -> dict[str, str]:
    """Return the members of an openhdemg file."""

    def table(values: Any) -> str:
        return str(pd.DataFrame(values).to_json(orient="split"))

    pulses = [[None if v != v else int(v) for v in train] for train in trains]
    return {
        "SOURCE": json.dumps("DEMUSE"),
        "FILENAME": json.dumps("a.mat"),
        "RAW_SIGNAL": table(np.ones((LENGTH, 2))),
        "REF_SIGNAL": table(TORQUE),
        "ACCURACY": table(np.full(len(trains), 0.9)),
        "IPTS": table(np.zeros((0, len(trains)))),
        "MUPULSES": json.dumps(pulses),
        "FSAMP": json.dumps(float(fs_hz)),
        "IED": json.dumps(8.0),
        "EMG_LENGTH": json.dumps(LENGTH),
        "NUMBER_OF_MUS": json.dumps(len(trains)),
        "BINARY_MUS_FIRING": table(np.zeros((0, len(trains)))),
        "EXTRAS": table(np.zeros((0, 1))),
    }


def _openhdemg_packed(path: Path, trains: Trains, fs_hz: float) -> None:
    path.write_bytes(gzip.compress(json.dumps(openhdemg(trains, fs_hz)).encode(), mtime=0))


def _openhdemg_plain(path: Path, trains: Trains, fs_hz: float) -> None:
    members = {key: json.loads(text) for key, text in openhdemg(trains, fs_hz).items()}
    path.write_text(json.dumps(members), encoding="utf-8")


SAMPLES = (
    Sample("openhdemg", _openhdemg_packed),
    Sample("openhdemg-plain", _openhdemg_plain),
)
