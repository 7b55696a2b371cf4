"""The page of `validate --recording`: virtual people beside people, over each other."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from renshaw.core.numbers import between, counted, number
from renshaw.core.results import plot
from renshaw.estimation.behavior.catalog import FIRING_QUANTITIES
from renshaw.estimation.settings import rules
from renshaw.findings.recording_validation import Line, lines_for
from renshaw.reports.figures.held_recording import held_over_time, held_quantities
from renshaw.reports.page import Content, Section, drawing, page_of
from renshaw.reports.tables import Column, Row, Table
from renshaw.study.population import population_of
from renshaw.validation.against_recordings import HeldRecording, RecordingValidation
from renshaw.validation.people import PEOPLE_TARGETS, TITLES

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_READ = (
    "Both are measured by the same functions and rules: thresholds, rates at recruitment and "
    "derecruitment and ΔF as renshaw estimate gives them, the rest in the hold.",
    "Units count that are recruited at or above the threshold in the settings, in people and in "
    "virtual people alike.",
    "The range is where the mean of people is to be expected, by this one recording: its value, "
    "its own error (over units; of coherence, over time) and how far people differ, or the range "
    "that is published. The last column says which, by its number below.",
    "Torque at rest is taken off as a line from rest before to rest after the contraction. If it "
    "drifts, derecruitment minus recruitment torque is no surer than the drift.",
    "Coherence has a bias: trains that share nothing have as much as the table's coherence by "
    "chance, the more the shorter the hold. Common-input strength has none.",
)


@plot.register(RecordingValidation)
def plot_held(noun: RecordingValidation, /, recording: int = 0) -> Figure:
    """Draw a recording and a virtual person over each other.

    Parameters
    ----------
    noun : RecordingValidation
    recording : int
        Which of its recordings, counted from 0.
    """
    return held_over_time(noun.held[recording], rules("renshaw").smoothing).draw()


@page_of(RecordingValidation)
def page(noun: RecordingValidation) -> Content:
    """Return the page about recordings and the virtual people who did the same."""
    sources = _sources(noun)
    sections = [_section(k, held, noun, sources) for k, held in enumerate(noun.held)]
    return Content(
        title="Virtual people beside recordings of people",
        kind="Validation: the model compared with recordings of people",
        findings=noun.findings(),
        sections=[
            *sections,
            Section(
                "ranges",
                "Where the ranges are from",
                [f"[{k}] {source[:1].upper()}{source[1:]}." for source, k in sources.items()],
            ),
            Section("reading", "How to read it", notes=_READ),
            Section("simulated", "Who was simulated", _who(noun)),
        ],
        history=noun.history,
        settings=noun.settings,
    )


def _sources(noun: RecordingValidation) -> dict[str, int]:
    """Return every source of a range and its number, in the order of the table."""
    every = (t.range_for(held.muscle).source for held in noun.held for t in PEOPLE_TARGETS)
    return {source: k for k, source in enumerate(dict.fromkeys(every), start=1)}


def _section(
    k: int, held: HeldRecording, noun: RecordingValidation, sources: dict[str, int]
) -> Section:
    figures = (
        held_over_time(held, rules("renshaw").smoothing),
        held_quantities(held),
    )
    return Section(
        f"recording-{k + 1}",
        f"{held.recording.name}, {held.muscle}",
        _about(held),
        notes=held.recording.notes,
        pictures=[
            drawing(each, f"{each.name}-{k + 1}", each.title, each.caption) for each in figures
        ],
        tables=[_table(held, lines_for(noun, held), sources)],
        folded=[_measured(held)],
    )


def _about(held: HeldRecording) -> list[str]:
    parts = held.people.contractions
    counts = int(parts[0].units.counts.sum())
    theirs = [int(x[0].contractions[0].units.counts.sum()) for x in held.simulated]
    words = [
        f"{counts} of {len(held.recording.units)} units count in the recording, "
        f"{min(theirs)} to {max(theirs)} in a virtual person."
    ]
    if len(parts) > 1:
        words.append(f"Numbers are means over its {len(parts)} contractions.")
    hold = parts[0].hold
    if hold is not None:
        words.append(
            f"The hold lasts from {hold.start_s:.1f} to {hold.end_s:.1f} s, at "
            f"{number(hold.level)} % MVC; early and late are its first and last "
            f"{number(hold.part_s)} s, between which torque changes by "
            f"{number(-held.people['torque_fall'].value)} % MVC."
        )
    bias = held.people["coherence_bias"].value
    if math.isfinite(bias):
        words.append(f"Coherence by chance is {number(bias)}.")
    return words


def _table(held: HeldRecording, lines: list[Line], sources: dict[str, int]) -> Table:
    columns = [
        Column("Quantity", numeric=False),
        Column("Unit", numeric=False),
        Column("Recording"),
        Column("Virtual people", "95 % interval"),
        Column("Range of people"),
        Column("Verdict", numeric=False),
        Column("Source", numeric=False, wide=True),
    ]
    rows = [
        _row(held, line, target.target, f"[{sources[target.range_for(held.muscle).source]}]")
        for target, line in zip(PEOPLE_TARGETS, lines, strict=True)
    ]
    return Table(f"Every quantity of {held.recording.name}", columns, rows)


def _row(held: HeldRecording, line: Line, target: str, source: str) -> Row:
    known, found = FIRING_QUANTITIES[line["quantity"]], held.people[line["quantity"]]
    told = math.isfinite(line["people"])
    verdict = ("within" if line["pass"] else "outside") if told else "not told"
    people = number(line["people"])
    if math.isfinite(found.error):
        people += f" ± {number(1.96 * found.error, 2)}"
    simulated = f"{number(line['simulated'])} ({between(line['ci_low'], line['ci_high'])})"
    return Row(
        [
            f"{target} {known.title}",
            known.unit or "–",
            people,
            simulated,
            between(line["low"], line["high"]),
            verdict,
            source if told else str(found.reasons),
        ],
        told,
    )


def _measured(held: HeldRecording) -> Table:
    columns = [
        Column("Quantity", numeric=False),
        Column("Value"),
        Column("Standard error"),
        Column("Units it rests on"),
        Column("What it is, or why it can't be computed", numeric=False, wide=True),
    ]
    rows = [
        Row(
            [
                FIRING_QUANTITIES[x.name].title,
                number(x.value),
                number(x.error, 2),
                str(x.n) if x.n else "–",
                str(x.reasons) or FIRING_QUANTITIES[x.name].meaning,
            ],
            not x.reasons,
        )
        for x in held.people.found.values()
    ]
    return Table(
        f"All that is measured of {held.recording.name}",
        columns,
        rows,
        summary="The recording by itself, and what each quantity is",
    )


def _who(noun: RecordingValidation) -> list[str]:
    settings = noun.settings
    spread = population_of(settings.edition)
    seen = "the units that surface electrodes would see" if settings.observed else "all units"
    return [
        f"{settings.people} virtual people of edition {settings.edition} of each muscle, "
        f"{counted(settings.trials, 'trial')} each, {seen}; the same people for every "
        "recording of a muscle. They are those against which the model is validated elsewhere: "
        f"neuromodulation differs by {spread.neuromodulation:g} (standard deviation), inhibition "
        f"by {spread.inhibition:g}, the logarithm of the afterhyperpolarization by {spread.ahp:g}.",
        "They follow the torque of the recording: smoothed over a second, and in a hold the "
        "straight line through it, so that unsteadiness is their own.",
        "Targets: " + "; ".join(f"{name} {title}" for name, title in TITLES.items()) + ".",
    ]
