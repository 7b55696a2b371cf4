"""The page of `validate`: what the model does beside what people do, misses first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renshaw.core.results import plot
from renshaw.findings.model_validation import brief, lines_of, spoken
from renshaw.reports.figures.targets import targets_against_bands
from renshaw.reports.page import Content, Section, drawing, page_of
from renshaw.reports.tables import Column, Row, Table
from renshaw.study.laboratory import Series
from renshaw.study.population import population_of
from renshaw.validation.model_against_people import ModelValidation
from renshaw.validation.target import ROLES, all_series, all_untestable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_READ = (
    "Each target is a number that was measured in people, and the band in which the model's must "
    "lie. It is met when the simulated value lies in the band; the interval says how far another "
    "cohort of virtual people might move it.",
    *(f"{role.capitalize()}: {words}." for role, words in ROLES.items()),
    "A target that is missed stays here as a miss.",
)


@plot.register(ModelValidation)
def plot_acceptance(noun: ModelValidation, /) -> Figure:
    """Draw every target's band, the simulated value and its interval."""
    return targets_against_bands(noun.table)


@page_of(ModelValidation)
def page(acceptance: ModelValidation) -> Content:
    """Return the page about the targets that the model meets and misses."""
    shown = drawing(
        targets_against_bands(acceptance.table),
        "targets",
        "Every target: the band of people, the simulated value and its 95 % interval",
        "Bands are drawn equally wide, whatever their units; left of each its limits, right of it "
        "the simulated value with its 95 % interval over virtual people. Filled: fitted; hollow: "
        "predicted; gray: not counted, as it is assumed in or a check; square: missed; an arrow "
        "points to a value beyond the edge.",
    )
    sections = [
        Section("targets", "Targets and values", pictures=[shown], tables=[_table(acceptance)]),
        Section("reading", "How to read it", notes=_READ),
        Section(
            "simulated", "What was simulated", [_who(acceptance)], tables=[_series(acceptance)]
        ),
        Section("untestable", "What can't be tested", notes=all_untestable()),
        Section("assumptions", "Assumptions", notes=_assumed(acceptance.settings.edition)),
    ]
    return Content(
        title="The model beside people",
        kind="Validation: the model compared with measurements in people",
        findings=acceptance.findings(),
        sections=sections,
        history=acceptance.history,
        settings=acceptance.settings,
    )


def _table(acceptance: ModelValidation) -> Table:
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
        for x in lines_of(acceptance)
    ]
    return Table("Every target", columns, rows)


def _who(acceptance: ModelValidation) -> str:
    counts = acceptance.measured.groupby("series")
    people = int(counts["participant"].nunique().sum())
    recordings = acceptance.measured.drop_duplicates(["series", "participant", "trial"])
    return (
        f"{len(counts)} series of recordings, {people} times a person in a condition, "
        f"{len(recordings)} recordings in all. Series of one group are of the same people, with "
        "the same synaptic noise within a session: what differs between them is the condition."
    )


def _series(acceptance: ModelValidation) -> Table:
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


def _planned(acceptance: ModelValidation) -> dict[str, Series]:
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


def _assumed(edition: int) -> tuple[str, ...]:
    spread = population_of(edition)
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
