"""Make the pictures of README.md: ``uv run docs/make_pictures.py``."""

from __future__ import annotations

from pathlib import Path

import renshaw as rs
from renshaw.estimation.quantities.delta_f import pair_construction
from renshaw.reports.best_pair import best_pair
from renshaw.reports.figures.delta_f import delta_f_construction
from renshaw.reports.figures.effort import effort_curve
from renshaw.reports.figures.paired import paired_difference

FIGURES = Path(__file__).parent / "figures"


def main() -> None:
    """Draw a pair of a simulated ramp, what force takes, and the answer of the built-in study."""
    recording = rs.simulate(rs.Participant(n_units=40), rs.Ramp(), seed=7)
    construction(recording).savefig(FIGURES / "delta_f.svg", facecolor="white")
    effort_curve(rs.effort()).savefig(FIGURES / "effort.svg", facecolor="white")
    result = rs.run_study(rs.study.built_in_plan())
    paired_difference(result.comparison, "delta_f").savefig(
        FIGURES / "calm_the_cord.svg", facecolor="white"
    )


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
