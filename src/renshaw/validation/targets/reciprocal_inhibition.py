"""Stimulation of the antagonist's nerve in a ramp."""

from __future__ import annotations

from renshaw.study.laboratory import Series
from renshaw.study.measures import change, power
from renshaw.validation.series import ramps, young
from renshaw.validation.sources import MESQUITA_2022, ORSSATTO_2022
from renshaw.validation.target import FITTED, PREDICTED, TARGET_GROUPS, Target, TargetGroup


def _series(people: int, trials: int) -> tuple[Series, ...]:
    return (
        *(young(muscle, people, trials) for muscle in ("TA", "GM")),
        *(
            ramps(
                f"{muscle} RI",
                muscle,
                people,
                trials,
                group=f"{muscle} young",
                given=["reciprocal-inhibition"],
            )
            for muscle in ("TA", "GM")
        ),
    )


T4 = TARGET_GROUPS.add(
    TargetGroup(
        name="T4",
        rank=4,
        title="Reciprocal inhibition",
        series=_series,
        targets=(
            Target(
                "T4 RI TA: delta F",
                "antagonist nerve stimulated minus control (pps), TA",
                ORSSATTO_2022,
                FITTED,
                -0.95,
                -0.2,
                change("TA RI", "TA young", "delta_f"),
                ("reciprocal_inhibition.TA.delta_f",),
            ),
            Target(
                "T4 RI TA: peak rate",
                "antagonist nerve stimulated minus control (pps), TA",
                ORSSATTO_2022,
                PREDICTED,
                -0.8,
                -0.1,
                change("TA RI", "TA young", "peak_rate"),
            ),
            Target(
                "T4 RI GM: delta F",
                "antagonist nerve stimulated minus control (pps), GM",
                f"{MESQUITA_2022} (direction); {ORSSATTO_2022} (size)",
                FITTED,
                -0.95,
                -0.2,
                change("GM RI", "GM young", "delta_f"),
                ("reciprocal_inhibition.GM.delta_f",),
            ),
            Target(
                "T4 RI GM: peak rate",
                "antagonist nerve stimulated minus control (pps), GM",
                ORSSATTO_2022,
                PREDICTED,
                -0.8,
                -0.1,
                change("GM RI", "GM young", "peak_rate"),
            ),
            Target(
                "T4 RI GM: power",
                "studies of 15 people, 8 units each, that find a true -0.5 pps, p < .05 (%); 97",
                "variance components of open data; band halfway to 10 (86) and 20 people (100)",
                PREDICTED,
                91.5,
                98.5,
                power("GM RI", "GM young", "delta_f", people=15, units=8, effect=-0.5),
            ),
        ),
    )
)
