"""openhdemg ``.json`` (versions 0.1 and 0.2), packed with gzip or plain, and module folders.

Valli et al. (2024), doi:10.1016/j.jelekin.2023.102850. One JSON object; every value is itself JSON
text: numbers, lists, or tables as pandas writes them with ``orient="split"``. ``MUPULSES`` are
sample indices from 0. Since 0.2 any key may be absent, and a module holds the same keys in binary
files (`renshaw.io.containers.openhdemg_module`).
"""

from __future__ import annotations

import gzip
import json
import json.decoder
import math
import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from renshaw.core.errors import WriteError
from renshaw.core.plain_json import DoubledKeyError, once, read_json
from renshaw.data.arrays import FloatArray
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.io.budget import Budget
from renshaw.io.containers import matlab, openhdemg_module
from renshaw.io.format import FORMATS, Format
from renshaw.io.limits import (
    HIGHEST_RATE_HZ,
    LOWEST_RATE_HZ,
    MOST_JSON_CONTAINERS,
    MOST_UNITS,
    MOST_VARIABLES,
    checked_rate,
)
from renshaw.io.probe import Probe
from renshaw.io.refusal import Refusal
from renshaw.io.trains import float32, indices_to_times, motor_units
from renshaw.io.writing import common_losses

KEYS = (
    *("SOURCE", "FILENAME", "RAW_SIGNAL", "REF_SIGNAL", "ACCURACY", "IPTS", "MUPULSES"),
    *("FSAMP", "IED", "EMG_LENGTH", "NUMBER_OF_MUS", "BINARY_MUS_FIRING", "EXTRAS"),
)
_ANY_KEY = re.compile(r'"(?:' + "|".join(KEYS) + r')"\s*:')
_DECODER = json.JSONDecoder(object_pairs_hook=once)
_SPACE = re.compile(r"[\s]*")
_NUMBERS_ONLY = re.compile(r"[\[\]\s\d.,eE+\-nul]*")
# openhdemg estimates ACCURACY as the silhouette for these sources.
_SILHOUETTE_SOURCES = ("DEMUSE", "OTB")
# A reference signal in % MVC does not go beyond this; one in newtons or raw units may.
_MOST_PCT_MVC = 200.0
# openhdemg counts discharges in EMG samples; this is the usual rate of HD-EMG amplifiers.
_DEFAULT_RATE_HZ = 2048.0
# 64 channels for five minutes; the text takes ten times the room.
_MOST_SAMPLES = 50_000_000


def recognizes(probe: Probe) -> bool:
    """Whether it is a JSON object with one of openhdemg's keys near its beginning."""
    head = probe.text_head.lstrip()
    if not head.startswith("{"):
        return False
    return _ANY_KEY.search(head) is not None or openhdemg_module.is_one(probe.path)


def read(probe: Probe) -> Recording:
    """Read discharge times, reference signal, EMG and accuracy."""
    budget = probe.budget
    file = _top_level(probe.text, budget)
    if "_metadata" in file or openhdemg_module.is_one(probe.path):
        file = openhdemg_module.content(file, probe.path.parent, probe.budget)
    source = _plain(file.get("SOURCE"), budget)
    decomposed = "MUPULSES" in file or "BINARY_MUS_FIRING" in file
    if not decomposed and "RAW_SIGNAL" not in file:
        raise Refusal(
            f"It is an openhdemg file without motor units (SOURCE {source}). "
            "Save the file with the decomposed units"
        )
    stated = probe.options.fs_hz or _plain(file.get("FSAMP"), budget)
    if stated is None:
        raise matlab.no_rate("FSAMP")
    if isinstance(stated, bool) or not isinstance(stated, int | float):
        raise Refusal(f"Its sampling rate (FSAMP) is {str(stated)[:40]!r}, not a number of Hz")
    fs_hz = checked_rate(stated, "FSAMP")
    notes = [f"openhdemg file made from {source} data."] if source else []
    signals = _signals(file, fs_hz, notes, budget)
    if not decomposed and "emg" not in signals:
        raise Refusal(f"It is an openhdemg file without motor units (SOURCE {source}) or raw EMG")
    pulses = _pulses(file, budget) if decomposed else []
    sources = _sources(file, pulses, budget)
    if sources is not None:
        signals["sources"] = Signal(sources, fs_hz)
    emg_length = _number(file, "EMG_LENGTH", budget)
    samples = max([len(s) for s in signals.values()] + [emg_length])
    quality = {}
    if "ACCURACY" in file:
        name = "silhouette" if source in _SILHOUETTE_SOURCES else "accuracy"
        quality[name] = _frame(file["ACCURACY"], "ACCURACY", budget).ravel()
    units, remarks = motor_units(
        [indices_to_times(train, fs_hz, 0) for train in pulses],
        length_s=samples / fs_hz,
        fs_hz=fs_hz,
        quality=quality,
    )
    stated = _number(file, "NUMBER_OF_MUS", budget)
    if stated and stated != len(units):
        notes.append(f"The file states {stated:g} motor units but holds {len(units)}.")
    return Recording(units, signals, notes=(*notes, *remarks))


def _top_level(text: str, budget: Budget) -> Mapping[str, Any]:
    """Return the object's members, values that are texts left unread.

    The tables are read only as far as they are needed, and each in a way that fits it; reading
    everything as Python lists would take some ten times the memory.
    """
    members: dict[str, Any] = {}
    checked = False
    try:
        pos = _skip(text, text.index("{") + 1)
        while text[pos] != "}":
            if text[pos] != '"':
                raise ValueError(f"expected a key at letter {pos}")
            key, pos = _string(text, pos + 1)
            pos = _skip(text, pos)
            if text[pos] != ":":
                raise ValueError(f"expected a colon at letter {pos}")
            pos = _skip(text, pos + 1)
            if not checked and text[pos] in "[{":
                _refuse_bomb(text)
                budget.json(text, "Its JSON")
                checked = True
            budget.step("Its JSON")
            before = pos
            value, pos = _member(text, pos)
            if key in members and value != members[key]:
                raise DoubledKeyError(key)
            members[key] = value
            budget.spend(pos - before, f"Its {key[:40]}")
            if len(members) > MOST_VARIABLES:
                raise Refusal(f"It holds more than {MOST_VARIABLES:,} entries; it is damaged")
            pos = _skip(text, pos)
            if text[pos] == ",":
                pos = _skip(text, pos + 1)
    except DoubledKeyError as error:
        raise Refusal(f"Its JSON is damaged: {error}. Save it again") from None
    except (ValueError, IndexError, RecursionError) as error:
        raise Refusal(
            f"The JSON text is truncated or damaged ({error or 'nested too deeply'}). "
            "Copy or save it again"
        ) from None
    return members


def _skip(text: str, pos: int) -> int:
    found = _SPACE.match(text, pos)
    return found.end() if found else pos


def _member(text: str, pos: int) -> tuple[Any, int]:
    if text[pos] == '"':
        return _string(text, pos + 1)
    value, end = _DECODER.raw_decode(text, pos)
    return value, end


def _string(text: str, pos: int) -> tuple[str, int]:
    value, end = json.decoder.scanstring(text, pos)  # type: ignore[attr-defined]
    return str(value), int(end)


def _refuse_bomb(text: str) -> None:
    if text.count("[") + text.count("{") > MOST_JSON_CONTAINERS:
        raise Refusal("Its JSON holds more lists than any recording; it is damaged")


def _plain(value: Any, budget: Budget) -> Any:
    """Return the value behind JSON text; text that is no JSON stands for itself."""
    if not isinstance(value, str):
        return value
    _refuse_bomb(value)
    budget.json(value, "Its JSON")
    try:
        return read_json(value)
    except DoubledKeyError as error:
        raise Refusal(f"Its JSON is damaged: {error}") from None
    except (ValueError, RecursionError):
        return value


def _number(file: Mapping[str, Any], key: str, budget: Budget) -> float:
    value = _plain(file.get(key), budget)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and np.isfinite(value) and value > 0 else 0.0


def _frame(value: Any, key: str, budget: Budget) -> FloatArray:
    """Return a table as an array (rows, columns), its rows in the order of their index."""
    if isinstance(value, str):
        at = value.find('"data":')
        body = value[at + 7 :].strip()
        if at >= 0 and body.endswith("}") and _NUMBERS_ONLY.fullmatch(body, 0, len(body) - 1):
            head = _plain(value[:at].rstrip().rstrip(",") + "}", budget)
            index = head.get("index") if isinstance(head, dict) else None
            return _in_order(_numbers(body[:-1].strip(), key, budget), index)
        value = _plain(value, budget)
    if isinstance(value, Mapping):
        value, index = value.get("data", []), value.get("index")
    else:
        index = None
    try:
        rows = _floats(value if value is not None else [])
    except (TypeError, ValueError, OverflowError):
        raise Refusal(f"Its {key} are not a table of numbers; it is damaged") from None
    if rows.ndim > 2:
        raise Refusal(f"Its {key} are not a table of numbers; it is damaged")
    return _in_order(rows.reshape(len(rows), -1) if rows.size else np.zeros((0, 1)), index)


def _numbers(body: str, key: str, budget: Budget) -> FloatArray:
    """Return the numbers of ``[[1,2],[3,4]]``, without making a Python object of each."""
    rows = body.count("[") - 1
    # Two copies of the text, and the numbers.
    budget.spend(2 * len(body) + 8 * body.count(","), f"Its {key}")
    flat_text = body.replace("[", "").replace("]", "").replace("null", "nan").strip()
    if not flat_text.strip(", \n"):
        return np.zeros((0, 1))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            flat = np.fromstring(flat_text, sep=",")
            return flat.reshape(max(rows, 1), -1)
        except (ValueError, DeprecationWarning):
            raise Refusal(f"Its {key} are not a table of numbers; it is damaged") from None


def _floats(value: Any) -> FloatArray:
    """Return numbers of JSON as an array; true, false and texts, which NumPy takes, are none."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, list):
            waiting.extend(each)
        elif isinstance(each, bool | str):
            raise ValueError(f"{each!r} is no number")
    return np.array(value, dtype=float)


def _in_order(rows: FloatArray, index: Any) -> FloatArray:
    if not isinstance(index, list) or len(index) != len(rows) or len(rows) < 2:
        return rows
    try:
        keys = np.array(index, dtype=float)
    except (TypeError, ValueError):
        return rows
    return rows if np.all(np.diff(keys) > 0) else rows[np.argsort(keys, kind="stable")]


def _pulses(file: Mapping[str, Any], budget: Budget) -> list[FloatArray]:
    if "MUPULSES" not in file:
        fired = _frame(file["BINARY_MUS_FIRING"], "BINARY_MUS_FIRING", budget)
        return [np.flatnonzero(column > 0).astype(float) for column in fired.T if len(fired)]
    pulses = _plain(file["MUPULSES"], budget)
    if pulses is None:
        return []
    if not isinstance(pulses, list):
        raise Refusal("Its MUPULSES are not a list; it is damaged")
    if len(pulses) > MOST_UNITS:
        raise Refusal(f"It claims more than {MOST_UNITS:,} motor units")
    if pulses and not any(isinstance(train, list) for train in pulses):
        pulses = [pulses]
    try:
        return [_floats(train).ravel() for train in pulses]
    except (TypeError, ValueError, OverflowError):
        raise Refusal("Its MUPULSES are not lists of numbers; it is damaged") from None


def _sources(file: Mapping[str, Any], pulses: list[FloatArray], budget: Budget) -> Any:
    """Return the sources (IPTS), unless they are but ones at the discharges."""
    if "IPTS" not in file or not pulses:
        return None
    frame = _frame(file["IPTS"], "IPTS", budget)
    if len(frame) < 2 or frame.shape[1] != len(pulses):
        return None
    with np.errstate(all="ignore"):
        return None if np.isin(frame, (0.0, 1.0)).all() else float32(frame)


def _signals(
    file: Mapping[str, Any], fs_hz: float, notes: list[str], budget: Budget
) -> dict[str, Signal]:
    signals = {}
    if "REF_SIGNAL" in file:
        frame = _frame(file["REF_SIGNAL"], "REF_SIGNAL", budget)
        if len(frame) > 1:
            reference = frame[:, 0]
            with np.errstate(all="ignore"):
                in_pct = np.abs(reference[np.isfinite(reference)]).max(initial=0.0) <= _MOST_PCT_MVC
            signals["torque"] = Signal(reference, fs_hz, "% MVC" if in_pct else "")
            notes.append(
                "The torque is REF_SIGNAL, which openhdemg takes to be in % MVC."
                if in_pct
                else "The torque is REF_SIGNAL; it is not in % MVC."
            )
    if "RAW_SIGNAL" in file:
        frame = _frame(file["RAW_SIGNAL"], "RAW_SIGNAL", budget)
        if len(frame) > 1 and frame.shape[1]:
            signals["emg"] = Signal(float32(frame), fs_hz, "uV")
    return signals


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


def write(recording: Recording, path: Path) -> None:
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
        "IPTS": _frame_text(_ipts(recording, times_s, fired)),
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


def _ipts(recording: Recording, times_s: FloatArray, fired: Any) -> Any:
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


def losses(recording: Recording) -> tuple[str, ...]:
    """Return what openhdemg's file can't hold of a recording."""
    raw = _raw_emg(recording)
    held: tuple[str, ...] = ("torque",) if raw is None else ("emg", "torque")
    held += ("sources",) if _has_sources(recording) else ()
    lost = common_losses(recording, signals=held)
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


FORMATS.add(
    Format(
        name="openhdemg",
        title="openhdemg",
        description="openhdemg .json and module folders, versions 0.1 and 0.2",
        rank=100,
        endings=(".json", ".gz"),
        holds="units, raw EMG, force, sources",
        recognizes=recognizes,
        read=read,
        write=write,
        losses=losses,
    )
)
