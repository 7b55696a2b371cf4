"""The formats that recordings are written in."""

from __future__ import annotations

import csv
import gzip
import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from renshaw.core.errors import WriteError
from renshaw.data.arrays import FloatArray
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.io import renshaw_h5
from renshaw.io.limits import HIGHEST_RATE_HZ, LOWEST_RATE_HZ
from renshaw.io.writing import Writer, common_losses, register_writer

SPIKE = "motor-unit-spike"
# openhdemg counts discharges in EMG samples; this is the usual rate of HD-EMG amplifiers.
_DEFAULT_RATE_HZ = 2048.0
# 64 channels for five minutes; openhdemg's text takes ten times the room.
_MOST_SAMPLES = 50_000_000


def _store_csv(recording: Recording, path: Path) -> None:
    units = recording.units
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream, lineterminator="\n")
        rows.writerow(["unit", "time_s"])
        for label, train in zip(units.labels, units.times_s, strict=True):
            for time in train.tolist() or [""]:
                rows.writerow([label, repr(time) if time != "" else ""])


def _csv_losses(recording: Recording) -> tuple[str, ...]:
    lost = common_losses(recording, signals=(), events=False)
    units = recording.units
    last_s = max((train[-1] for train in units.times_s if len(train)), default=0.0)
    if units.window_s != (0.0, last_s):
        lost.append("The window of observation is left out; it will end at the last discharge.")
    if units.fs_hz is not None:
        lost.append("The sampling rate is left out.")
    if units.quality:
        lost.append(f"Quality figures are left out: {', '.join(units.quality)}.")
    return tuple(lost)


def _store_bids(recording: Recording, path: Path) -> None:
    units = recording.units
    rate = units.fs_hz
    rows: list[tuple[float, list[Any]]] = []
    for label, train in zip(units.labels, units.times_s, strict=True):
        for time in train.tolist():
            sample = "n/a" if rate is None else round(time * rate)
            rows.append((time, [repr(time), 0, sample, label, SPIKE]))
    for event in recording.events:
        sample = "n/a" if rate is None else round(event.onset_s * rate)
        cells = [repr(float(event.onset_s)), event.duration_s, sample, "n/a", event.label]
        rows.append((event.onset_s, cells))
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, delimiter="\t", lineterminator="\n")
        table.writerow(["onset", "duration", "sample", "unit_id", "event_type"])
        table.writerows(cells for _, cells in sorted(rows, key=lambda row: row[0]))


def _bids_losses(recording: Recording) -> tuple[str, ...]:
    lost = common_losses(recording, signals=(), events=True)
    silent = [
        label
        for label, train in zip(recording.units.labels, recording.units.times_s, strict=True)
        if not len(train)
    ]
    if silent:
        lost.append(f"Units without discharges are left out: {', '.join(silent)}.")
    if recording.units.quality:
        lost.append(f"Quality figures are left out: {', '.join(recording.units.quality)}.")
    lost.append("The window of observation is left out; it will end at the last discharge.")
    return tuple(lost)


def _raw_emg(recording: Recording) -> Signal | None:
    """Return the EMG, unless it is an amplitude in percent rather than what the amplifier gave."""
    emg = recording.signals.get("emg")
    return None if emg is None or emg.unit.startswith("%") else emg


def _emg_rate(recording: Recording) -> float:
    """Return the rate at which openhdemg shall count discharges."""
    emg = _raw_emg(recording)
    rate = recording.units.fs_hz or (emg.fs_hz if emg is not None else _DEFAULT_RATE_HZ)
    if not LOWEST_RATE_HZ <= rate <= HIGHEST_RATE_HZ:
        raise WriteError(f"{recording.name}: A sampling rate of {rate:g} Hz can't be written.")
    return rate


def _store_openhdemg(recording: Recording, path: Path) -> None:
    """Write the layout that openhdemg 0.1 and 0.2 open as custom data."""
    units, rate = recording.units, _emg_rate(recording)
    start_s, end_s = units.window_s
    length = max(1, math.ceil((end_s - start_s) * rate - 1e-6))
    emg = _raw_emg(recording)
    channels = 1 if emg is None or emg.values.ndim == 1 else emg.values.shape[1]
    if length * max(channels, len(units)) > _MOST_SAMPLES:
        raise WriteError(
            f"{recording.name} is too long for openhdemg's text format "
            f"({length:,} samples at {rate:g} Hz). Cut it, or leave out the raw EMG."
        )
    pulses = [np.unique(np.clip(np.rint((t - start_s) * rate), 0, length - 1)) for t in units]
    fired = np.zeros((length, len(units)), dtype=np.int64)
    for unit, train in enumerate(pulses):
        fired[train.astype(int), unit] = 1
    times_s = start_s + np.arange(length) / rate
    accuracy = units.quality.get("silhouette")
    if accuracy is None:
        accuracy = next((q for q in units.quality.values()), np.full(len(units), np.nan))
    members = {
        "SOURCE": json.dumps("CUSTOMCSV"),
        "FILENAME": json.dumps(f"{recording.name}.json"),
        "RAW_SIGNAL": _frame_text(_resampled(emg, times_s)),
        "REF_SIGNAL": _frame_text(_resampled(recording.torque, times_s)),
        "ACCURACY": _frame_text(accuracy[:, None]),
        "IPTS": _frame_text(_sources(recording, times_s, fired)),
        "MUPULSES": json.dumps([train.astype(int).tolist() for train in pulses]),
        "FSAMP": json.dumps(rate),
        "IED": json.dumps(math.nan),
        "EMG_LENGTH": json.dumps(length),
        "NUMBER_OF_MUS": json.dumps(len(units)),
        "BINARY_MUS_FIRING": _frame_text(fired),
        "EXTRAS": _frame_text(np.zeros((0, 1))),
    }
    # No time stamp and no name in the gzip header: the same recording gives the same bytes.
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 4, raw, mtime=0) as stream:
        stream.write(json.dumps(members).encode())


def _has_sources(recording: Recording) -> bool:
    signal = recording.signals.get("sources")
    return signal is not None and signal.values.shape[1:] == (len(recording.units),)


def _sources(recording: Recording, times_s: FloatArray, fired: Any) -> Any:
    """Return the sources of the units, or ones at their discharges where none were kept."""
    if _has_sources(recording):
        return np.nan_to_num(_resampled(recording.signals["sources"], times_s))
    return fired.astype(float)


def _resampled(signal: Signal | None, times_s: FloatArray) -> Any:
    """Return a signal at the given times (rows) by channel, nothing where there is no signal."""
    if signal is None or not len(signal):
        return np.zeros((0, 1))
    values = signal.values.reshape(len(signal), -1).astype(float)
    own_s = signal.times_s
    aligned = len(own_s) == len(times_s) and np.allclose(own_s, times_s, atol=1e-9)
    if aligned:
        return values
    columns = [np.interp(times_s, own_s, c, left=np.nan, right=np.nan) for c in values.T]
    return np.array(columns).T


def _frame_text(values: Any) -> str:
    """Return a table as pandas writes it with ``orient="split"``."""
    import pandas as pd

    return pd.DataFrame(values).to_json(orient="split", double_precision=15)


def _openhdemg_losses(recording: Recording) -> tuple[str, ...]:
    raw = _raw_emg(recording)
    held: tuple[str, ...] = ("torque",) if raw is None else ("emg", "torque")
    held += ("sources",) if _has_sources(recording) else ()
    lost = common_losses(recording, signals=held, events=False)
    units = recording.units
    rate = _emg_rate(recording)
    if any(np.any(np.abs(t * rate - np.rint(t * rate)) > 1e-6) for t in units):
        lost.append(f"Discharge times are rounded to samples of 1/{rate:g} s.")
    if units.window_s[0] != 0:
        lost.append("Times are counted from the start of the window.")
    for name, signal in (("emg", raw), ("torque", recording.torque)):
        if signal is not None and not math.isclose(signal.fs_hz, rate):
            lost.append(f"The {name} is resampled from {signal.fs_hz:g} to {rate:g} Hz.")
    if recording.torque is not None and recording.torque.unit != "% MVC":
        lost.append("openhdemg will take the torque to be in % MVC.")
    kept = "silhouette" if "silhouette" in units.quality else next(iter(units.quality), "")
    left = [name for name in units.quality if name != kept]
    if left:
        lost.append(f"Quality figures are left out: {', '.join(left)}.")
    if units.labels != tuple(str(i + 1) for i in range(len(units))):
        lost.append("Labels of units are left out; openhdemg counts units.")
    if not _has_sources(recording):
        lost.append("Sources (IPTS) hold ones and zeros at the discharges, as there are no others.")
    return tuple(lost)


register_writer(Writer("renshaw", ".h5", renshaw_h5.store, lambda recording: ()))
register_writer(Writer("csv", ".csv", _store_csv, _csv_losses))
register_writer(Writer("openhdemg", ".json", _store_openhdemg, _openhdemg_losses))
register_writer(Writer("bids", ".tsv", _store_bids, _bids_losses))
