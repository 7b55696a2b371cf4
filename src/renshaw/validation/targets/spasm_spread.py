"""How far people with spinal cord injury differ in the duration of a spasm."""

from __future__ import annotations

from renshaw.protocols import SpasmTest
from renshaw.study.laboratory import Series
from renshaw.study.measures import spread
from renshaw.validation.series import INJURED, spasm
from renshaw.validation.target import PREDICTED, TARGET_GROUPS, Target, TargetGroup


def _series(people: int, trials: int) -> tuple[Series, ...]:
    return (spasm("injured", people, SpasmTest(), INJURED),)


T24 = TARGET_GROUPS.add(
    TargetGroup(
        name="T24",
        rank=12.4,
        title="Spasms differ",
        series=_series,
        targets=(
            Target(
                "T24 injured: spread",
                "standard deviation between people of how long they fire after a brief input (s)",
                # Spread evenly from 3 to 35 s it would be 9 s; half and twice that are allowed.
                "seconds to over 30 s, as usually reported; recalled, not read",
                PREDICTED,
                4.5,
                18.0,
                spread("spasm injured", "spasm_duration"),
            ),
        ),
    )
)
