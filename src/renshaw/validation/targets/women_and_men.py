"""Women against men."""

from __future__ import annotations

from renshaw.study.laboratory import Series
from renshaw.study.measures import change
from renshaw.validation.series import ramps
from renshaw.validation.target import FITTED, PREDICTED, TARGET_GROUPS, Target, TargetGroup


def _series(people: int, trials: int) -> tuple[Series, ...]:
    return tuple(
        ramps(f"TA {sex}", "TA", people, trials, traits=(("sex", sex),), group="TA sexes")
        for sex in ("female", "male")
    )


T11 = TARGET_GROUPS.add(
    TargetGroup(
        name="T11",
        rank=11,
        title="Women and men",
        series=_series,
        targets=(
            Target(
                "T11 women: delta F",
                "women minus men (pps)",
                "Jenz et al. 2023",
                FITTED,
                0.4,
                1.4,
                change("TA female", "TA male", "delta_f"),
                ("sex.TA.delta_f",),
            ),
            Target(
                "T11 women: peak rate",
                "women minus men (pps); no difference",
                "Jenz et al. 2023",
                PREDICTED,
                -0.6,
                0.6,
                change("TA female", "TA male", "peak_rate"),
                ("sex.TA.peak_rate",),
            ),
        ),
    )
)
