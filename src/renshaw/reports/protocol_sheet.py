"""The protocol sheet: the recommended therapy as a page to print, with blanks for clinicians."""

from __future__ import annotations

from pathlib import Path

from renshaw.core.files import write_text
from renshaw.core.finding import as_mapping
from renshaw.core.numbers import with_interval
from renshaw.findings.design import row_of
from renshaw.interventions import INTERVENTIONS
from renshaw.optimization.design import RECOMMENDED, Design
from renshaw.optimization.price import pulse_uC
from renshaw.optimization.rule import worst_words
from renshaw.optimization.therapy import BEFORE, CONTINUOUS, NOTHING, TRIGGERED, Therapy
from renshaw.protocols import TriggeredStimulation
from renshaw.reports.page import Section, rendered
from renshaw.reports.tables import Column, Row, Table

_BLANKS = (
    "Stop stimulation if",
    "Stop or lower the drug if",
    "End participation if",
    "Contraindications (stimulation and drug)",
    "Whom to call, and how fast",
)

_SIZE = Section("size", "How many participants", notes=["Number of participants chosen: ________"])


def write_protocol_sheet(design: Design, path: str | Path) -> Path:
    """Write the sheet as a self-contained HTML page, made to be printed.

    Raises
    ------
    OSError
        The page can't be written.
    """
    return write_text(path, protocol_sheet(design))


def protocol_sheet(design: Design) -> str:
    """Return the page of `write_protocol_sheet` as text."""
    blocks = [_what(design), _when(design), _measured(design), _predicted(design), _SIZE]
    return rendered(
        "protocol_sheet.html.j2",
        title=design.goal.heading,
        found=as_mapping(design.findings()),
        blocks=blocks,
        blanks=_BLANKS,
    )


def _what(design: Design) -> Section:
    therapy = design.recommended
    rows = [Row(cells) for cells in _parts(therapy, design)]
    if not rows:
        return Section("what", "What is given", ["Nothing: no therapy stays within the limits."])
    columns = [
        Column("Part", numeric=False),
        Column("What", numeric=False, wide=True),
        Column("How much", numeric=False, wide=True),
    ]
    return Section("what", "What is given", tables=[Table("Recommended therapy", columns, rows)])


def _parts(therapy: Therapy, design: Design) -> list[list[str]]:
    found = []
    if therapy.stimulated:
        charge = pulse_uC(therapy.intensity_xmt, therapy.pulse_width_ms, design.goal.price)
        found.append(
            [
                "Stimulation",
                "Nerve to the antagonist (for the calf: the common peroneal nerve), surface "
                "electrodes; motor threshold of each participant is measured first.",
                f"{therapy.frequency_hz:g} pulses a second of {therapy.pulse_width_ms:g} ms, "
                f"{therapy.intensity_xmt:g} x motor threshold (about {charge:.1f} µC a pulse where "
                f"threshold is {design.goal.price.threshold_mA:g} mA)",
            ]
        )
    if therapy.depth > 0:
        found.append(
            [
                "Relaxation",
                "Guided whole-body relaxation, lying, before and during tests.",
                f"depth {therapy.depth:g} on the model's scale from 0 to 1; how it is reached and "
                "checked: ______________________",
            ]
        )
    if (drug := therapy.facts) is not None and "drug" in therapy.parts:
        title = INTERVENTIONS[therapy.drug].title
        found.append(
            [
                "Drug",
                f"{title}, by mouth; prescribed by the physician in charge. {drug.leaflet}",
                f"{drug.words(therapy.dose_mg)} ({therapy.dose_pct:g} % of a usual maximum; the "
                "model's dose, to be rounded to what is on the market): ______________________",
            ]
        )
    return found


def _when(design: Design) -> Section:
    therapy, price = design.recommended, design.goal.price
    notes = []
    device = TriggeredStimulation()
    if therapy.stimulated:
        notes.append(
            {
                CONTINUOUS: "Stimulation: all the time, at rest and in movement.",
                BEFORE: f"Stimulation: from {price.before_s:g} s before each movement or transfer "
                f"until {price.after_s:g} s after it.",
                TRIGGERED: "Stimulation: triggered by the EMG of the muscle at rest, in bouts of "
                f"1 s, some {1000 * device.answer_s:.0f} ms after firing is detected; the device "
                "listens again between bouts, and is switched off for voluntary movement.",
            }[therapy.timing]
        )
    if "drug" in therapy.parts:
        notes.append(
            "Drug: timed so that the tests fall within its effect (time of intake: ________)."
        )
    notes.append("Order of conditions: balanced over participants; wash-out between: ________.")
    return Section("when", "When", notes=notes)


def _measured(design: Design) -> Section:
    test = design.goal.test
    return Section(
        "measured",
        "How it is measured",
        notes=[
            f"Spasm test: at rest, a touch or stretch of {test.input_s:g} s, the same each time; "
            f"torque and EMG (better: decomposed motor units) for {test.watched_s:g} s after.",
            "Main outcome: torque over time from the end of the input until silence, in % of the "
            "untreated MVC x s (renshaw estimate: spasm_torque_integral), and how long it lasts "
            "(spasm_duration).",
            "Cost: maximal voluntary torque (best of three, best half second), discomfort of "
            "stimulation (0 to 10), sedation (scale: ________).",
            f"Each test {max(3, design.goal.repeats)} times in each condition, with a rest of a "
            "few minutes: a spasm is harder to provoke right after another one.",
        ],
    )


def _predicted(design: Design) -> Section:
    rows = []
    for name in (NOTHING, RECOMMENDED):
        row = row_of(design, name)
        cells = [
            with_interval(row[key], row[f"{key}_low"], row[f"{key}_high"])
            for key in ("fresh_burden", "fresh_duration_s", "fresh_force_pct")
        ]
        rows.append(Row([name, *cells]))
    columns = [
        Column("", numeric=False),
        Column("Burden", "% MVC s"),
        Column("Spasm", "s"),
        Column("Force kept", "%"),
    ]
    who = worst_words(design.goal.rule)
    table = Table(f"Means of {who}, of fresh virtual people, 95 % intervals", columns, rows)
    return Section("predicted", "What the model predicts", tables=[table])
