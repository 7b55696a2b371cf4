"""Older adults against young ones: weaker amplification, lower rates."""

from __future__ import annotations

from renshaw.study.laboratory import Series
from renshaw.study.measures import contrast
from renshaw.validation.series import OLDER, ramps, young
from renshaw.validation.sources import ORSSATTO_2021
from renshaw.validation.target import FITTED, PREDICTED, TARGET_GROUPS, Target, TargetGroup


def _series(people: int, trials: int) -> tuple[Series, ...]:
    return (
        *(young(muscle, people, trials) for muscle in ("TA", "SOL")),
        *(
            ramps(f"{muscle} older", muscle, people, trials, traits=OLDER)
            for muscle in ("TA", "SOL")
        ),
    )


T3 = TARGET_GROUPS.add(
    TargetGroup(
        name="T3",
        rank=3,
        title="Older adults",
        series=_series,
        targets=(
            Target(
                "T3 older TA: delta F",
                "older minus young (pps), TA",
                ORSSATTO_2021,
                FITTED,
                -2.2,
                -0.9,
                contrast("TA older", "TA young", "delta_f"),
                ("ageing.TA.delta_f",),
            ),
            Target(
                "T3 older SOL: delta F",
                "older minus young (pps), SOL",
                ORSSATTO_2021,
                PREDICTED,
                -1.7,
                -0.7,
                contrast("SOL older", "SOL young", "delta_f"),
                ("ageing.SOL.delta_f",),
            ),
            Target(
                "T3 older TA: peak rate",
                "older minus young (pps), TA",
                ORSSATTO_2021,
                FITTED,
                -2.5,
                -1.0,
                contrast("TA older", "TA young", "peak_rate"),
                ("ageing.TA.peak_rate",),
            ),
            Target(
                "T3 older SOL: peak rate",
                "older minus young (pps), SOL",
                ORSSATTO_2021,
                FITTED,
                -2.5,
                -1.0,
                contrast("SOL older", "SOL young", "peak_rate"),
                ("ageing.SOL.peak_rate",),
            ),
        ),
    )
)
