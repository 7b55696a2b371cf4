"""The same people in stronger contractions."""

from __future__ import annotations

from renshaw.study.laboratory import Series
from renshaw.study.measures import change
from renshaw.validation.series import ramp_to, ramps, young
from renshaw.validation.target import FITTED, PREDICTED, TARGET_GROUPS, Target, TargetGroup

_LEVELS = "Orssatto et al. 2021 (contraction levels, n = 21)"


def _series(people: int, trials: int) -> tuple[Series, ...]:
    return tuple(
        series
        for muscle in ("SOL", "GM")
        for series in (
            young(muscle, people, trials),
            *(
                ramps(
                    f"{muscle} {level:g} %",
                    muscle,
                    people,
                    trials,
                    group=f"{muscle} young",
                    protocol=ramp_to(level),
                )
                for level in (10.0, 30.0)
            ),
        )
    )


T8 = TARGET_GROUPS.add(
    TargetGroup(
        name="T8",
        rank=8,
        title="Stronger contractions",
        series=_series,
        targets=(
            Target(
                "T8 SOL 10 to 20 %",
                "change of delta F with contraction level (pps); +0.6",
                _LEVELS,
                FITTED,
                0.01,
                1.5,
                change("SOL young", "SOL 10 %", "delta_f"),
            ),
            Target(
                "T8 SOL 20 to 30 %",
                "change of delta F with contraction level (pps); +0.5",
                _LEVELS,
                PREDICTED,
                0.01,
                1.5,
                change("SOL 30 %", "SOL young", "delta_f"),
            ),
            Target(
                "T8 GM 10 to 20 %",
                "change of delta F with contraction level (pps); +1.2",
                _LEVELS,
                FITTED,
                0.01,
                2.0,
                change("GM young", "GM 10 %", "delta_f"),
            ),
            Target(
                "T8 GM 20 to 30 %",
                "change of delta F with contraction level (pps); +0.1",
                _LEVELS,
                PREDICTED,
                -0.5,
                0.7,
                change("GM 30 %", "GM young", "delta_f"),
            ),
        ),
    )
)
