"""Make the pictures and the table of docs/textbook.md: ``uv run docs/make_textbook.py``.

A minute or two.
"""

from __future__ import annotations

from typing import Any

from making import fill, keep, place, simulating, told

import renshaw as rs
from renshaw.experiment.current_clamp import CurrentRampSettings, current_ramp
from renshaw.experiment.electromyogram import electromyogram
from renshaw.experiment.voltage_clamp import VoltageRamp, VoltageRampSettings, voltage_ramp
from renshaw.model.pool import Pool
from renshaw.model.powers_heckman import powers_heckman_2017
from renshaw.reports.figures.current_ramp import current_ramp_loops
from renshaw.reports.figures.emg_force import emg_against_force
from renshaw.reports.figures.voltage_ramp import voltage_ramp_loops

# Of the pool of twenty: recruited early and late.
EARLY, LATE = 1, 16
ELECTRODES = ("one electrode", "another", "a third")


def main() -> None:
    """Put electrodes into motoneurons and onto the skin, then write page and figures."""
    asked = simulating(__doc__).parse_args()
    folder = place(asked)
    figures = folder / "figures"
    who = rs.Participant(edition=asked.edition, n_units=20)
    health = who.neuromodulation
    levels = (0.0, health) if asked.quick else (0.0, 0.9 * health, health, 1.1 * health)
    fast: dict[str, Any] = {"up_s": 2.0} if asked.quick else {}
    injected = [
        current_ramp(who, CurrentRampSettings(neuromodulation=each, **fast)) for each in levels
    ]
    keep(current_ramp_loops(injected), figures / "motoneuron_fi.svg")
    speed: dict[str, Any] = {"speed_mV_per_s": 80.0} if asked.quick else {}
    held = [
        voltage_ramp(who, VoltageRampSettings(neuromodulation=each, **speed)) for each in levels
    ]
    keep(voltage_ramp_loops(held), figures / "motoneuron_clamp.svg")
    keep(skin(who, asked.quick), figures / "emg_force.svg")
    published = powers_heckman_2017()
    table = clamp_table(
        {
            f"{who_they_are}, motoneuron {number} ({when})": ramp(whose, number, speed)
            for who_they_are, whose in (("person", who), ("published pool", published))
            for number, when in ((EARLY, "early"), (LATE, "late"))
        }
    )
    fill(folder / "textbook.md", "clamp", told(asked.edition, table))
    print(table)


def ramp(who: rs.Participant | Pool, motoneuron: int, speed: dict[str, Any]) -> VoltageRamp:
    """Return what a voltage ramp shows of a motoneuron, at a neuromodulation of 1."""
    settings = VoltageRampSettings(motoneuron=motoneuron, neuromodulation=1.0, **speed)
    return voltage_ramp(who, settings)


def skin(who: rs.Participant, quick: bool) -> Any:
    """Draw EMG against torque in one contraction, as electrodes at three places see it."""
    who = who.replace(n_units=10 if quick else 60)
    protocol = rs.Ramp(peak_pct_mvc=20 if quick else 60, rise_s=3 if quick else 20, fall_s=2)
    recording = rs.simulate(who, protocol, seed=1)
    seen = [electromyogram(recording, who, seed=seed) for seed in range(len(ELECTRODES))]
    amplitudes = [each.amplitude for each in seen]
    return emg_against_force(amplitudes, recording.signals["torque"], ELECTRODES)


def clamp_table(ramps: dict[str, VoltageRamp]) -> str:
    """Return what the clamp shows, one column a motoneuron."""
    rows = {
        "PIC on the way up": lambda each: f"{each.amplitude_nA:.1f} nA",
        "starts at": lambda each: f"{signed(each.onset_mV)} mV",
        "stops at": lambda each: f"{signed(each.offset_mV)} mV",
        "left at the onset potential, on the way down": lambda each: (
            f"{each.sustained_nA:.1f} nA ({100 * each.sustained_nA / each.amplitude_nA:.0f} %)"
        ),
    }
    lines = [["", *ramps], ["---"] * (len(ramps) + 1)]
    lines += [[what, *map(say, ramps.values())] for what, say in rows.items()]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def signed(potential_mV: float) -> str:
    """Return a potential with a true minus."""
    return f"{potential_mV:.1f}".replace("-", "−")


if __name__ == "__main__":
    main()
