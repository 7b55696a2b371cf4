"""Cyproheptadine, which blocks the receptors of serotonin."""

from __future__ import annotations

from renshaw.study.laboratory import Series
from renshaw.study.measures import change
from renshaw.validation.series import ramp_to, ramps
from renshaw.validation.target import FITTED, PREDICTED, TARGET_GROUPS, Target, TargetGroup

_GOODLICH = "Goodlich et al. 2023 (cyproheptadine 8 mg)"


def _series(people: int, trials: int) -> tuple[Series, ...]:
    return tuple(
        ramps(
            f"TA {level:g} %{suffix}",
            "TA",
            people,
            trials,
            group="TA young",
            protocol=ramp_to(level),
            given=given,
        )
        for level in (10.0, 30.0)
        for suffix, given in (("", []), (" drug", ["cyproheptadine"]))
    )


T9 = TARGET_GROUPS.add(
    TargetGroup(
        name="T9",
        rank=9,
        title="Cyproheptadine",
        series=_series,
        targets=(
            Target(
                "T9 cyproheptadine 10 %: delta F",
                "drug minus control (pps), TA, 10 % MVC",
                _GOODLICH,
                FITTED,
                -1.49,
                -0.50,
                change("TA 10 % drug", "TA 10 %", "delta_f"),
            ),
            Target(
                "T9 cyproheptadine 30 %: delta F",
                "drug minus control (pps), TA, 30 % MVC",
                _GOODLICH,
                FITTED,
                -1.13,
                -0.37,
                change("TA 30 % drug", "TA 30 %", "delta_f"),
            ),
            Target(
                "T9 cyproheptadine: peak rate",
                "drug minus control (pps), TA, 30 % MVC",
                _GOODLICH,
                FITTED,
                -1.59,
                -0.53,
                change("TA 30 % drug", "TA 30 %", "peak_rate"),
            ),
            Target(
                "T9 cyproheptadine: self-sustained firing",
                "drug minus control (s), TA, 30 % MVC",
                "Goodlich et al. 2024, J Physiol",
                PREDICTED,
                -2.66,
                -0.88,
                change("TA 30 % drug", "TA 30 %", "self_sustained_duration"),
            ),
        ),
    )
)
