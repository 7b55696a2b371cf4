"""The page of one motoneuron with an electrode in it: current clamp or voltage clamp."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from renshaw.core.errors import DataError
from renshaw.core.files import write_text
from renshaw.core.results import plot
from renshaw.experiment.current_clamp import CurrentRamp
from renshaw.experiment.voltage_clamp import VoltageRamp
from renshaw.reports.figures.current_ramp import current_ramp_loops, current_ramp_potentials
from renshaw.reports.figures.voltage_ramp import voltage_ramp_loops
from renshaw.reports.method import joined
from renshaw.reports.page import KeyFigure, Section, drawing, result_page
from renshaw.reports.tables import Column, Row, Table
from renshaw.reports.words import number

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MEASURES = {
    "inhibition": ("Tonic inhibition, M_i", "1e-5 S/cm²"),
    "spikes": ("Spikes", ""),
    "recruitment_nA": ("Current at recruitment", "nA"),
    "derecruitment_nA": ("Current at derecruitment", "nA"),
    "sustained_nA": ("Self-sustained range, ΔI", "nA"),
    "peak_rate_pps": ("Peak rate", "pps"),
    "rate_difference_pps": ("Rate down minus up, same current", "pps"),
    "hysteresis": ("Shape of the f–I loop", ""),
    "gain_primary_pps_per_nA": ("Gain before the PIC (primary range)", "pps/nA"),
    "gain_secondary_pps_per_nA": ("Gain while it comes on (secondary range)", "pps/nA"),
    "gain_tertiary_pps_per_nA": ("Gain once it is on (tertiary range)", "pps/nA"),
    "secondary_onset_nA": ("Secondary range begins at", "nA"),
    "secondary_end_nA": ("Secondary range ends at", "nA"),
    "peak_pic_nA": ("Largest PIC in the model, with sodium", "nA"),
    "leak_uS": ("Leak conductance taken off", "µS"),
    "leak_reversal_mV": ("Leak reverses at", "mV"),
    "amplitude_nA": ("PIC on the way up", "nA"),
    "amplitude_down_nA": ("PIC on the way down", "nA"),
    "peak_mV": ("Peak of the PIC at", "mV"),
    "onset_mV": ("Onset at", "mV"),
    "offset_mV": ("Offset at", "mV"),
    "hysteresis_mV": ("Hysteresis, onset minus offset", "mV"),
    "sustained_tail": ("PIC left at the onset potential, on the way down", "nA"),
    "negative_slope": ("Region of negative slope", ""),
}


@plot.register(CurrentRamp)
def plot_current_ramp(noun: CurrentRamp, /) -> Figure:
    """Draw rate against current, and over time."""
    return current_ramp_loops([noun])


@plot.register(VoltageRamp)
def plot_voltage_ramp(noun: VoltageRamp, /) -> Figure:
    """Draw current against potential."""
    return voltage_ramp_loops([noun])


def current_ramp_pictures(ramps: Sequence[CurrentRamp]) -> dict[str, Figure]:
    """Return the pictures of current ramps by name of file."""
    return {"fi": current_ramp_loops(ramps), "potential": current_ramp_potentials(ramps)}


def voltage_ramp_pictures(ramps: Sequence[VoltageRamp]) -> dict[str, Figure]:
    """Return the pictures of voltage ramps by name of file."""
    return {"clamp": voltage_ramp_loops(ramps)}


def write_current_ramp_report(ramps: Sequence[CurrentRamp], path: str | Path) -> Path:
    """Write a page about current ramps of one motoneuron at several levels of neuromodulation.

    Raises
    ------
    DataError
        No ramps.
    OSError
        The page can't be written.
    """
    _refuse_none(ramps)
    pictures = current_ramp_pictures(ramps)
    first = ramps[0]
    loops = drawing(
        pictures["fi"],
        "fi",
        "Discharge rate against injected current, and over time",
        "Each dot is one interval between spikes, filled on the way up and open on the way down. "
        "Without a dendritic PIC (0) both ways are one straight line. With it the rate accelerates "
        "once the current comes on, stays higher on the way down, and firing outlasts the current "
        "that started it: counter-clockwise hysteresis.",
    )
    potentials = drawing(
        pictures["potential"],
        "potential",
        "Potential of the soma and persistent inward current over time",
        "What the electrode sees at each level, the L-type and persistent sodium current that the "
        "model carries, and the current injected.",
    )
    sections = [
        Section("loop", "Firing against current", pictures=[loops]),
        Section("potential", "Potential", pictures=[potentials]),
        Section("numbers", "Numbers", tables=[_table(ramps)]),
    ]
    return _written(ramps, "Current clamp", first, _fi_headline(ramps), sections, path)


def write_voltage_ramp_report(ramps: Sequence[VoltageRamp], path: str | Path) -> Path:
    """Write a page about voltage ramps of one motoneuron at several levels of neuromodulation.

    Raises
    ------
    DataError
        No ramps.
    OSError
        The page can't be written.
    """
    _refuse_none(ramps)
    pictures = voltage_ramp_pictures(ramps)
    first = ramps[0]
    loops = drawing(
        pictures["clamp"],
        "clamp",
        "Current against potential, as recorded and with the leak taken off",
        "Solid on the way up, dashed on the way down; inward current points down. The PIC bends "
        "the line into a region of negative slope; on the way down it lasts to a lower potential, "
        "because the dendrites that carry it are not held by the clamp.",
    )
    sections = [
        Section(
            "loop",
            "Current against potential",
            paragraphs=[
                "For comparison: in low-threshold motoneurons of the decerebrate cat the current "
                "starts near spike threshold and stops at a clearly lower potential; high-"
                "threshold ones have as large a current but much less hysteresis, and it decays "
                "(Lee & Heckman 1998)."
            ],
            pictures=[loops],
        ),
        Section("numbers", "Numbers", tables=[_table(ramps)]),
    ]
    return _written(ramps, "Voltage clamp", first, _clamp_headline(ramps), sections, path)


def measures_of(ramp: CurrentRamp | VoltageRamp) -> dict[str, float | str]:
    """Return the numbers of a ramp; the tail of a voltage ramp gets a name of its own."""
    found = ramp.measures()
    if isinstance(ramp, VoltageRamp):
        found["sustained_tail"] = found.pop("sustained_nA")
    return found


def _refuse_none(ramps: Sequence[CurrentRamp | VoltageRamp]) -> None:
    if not ramps:
        raise DataError("There is no ramp to report.")


def _fi_headline(ramps: Sequence[CurrentRamp]) -> str:
    fired = [ramp for ramp in ramps if len(ramp.spikes_s)]
    if not fired:
        return "The motoneuron did not fire: the current never reached its threshold."
    most = max(fired, key=lambda ramp: ramp.neuromodulation)
    return (
        f"At neuromodulation {number(most.neuromodulation)} firing starts at "
        f"{number(most.recruitment_nA)} nA and stops at {number(most.derecruitment_nA)} nA "
        f"(ΔI {number(most.sustained_nA)} nA); the f–I loop is {most.hysteresis or 'too short'}."
    )


def _clamp_headline(ramps: Sequence[VoltageRamp]) -> str:
    most = max(ramps, key=lambda ramp: ramp.neuromodulation)
    return (
        f"At neuromodulation {number(most.neuromodulation)} the persistent inward current reaches "
        f"{number(most.amplitude_nA)} nA at {number(most.peak_mV)} mV; it starts at "
        f"{number(most.onset_mV)} mV and stops at {number(most.offset_mV)} mV."
    )


def _table(ramps: Sequence[CurrentRamp | VoltageRamp]) -> Table:
    found: list[Mapping[str, float | str]] = [measures_of(ramp) for ramp in ramps]
    rows = []
    for name, (title, unit) in MEASURES.items():
        if name in found[0]:
            cells = [title, unit, *(_cell(measures[name]) for measures in found)]
            rows.append(Row(cells))
    columns = [Column("Measure", numeric=False), Column("Unit", numeric=False)]
    columns += [Column(number(ramp.neuromodulation)) for ramp in ramps]
    return Table("Measures at each level of neuromodulation", columns, rows)


def _cell(value: float | str) -> str:
    if isinstance(value, str):
        return value or "–"
    return number(value) if np.isfinite(value) else "–"


def _written(
    ramps: Sequence[CurrentRamp | VoltageRamp],
    kind: str,
    first: CurrentRamp | VoltageRamp,
    headline: str,
    sections: Sequence[Section],
    path: str | Path,
) -> Path:
    history = joined([ramp.history for ramp in ramps])
    page = result_page(
        title=f"{first.muscle} motoneuron {first.settings.motoneuron}",
        kind=f"{kind} of a simulated motoneuron",
        headline=headline,
        keys=[
            KeyFigure("Levels of neuromodulation", str(len(ramps))),
            KeyFigure("Tonic inhibition", number(first.inhibition), "1e-5 S/cm²"),
        ],
        sections=sections,
        history=history,
        settings=first.settings.replace(neuromodulation=None),
    )
    return write_text(path, page)
