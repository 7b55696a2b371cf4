"""What the pages of current ramps and voltage ramps of one motoneuron share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from renshaw.core.numbers import number
from renshaw.experiment.current_clamp import CurrentRamp
from renshaw.experiment.voltage_clamp import VoltageRamp
from renshaw.reports.method import joined
from renshaw.reports.page import Content, Section
from renshaw.reports.tables import Column, Row, Table

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


def measures_of(ramp: CurrentRamp | VoltageRamp) -> dict[str, float | str]:
    """Return the numbers of a ramp; the tail of a voltage ramp gets a name of its own."""
    found = ramp.measures()
    if isinstance(ramp, VoltageRamp):
        found["sustained_tail"] = found.pop("sustained_nA")
    return found


def content(
    ramps: Sequence[CurrentRamp | VoltageRamp], kind: str, sections: Sequence[Section]
) -> Content:
    """Return the page of ramps of one motoneuron, with their numbers as the last section."""
    first = ramps[0]
    return Content(
        title=f"{first.muscle} motoneuron {first.settings.motoneuron}",
        kind=f"{kind} of a simulated motoneuron, tonic inhibition {number(first.inhibition)} "
        f"(1e-5 S/cm²)",
        findings=[finding for ramp in ramps for finding in ramp.findings()],
        sections=[*sections, Section("numbers", "Numbers", tables=[_table(ramps)])],
        history=joined([ramp.history for ramp in ramps]),
        settings=first.settings.replace(neuromodulation=None),
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
    return (value or "–") if isinstance(value, str) else number(value)
