"""Addresses of the editing view: the source of a unit with its discharges."""

from __future__ import annotations

from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from renshaw.app.pages import page, told
from renshaw.app.recording.analysis import edited, editing_of
from renshaw.app.recording.at_hand import aside, case_of, desk_of
from renshaw.app.recording.desk import Case, Desk
from renshaw.app.recording.looking import edits_said
from renshaw.app.recording.numbers import number, numbers, trace
from renshaw.app.recording.view import unit_facts
from renshaw.core.errors import DataError, RenshawError
from renshaw.data.arrays import FloatArray
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.decomposition.editing import Box, Editing

_POINTS = 4000
_MOST_MARKS = 3000
# Peaks that reach this part of the unit's median discharge are shown as what could be one.
_CANDIDATE_PART = 1 / 3


async def editor(request: Request) -> Response:
    """Return the editing view."""
    case = case_of(request)
    return page(request, "recording_edit.html.j2", title=f"Edit {case.name}", case=case)


@told
async def source(request: Request) -> Response:
    """Return a unit's source inside a span of time, its discharges and how good they are."""
    case, desk = case_of(request), desk_of(request)
    unit = request.path_params["unit"]
    span = [request.query_params.get(name, "") for name in ("start", "end")]
    try:
        start, end = (float(edge) if edge else np.nan for edge in span)
    except ValueError:
        raise RenshawError("A span of time has a start and an end, in seconds.") from None
    return JSONResponse(await aside(_source, desk, case, unit, start, end))


def _source(desk: Desk, case: Case, unit: int, start_s: float, end_s: float) -> dict[str, Any]:
    editing, recording = editing_of(desk, case), edited(desk, case)
    if not 1 <= unit <= len(recording.units):
        raise RenshawError("There is no such unit.")
    first, last = recording.units.window_s
    start_s = first if np.isnan(start_s) else max(first, start_s)
    end_s = last if np.isnan(end_s) else min(last, end_s)
    times = recording.units[unit - 1]
    seen = _seen(editing, recording, unit)
    facts = unit_facts(recording)
    for each in facts:
        del each["instant"]
    return {
        "unit": unit,
        "window": [first, last],
        "span": [start_s, end_s],
        "facts": facts,
        "times": numbers(times, 5),
        "instant": numbers(recording.units.instantaneous_rate(unit - 1)[1], 2),
        **_drawn(editing, seen, unit, times, (start_s, end_s)),
        **edits_said(desk, case),
    }


def _seen(editing: Editing, recording: Recording, unit: int) -> dict[str, Any]:
    """Return the signal of a unit: its source, that of the file where there is no EMG, or none."""
    try:
        source = editing.source(unit)
        figures = {"silhouette": number(source.silhouette), "pnr_db": number(source.pnr_db)}
        return {"signal": source.signal, "heights": source.heights, "live": figures, "note": ""}
    except DataError as error:
        note = str(error)
    stored = recording.signals.get("sources")
    if (
        stored is None
        or stored.values.ndim != 2
        or (stored.values.shape[1] != len(recording.units))
    ):
        return {"signal": None, "heights": None, "live": {}, "note": note}
    signal = Signal(stored.values[:, unit - 1], stored.fs_hz, stored.unit, stored.start_s)
    heights = np.nan_to_num(signal.at(recording.units[unit - 1]))
    words = f"{note} What is drawn is the source that the file holds."
    return {"signal": signal, "heights": heights, "live": {}, "note": words}


def _drawn(
    editing: Editing,
    seen: dict[str, Any],
    unit: int,
    times: FloatArray,
    span_s: tuple[float, float],
) -> dict[str, Any]:
    signal: Signal | None = seen["signal"]
    said = {"note": seen["note"], "live": seen["live"], "estimable": bool(seen["live"])}
    if signal is None:
        return {**said, "trace": None, "heights": [1.0] * len(times), "candidates": None}
    first = max(0, int((span_s[0] - signal.start_s) * signal.fs_hz))
    last = max(first, int((span_s[1] - signal.start_s) * signal.fs_hz) + 2)
    values = np.asarray(signal.values[first:last], dtype=float)
    at_s = signal.start_s + (first + np.arange(len(values))) / signal.fs_hz
    heights = np.asarray(seen["heights"], dtype=float)
    return {
        **said,
        "trace": trace(at_s, values, _POINTS),
        "heights": numbers(heights, 3),
        "candidates": _candidates(editing, signal, unit, heights, span_s) if seen["live"] else None,
    }


def _candidates(
    editing: Editing, signal: Signal, unit: int, heights: FloatArray, span_s: tuple[float, float]
) -> dict[str, Any]:
    low = float(np.median(heights)) * _CANDIDATE_PART if len(heights) else 0.0
    edit = editing.to_add(unit, Box(*span_s, low=low))
    times = np.array(edit.times_s[:_MOST_MARKS] if edit is not None else ())
    return {"x": numbers(times, 5), "y": numbers(signal.at(times), 3)}
