"""What makes the folder of a study whole: its differences, its model, its page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from renshaw.reports.findings_file import write_findings
from renshaw.reports.report import report
from renshaw.study.tables import write_table

if TYPE_CHECKING:
    from renshaw.study.result import StudyResult


def write_study_folder(result: StudyResult, folder: Path) -> Path:
    """Write what is said about a study beside its tables; returns the page's path.

    Parameters
    ----------
    result : StudyResult
    folder : Path
        That of the study, which `renshaw.study.run_study` has filled.
    """
    write_table(result.to_table(), folder, "differences")
    if len(result.between_arms):
        write_table(result.between_arms, folder, "between_arms")
    if result.model is not None:
        from renshaw.reports.model_folder import write_model_folder

        (folder / "model").mkdir(exist_ok=True)
        title = result.plan.title or result.plan.name
        write_model_folder(result.model, folder / "model", title)
    write_findings(result.findings(), folder)
    return report(result, folder / "report.html")
