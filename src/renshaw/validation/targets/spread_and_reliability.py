"""How people and units differ, and how well they agree with themselves."""

from __future__ import annotations

from renshaw.study.laboratory import Series
from renshaw.study.measures import icc, retest_icc, share_of_units, spread_between, spread_within
from renshaw.validation.series import ramps, young
from renshaw.validation.sources import ORSSATTO_2021
from renshaw.validation.target import FITTED, TARGET_GROUPS, Target, TargetGroup


def _series(people: int, trials: int) -> tuple[Series, ...]:
    return tuple(
        series
        for muscle in ("TA", "SOL")
        for series in (
            young(muscle, people, trials),
            ramps(f"{muscle} retest", muscle, people, trials, group=f"{muscle} young", session=2),
        )
    )


T10 = TARGET_GROUPS.add(
    TargetGroup(
        name="T10",
        rank=10,
        title="Spread and reliability",
        series=_series,
        targets=(
            Target(
                "T10 retest TA: ICC",
                "ICC(2,1) of participants' delta F, two sessions",
                "20 men, 15 min apart: .75 [.63, .83] (research.chalmers.se/publication/541612)",
                FITTED,
                0.70,
                0.80,
                retest_icc("TA young", "TA retest", "delta_f"),
                ("population.TA.delta_f",),
            ),
            Target(
                "T10 retest SOL: ICC",
                "ICC(2,1) of participants' delta F, two sessions; .78",
                "open data of Orssatto et al. (RT-PICs-ageing; older people, 2 weeks apart)",
                FITTED,
                0.70,
                0.80,
                retest_icc("SOL young", "SOL retest", "delta_f"),
                ("population.SOL.delta_f",),
            ),
            Target(
                "T10 TA: ICC",
                "share of the variance of units' delta F between people",
                ORSSATTO_2021,
                FITTED,
                0.12,
                0.39,
                icc("TA young", "delta_f"),
                ("population.TA.delta_f",),
            ),
            Target(
                "T10 SOL: ICC",
                "share of the variance of units' delta F between people",
                ORSSATTO_2021,
                FITTED,
                0.12,
                0.39,
                icc("SOL young", "delta_f"),
                ("population.SOL.delta_f",),
            ),
            Target(
                "T10 TA: between",
                "standard deviation of delta F between people (pps); 0.89",
                ORSSATTO_2021,
                FITTED,
                0.45,
                1.33,
                spread_between("TA young", "delta_f"),
                ("population.TA.delta_f",),
            ),
            Target(
                "T10 SOL: between",
                "standard deviation of delta F between people (pps); 0.67",
                ORSSATTO_2021,
                FITTED,
                0.33,
                1.0,
                spread_between("SOL young", "delta_f"),
                ("population.SOL.delta_f",),
            ),
            Target(
                "T10 TA: within",
                "standard deviation of delta F within people (pps); 1.11",
                ORSSATTO_2021,
                FITTED,
                0.8,
                1.45,
                spread_within("TA young", "delta_f"),
                ("TA.delta_f_spread",),
            ),
            Target(
                "T10 SOL: within",
                "standard deviation of delta F within people (pps); 1.10",
                ORSSATTO_2021,
                FITTED,
                0.8,
                1.45,
                spread_within("SOL young", "delta_f"),
                ("SOL.delta_f_spread",),
            ),
            Target(
                "T10 TA: yield",
                "units with a usable delta F (%)",
                ORSSATTO_2021,
                FITTED,
                55.0,
                62.0,
                share_of_units("TA young", "delta_f", "peak_rate"),
                ("TA.delta_f_yield",),
            ),
            Target(
                "T10 SOL: yield",
                "units with a usable delta F (%)",
                ORSSATTO_2021,
                FITTED,
                55.0,
                62.0,
                share_of_units("SOL young", "delta_f", "peak_rate"),
                ("SOL.delta_f_yield",),
            ),
        ),
    )
)
