"""Addresses of the editing view: the source of a unit with its discharges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from renshaw.app.pages import errors_as_pages, page
from renshaw.app.recording.analysis import edited, editing_of
from renshaw.app.recording.at_hand import aside, case_of, desk_of
from renshaw.app.recording.case import Case
from renshaw.app.recording.desk import Desk
from renshaw.app.recording.looking import edits_said
from renshaw.app.recording.numbers import number, numbers
from renshaw.app.recording.view import unit_facts
from renshaw.core.errors import DataError, RenshawError
from renshaw.data.arrays import FloatArray
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.decomposition.editing import Box, Editing
from renshaw.figures import Figure
from renshaw.reports.figures.sources import source_of_unit

_MOST_MARKS = 3000
# Peaks that reach this part of the unit's median discharge are shown as what could be one.
_CANDIDATE_PART = 1 / 3


async def editor(request: Request) -> Response:
    """Return the editing view."""
    case = case_of(request)
    return page(request, "recording_edit.html.j2", title=f"Edit {case.name}", case=case)


@errors_as_pages
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
    _refuse_none(recording, unit)
    first, last = recording.units.window_s
    start_s = first if np.isnan(start_s) else max(first, start_s)
    end_s = last if np.isnan(end_s) else min(last, end_s)
    times = recording.units[unit - 1]
    seen = _seen(editing, recording, unit)
    peaks = _candidates(editing, seen, unit, (start_s, end_s))
    shown = source_of_unit(recording, unit, seen["signal"], seen["heights"], peaks)
    if start_s < end_s:
        shown = shown.looked_at((start_s, end_s))
    return {
        "unit": unit,
        "window": [first, last],
        "span": [start_s, end_s],
        "facts": unit_facts(recording),
        "times": numbers(times, 5),
        "instant": numbers(recording.units.instantaneous_rate(unit - 1)[1], 2),
        "heights": numbers(seen["heights"], 3),
        "peaks": None if peaks is None else [numbers(peaks[0], 5), numbers(peaks[1], 3)],
        "figure": shown.to_plain(),
        "note": seen["note"],
        "live": seen["live"],
        "estimable": bool(seen["live"]),
        "locked": editing.is_locked(unit),
        **edits_said(desk, case),
    }


def source_figure(desk: Desk, case: Case, unit: int) -> Figure:
    """Return the source of a unit with its discharges, all of it."""
    editing, recording = editing_of(desk, case), edited(desk, case)
    _refuse_none(recording, unit)
    seen = _seen(editing, recording, unit)
    peaks = _candidates(editing, seen, unit, recording.units.window_s)
    return source_of_unit(recording, unit, seen["signal"], seen["heights"], peaks)


def _refuse_none(recording: Recording, unit: int) -> None:
    if not 1 <= unit <= len(recording.units):
        raise RenshawError("There is no such unit.")


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
        heights = np.ones(len(recording.units[unit - 1]))
        return {"signal": None, "heights": heights, "live": {}, "note": note}
    signal = Signal(stored.values[:, unit - 1], stored.fs_hz, stored.unit, stored.start_s)
    heights = np.nan_to_num(signal.at(recording.units[unit - 1]))
    words = f"{note} What is drawn is the source that the file holds."
    return {"signal": signal, "heights": heights, "live": {}, "note": words}


def _candidates(
    editing: Editing, seen: Mapping[str, Any], unit: int, span_s: tuple[float, float]
) -> tuple[FloatArray, FloatArray] | None:
    """Return times and heights of peaks that could be discharges; None where they can't be."""
    if not seen["live"]:
        return None
    heights = np.asarray(seen["heights"], dtype=float)
    low = float(np.median(heights)) * _CANDIDATE_PART if len(heights) else 0.0
    edit = editing.to_add(unit, Box(*span_s, low=low))
    times = np.array(edit.times_s[:_MOST_MARKS] if edit is not None else ())
    signal: Signal = seen["signal"]
    return times, signal.at(times)
