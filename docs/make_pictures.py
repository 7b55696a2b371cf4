"""Make the pictures of README.md: ``uv run docs/make_pictures.py``."""

from __future__ import annotations

from making import keep, parser, place

import renshaw as rs
from renshaw.estimation.quantities.delta_f import pair_construction
from renshaw.reports.best_pair import best_pair
from renshaw.reports.figures.delta_f import delta_f_construction
from renshaw.reports.figures.effort import effort_curve
from renshaw.reports.figures.paired import paired_difference


def main() -> None:
    """Draw a pair of a simulated ramp, what force takes, and the answer of the built-in study."""
    asked = parser(__doc__).parse_args()
    figures = place(asked) / "figures"
    ramp, settings, plan = rs.Ramp(), None, rs.study.built_in_plan()
    if asked.quick:
        ramp = ramp.replace(follows="drive")
        settings = rs.experiment.EffortSettings(
            levels_pct_mvc=(10.0, 30.0), hold_s=1.0, rise_pct_mvc_per_s=30.0, repeats=1
        )
        plan = smallest(plan)
    recording = rs.simulate(rs.Participant(n_units=40), ramp, seed=7)
    keep(construction(recording), figures / "delta_f.svg")
    keep(effort_curve(rs.effort(settings=settings)), figures / "effort.svg")
    result = rs.run_study(plan)
    keep(paired_difference(result.comparison, "delta_f"), figures / "calm_the_cord.svg")


def smallest(plan: rs.StudyPlan) -> rs.StudyPlan:
    """Return the first arm of the study with few people and motoneurons, whose drive is imposed."""
    arm = plan.arms[0]
    task = rs.study.Task(protocol=rs.Ramp(rise_s=5.0, fall_s=5.0, follows="drive"))
    cohort = rs.study.CohortSettings(participants=3, n_units=20)
    arm = arm.replace(repeats=1, cohort=cohort, protocols=(task,))
    return plan.replace(arms=(arm,), published=())


def construction(recording: rs.Recording):  # type: ignore[no-untyped-def]
    """Draw the ΔF construction of the recording's clearest pair."""
    from renshaw.estimation.smoothing import smoothed_rates

    settings = rs.estimation.rules("renshaw")
    best = best_pair(rs.estimate(recording), recording.name)
    assert best is not None
    pair = pair_construction(recording, best.test, best.control, settings)
    return delta_f_construction(
        recording,
        smoothed_rates(recording.units, settings.smoothing),
        test=best.test,
        control=best.control,
        recruitment_s=pair.recruitment_s,
        derecruitment_s=pair.derecruitment_s,
        delta_f_pps=pair.delta_f_pps,
    )


if __name__ == "__main__":
    main()
