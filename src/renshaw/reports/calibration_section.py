"""The section about how far posteriors can be trusted, of the pages of a posterior and a change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renshaw.reports.figures.calibration import calibration_picture
from renshaw.reports.page import Section, drawing

if TYPE_CHECKING:
    from renshaw.inference.calibration import Calibration


def calibration(made: Calibration | None, of: str = "simulated recordings") -> list[Section]:
    """Return the section, or nothing where the networks have no calibration."""
    if made is None:
        return []
    shown = drawing(
        calibration_picture(made),
        "calibration",
        "Recovery, ranks and coverage of every parameter",
        f"{made.recordings} {of} of a seed that training never saw. Left: truth "
        "and posterior mean, with the variance accounted for. Middle: ranks of the truth, even if "
        "posteriors mean what they say (gray: 95 % of chance). Right: how often intervals held it.",
    )
    words = [
        "This tests the networks, not this recording: how well they did where the truth is known."
    ]
    return [
        Section(
            "calibration",
            "Calibration: how far such posteriors can be trusted",
            words,
            pictures=[shown],
        )
    ]
