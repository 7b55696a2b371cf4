"""What results have in common: they print, tabulate, plot, save, cite and say what led to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renshaw.core.doors import door

if TYPE_CHECKING:
    from renshaw.core.finding import Finding, Number
    from renshaw.core.history import History, Step
    from renshaw.core.results import Result
else:
    __getattr__, __dir__ = door(__name__)

__all__ = [
    "Finding",
    "History",
    "Number",
    "Result",
    "Step",
]
