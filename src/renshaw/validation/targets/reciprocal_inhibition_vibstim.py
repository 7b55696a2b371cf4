"""Stimulation of the antagonist's nerve leaves VibStim as it is."""

from __future__ import annotations

from renshaw.protocols import VibStim
from renshaw.study.laboratory import Series
from renshaw.study.measures import in_typical_errors
from renshaw.validation.series import vibstim
from renshaw.validation.sources import MESQUITA_2022
from renshaw.validation.target import ASSUMED, PREDICTED, TARGET_GROUPS, Target, TargetGroup


def _series(people: int, trials: int) -> tuple[Series, ...]:
    return (
        vibstim("control", people),
        vibstim("retest", people, session=2),
        vibstim(
            "RI", people, given=["reciprocal-inhibition"], nerve_after_s=VibStim().rest_after_s
        ),
    )


T6 = TARGET_GROUPS.add(
    TargetGroup(
        name="T6",
        rank=6,
        title="Reciprocal inhibition and VibStim",
        series=_series,
        targets=(
            Target(
                "T6 RI: T_sust",
                "nerve stimulated, on after vibration, minus control, in typical errors",
                MESQUITA_2022,
                PREDICTED,
                -1.0,
                1.0,
                in_typical_errors("VibStim RI", "VibStim control", "VibStim retest", "torque_sust"),
            ),
            Target(
                "T6 RI: T_vib",
                "nerve stimulated minus control, in typical errors; occluded by assumption",
                MESQUITA_2022,
                ASSUMED,
                -1.0,
                1.0,
                in_typical_errors("VibStim RI", "VibStim control", "VibStim retest", "torque_vib"),
            ),
        ),
    )
)
