"""Figures of the page: shown as JSON, saved as files, each time from one description."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Mapping

from starlette.responses import JSONResponse, Response

from renshaw.core.errors import RenshawError
from renshaw.figures import Figure
from renshaw.figures.files import MEDIA_TYPES, as_bytes


def looked_at(figure: Figure, query: Mapping[str, str]) -> Figure:
    """Return a figure as the page looks at it.

    Parameters
    ----------
    figure : Figure
    query : mapping
        ``from`` and ``to`` of the x axis, and ``chosen``; those that are missing change nothing.

    Raises
    ------
    RenshawError
        The stretch is none.
    """
    chosen: int | str | None = query.get("chosen") or figure.chosen
    if isinstance(chosen, str) and chosen.isdecimal():
        chosen = int(chosen[:9])
    ends = [query.get(name, "") for name in ("from", "to")]
    if not any(ends):
        return figure.looked_at(None, chosen)
    try:
        low, high = map(float, ends)
    except ValueError:
        low = high = math.nan
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise RenshawError("A span of time has a start and an end, in seconds.")
    return figure.looked_at((low, high), chosen)


async def answer(figure: Figure, query: Mapping[str, str], stem: str) -> Response:
    """Return a figure as JSON to show, or as the file that the query's ``as`` asks for.

    Parameters
    ----------
    figure : Figure
    query : mapping
        As in `looked_at`, and ``as``: an ending such as ``svg``.
    stem : str
        What the file is called, whatever it holds.
    """
    figure = looked_at(figure, query)
    ending = query.get("as", "")
    if not ending:
        return JSONResponse(await asyncio.to_thread(figure.to_plain))
    return await file_answer(figure, ending, stem)


async def file_answer(figure: Figure, ending: str, stem: str) -> Response:
    """Return a figure as a file to keep.

    Raises
    ------
    RenshawError
        There is no such kind of file.
    """
    if ending not in MEDIA_TYPES:
        raise RenshawError(f"A figure can be saved as {', '.join(MEDIA_TYPES)}.")
    content = await asyncio.to_thread(as_bytes, figure, ending)
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip("-.")[:80] or "figure"
    headers = {"Content-Disposition": f'attachment; filename="{name}-{figure.name}.{ending}"'}
    return Response(content, media_type=MEDIA_TYPES[ending], headers=headers)
