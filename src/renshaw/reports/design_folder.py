"""What makes the folder of a design whole: its tables, its findings, its page and its sheet."""

from __future__ import annotations

from pathlib import Path

from renshaw.optimization.design import Design
from renshaw.optimization.folder import write_design
from renshaw.reports.findings_file import write_findings
from renshaw.reports.protocol_sheet import write_protocol_sheet
from renshaw.reports.report import report

SHEET = "protocol_sheet.html"


def write_design_folder(design: Design, folder: Path) -> Path:
    """Write everything about a design into a folder; returns the page's path."""
    write_design(design, folder)
    write_findings(design.findings(), folder)
    write_protocol_sheet(design, folder / SHEET)
    return report(design, folder / "report.html")
