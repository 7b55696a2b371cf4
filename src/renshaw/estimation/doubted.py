"""Estimates that a suspicion about the recording makes doubtful keep their value and are not ok."""

from __future__ import annotations

from collections.abc import Iterable

from renshaw.data.estimates import Estimate
from renshaw.data.reasons import NO_REASONS
from renshaw.data.recording import Recording
from renshaw.data.suspicion import LEVEL, RETURN, doubts, lost
from renshaw.estimation.seen import LOST

# What each quantity needs of the torque, beside what `usable_torque` asks of it.
_NEEDS = {
    "recruitment_torque": (LEVEL,),
    "derecruitment_torque": (LEVEL, RETURN),
    "torque_hysteresis": (RETURN,),
    "self_sustained_duration": (RETURN,),
}
# What is read where a unit stops.
_OF_STOPS = (
    "derecruitment_time",
    "derecruitment_rate",
    "derecruitment_torque",
    "torque_hysteresis",
    "self_sustained_duration",
)


def doubted(rows: Iterable[Estimate], recording: Recording) -> list[Estimate]:
    """Return estimates, those of a torque or a stop that can't be trusted not ok, with the reason.

    Parameters
    ----------
    rows : iterable of Estimate
    recording : Recording
    """
    why = {name: doubts(recording, *needs) for name, needs in _NEEDS.items()}
    gone = lost(recording)
    found = []
    for row in rows:
        against = why.get(row.quantity, NO_REASONS)
        if row.quantity in _OF_STOPS and row.unit - 1 in gone:
            against += LOST()
        found.append(row._replace(ok=False, reasons=against + row.reasons) if against else row)
    return found
