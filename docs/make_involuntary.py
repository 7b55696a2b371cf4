"""Draw the pictures of docs/involuntary.md: run from the root of the repository."""

from __future__ import annotations

from pathlib import Path

import renshaw as rs
from renshaw.figures.style import look
from renshaw.reports.figures.night import nights
from renshaw.reports.figures.spasm import spasms
from renshaw.reports.figures.vibstim import vibstim_trial

FIGURES = Path(__file__).parent / "figures"


def main() -> None:
    """Simulate and draw."""
    young = rs.Participant(name="A young adult", muscle="SOL")
    pictures = {"vibstim": vibstim_trial(rs.simulate(young, rs.VibStim(), seed=1))}
    injured = rs.Participant(condition="spinal-cord-injury", severity=0.75)
    test, stopped = rs.SpasmTest(watched_s=30.0), rs.SpasmTest(watched_s=30.0, burst_strength=15.0)
    trials = [
        rs.experiment.Trial(rs.Participant(), test, seed=1),
        rs.experiment.Trial(injured, test, seed=1),
        rs.experiment.Trial(injured, stopped, seed=1),
    ]
    titles = ["Healthy", "Injured", "Injured, burst after 3 s"]
    pictures["spasm"] = spasms(rs.experiment.simulate_many(trials), titles, until_s=31.5)
    moderate = rs.Participant(name="Injured", condition="spinal-cord-injury", severity=0.5)
    healthy = rs.Participant(name="Healthy")
    pictures["night"] = nights(
        [
            rs.night(healthy, seed=1),
            rs.night(moderate, seed=1),
            rs.night(moderate, "baclofen", seed=1),
        ]
    )
    for name, figure in pictures.items():
        with look():
            figure.savefig(FIGURES / f"{name}.svg")


if __name__ == "__main__":
    main()
