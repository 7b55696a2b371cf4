"""The answers of a finished study, with a picture of each arm."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from renshaw.core.errors import RenshawError
from renshaw.findings.comparison import main_quantity
from renshaw.findings.words import title_of, title_of_group
from renshaw.reports.figures.paired import paired_difference
from renshaw.reports.findings_file import read_findings
from renshaw.reports.svg import inline_svg
from renshaw.study import StudyResult
from renshaw.study.result import opened, plan_of_finished

_MOST_PICTURES = 6
_LARGEST_BYTES = 64 * 1024**2
# Matplotlib draws one picture at a time; comparing takes memory.
_one_at_a_time = threading.Lock()


def told(folder: Path) -> dict[str, Any]:
    """Return what a study found: its findings, as the report has them, and pictures.

    Mixed models are left to the report, for they take seconds each.
    """
    size = max((folder / f"unit_means.{e}").stat().st_size for e in _endings(folder))
    if size > _LARGEST_BYTES:
        raise RenshawError("The study is too large to be compared here again; open its report.")
    whole, said = plan_of_finished(folder)
    plan = whole.replace(formula=None, mixed_models=False)
    with _one_at_a_time:
        result = opened(folder, plan, examples=False, notes=(said,) if said else ())
        return {
            "findings": read_findings(folder),
            "pictures": _pictures(result),
        }


def _endings(folder: Path) -> list[str]:
    found = [e for e in ("parquet", "csv") if (folder / f"unit_means.{e}").is_file()]
    if not found:
        raise RenshawError("The study is not finished yet.")
    return found


def _pictures(result: StudyResult) -> list[dict[str, str]]:
    made = []
    for number, group in enumerate(result.groups[:_MOST_PICTURES]):
        quantity = main_quantity(group.comparison)
        if quantity is None:
            continue
        several = len(result.groups) > 1
        place = f": {title_of_group(result, group)}" if several else ""
        title = f"{title_of(quantity)}{place}"
        figure = paired_difference(group.comparison, quantity)
        svg = inline_svg(figure, name=f"study{number}", title=title)
        made.append({"title": title, "svg": svg})
    return made
