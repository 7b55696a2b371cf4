"""What is handed in: of each recording a table of discharges and a log, in one archive."""

from __future__ import annotations

import csv
import io
import json
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import DataError, needs
from renshaw.core.files import replacing
from renshaw.core.machine import cores
from renshaw.core.version import __version__
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Recording
from renshaw.decomposition.munitquest.refitted import REACH
from renshaw.decomposition.munitquest.trains import FS_HZ, twins

Array = NDArray[Any]

EVENTS = "_desc-decomposition_events.tsv"
LOG = "_desc-decomposition_log.json"
TRUTH = "_desc-groundtruthspikes_events.tsv"
_SPIKE = "motor-unit-spike"
# Both of the last two columns were asked for, by rules of different months.
_COLUMNS = ("onset", "duration", "sample", "unit_id", "event_type", "description")
# The competition refuses a log without an address.
NO_ADDRESS = "not stated"
_LICENSE = "BSD-3-Clause"


@dataclass(frozen=True)
class MunitquestEntry:
    """The answer to one recording.

    Parameters
    ----------
    name : str
        Of the recording, without ``_emg.edf``.
    units : MotorUnits
        Those that are handed in, best first; times are counted from the start of the EMG, as the
        competition does.
    twins : int
        How many were left out because they double a better one.
    fs_hz : float
        Of the EMG.
    """

    name: str
    units: MotorUnits
    twins: int
    fs_hz: float

    def events(self) -> str:
        """Return the table of discharges, in the order of time."""
        fired = sorted(
            (int(sample), unit)
            for unit, times in enumerate(self.units.times_s)
            for sample in _samples(times, self.fs_hz)
        )
        text = io.StringIO()
        rows = csv.writer(text, delimiter="\t", lineterminator="\n")
        rows.writerow(_COLUMNS)
        rows.writerows((s / self.fs_hz, 0, s, unit, _SPIKE, _SPIKE) for s, unit in fired)
        return text.getvalue()

    def log(self, runtime_s: float, code_url: str = NO_ADDRESS, **more: Any) -> str:
        """Return what the competition wants to know of how the answer was made.

        Parameters
        ----------
        runtime_s : float
            How long the decomposition took.
        code_url : str
            Where the code of the entry can be had.
        **more
            Further entries.
        """
        machine = _machine()
        made = {
            "Name": "renshaw",
            "Description": "Convolutive blind source separation with filters that follow the unit.",
            "CodeURL": code_url,
            "License": _LICENSE,
            "Version": __version__,
            "Container": "none",
        }
        said = {
            "GeneratedBy": [made],
            "RuntimeEnvironment": machine,
            "Environment": machine,
            "Execution": {"Runtime": max(float(runtime_s), 1e-3)},
            **more,
        }
        return json.dumps(said, indent=2) + "\n"


def munitquest_entry(found: Recording, name: str = "") -> MunitquestEntry:
    """Return the answer that a decomposed recording is to the competition MUnitQuest.

    Good units come first, by their confidence, then those with a flag, by their silhouette: the
    score takes nothing off for a unit that is none. One that shares 30 % of its discharges with a
    better one is left out: it would count nothing, and may take the true unit from the better one.
    So are discharges in the first and last 10 ms, which the scorer can't shift.

    Parameters
    ----------
    found : Recording
        Decomposed, with its EMG.
    name : str
        Of the recording as the competition calls it, without ``_emg.edf``; its own name if not
        given.

    Returns
    -------
    MunitquestEntry

    Raises
    ------
    DataError
        No EMG, or no motor unit with two discharges: the competition refuses an answer without.
    """
    needs("munitquest_entry", found, Recording, made_by="rs.decompose")
    emg = found.signal("emg")
    first_s, last_s = REACH / FS_HZ, (len(emg.values) - 1) / emg.fs_hz - REACH / FS_HZ
    trains = [np.asarray(times) - emg.start_s for times in found.units.times_s]
    inside = [times[(times >= first_s) & (times <= last_s)] for times in trains]
    order = [i for i in _best_first(found.units) if len(inside[i]) > 1]
    if not order:
        raise DataError(
            f"{found.name or 'The recording'}: no motor unit was found, and the competition "
            "refuses an answer without one."
        )
    first_of = twins([inside[i] for i in order])
    kept = [i for k, i in enumerate(order) if first_of[k] == k]
    units = MotorUnits(
        tuple(inside[i] for i in kept),
        (0.0, len(emg.values) / emg.fs_hz),
        labels=tuple(found.units.labels[i] for i in kept),
        flags=tuple(found.units.flags[i] for i in kept),
        fs_hz=emg.fs_hz,
    )
    return MunitquestEntry(name or found.name, units, len(order) - len(kept), emg.fs_hz)


def munitquest_zip(texts: Mapping[str, str], path: Path) -> Path:
    """Write the archive that is handed in: files side by side, the same bytes for the same texts.

    Parameters
    ----------
    texts : mapping of str to str
        What is in each file, by its name.
    path : Path
        Of the archive.
    """
    from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

    with replacing(path) as temporary, ZipFile(temporary, "w") as archive:
        for name in sorted(texts):
            # The earliest date that an archive can hold.
            member = ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            member.external_attr = 0o644 << 16
            archive.writestr(member, texts[name], compress_type=ZIP_DEFLATED)
    return path


def _samples(times_s: Array, fs_hz: float) -> Array:
    return np.unique(np.round(np.asarray(times_s) * fs_hz).astype(np.int64))


def _best_first(units: MotorUnits) -> list[int]:
    nothing = np.zeros(len(units))
    confidence = np.nan_to_num(units.quality.get("confidence", nothing))
    silhouette = np.nan_to_num(units.quality.get("silhouette", nothing))
    return sorted(
        range(len(units)),
        key=lambda i: (bool(units.flags[i]), -float(confidence[i]), -float(silhouette[i]), i),
    )


def _machine() -> dict[str, Any]:
    try:
        memory_gb = round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1)
    except (AttributeError, ValueError, OSError):
        memory_gb = float("nan")
    return {
        "CPU": platform.processor() or platform.machine(),
        "Cores": cores(),
        "GPU": [],
        "RAM": memory_gb if memory_gb == memory_gb else None,
        "Python": platform.python_version(),
    }
