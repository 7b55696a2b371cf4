"""Two open recordings as a before and an after: what differs, and both pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from renshaw.app.guard import REPORT_POLICY
from renshaw.app.recording.analysis import edited
from renshaw.app.recording.at_hand import aside, desk_of
from renshaw.app.recording.case import Case
from renshaw.app.recording.desk import Desk, settled
from renshaw.app.room import room_of
from renshaw.core.errors import RenshawError
from renshaw.data.names import telling_names
from renshaw.estimation.estimate import estimate
from renshaw.reports.report import report_text
from renshaw.study.before_after import BeforeAfterSettings, before_after


def names_apart(cases: Sequence[Case]) -> dict[str, str]:
    """Return what each open recording is called, by its id: no two of them alike.

    Files of one name are told apart by their folders, and by a number where these are not known.

    Parameters
    ----------
    cases : sequence of Case
    """
    many = Counter(case.name for case in cases)
    telling = telling_names([case.place for case in cases])
    told = {case.id: words for case, words in zip(cases, telling, strict=True)}
    seen: Counter[str] = Counter()
    names = {}
    for case in sorted(cases, key=lambda case: case.number):
        by_folder = many[case.name] > 1 and "/" in told[case.id]
        name = told[case.id] if by_folder else case.name
        seen[name] += 1
        names[case.id] = name if seen[name] == 1 else f"{name} ({seen[name]})"
    return names


async def compared(request: Request) -> Response:
    """Return what differs between two open recordings, as their report says it."""
    desk, jobs = desk_of(request), room_of(request).jobs
    asked = [request.query_params.get(which, "") for which in ("before", "after")]
    if asked[0] == asked[1]:
        raise RenshawError("A before and an after are two recordings: choose another for one.")
    names = names_apart(desk.all())
    cases = [settled(desk.get(id), jobs) for id in asked]
    for case in cases:
        if case.job:
            raise RenshawError(f"{names[case.id]} is still being read: try again in a moment.")
        if case.fault:
            raise RenshawError(f"{names[case.id]} could not be read: open it to see why.")
    match = request.query_params.get("match", "track")
    text = await aside(_text, desk, cases, [names[case.id] for case in cases], match)
    return HTMLResponse(text, headers={"Content-Security-Policy": REPORT_POLICY})


def _text(desk: Desk, cases: Sequence[Case], names: Sequence[str], match: str) -> str:
    settings = BeforeAfterSettings(match=match)
    if cases[0].asked != cases[1].asked:
        raise RenshawError(
            "The two recordings are estimated with different settings: choose the same for both."
        )
    before, after = (
        replace(edited(desk, case), name=name) for case, name in zip(cases, names, strict=True)
    )
    estimates = estimate((before, after), cases[0].asked)
    change = before_after(before, after, settings, estimates=estimates, why="it was chosen so")
    return report_text(change, recordings=(before, after))
