"""What the estimates were made with, read back from their history."""

from __future__ import annotations

from collections.abc import Sequence

from renshaw.core.errors import SettingsError
from renshaw.core.history import History, Step
from renshaw.data.estimates import Estimates
from renshaw.estimation.rules import rules
from renshaw.estimation.settings import EstimateSettings


def settings_of(estimates: Estimates) -> EstimateSettings:
    """Return the settings of the last `estimate` in the history; the default rules without one."""
    for step in reversed(estimates.history.steps):
        if step.verb == "estimate" and step.settings:
            try:
                return EstimateSettings.from_mapping(step.settings)
            except SettingsError:  # written by another version
                break
    return rules("renshaw")


def joined(histories: Sequence[History]) -> History:
    """Return one history that holds every step of several, each once and in order."""
    steps: list[Step] = []
    for history in histories:
        steps += [step for step in history.steps if step not in steps]
    return History(tuple(steps))
