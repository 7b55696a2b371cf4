"""Measure every intervention for docs/interventions.md: ``uv run docs/make_interventions.py``.

Makes the tables of the page and its pictures; some ten minutes on two cores.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from making import fill, keep, place, simulating, told

import renshaw as rs
from renshaw.core.seeds import derived_seed
from renshaw.engine import EngineSettings
from renshaw.experiment.maximal import MaximalEffort
from renshaw.experiment.simulate import Trial, edited, simulate_many
from renshaw.experiment.tracking import Part, TorqueTrackingSettings, intervals_of, perform
from renshaw.interventions import INTERVENTIONS, Intervention
from renshaw.protocols import SpasmTest
from renshaw.reports.figures.ageing import ageing
from renshaw.reports.figures.nerve_stimulation import nerve_stimulation
from renshaw.reports.figures.what_calms import what_calms
from renshaw.study.cohort import CohortSettings, draw_cohort

SEED = 2022
CONTROL = "nothing"


@dataclass(frozen=True)
class Size:
    """How much is simulated."""

    edition: int
    people: int = 8
    n_units: int = 20
    injured: int = 4
    of_an_age: int = 3
    ramp: rs.Ramp = field(default_factory=rs.Ramp)
    watched_s: float = 20.0
    muscles: tuple[str, ...] = ("TA", "SOL", "GM")
    ages: tuple[float, ...] = (25.0, 40.0, 55.0, 70.0, 80.0)
    names: tuple[str, ...] = tuple(INTERVENTIONS)


QUICK: dict[str, Any] = dict(  # noqa: C408  (fields of a class)
    people=2,
    injured=2,
    of_an_age=2,
    ramp=rs.Ramp(follows="drive", rise_s=5.0, fall_s=5.0),
    watched_s=3.0,
    muscles=("TA",),
    ages=(25.0, 80.0),
    names=("relaxation", "baclofen"),
)


def main() -> None:
    """Measure, draw and print."""
    asking = simulating(__doc__)
    asking.add_argument("parts", nargs="*", help="effects, ageing, nerve; all by default")
    asked = asking.parse_args()
    folder = place(asked)
    figures = folder / "figures"
    size = Size(asked.edition, **(QUICK if asked.quick else {}))
    words = set(asked.parts) or {"effects", "ageing", "nerve"}
    if "nerve" in words:
        picture = nerve_stimulation(rs.NerveStimulation(intensity_xmt=1.2))
        keep(picture, figures / "nerve_stimulation.svg")
    if "effects" in words:
        table = effects(size)
        keep(what_calms(table), figures / "what_calms.svg")
        write(folder, size, effects=effects_table(table))
    if "ageing" in words:
        course = by_age(size)
        keep(ageing(course), figures / "ageing.svg")
        write(folder, size, ages=ages_table(course))


def write(folder: Path, size: Size, **tables: str) -> None:
    """Put tables into the page, and say them."""
    for marker, table in tables.items():
        fill(folder / "interventions.md", marker, told(size.edition, table))
        print(table)


def effects(size: Size) -> pd.DataFrame:
    """Return one row an intervention with its default settings."""
    given: dict[str, tuple[Intervention, ...]] = {CONTROL: ()}
    given |= {key: (INTERVENTIONS[key](),) for key in size.names}
    both = (rs.ReciprocalInhibition(), rs.Relaxation())
    given["reciprocal-inhibition + relaxation"] = both
    ramps = ramp_effects(given, size)
    rows = []
    for name, interventions in given.items():
        kind = INTERVENTIONS.get(name)
        rows.append(
            {
                "name": name,
                "fitted": name == CONTROL or bool(kind is None or kind.fitted),
                **ramps[name],
                "complete_s": spasm_s(interventions, 1.0, size),
                "incomplete_s": spasm_s(interventions, 0.5, size),
                "mvc_change_pct": 100.0 * (mvc(interventions, size) / mvc((), size) - 1.0),
            }
        )
    return pd.DataFrame(rows)


def ramp_effects(
    given: dict[str, tuple[Intervention, ...]], size: Size
) -> dict[str, dict[str, float]]:
    """Return mean changes in ramps of the tibialis anterior to 20 % MVC, common random numbers."""
    cohort = CohortSettings(participants=size.people, edition=size.edition, n_units=size.n_units)
    people = draw_cohort(cohort, SEED)
    trials = [
        Trial(who, size.ramp, each, derived_seed(SEED, "noise", who.name), f"{who.name} {name}")
        for name, each in given.items()
        for who in people
    ]
    found = pd.DataFrame([hallmarks(recording) for recording in simulate_many(trials)])
    found["who"] = [trial.participant.name for trial in trials]
    found["given"] = [name for name in given for _ in people]
    wide = {q: found.pivot_table(index="who", columns="given", values=q) for q in found.columns[:3]}
    summary = {}
    for name in given:
        change = {q: table[name] - table[CONTROL] for q, table in wide.items()}
        delta_f = change["delta_f"]
        summary[name] = {
            "delta_f": wide["delta_f"][name].mean(),
            "delta_f_change": delta_f.mean(),
            "delta_f_change_se": delta_f.sem(),
            "peak_rate_change": change["peak_rate"].mean(),
            "effort_change_pct": change["effort"].mean(),
        }
    return summary


def hallmarks(recording: rs.Recording) -> dict[str, float]:
    """Return mean delta F, mean peak rate, and the highest effort (% of the largest drive)."""
    table = rs.estimate(recording).to_table()
    ok = table[table["ok"].astype(bool)]
    mean = ok.groupby("quantity")["value"].mean()
    assert recording.truth is not None
    return {
        "delta_f": float(mean.get("delta_f", np.nan)),
        "peak_rate": float(mean.get("peak_rate", np.nan)),
        "effort": float(recording.truth.signals["effort"].values.max()),
    }


def spasm_s(given: tuple[Intervention, ...], severity: float, size: Size) -> float:
    """Return how long an injured muscle goes on after a brief input, mean of some people (s)."""
    cohort = CohortSettings(participants=size.injured, edition=size.edition, n_units=size.n_units)
    people = draw_cohort(cohort, SEED)
    test = SpasmTest(watched_s=size.watched_s)
    over_s = test.rest_before_s + test.input_s
    trials = [
        Trial(who.replace(condition="spinal-cord-injury", severity=severity), test, given, number)
        for number, who in enumerate(people)
    ]
    lasts = [
        max([0.0, *(float(times[-1]) - over_s for times in recording.units if len(times))])
        for recording in simulate_many(trials)
    ]
    return float(np.mean(lasts))


def mvc(given: tuple[Intervention, ...], size: Size) -> float:
    """Return the force of a maximal effort under interventions (twitch units)."""
    engine = EngineSettings()
    person, effort = edited(rs.Participant(edition=size.edition), MaximalEffort(), given)
    part = Part(person.pool, person.cord, effort, 100.0, 0)
    drive = np.full(intervals_of(part, engine), person.cord.largest_drive)
    done = perform([replace(part, learned=drive)], TorqueTrackingSettings(), engine)[0]
    return float(np.sort(done.torque_pct_mvc)[-100:].mean())


def by_age(size: Size) -> pd.DataFrame:
    """Return simulated delta F by muscle and age, means of some people."""
    trials, keys = [], []
    for muscle in size.muscles:
        cohort = CohortSettings(participants=size.of_an_age, edition=size.edition, muscle=muscle)
        people = draw_cohort(cohort, SEED)
        for age in size.ages:
            for who in people:
                seed = derived_seed(SEED, "noise", who.name)
                trials.append(Trial(who.replace(age_years=age), size.ramp, (), seed))
                keys.append((muscle, age))
    values = [hallmarks(recording) for recording in simulate_many(trials)]
    table = pd.DataFrame(keys, columns=["muscle", "age_years"])
    table = table.assign(**pd.DataFrame(values))
    return table.groupby(["muscle", "age_years"], sort=False).mean().reset_index()


def effects_table(effects: pd.DataFrame) -> str:
    """Return one row an intervention, as the page shows it; assumed sizes have a star."""
    heads = ("given", "ΔF change ± SE (pps)", "peak rate (pps)")
    heads += ("highest effort (% of the largest drive)", "MVC (%)")
    heads += ("spasm, complete injury (s)", "spasm, incomplete injury (s)")
    control = effects.set_index("name").loc[CONTROL]
    rows = [
        (
            row.name if row.fitted else f"{row.name} *",
            f"{row.delta_f_change:+.2f} ± {row.delta_f_change_se:.2f}",
            f"{row.peak_rate_change:+.2f}",
            f"{row.effort_change_pct:+.1f}",
            f"{row.mvc_change_pct:+.1f}",
            f"{row.complete_s:.1f}",
            f"{row.incomplete_s:.1f}",
        )
        for row in (SimpleNamespace(**each) for each in effects.to_dict("records"))
    ]
    without = f"Without anything ΔF is {control['delta_f']:.2f} pps.\n\n"
    return without + markdown(heads, rows)


def ages_table(course: pd.DataFrame) -> str:
    """Return simulated ΔF, one row a muscle and one column an age."""
    wide = course.pivot_table(index="muscle", columns="age_years", values="delta_f", sort=False)
    heads = ("ΔF (pps) at the age of", *(f"{age:.0f}" for age in wide.columns))
    rows = [(name, *(f"{value:.2f}" for value in wide.loc[name])) for name in wide.index]
    return markdown(heads, rows)


def markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table as Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    main()
