"""Cyproheptadine, which blocks the receptors of serotonin."""

from __future__ import annotations

from renshaw.study.laboratory import Series
from renshaw.study.measures import change
from renshaw.validation.series import ramp_to, ramps
from renshaw.validation.target import FITTED, TARGET_GROUPS, Target, TargetGroup

_GOODLICH = "Goodlich et al. 2023 (cyproheptadine 8 mg)"
_SELF_SUSTAINED = (
    "T9 cyproheptadine: self-sustained firing, 1.77 s shorter (Goodlich et al. 2024, "
    "doi:10.1113/JP285867). It was measured after additional drive was added to a steady "
    "contraction and taken away again in its middle. How strong that drive was, and for how long, "
    "is not in the abstract, and the full text was not at hand; firing that outlasts a triangle is "
    "another quantity."
)


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
                -1.485,
                -0.495,
                change("TA 10 % drug", "TA 10 %", "delta_f"),
                ("cyproheptadine.TA.delta_f",),
            ),
            Target(
                "T9 cyproheptadine 30 %: delta F",
                "drug minus control (pps), TA, 30 % MVC",
                _GOODLICH,
                FITTED,
                -1.125,
                -0.375,
                change("TA 30 % drug", "TA 30 %", "delta_f"),
                ("cyproheptadine.TA.delta_f",),
            ),
            Target(
                "T9 cyproheptadine: peak rate",
                "drug minus control (pps), TA, 30 % MVC",
                _GOODLICH,
                FITTED,
                -1.59,
                -0.53,
                change("TA 30 % drug", "TA 30 %", "peak_rate"),
                ("cyproheptadine.TA.peak_rate",),
            ),
        ),
        untestable=(_SELF_SUSTAINED,),
    )
)
