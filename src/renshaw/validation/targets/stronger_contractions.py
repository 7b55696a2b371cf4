"""The same people in stronger contractions."""

from __future__ import annotations

from renshaw.study.laboratory import Series
from renshaw.study.measures import change
from renshaw.validation.series import ramp_to, ramps, young
from renshaw.validation.target import FITTED, PREDICTED, TARGET_GROUPS, Target, TargetGroup

# Sizes were published without intervals: half of each is allowed, as for the drug of T9.
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
                0.3,
                0.9,
                change("SOL young", "SOL 10 %", "delta_f"),
                ("SOL.delta_f_10_to_20",),
            ),
            Target(
                "T8 SOL 20 to 30 %",
                "change of delta F with contraction level (pps); +0.5",
                _LEVELS,
                PREDICTED,
                0.25,
                0.75,
                change("SOL 30 %", "SOL young", "delta_f"),
                ("SOL.delta_f_20_to_30",),
            ),
            Target(
                "T8 GM 10 to 20 %",
                "change of delta F with contraction level (pps); +1.2",
                _LEVELS,
                FITTED,
                0.6,
                1.8,
                change("GM young", "GM 10 %", "delta_f"),
                ("GM.delta_f_10_to_20",),
            ),
            Target(
                "T8 GM 20 to 30 %",
                "change of delta F with contraction level (pps); +0.09, not significant",
                _LEVELS,
                PREDICTED,
                -0.5,
                0.5,
                change("GM 30 %", "GM young", "delta_f"),
                ("GM.delta_f_20_to_30",),
            ),
            *(
                Target(
                    f"T8 {muscle} {step}: peak rate",
                    f"change of peak rate with contraction level (pps); +{size:g}",
                    _LEVELS,
                    PREDICTED,
                    round(0.5 * size, 3),
                    round(1.5 * size, 3),
                    change(*series, "peak_rate"),
                    (f"{muscle}.peak_{step.removesuffix(' %').replace(' ', '_')}",),
                )
                for muscle, step, size, series in (
                    ("SOL", "10 to 20 %", 1.75, ("SOL young", "SOL 10 %")),
                    ("SOL", "20 to 30 %", 0.80, ("SOL 30 %", "SOL young")),
                    ("GM", "10 to 20 %", 2.43, ("GM young", "GM 10 %")),
                    ("GM", "20 to 30 %", 0.92, ("GM 30 %", "GM young")),
                )
            ),
        ),
    )
)
