"""The verb `report`: what was found, as a page that can be mailed to a colleague."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from renshaw.core.errors import DataError, suggestion
from renshaw.core.files import given_path, write_text, writing
from renshaw.core.results import Result
from renshaw.core.results import report as _report
from renshaw.reports.page import PAGES

if TYPE_CHECKING:
    from renshaw.data.estimates import Estimates
    from renshaw.data.recording import Recording
    from renshaw.estimation.multiverse import Multiverse
    from renshaw.statistics.mixed import MixedModel
    from renshaw.statistics.planning.power import Power
    from renshaw.statistics.trials.reliability import Reliability
    from renshaw.study.before_after import BeforeAfter


@overload
def report(
    noun: Recording,
    path: str | Path,
    *,
    estimates: Estimates | None = None,
    multiverse: Multiverse | None = None,
    reliability: Reliability | None = None,
) -> Path: ...


@overload
def report(noun: Power, path: str | Path, *, reliability: Reliability | None = None) -> Path: ...


@overload
def report(noun: MixedModel, path: str | Path, *, title: str = "") -> Path: ...


@overload
def report(
    noun: Estimates,
    path: str | Path,
    *,
    links: Sequence[str] = (),
    refused: Sequence[str] = (),
    differences: Sequence[tuple[BeforeAfter, str]] = (),
) -> Path: ...


@overload
def report(
    noun: BeforeAfter,
    path: str | Path,
    *,
    recordings: Sequence[Recording] = (),
    links: Sequence[str] = (),
) -> Path: ...


@overload
def report(noun: Result | Sequence[Result], path: str | Path) -> Path: ...


def report(noun: Result | Sequence[Result], path: str | Path, **beside: Any) -> Path:
    """Write a self-contained HTML page about what was recorded or found.

    Parameters
    ----------
    noun : any result
        A recording, estimates, a study, a model, a posterior, a design, ...; of current ramps and
        voltage ramps of one motoneuron also several.
    path : path
        Replaced whole, or not at all.
    estimates : Estimates, optional
        Of a recording; made with the default rules where they are not given. Without them, the
        page of a recording that holds the sources of its decomposition is about these.
    multiverse : Multiverse, optional
        Of a recording; without it the page has no such section.
    reliability : Reliability, optional
        The test and retest behind a plan; or, of a recording, those that tell by how much ΔF must
        change to exceed measurement error.
    links, refused : sequence of str, optional
        Of estimates: the pages of their recordings, and what was wrong with other files.
    recordings : sequence of Recording, optional
        Of a before and an after: both, to draw them side by side.
    title : str, optional
        Of the page of a mixed model.

    Returns
    -------
    path : Path

    Raises
    ------
    DataError
        There is no report of such a noun, or nothing to report.
    TypeError
        The page of this noun doesn't show such a thing beside it.
    WriteError
        The page can't be written there.
    """
    place = given_path("report", path)
    with writing(place):
        return write_text(place, report_text(noun, **beside))


def report_text(noun: Result | Sequence[Result], **beside: Any) -> str:
    """Return the page of `report` as text."""
    several = isinstance(noun, list | tuple)
    nouns = list(noun) if isinstance(noun, list | tuple) else [noun]
    if not nouns:
        raise DataError("There is nothing to report: the list is empty.")
    page = PAGES.of(nouns[0])
    if any(not isinstance(each, page.of) for each in nouns) or (several and not page.several):
        raise DataError(f"One report is about one {page.name}; report each by itself.")
    known = list(inspect.signature(page.content).parameters)[1:]
    for name in beside:
        if name not in known:
            hint = suggestion(name, known)
            raise TypeError(f"The report of a {page.name} takes no {name!r}. {hint}")
    content = page.content(nouns if page.several else nouns[0], **beside)
    return content.rendered()


@_report.register
def _report_result(noun: Result, path: str | Path, /, **beside: Any) -> Path:
    with writing(path):
        return write_text(path, report_text(noun, **beside))
