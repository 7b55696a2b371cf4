"""The same in Python: what the page did with a recording, as a program to keep."""

from __future__ import annotations

from collections.abc import Sequence

from renshaw.app.recording.analysis import Analysis
from renshaw.app.recording.case import Case
from renshaw.core.history import Step
from renshaw.estimation.multiverse import Multiverse


def program(case: Case, analysis: Analysis, multiverse: Multiverse | None = None) -> str:
    """Return a program that reads the file and comes to the same numbers, edits included.

    Parameters
    ----------
    case : Case
    analysis : Analysis
    multiverse : Multiverse, optional
        Made again too where it is given.
    """
    steps = list(analysis.estimates.history.steps)
    if multiverse is not None:
        steps.append(multiverse.history.steps[-1])
    lines = ["import renshaw as rs", "", *_codes(case, _from_the_file(steps)), ""]
    lines.append('estimates.save("estimates.csv")')
    more = ", multiverse=multiverse" if multiverse is not None else ""
    lines.append(f'rs.report(recording, "report.html", estimates=estimates{more})')
    return "\n".join(lines) + "\n"


def _codes(case: Case, steps: Sequence[Step]) -> list[str]:
    codes = [step.code for step in steps]
    if case.resumed and not case.decomposed:
        # The file holds the units after its edits, which are among those that follow.
        codes.insert(1, "recording = rs.edit.unedited(recording)")
    return codes


def _from_the_file(steps: list[Step]) -> list[Step]:
    """Leave out how the file came about, which it holds itself."""
    reads = [i for i, step in enumerate(steps) if step.verb == "read"]
    return steps[reads[-1] :] if reads else steps
