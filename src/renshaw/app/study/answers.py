"""The answers of a finished study, with a figure of each arm."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

from renshaw.core.errors import RenshawError
from renshaw.figures import Figure
from renshaw.findings.words import title_of_group
from renshaw.reports.figures.paired import paired_difference
from renshaw.reports.findings_file import read_findings
from renshaw.study import StudyResult
from renshaw.study.families import answer_of
from renshaw.study.result import plan_of_finished, result_in

_MOST_FIGURES = 6
_LARGEST_BYTES = 64 * 1024**2
# Comparing takes memory.
_one_at_a_time = threading.Lock()


def answers_of(folder: Path) -> dict[str, Any]:
    """Return what a study found: its findings, as the report has them, and figures.

    Mixed models are left to the report, for they take seconds each.
    """
    result = _compared(folder)
    return {
        "findings": read_findings(folder),
        "figures": [figure.to_plain() for figure in _figures(result)],
    }


def figure_of(folder: Path, number: int) -> Figure:
    """Return one of the figures, counted from 0.

    Raises
    ------
    RenshawError
        There is no such figure.
    """
    found = _figures(_compared(folder))
    if not 0 <= number < len(found):
        raise RenshawError("There is no such figure.")
    return found[number]


def _compared(folder: Path) -> StudyResult:
    size = max((folder / f"unit_means.{e}").stat().st_size for e in _endings(folder))
    if size > _LARGEST_BYTES:
        raise RenshawError("The study is too large to be compared here again; open its report.")
    whole, said = plan_of_finished(folder)
    plan = whole.replace(formula=None, mixed_models=False)
    with _one_at_a_time:
        return result_in(folder, plan, examples=False, notes=(said,) if said else ())


def _endings(folder: Path) -> list[str]:
    found = [e for e in ("parquet", "csv") if (folder / f"unit_means.{e}").is_file()]
    if not found:
        raise RenshawError("The study is not finished yet.")
    return found


def _figures(result: StudyResult) -> list[Figure]:
    made = []
    for group in result.groups[:_MOST_FIGURES]:
        quantity = answer_of(group.comparison.table)
        if quantity is None:
            continue
        several = len(result.groups) > 1
        place = f": {title_of_group(result, group)}" if several else ""
        figure = paired_difference(group.comparison, quantity)
        made.append(replace(figure, title=f"{figure.title}{place}"))
    return made
