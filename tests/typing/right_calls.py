"""Calls that mypy and pyright must let pass, as people write them."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pandas as pd

import renshaw as rs


def the_line_of_every_day(path: Path) -> rs.Estimates:
    recording: rs.Recording = rs.read(path)
    rs.write(recording, "copy.h5")
    estimates = rs.estimate(recording, "renshaw", seed=1)
    table: pd.DataFrame = estimates.to_table()
    print(len(table), estimates.cite(), recording.history.as_python())
    return estimates


def in_silico() -> rs.Recording:
    person = rs.Participant(muscle="TA", n_units=20)
    recording = rs.simulate(person, rs.Ramp(peak_pct_mvc=20.0), given=[rs.Relaxation(), "baclofen"])
    return rs.observe(recording, seed=3)


def settings() -> rs.EstimateSettings:
    rules = rs.estimation.rules("renshaw")
    return rules.replace(delta_f=rs.estimation.DeltaFSettings(correlation_min=0.6))


def many(recordings: list[rs.Recording]) -> list[rs.Estimates]:
    with ProcessPoolExecutor() as pool:
        return list(pool.map(rs.estimate, recordings))


def by_hand(raw: rs.Recording) -> rs.Recording:
    found = rs.decompose(raw, rs.DecomposeSettings(), seed=1)
    editing = rs.edit.Editing(raw, found).then(rs.edit.Reestimate(3))
    print(editing.edits, rs.emg.sources(raw, found, 1), rs.emg.Tracked)
    return rs.edit.replay(raw, found, [rs.edit.SetAside(5, why="motion artifact")])


def of_tables(table: pd.DataFrame) -> rs.stats.MixedModel:
    power: rs.stats.Power = rs.plan(rs.PlanSettings())
    print(power, rs.reliability(table, "delta_f_pps"))
    return rs.stats.mixed_model(table, "delta_f_pps ~ condition + (1|participant)")


def backwards(before: rs.Recording, after: rs.Recording) -> rs.inference.Change:
    posterior: rs.inference.Posterior = rs.infer(before, rs.InferSettings(), seed=2)
    rs.report(posterior, "posterior.html")
    return rs.infer_change(before, after, seed=2)


def what_calms() -> rs.optimization.Design:
    try:
        return rs.optimize(rs.Goal(), [rs.Participant()])
    except (rs.SettingsError, rs.RenshawError):
        return rs.optimize("calm.toml")


def a_study(folder: Path) -> rs.study.StudyResult:
    plan: rs.StudyPlan = rs.load_plan(folder / "study.toml")
    return rs.run_study(plan, folder, workers=2)


def a_format() -> rs.kinds.Format:
    def read(probe: rs.kinds.Probe) -> rs.Recording:
        if not probe.text:
            raise rs.kinds.Refusal("It is empty")
        units, notes = rs.kinds.motor_units([[0.1, 0.2, 0.3]])
        return rs.Recording(units, notes=tuple(notes))

    toy = rs.kinds.Format(
        name="toy", title="Toy", recognizes=lambda probe: probe.kind == "text", read=read
    )
    rs.kinds.check_format(toy)
    return rs.kinds.FORMATS.add(toy)
