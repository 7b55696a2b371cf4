"""The page of `validate`: what the model does beside what people do, misses first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from renshaw.core.files import write_text
from renshaw.core.results import plot
from renshaw.reports.figures.targets import brief, spoken, targets_against_bands
from renshaw.reports.page import KeyFigure, Section, drawing, result_page
from renshaw.reports.tables import Column, Row, Table
from renshaw.study.laboratory import Series, Spread
from renshaw.validation.acceptance import Acceptance
from renshaw.validation.targets import FITTED, PREDICTED, all_series

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Line = dict[str, Any]

_READ = (
    "Each target is a number that was measured in people, and the band in which the model's must "
    "lie. It is met when the simulated value lies in the band; the interval says how far another "
    "cohort of virtual people might move it.",
    "Fitted: constants of the model were chosen so that it is met, so that meeting it proves "
    "nothing but that it can be. Predicted: nothing was adjusted to it; these are the test.",
    "A target that is missed stays here as a miss.",
)


@plot.register(Acceptance)
def plot_acceptance(noun: Acceptance, /) -> Figure:
    """Draw every target's band, the simulated value and its interval."""
    return targets_against_bands(noun.table)


def write_acceptance_report(acceptance: Acceptance, path: str | Path) -> Path:
    """Write a self-contained HTML page about the targets that the model meets and misses.

    Raises
    ------
    OSError
        The page can't be written.
    """
    return write_text(path, acceptance_report(acceptance))


def acceptance_report(acceptance: Acceptance) -> str:
    """Return the page of `write_acceptance_report` as text."""
    lines = _lines(acceptance)
    settings = acceptance.settings
    shown = drawing(
        targets_against_bands(acceptance.table),
        "targets",
        "Every target: the band of people, the simulated value and its 95 % interval",
        "Bands are drawn equally wide, whatever their units; left of each its limits, right of it "
        "the simulated value with its 95 % interval over virtual people. Filled: fitted; hollow: "
        "predicted; square: missed; an arrow points to a value beyond the edge.",
    )
    sections = [
        Section(
            "misses", "What is missed", _missed_words(lines), [miss_words(x) for x in _out(lines)]
        ),
        Section("targets", "Targets and values", pictures=[shown], tables=[_table(lines)]),
        Section("reading", "How to read it", notes=_READ),
        Section(
            "simulated", "What was simulated", [_who(acceptance)], tables=[_series(acceptance)]
        ),
        Section("assumptions", "What is taken for granted", notes=_assumed()),
    ]
    return result_page(
        title="The model beside people",
        kind="Validation: what the model does, held against what was measured in people",
        headline=headline(acceptance),
        spread=_doubt(lines),
        keys=_keys(lines),
        sections=sections,
        history=acceptance.history,
        settings=settings,
    )


def headline(acceptance: Acceptance) -> str:
    """Return the answer in one sentence."""
    lines = _lines(acceptance)
    parts = [
        f"{_met(some)} of {len(some)} {role}"
        for role in (FITTED, PREDICTED)
        if (some := [x for x in lines if x["role"] == role])
    ]
    return f"{_met(lines)} of {len(lines)} targets are met: {', '.join(parts)}."


def miss_words(line: Line) -> str:
    """Return in words by how much a target is missed."""
    first = f"{spoken(str(line['target']))} ({line['role']})"
    wanted = f"{brief(line['low'])} to {brief(line['high'])}"
    what = f"What it is: {spoken(str(line['description']))}."
    if not np.isfinite(line["value"]):
        return f"{first} could not be measured; wanted {wanted}. {what}"
    above = line["value"] > line["high"]
    by = line["value"] - line["high"] if above else line["low"] - line["value"]
    return (
        f"{first} is {brief(line['value'])}, wanted {wanted}: "
        f"{'above' if above else 'below'} by {by:.2g}. Its 95 % interval, "
        f"{brief(line['ci_low'])} to {brief(line['ci_high'])}, "
        f"{'reaches' if _reaches(line) else 'does not reach'} the band. {what}"
    )


def _lines(acceptance: Acceptance) -> list[Line]:
    rows = acceptance.table.to_dict("records")
    return [{str(key): value for key, value in row.items()} for row in rows]


def _out(lines: list[Line]) -> list[Line]:
    """Return the misses; predicted ones first, as they say more."""
    return sorted((x for x in lines if not x["pass"]), key=lambda x: x["role"] == FITTED)


def _met(lines: list[Line]) -> int:
    return sum(bool(x["pass"]) for x in lines)


def _missed_words(lines: list[Line]) -> list[str]:
    if _out(lines):
        return []
    return ["Nothing: every value lies in its band."]


def _doubt(lines: list[Line]) -> str:
    met = [x for x in lines if x["pass"]]
    sure = sum(x["low"] <= x["ci_low"] and x["ci_high"] <= x["high"] for x in met)
    return (
        f"Of the {len(met)} met, {sure} have their whole 95 % interval inside the band; of the "
        f"{len(lines) - len(met)} missed, {sum(map(_reaches, _out(lines)))} reach it with their "
        "interval."
    )


def _reaches(line: Line) -> bool:
    return bool(line["ci_low"] <= line["high"] and line["ci_high"] >= line["low"])


def _keys(lines: list[Line]) -> list[KeyFigure]:
    keys = []
    for role in (FITTED, PREDICTED):
        some = [x for x in lines if x["role"] == role]
        if some:
            keys.append(
                KeyFigure(f"{role.capitalize()} targets met", f"{_met(some)}", f"of {len(some)}")
            )
    return keys


def _table(lines: list[Line]) -> Table:
    columns = [
        Column("Target", numeric=False),
        Column("Band"),
        Column("Simulated", "95 % interval"),
        Column("Verdict", numeric=False),
        Column("What it is, and its source", numeric=False, wide=True),
    ]
    rows = [
        Row(
            [
                spoken(str(x["target"])),
                f"{brief(x['low'])} to {brief(x['high'])}",
                f"{brief(x['value'])} ({brief(x['ci_low'])} to {brief(x['ci_high'])})",
                f"{'met' if x['pass'] else 'missed'}, {x['role']}",
                spoken(f"{x['description']}. Source: {x['source']}"),
            ]
        )
        for x in lines
    ]
    return Table("Every target", columns, rows)


def _who(acceptance: Acceptance) -> str:
    counts = acceptance.measured.groupby("series")
    people = int(counts["participant"].nunique().sum())
    recordings = acceptance.measured.drop_duplicates(["series", "participant", "trial"])
    return (
        f"{len(counts)} series of recordings, {people} times a person in a condition, "
        f"{len(recordings)} recordings in all. Series of one group are of the same people, with "
        "the same synaptic noise within a session: what differs between them is the condition."
    )


def _series(acceptance: Acceptance) -> Table:
    columns = [
        Column("Series", numeric=False),
        Column("People"),
        Column("Recordings of each"),
        Column("Group", numeric=False),
        Column("Who", numeric=False),
        Column("Protocol", numeric=False, wide=True),
        Column("Given", numeric=False),
        Column("Seen", numeric=False),
    ]
    known = _planned(acceptance)
    rows = []
    for name, part in acceptance.measured.groupby("series", sort=False):
        people, trials = part["participant"].nunique(), part["trial"].nunique()
        cells = [str(name), str(people), str(trials)]
        rows.append(Row([*cells, *_details(known.get(str(name)))]))
    return Table("Every series of recordings", columns, rows)


def _planned(acceptance: Acceptance) -> dict[str, Series]:
    settings = acceptance.settings
    return {each.name: each for each in all_series(settings.people, settings.trials)}


def _details(series: Series | None) -> list[str]:
    if series is None:
        return [""] * 5
    session = "" if series.session == 1 else f", session {series.session}"
    return [
        (series.group or series.name) + session,
        ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in series.traits),
        series.protocol.as_call(),
        ", ".join(each.as_call() for each in series.given) or "–",
        "units that electrodes see" if series.observed else "all units",
    ]


def _assumed() -> tuple[str, ...]:
    spread = Spread()
    return (
        "Virtual people differ by chance, normally, and are drawn so that each group represents "
        "those it stands for: neuromodulation (standard deviation "
        f"{spread.neuromodulation:g}), inhibition ({spread.inhibition:g}), the logarithm of the "
        f"afterhyperpolarization ({spread.ahp:g}) and of afferents ({spread.afferents:g}); "
        f"another session moves neuromodulation by {spread.session:g}. These were chosen so that "
        "spread and reliability are as in people, which is why such targets are marked fitted.",
        "In voluntary contractions only units are counted that surface EMG decomposition would "
        "find; what is measured there goes through the same estimators as recordings of people.",
        "Intervals are over virtual people of one cohort and one model. They don't hold what the "
        "model itself leaves out, nor how sure the numbers of people are.",
        "Some sources give a direction but no size, and a few are recalled rather than computed "
        "from open data; the table says which.",
    )
