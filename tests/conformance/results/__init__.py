"""One result of each class, made by hand or by the quickest way: what every place must show."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

import renshaw as rs
from renshaw.core.results import Result
from renshaw.optimization.comparison import alternatives_of, contrasts_of
from renshaw.optimization.design import Design
from renshaw.optimization.rule import on_front
from renshaw.optimization.therapy import Therapy
from renshaw.study.compare import compare

_SOON = rs.PlanSettings(participants=(10, 20), effects=(-0.5, -0.2), simulations=200)


def retest(n: int = 6) -> pd.DataFrame:
    """Two sessions of some people."""
    rng = np.random.default_rng(2)
    own = rng.normal(4, 1, n)
    return pd.DataFrame(
        [
            {"participant": f"P{i}", "time": time, "deltaf": own[i] + rng.normal(0, 0.3)}
            for i in range(n)
            for time in ("pre", "post")
        ]
    )


def recording(**changed: Any) -> rs.Recording:
    """Four motor units, one of which is flagged."""
    trains = tuple(
        np.sort(1.0 + i + np.cumsum(np.full(60 - 10 * i, 0.1 + 0.01 * i))) for i in range(4)
    )
    units = rs.MotorUnits(trains, (0.0, 12.0), flags=("", "", "", "doubtful, <b>&"))
    return rs.Recording(units, name="four <units>", **changed)


def estimates(*names: str) -> rs.Estimates:
    """Estimates of recordings whose every pair fails."""
    from dataclasses import replace

    from renshaw.data.estimates import gathered

    return gathered([rs.estimate(replace(recording(), name=name)) for name in names])


def design(force_pct: float = 81.9, *, burden: float = 4.0, power: Any = None) -> Design:
    """A therapy that kept 96 % of force in the search, and less in fresh people."""
    goal = rs.Goal(name="by hand", few=2, people=3, held_out=4)
    chosen = {"do nothing": Therapy(), "recommended": Therapy(depth=0.8)}
    trials = pd.DataFrame(
        [
            {
                "number": n,
                "kind": each.kind,
                "therapy": each.words(),
                **each.to_mapping(),
                "people": 3,
                "burden": (10.0, 4.0)[n],
                "burden_mean": 3.0,
                "duration_s": 5.0,
                "duration_s_mean": 5.0,
                "force_pct": (100.0, 96.0)[n],
                "force_lost_pct": (0.0, 4.0)[n],
                "force_pct_mean": 97.0,
                "dose_pct": 0.0,
                "discomfort": 0.0,
                "charge_mC_per_h": 0.0,
                "judged": True,
                "allowed": True,
            }
            for n, each in enumerate(chosen.values())
        ]
    )
    trials["front"] = on_front(trials)
    fresh = pd.DataFrame(
        [
            {
                "alternative": name,
                "person": f"P{person}",
                "repeat": repeat,
                "burden": 10.0 + person if name == "do nothing" else burden + person,
                "duration_s": 30.0 if name == "do nothing" else 3.0,
                "stimulated_s": 0.0,
                "force_pct": 100.0 if name == "do nothing" else force_pct,
            }
            for name in chosen
            for person in range(4)
            for repeat in range(2)
        ]
    )
    nothing = pd.DataFrame()
    return Design(
        goal=goal,
        chosen=chosen,
        trials=trials,
        alternatives=alternatives_of(chosen, trials, fresh, goal),
        contrasts=contrasts_of(fresh, goal),
        fresh=fresh,
        nights=nothing,
        cells=nothing,
        interactions=nothing,
        plans={
            "do nothing": power
            or rs.plan(_SOON.replace(outcome="mean", effect_sd=0.3, residual_sd=0.5))
        },
        people=(rs.Participant(),) * 3,
        held_out=(rs.Participant(),) * 4,
        warnings=("These people are not those <it> is for.",),
    )


def posterior(*, warned: bool = True) -> Any:
    """A posterior of hand-made samples."""
    from renshaw.inference import targets
    from renshaw.inference.posterior import Posterior, tabulated

    rng = np.random.default_rng(1)
    low, high = np.array([targets.bounds(name) for name in targets.NAMES]).T
    prior = tabulated(rng.uniform(low, high, (400, len(low))), "TA", 20.0)
    near = tabulated(rng.uniform(low, low + (high - low) / 5, (400, len(low))), "TA", 20.0)
    return Posterior(
        samples=near,
        prior=prior[list(targets.NAMES)],
        name="her",
        muscle="TA",
        n_units=7,
        peak_pct_mvc=None,
        farther_than_pct=99.5,
        warnings=("It is unlike what was simulated.",) if warned else (),
        notes=("Without torque, discharges stand in for it.",),
    )


def change() -> Any:
    """A change between two hand-made posteriors."""
    from renshaw.inference.change import Change

    rng = np.random.default_rng(0)
    names = ("neuromodulation", "inhibition", "peak_drive", "net_amplification")
    samples, prior = (
        pd.DataFrame({f"{name}_change": rng.normal(-0.2, sd, 300) for name in names})
        for sd in (0.1, 1.0)
    )
    warned = ("her: It is unlike what was simulated.",)
    return Change(posterior(), posterior(), samples, prior, warned)


def study() -> Any:
    """A study of three virtual people, one recording of which failed."""
    from renshaw.study import Group, StudyPlan, StudyResult

    made = comparison()
    design = made.participants[["participant", "condition"]].drop_duplicates()
    design = design.assign(recording="r", arm="study", simulated=True)
    failed = pd.DataFrame(
        [("P9 <pre>", "study", "no torque")], columns=["recording", "arm", "reason"]
    )
    out = pd.DataFrame([("delta_f", "too short", 3)], columns=["quantity", "reason", "times"])
    return StudyResult(
        StudyPlan(title="By hand"), (Group("study", "ramp", made),), design, out, failed
    )


def comparison() -> Any:
    """Three people before and after."""
    from renshaw.data.estimates import Estimate, Estimates

    rows, people = [], []
    for i in range(3):
        for condition, value in (("pre", 4.0 + i), ("post", 3.2 + 1.1 * i)):
            name = f"{i} {condition}"
            rows.append(Estimate(name, "delta_f", 1, 0, value, "pps"))
            people.append((name, f"P{i}", condition, 1))
    design = pd.DataFrame(people, columns=["recording", "participant", "condition", "trial"])
    return compare(Estimates(tuple(rows)), design, reference="pre")


def before_after_of_one() -> Any:
    """Five units of one person before and after, whose participants are named differently."""
    from dataclasses import replace

    from renshaw.data.estimates import Estimate, Estimates
    from renshaw.study.before_after import BeforeAfterSettings, before_after

    names = ("pre <1>", "post")
    values = [
        Estimate(name, "delta_f", unit, 0, 4.0 + unit - change * (1 + unit / 5), "pps")
        for name, change in zip(names, (0.0, 0.5), strict=True)
        for unit in range(1, 5)
    ]
    both = [
        replace(recording(participant=who), name=name)
        for name, who in zip(names, ("Ann", "<Bea>"), strict=True)
    ]
    settings = BeforeAfterSettings(match="labels")
    return before_after(*both, settings, estimates=Estimates(tuple(values)))


def night() -> Any:
    """Two spasms in two hours."""
    from renshaw.experiment.night import Night, SpasmOfNight

    spasms = tuple(
        SpasmOfNight(at, at + 5.0, 5.0, 3, 5.0, 10.0, "touch", True) for at in (60.0, 600.0)
    )
    return Night(rs.experiment.NightSettings(hours=2.0), "P01", (), spasms)


def effort() -> Any:
    """Two torques, one of which was missed without persistent inward currents."""
    from renshaw.experiment.effort import AS_IS, WITHOUT_PICS, Effort, EffortSettings

    rows = [
        (name, level, level, level * more, 90.0, 5.0, 8, reached, "" if reached else "out of reach")
        for name, more in ((AS_IS, 1.5), (WITHOUT_PICS, 3.0))
        for level, reached in ((20.0, True), (40.0, name == AS_IS))
    ]
    columns = ["condition", "target_pct_mvc", "torque_pct_mvc", "effort_pct", "peak_effort_pct"]
    columns += ["drive", "units", "reached", "reason"]
    settings = EffortSettings(levels_pct_mvc=(20.0, 40.0))
    mvc = {AS_IS: 100.0, WITHOUT_PICS: 55.0}
    return Effort(pd.DataFrame(rows, columns=columns), mvc, rs.Participant(), settings)


def reflex_test() -> Any:
    """A recruitment curve of three points, by hand."""
    from renshaw.experiment import HReflexSettings, Reflex
    from renshaw.experiment.reflexes import Outcome

    table = pd.DataFrame(
        {
            "intensity_xmt": [0.8, 1.0, 1.2],
            "h_pct": [0.0, 40.0, 20.0],
            "h_sd": [0.0, 4.0, 3.0],
            "m_pct": [0.0, 5.0, 60.0],
        }
    )
    outcomes = (
        Outcome("H_max/M_max", 40.0, "%", 25.0, 80.0, "by <hand>"),
        Outcome("latency of H", float("nan"), "ms"),
    )
    waves = {"1.00 x MT": np.sin(np.arange(200) / 9.0)}
    settings = HReflexSettings(points=3)
    who = rs.Participant(muscle="SOL")
    return Reflex(settings, who, ("baclofen",), table, outcomes, waves, 2048.0)


def around_stimuli() -> Any:
    """Four units around stimuli, with few moved sets."""
    settings = rs.estimation.PeristimulusSettings(
        before_ms=100, last_ms=50, moved=19, discharges_min=5
    )
    return rs.estimation.peristimulus(recording(), np.arange(1.5, 6.0, 0.31), settings)


def acceptance() -> Any:
    """Three targets: one met, one missed, one that could not be measured."""
    from renshaw.validation.model_against_people import TARGET_COLUMNS, ModelValidation

    rows = [
        ("T1: delta F", "pps", "open data", "fitted", 3.9, 4.9, 4.4, 4.1, 4.7, True),
        ("T2: rate", "pps, <GM>", "recalled", "predicted", 3.0, 4.0, 4.1, 3.8, 4.4, False),
        ("T3: drug", "change", "trial", "predicted", -1.0, -0.5, *[float("nan")] * 3, False),
    ]
    measured = pd.DataFrame(
        [("TA young", 0, 0, 1, "delta_f", 3.0, True)],
        columns=["series", "participant", "trial", "unit", "quantity", "value", "ok"],
    )
    table = pd.DataFrame(rows, columns=list(TARGET_COLUMNS))
    return ModelValidation(
        table, measured, settings=rs.validation.ModelValidationSettings(people=4)
    )


def over_seeds() -> Any:
    """The same targets over three seeds."""
    from renshaw.validation.over_seeds import SeedsValidation, seeds_table

    tables = [acceptance().table.assign(seed=seed) for seed in range(3)]
    of_seeds = pd.concat(tables, ignore_index=True)
    return SeedsValidation(seeds_table(of_seeds), of_seeds)


def held() -> Any:
    """A recording beside two virtual people, who are recordings of other seeds."""
    from dataclasses import replace

    from renshaw.validation.against_recordings import (
        HeldRecording,
        RecordingValidation,
        RecordingValidationSettings,
        people_table,
    )

    def person(seed: int) -> rs.Recording:
        rng = np.random.default_rng(seed)
        torque = np.interp(np.arange(0, 24, 0.01), [2, 7, 17, 22], [0, 20, 20, 0])
        trains = []
        for threshold in np.linspace(6, 18, 12):
            times = 2 + threshold / 4 + np.cumsum(rng.normal(0.08, 0.008, 300))
            trains.append(times[times < 22 - threshold / 4])
        units = rs.MotorUnits(tuple(trains), (0.0, 24.0))
        signals = {"torque": rs.Signal(torque, 100.0, "% MVC")}
        return rs.Recording(units, signals, name="a <b>", muscle="TA")

    people = [rs.estimation.firing(person(seed)) for seed in range(3)]
    mine = HeldRecording(
        replace(person(0), notes=("a note <b>",)),
        "TA",
        people[0],
        ((people[1],), (people[2],)),
        person(1),
    )
    settings = RecordingValidationSettings(people=2)
    return RecordingValidation(people_table([mine]), (mine,), settings)


def validation() -> Any:
    """One quantity of two levels."""
    from renshaw.validation.estimators_against_truth import EstimatorValidation

    row = {"rules": "renshaw", "quantity": "delta_f", "units": "pps", "manipulated": "inhibition"}
    table = pd.DataFrame(
        [{**row, "low": 3.0, "high": 2.0, "rank_correlation": -0.9, "pic_correlation": 0.8,
          "unit_correlation": 0.5, "sensitivity": -2.0, "yield_pct": 60.0}]
    )  # fmt: skip
    recordings = pd.DataFrame(
        [
            {**row, "level": level, "repeat": n, "pic_nA": 5.0 + n, "value": 3.0 - level + 0.1 * n}
            for level in (1.0, 2.0)
            for n in range(2)
        ]
    )
    return EstimatorValidation(table, recordings, recordings.iloc[:0])


def tracked() -> Any:
    """One unit found again, one not."""
    from renshaw.decomposition.tracking import Match, Tracked

    matches = (
        Match(1, 2, 0.95, 0.4, (0.0, 0.0), True, ""),
        Match(2, 1, 0.5, 0.4, (0.0, 0.0), False, "similarity 0.50; the rule asks for 0.8"),
    )
    return Tracked(matches, np.array([[0.4, 0.95], [0.5, 0.3]]))


def munitquest_score() -> Any:
    """A true unit, one of a refitted source, and one that counts nothing."""
    from renshaw.decomposition.munitquest.score import MunitquestScore, ScoredUnit

    nothing = float("nan")
    return MunitquestScore(
        (
            ScoredUnit("1", 200, 0.95, "4", 0.95, nothing, nothing, nothing, ""),
            ScoredUnit("2", 150, 0.75, "", nothing, 0.93, 34.0, 0.2, ""),
            ScoredUnit("3", 90, 0.0, "", nothing, nothing, nothing, nothing, "the same unit as 1"),
        )
    )


def current_ramp() -> Any:
    """One motoneuron, fast."""
    return rs.experiment.current_ramp(
        rs.Participant(), rs.experiment.CurrentRampSettings(up_s=1.0, hold_s=0.2)
    )


def voltage_ramp() -> Any:
    """One motoneuron, fast."""
    return rs.experiment.voltage_ramp(
        rs.Participant(), rs.experiment.VoltageRampSettings(speed_mV_per_s=70.0)
    )


MADE: dict[str, Callable[[], Result]] = {
    "Recording": recording,
    "Estimates": lambda: estimates("one <b>"),
    "Contractions": lambda: rs.contractions(recording()),
    "Multiverse": lambda: rs.multiverse(
        recording(), rs.estimation.MultiverseSettings(smoothers=("hann",))
    ),
    "BeforeAfter": before_after_of_one,
    "Comparison": comparison,
    "StudyResult": study,
    "MixedModel": lambda: rs.stats.mixed_model(retest(), "deltaf ~ time + (1|participant)"),
    "Trial": lambda: rs.stats.agreement(
        pd.DataFrame({"first": [5.1, 4.2, 6.0, 5.5], "second": [5.0, 4.6, 6.4, 5.2]}),
        "first",
        "second",
    ),
    "Power": lambda: rs.plan(_SOON),
    "Reliability": lambda: rs.reliability(retest(), "deltaf"),
    "Posterior": posterior,
    "Change": change,
    "Design": design,
    "ModelValidation": acceptance,
    "SeedsValidation": over_seeds,
    "EstimatorValidation": validation,
    "RecordingValidation": held,
    "Effort": effort,
    "Reflex": reflex_test,
    "Peristimulus": around_stimuli,
    "Night": night,
    "Tracked": tracked,
    "MunitquestScore": munitquest_score,
    "CurrentRamp": current_ramp,
    "VoltageRamp": voltage_ramp,
}


@cache
def made(name: str) -> Result:
    """Return the result of a class."""
    return MADE[name]()
