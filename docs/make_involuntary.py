"""Draw the pictures of docs/involuntary.md: ``uv run docs/make_involuntary.py``."""

from __future__ import annotations

from making import keep, parser, place

import renshaw as rs
from renshaw.figures.style import look
from renshaw.reports.figures.night import nights
from renshaw.reports.figures.spasm import spasms
from renshaw.reports.figures.vibstim import vibstim_trial


def main() -> None:
    """Simulate and draw."""
    asked = parser(__doc__).parse_args()
    figures = place(asked) / "figures"
    # Of the plantar flexors, which spasms concern most.
    who, night = rs.Participant(muscle="SOL"), rs.experiment.NightSettings()
    vibstim = rs.VibStim()
    if asked.quick:
        who = who.replace(n_units=8)
        night = night.replace(hours=0.1, motoneurons=6)
        vibstim = rs.VibStim(vibration_s=12.0, start_s=4.0, bouts=1, rest_after_s=2.0)
    young = who.replace(name="A young adult")
    pictures = {"vibstim": vibstim_trial(rs.simulate(young, vibstim, seed=1))}
    injured = who.replace(condition="spinal-cord-injury", severity=0.6)
    test = rs.SpasmTest(watched_s=4.0 if asked.quick else 30.0)
    stopped = test.replace(burst_strength=15.0)
    trials = [
        rs.experiment.Trial(who, test, seed=1),
        rs.experiment.Trial(injured, test, seed=1),
        rs.experiment.Trial(injured, stopped, seed=1),
    ]
    titles = ["Healthy", "Injured", "Injured, burst after 3 s"]
    pictures["spasm"] = spasms(rs.experiment.simulate_many(trials), titles, until_s=31.5)
    moderate = injured.replace(name="Injured")
    healthy = who.replace(name="Healthy")
    pictures["night"] = nights(
        [
            rs.night(healthy, settings=night, seed=1),
            rs.night(moderate, settings=night, seed=1),
            rs.night(moderate, "baclofen", settings=night, seed=1),
        ]
    )
    for name, figure in pictures.items():
        with look():
            keep(figure, figures / f"{name}.svg")


if __name__ == "__main__":
    main()
