"""Addresses of the figures of one recording: shown on the page, or saved as a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from renshaw.app.figures import answer
from renshaw.app.pages import errors_as_pages
from renshaw.app.recording.analysis import Analysis, analysis_of, multiverse_of
from renshaw.app.recording.at_hand import aside, case_of, desk_of
from renshaw.app.recording.case import Case
from renshaw.app.recording.figures import (
    construction,
    contractions_of,
    curve_of,
    pair_words,
    pairs_of,
    raster_of,
)
from renshaw.app.recording.sources import source_figure
from renshaw.app.recording.storage import stem
from renshaw.core.errors import RenshawError
from renshaw.figures import Figure


@errors_as_pages
async def pair(request: Request) -> Response:
    """Return how ΔF of one pair comes about, as a figure and in words."""
    case, desk = case_of(request), desk_of(request)
    analysis = await aside(analysis_of, desk, case)
    return JSONResponse(await aside(_pair, analysis, *_pair_of(request.path_params)))


def _pair(analysis: Analysis, test: int, control: int) -> dict[str, Any]:
    figure = construction(analysis, test, control)
    return {
        "figure": None if figure is None else figure.to_plain(),
        "words": pair_words(analysis, test, control),
    }


def _pair_of(sent: Mapping[str, str]) -> tuple[int, int]:
    return _whole(sent.get("test", "")), _whole(sent.get("control", ""))


@errors_as_pages
async def figure(request: Request) -> Response:
    """Return a figure of the recording: to show, or as a file (``?as=svg``)."""
    case, desk = case_of(request), desk_of(request)
    query = request.query_params
    if request.path_params["name"] == "source":
        found: Figure | None = await aside(source_figure, desk, case, _whole(query.get("unit", "")))
    else:
        analysis = await aside(analysis_of, desk, case)
        found = await aside(_figure, case, analysis, request.path_params["name"], query)
    if found is None:
        raise RenshawError("There is no such figure.")
    return await answer(found, query, stem(case.name))


def _figure(case: Case, analysis: Analysis, name: str, query: Mapping[str, str]) -> Figure | None:
    if name == "raster":
        return raster_of(analysis)
    if name == "contractions" and analysis.contraction:
        return contractions_of(analysis)
    if name == "pairs":
        return pairs_of(analysis)
    if name == "construction":
        return construction(analysis, *_pair_of(query))
    if name == "multiverse":
        made = multiverse_of(case, analysis.recording)
        return None if made is None else curve_of(analysis, made)
    return None


def _whole(text: str) -> int:
    if not text.isdecimal() or len(text) > 6:
        raise RenshawError("Units are counted from 1.")
    return int(text)
