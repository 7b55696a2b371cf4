"""openhdemg ``.json`` (versions 0.1 and 0.2), packed with gzip or plain.

Valli et al. (2024), doi:10.1016/j.jelekin.2023.102850. One JSON object; every value is itself JSON
text: numbers, lists, or tables as pandas writes them with ``orient="split"``. ``MUPULSES`` are
sample indices from 0. Since 0.2 any key may be absent.
"""

from __future__ import annotations

import json
import json.decoder
import re
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.io.limits import MOST_JSON_CONTAINERS, MOST_UNITS, MOST_VARIABLES, checked_rate
from renshaw.io.probe import Probe
from renshaw.io.refusal import Refusal
from renshaw.io.registry import Reader, register
from renshaw.io.trains import float32, indices_to_times, motor_units

KEYS = (
    *("SOURCE", "FILENAME", "RAW_SIGNAL", "REF_SIGNAL", "ACCURACY", "IPTS", "MUPULSES"),
    *("FSAMP", "IED", "EMG_LENGTH", "NUMBER_OF_MUS", "BINARY_MUS_FIRING", "EXTRAS"),
)
_ANY_KEY = re.compile(r'"(?:' + "|".join(KEYS) + r')"\s*:')
_SPACE = re.compile(r"[\s]*")
_NUMBERS_ONLY = re.compile(r"[\[\]\s\d.,eE+\-nul]*")
# openhdemg estimates ACCURACY as the silhouette for these sources.
_SILHOUETTE_SOURCES = ("DEMUSE", "OTB")
# A reference signal in % MVC does not go beyond this; one in newtons or raw units may.
_MOST_PCT_MVC = 200.0


def recognizes(probe: Probe) -> bool:
    """Whether it is a JSON object with one of openhdemg's keys near its beginning."""
    head = probe.text_head.lstrip()
    return head.startswith("{") and _ANY_KEY.search(head) is not None


def read(probe: Probe) -> Recording:
    """Read discharge times, reference signal, EMG and accuracy."""
    file = _top_level(probe.text)
    source = _plain(file.get("SOURCE"))
    decomposed = "MUPULSES" in file or "BINARY_MUS_FIRING" in file
    if not decomposed and "RAW_SIGNAL" not in file:
        raise Refusal(
            f"It is an openhdemg file without motor units (SOURCE {source}). "
            "Save the file with the decomposed units"
        )
    if _plain(file.get("FSAMP")) is None:
        raise Refusal("It has no FSAMP, so discharge indices can't become times")
    fs_hz = checked_rate(float(_plain(file["FSAMP"])), "FSAMP")
    notes = [f"openhdemg file made from {source} data."] if source else []
    signals = _signals(file, fs_hz, notes)
    if not decomposed and "emg" not in signals:
        raise Refusal(f"It is an openhdemg file without motor units (SOURCE {source}) or raw EMG")
    pulses = _pulses(file) if decomposed else []
    sources = _sources(file, pulses)
    if sources is not None:
        signals["sources"] = Signal(sources, fs_hz)
    emg_length = _number(file, "EMG_LENGTH")
    samples = max([len(s) for s in signals.values()] + [emg_length])
    quality = {}
    if "ACCURACY" in file:
        name = "silhouette" if source in _SILHOUETTE_SOURCES else "accuracy"
        quality[name] = _frame(file["ACCURACY"], "ACCURACY").ravel()
    units, remarks = motor_units(
        [indices_to_times(train, fs_hz, 0) for train in pulses],
        length_s=samples / fs_hz,
        fs_hz=fs_hz,
        quality=quality,
    )
    stated = _number(file, "NUMBER_OF_MUS")
    if stated and stated != len(units):
        notes.append(f"The file states {stated:g} motor units but holds {len(units)}.")
    return Recording(units, signals, notes=(*notes, *remarks))


def _top_level(text: str) -> Mapping[str, Any]:
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
                checked = True
            members[key], pos = _member(text, pos)
            if len(members) > MOST_VARIABLES:
                raise Refusal(f"It holds more than {MOST_VARIABLES:,} entries; it is damaged")
            pos = _skip(text, pos)
            if text[pos] == ",":
                pos = _skip(text, pos + 1)
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
    value, end = json.JSONDecoder().raw_decode(text, pos)
    return value, end


def _string(text: str, pos: int) -> tuple[str, int]:
    value, end = json.decoder.scanstring(text, pos)  # type: ignore[attr-defined]
    return str(value), int(end)


def _refuse_bomb(text: str) -> None:
    if text.count("[") + text.count("{") > MOST_JSON_CONTAINERS:
        raise Refusal("Its JSON holds more lists than any recording; it is damaged")


def _plain(value: Any) -> Any:
    """Return the value behind JSON text; text that is no JSON stands for itself."""
    if not isinstance(value, str):
        return value
    _refuse_bomb(value)
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _number(file: Mapping[str, Any], key: str) -> float:
    value = _plain(file.get(key))
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and np.isfinite(value) and value > 0 else 0.0


def _frame(value: Any, key: str) -> FloatArray:
    """Return a table as an array (rows, columns), its rows in the order of their index."""
    if isinstance(value, str):
        at = value.find('"data":')
        body = value[at + 7 :].strip()
        if at >= 0 and body.endswith("}") and _NUMBERS_ONLY.fullmatch(body, 0, len(body) - 1):
            head = _plain(value[:at].rstrip().rstrip(",") + "}")
            index = head.get("index") if isinstance(head, dict) else None
            return _in_order(_numbers(body[:-1].strip(), key), index)
        value = _plain(value)
    if isinstance(value, Mapping):
        value, index = value.get("data", []), value.get("index")
    else:
        index = None
    try:
        rows = np.array(value if value is not None else [], dtype=float)
    except (TypeError, ValueError):
        raise Refusal(f"Its {key} are not a table of numbers; it is damaged") from None
    if rows.ndim > 2:
        raise Refusal(f"Its {key} are not a table of numbers; it is damaged")
    return _in_order(rows.reshape(len(rows), -1) if rows.size else np.zeros((0, 1)), index)


def _numbers(body: str, key: str) -> FloatArray:
    """Return the numbers of ``[[1,2],[3,4]]``, without making a Python object of each."""
    rows = body.count("[") - 1
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


def _in_order(rows: FloatArray, index: Any) -> FloatArray:
    if not isinstance(index, list) or len(index) != len(rows) or len(rows) < 2:
        return rows
    try:
        keys = np.array(index, dtype=float)
    except (TypeError, ValueError):
        return rows
    return rows if np.all(np.diff(keys) > 0) else rows[np.argsort(keys, kind="stable")]


def _pulses(file: Mapping[str, Any]) -> list[FloatArray]:
    if "MUPULSES" not in file:
        fired = _frame(file["BINARY_MUS_FIRING"], "BINARY_MUS_FIRING")
        return [np.flatnonzero(column > 0).astype(float) for column in fired.T if len(fired)]
    pulses = _plain(file["MUPULSES"])
    if pulses is None:
        return []
    if not isinstance(pulses, list):
        raise Refusal("Its MUPULSES are not a list; it is damaged")
    if len(pulses) > MOST_UNITS:
        raise Refusal(f"It claims more than {MOST_UNITS:,} motor units")
    if pulses and not any(isinstance(train, list) for train in pulses):
        pulses = [pulses]
    try:
        return [np.array(train, dtype=float).ravel() for train in pulses]
    except (TypeError, ValueError, OverflowError):
        raise Refusal("Its MUPULSES are not lists of numbers; it is damaged") from None


def _sources(file: Mapping[str, Any], pulses: list[FloatArray]) -> Any:
    """Return the sources (IPTS), unless they are but ones at the discharges."""
    if "IPTS" not in file or not pulses:
        return None
    frame = _frame(file["IPTS"], "IPTS")
    if len(frame) < 2 or frame.shape[1] != len(pulses):
        return None
    with np.errstate(all="ignore"):
        return None if np.isin(frame, (0.0, 1.0)).all() else float32(frame)


def _signals(file: Mapping[str, Any], fs_hz: float, notes: list[str]) -> dict[str, Signal]:
    signals = {}
    if "REF_SIGNAL" in file:
        frame = _frame(file["REF_SIGNAL"], "REF_SIGNAL")
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
        frame = _frame(file["RAW_SIGNAL"], "RAW_SIGNAL")
        if len(frame) > 1 and frame.shape[1]:
            signals["emg"] = Signal(float32(frame), fs_hz, "uV")
    return signals


register(Reader("openhdemg", "openhdemg .json, versions 0.1 and 0.2", recognizes, read))
