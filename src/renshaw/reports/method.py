"""The history of a page that rests on several results."""

from __future__ import annotations

from collections.abc import Sequence

from renshaw.core.history import History, Step


def joined(histories: Sequence[History]) -> History:
    """Return one history that holds every step of several, each once and in order."""
    steps: list[Step] = []
    for history in histories:
        steps += [step for step in history.steps if step not in steps]
    return History(tuple(steps))
