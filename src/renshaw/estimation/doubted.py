"""Estimates that a suspicion about the recording makes doubtful keep their value and are not ok."""

from __future__ import annotations

from collections.abc import Iterable

from renshaw.data.estimates import Estimate
from renshaw.data.recording import Recording
from renshaw.data.suspicion import LEVEL, RETURN, doubts

# What each quantity needs of the torque, beside what `usable_torque` asks of it.
_NEEDS = {
    "recruitment_torque": (LEVEL,),
    "derecruitment_torque": (LEVEL, RETURN),
    "torque_hysteresis": (RETURN,),
    "self_sustained_duration": (RETURN,),
}


def doubted(rows: Iterable[Estimate], recording: Recording) -> list[Estimate]:
    """Return estimates, those of a torque that can't be trusted not ok, with the reason.

    Parameters
    ----------
    rows : iterable of Estimate
    recording : Recording
    """
    why = {name: doubts(recording, *needs) for name, needs in _NEEDS.items()}
    return [
        row._replace(ok=False, reasons=why[row.quantity] + row.reasons)
        if why.get(row.quantity)
        else row
        for row in rows
    ]
