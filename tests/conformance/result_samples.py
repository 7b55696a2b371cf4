"""One small instance of every result; `RESULTS` is by the name of its class."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
from design_samples import TINY
from report_samples import estimates_of, study_of, triangle

import renshaw as rs
from renshaw.core.results import Result
from renshaw.experiment.night import SpasmOfNight
from renshaw.validation.model_against_people import TARGET_COLUMNS

PERSON = rs.Participant(muscle="TA", n_units=6)


def table_of_people(people: int = 6) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    return pd.DataFrame(
        [
            (f"P{p}", time, unit, 4 + 0.3 * p - 0.5 * (time == "after") + rng.normal(0, 0.3))
            for p in range(people)
            for time in ("before", "after")
            for unit in range(1, 4)
        ],
        columns=["participant", "time", "unit", "delta_f"],
    )


def multiverse() -> Result:
    few = rs.estimation.MultiverseSettings(smoothers=("svr",))
    return rs.multiverse(triangle(5), few)


def tracked() -> Result:
    from decompose_samples import raw

    return rs.track(raw(0), raw(1))


def effort() -> Result:
    quick = rs.experiment.EffortSettings(
        levels_pct_mvc=(20.0,), rise_pct_mvc_per_s=30.0, hold_s=2.0, repeats=1
    )
    return rs.effort(PERSON, ("relaxation",), quick)


def night() -> Result:
    spasm = SpasmOfNight(
        begins_s=60.0, ends_s=64.0, duration_s=4.0, units=3, peak_torque_pct_mvc=5.0,
        torque_integral_pct_mvc_s=10.0, cause="touch", full=True,
    )  # fmt: skip
    return rs.experiment.Night(rs.experiment.NightSettings(hours=1.0), "P01", (), (spasm,))


@cache
def ramps() -> tuple[rs.Recording, rs.Recording]:
    ramp = rs.Ramp(rise_s=6.0, fall_s=6.0)
    person = rs.Participant(muscle="TA", neuromodulation=0.99, n_units=20)
    before = rs.simulate(person, ramp, seed=3)
    after = rs.simulate(person.replace(neuromodulation=0.93), ramp, seed=4)
    return replace(before, name="before"), replace(after, name="after")


def acceptance() -> Result:
    row = ("T1 TA: delta F", "delta F (pps)", "open data", "fitted", 3.9, 4.9, 4.4, 4.1, 4.7, True)
    measured = pd.DataFrame(
        [("TA young", p, t, 1, "delta_f", 3.0, True) for p in range(3) for t in (0, 1)],
        columns=["series", "participant", "trial", "unit", "quantity", "value", "ok"],
    )
    return rs.validation.ModelValidation(
        pd.DataFrame([row], columns=list(TARGET_COLUMNS)), measured
    )


def validation() -> Result:
    small = rs.validation.EstimatorValidationSettings(
        neuromodulation=(0.93, 0.99),
        inhibition=(1.2, 1.8),
        repeats=2,
        participant=PERSON,
    )
    return rs.validate_estimators(small)


RESULTS: dict[str, Callable[[], Result]] = {
    "Recording": lambda: triangle(4, truth=True),
    "Estimates": lambda: estimates_of(triangle(4)),
    "Multiverse": multiverse,
    "Tracked": tracked,
    "MixedModel": lambda: rs.stats.mixed_model(
        table_of_people(), "delta_f ~ time + (1 | participant)"
    ),
    "Power": lambda: rs.plan(rs.PlanSettings(participants=(6, 10), simulations=200)),
    "Reliability": lambda: rs.reliability(table_of_people(), "delta_f", unit="unit"),
    "Comparison": lambda: study_of(5).comparison,
    "StudyResult": lambda: study_of(5),
    "Effort": effort,
    "Night": night,
    "CurrentRamp": lambda: rs.experiment.current_ramp(PERSON),
    "VoltageRamp": lambda: rs.experiment.voltage_ramp(PERSON),
    "Posterior": lambda: rs.infer(ramps()[0], rs.InferSettings(samples=200), seed=1),
    "Change": lambda: rs.infer_change(*ramps(), rs.InferSettings(samples=200), seed=1),
    "ModelValidation": acceptance,
    "EstimatorValidation": validation,
    "Design": lambda: rs.optimize(TINY),
}
