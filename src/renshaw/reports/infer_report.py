"""The page of a posterior, and that of a change: what was learned, what was not, how sure."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from renshaw.core.files import write_text
from renshaw.core.results import plot, save
from renshaw.inference.change import Change
from renshaw.inference.files import write_change, write_posterior
from renshaw.inference.posterior import ABOUT, NOT_LEARNED, Posterior, plain
from renshaw.reports.figures.calibration import calibration_picture
from renshaw.reports.figures.posterior import (
    change_map,
    change_marginals,
    posterior_correlation,
    posterior_marginals,
    state_map,
    unlike_gauge,
)
from renshaw.reports.page import KeyFigure, Section, drawing, result_page
from renshaw.reports.tables import Column, Row, Table
from renshaw.reports.words import number

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from renshaw.inference.calibration import Calibration

PAGE = "report.html"

_NET = (
    f"Net amplification is {ABOUT['net_amplification'].sentence}: what the two do together, which "
    "is learned better than either. What each recording says by itself is in before/report.html "
    "and after/report.html.",
)
_MODEL = (
    "The posterior is that of the model of docs/model.md. What the model leaves out (other "
    "currents, uneven drive, fatigue) is taken for something that it has."
)
_RESEARCH = "The numbers are for research. They are not a diagnosis."
_ASSUMED = (
    "The recording is a voluntary ramp or trapezoid of one muscle, and one descending drive is "
    "shared by its motoneurons.",
    _MODEL,
    "Before the recording, every value within the gray was thought equally likely, or equally on "
    "a logarithmic scale; that of drive is what came of it.",
    _RESEARCH,
)
_ASSUMED_OF_CHANGE = (
    "Both recordings are of one person and muscle, who did the same voluntary ramp or trapezoid "
    "twice; one descending drive is shared by the motoneurons.",
    _MODEL,
    "Before the recordings, small changes were thought likely and large ones possible, of "
    "neuromodulation and of inhibition alike, up or down (the gray); that of drive is what came "
    "of it.",
    _RESEARCH,
)


@plot.register(Posterior)
def plot_posterior(noun: Posterior, /) -> Figure:
    """Draw the posterior of each parameter over its prior."""
    return posterior_marginals(noun)


@plot.register(Change)
def plot_change(noun: Change, /) -> Figure:
    """Draw the change of neuromodulation against that of inhibition."""
    return change_map(noun)


@save.register(Posterior)
def save_posterior(noun: Posterior, path: Path, /) -> Path:
    """Write posterior.csv, samples.parquet, posterior.toml and report.html into a folder."""
    folder = write_posterior(noun, path)
    write_infer_report(noun, folder / PAGE)
    return folder


@save.register(Change)
def save_change(noun: Change, path: Path, /) -> Path:
    """Write change.csv, change.parquet and report.html, and both posteriors in folders."""
    folder = write_change(noun, path)
    write_change_report(noun, folder / PAGE)
    for each, name in ((noun.before, "before"), (noun.after, "after")):
        write_infer_report(each, folder / name / PAGE)
    return folder


def write_infer_report(posterior: Posterior, path: str | Path) -> Path:
    """Write a self-contained HTML page about a posterior.

    Raises
    ------
    OSError
        The page can't be written.
    """
    return write_text(path, infer_report(posterior))


def infer_report(posterior: Posterior) -> str:
    """Return the page of `write_infer_report` as text."""
    marginals = drawing(
        posterior_marginals(posterior),
        "marginals",
        "Posterior of every parameter over its prior",
        "Gray: what was thought likely before the recording. Blue: after it. Where the two are the "
        "same, the recording says nothing.",
    )
    where = drawing(
        state_map(posterior),
        "map",
        "Amplification against inhibition",
        "Each point is a cord that would explain the recording; the cross spans 90 % of them. The "
        "boxes are where the model puts young adults and chronic injury; they are no norms.",
        small=True,
    )
    together = drawing(
        posterior_correlation(posterior),
        "correlation",
        "Correlation of parameters in the posterior",
        "Two parameters that go together explain the recording in place of each other.",
        small=True,
    )
    gauge = drawing(
        unlike_gauge(posterior),
        "unlike",
        "How far the recording is from what was simulated",
        "Left: red is farther off than 99 % of simulated recordings. Right: what is not as the "
        "rest of the recording lets expect.",
    )
    sections = [
        Section("state", "The state of the cord", pictures=[where], tables=[_table(posterior)]),
        Section("parameters", "Every parameter", pictures=[marginals], folded=[_meanings()]),
        Section("apart", "What can't be told", notes=posterior.sentences(), pictures=[together]),
        Section("like", "Is it like what was simulated?", _like(posterior), pictures=[gauge]),
        *_calibration(posterior.calibration),
        Section("assumptions", "What is taken for granted", notes=_ASSUMED),
    ]
    return result_page(
        title=f"{posterior.name}: the cord behind it",
        kind=f"Inferred from {posterior.n_units} motor units of the {posterior.muscle}",
        headline=headline(posterior),
        keys=_keys(posterior),
        warnings=posterior.warnings,
        spread=" ".join(posterior.notes),
        sections=sections,
        history=posterior.history,
    )


def headline(posterior: Posterior) -> str:
    """Return what was found in one sentence."""
    if not posterior.trusted:
        return "Something speaks against these numbers; read the warning first."
    low, middle, high = _quantiles(posterior, "neuromodulation_in_task")
    words = (
        f"Neuromodulation during the contraction is {middle:.2f} (90 %: {low:.2f} to {high:.2f}; "
        "1 as published)"
    )
    if posterior.narrowed_pct("inhibition") < 10:
        return f"{words}; inhibition was {NOT_LEARNED}."
    low, middle, high = _quantiles(posterior, "inhibition_at_peak")
    return f"{words}, inhibition at the peak {middle:.1f} ({low:.1f} to {high:.1f})."


def _quantiles(posterior: Posterior, name: str) -> tuple[float, float, float]:
    low, middle, high = np.quantile(posterior.samples[name], [0.05, 0.5, 0.95])
    return float(low), float(middle), float(high)


def _keys(posterior: Posterior) -> list[KeyFigure]:
    keys = []
    for name, unit in (
        ("neuromodulation_in_task", ""),
        ("net_amplification", ""),
        ("peak_drive", "1e-5 S/cm²"),
        ("peak_effort_pct", "% of all drive"),
    ):
        low, middle, high = _quantiles(posterior, name)
        between = f"90 %: {number(low)} to {number(high)}"
        keys.append(KeyFigure(plain(name), number(middle), f"{unit} ({between})".strip()))
    return keys


def _table(posterior: Posterior) -> Table:
    rows = []
    for row in posterior.to_table().to_dict("records"):
        narrowed = row["narrowed_pct"]
        rows.append(
            Row(
                [
                    plain(row["parameter"]),
                    *(number(row[name]) for name in ("mean", "sd", "q05", "q50", "q95")),
                    "–" if narrowed != narrowed else f"{max(0.0, narrowed):.0f}",
                    row["unit"],
                    row["remark"],
                ],
                ok=not row["remark"],
            )
        )
    columns = [
        Column("Parameter", numeric=False),
        Column("Mean"),
        Column("SD"),
        Column("5 %"),
        Column("50 %"),
        Column("95 %"),
        Column("Narrowed", "%"),
        Column("Unit", numeric=False),
        Column("Remark", numeric=False),
    ]
    caption = "Posterior of every parameter, and by how much the recording has narrowed it"
    return Table(caption, columns, rows)


def _meanings() -> Table:
    columns = [Column("Parameter", numeric=False), Column("What it is", numeric=False, wide=True)]
    rows = [Row([plain(name), about.sentence]) for name, about in ABOUT.items()]
    return Table("What each parameter is", columns, rows, "What each parameter is")


def _like(posterior: Posterior) -> list[str]:
    words = [
        f"{posterior.farther_than_pct:.0f} % of simulated recordings are nearer to others that "
        "were simulated than this one is."
    ]
    if posterior.check is not None:
        check = posterior.check
        words.append(
            f"{check.persons} persons of the posterior did the contraction again: "
            f"{check.inside_pct:.0f} % of what was summarized lies within 90 % of theirs."
        )
        if check.outside:
            words.append(f"Farthest outside: {'; '.join(check.outside)}.")
    return words


def _calibration(made: Calibration | None, of: str = "simulated recordings") -> list[Section]:
    if made is None:
        return []
    shown = drawing(
        calibration_picture(made),
        "calibration",
        "Recovery, ranks and coverage of every parameter",
        f"{made.recordings} {of} of a seed that training never saw. Left: truth "
        "and posterior mean, with the variance accounted for. Middle: ranks of the truth, even if "
        "posteriors mean what they say (gray: 95 % of chance). Right: how often intervals held it.",
    )
    words = [
        "This is about the networks, not about this recording: how they did where the truth is "
        "known."
    ]
    return [
        Section("calibration", "How far such posteriors can be trusted", words, pictures=[shown])
    ]


def write_change_report(change: Change, path: str | Path) -> Path:
    """Write a self-contained HTML page about a change.

    Raises
    ------
    OSError
        The page can't be written.
    """
    return write_text(path, change_report(change))


def change_report(change: Change) -> str:
    """Return the page of `write_change_report` as text."""
    where = drawing(
        change_map(change),
        "map",
        "Change of neuromodulation against change of inhibition",
        "Each point is a change that would explain both recordings; the line goes to their middle.",
        small=True,
    )
    marginals = drawing(
        change_marginals(change),
        "marginals",
        "Posterior of every change over its prior",
        "Gray: what was thought likely before. Blue: after both recordings.",
    )
    sections = [
        Section(
            "change", "What changed", _NET, pictures=[where, marginals], tables=[_changes(change)]
        ),
        *_calibration(change.calibration, "simulated pairs of recordings"),
        Section("assumptions", "What is taken for granted", notes=_ASSUMED_OF_CHANGE),
    ]
    return result_page(
        title=f"{change.before.name} and {change.after.name}: what changed",
        kind=f"Inferred change of a cord, from two recordings of the {change.before.muscle}",
        headline=change.answer,
        keys=[
            KeyFigure(
                f"Probability that {plain(name.removesuffix('_change'), first=False)} fell",
                f"{100 - change.rose_pct(name):.0f}",
                "%",
            )
            for name in change.samples.columns
        ],
        warnings=change.warnings,
        spread=" ".join(_notes(change)),
        sections=sections,
        history=change.history,
    )


def _notes(change: Change) -> list[str]:
    """Return what is worth knowing of each recording, or of both where it is the same."""
    before, after = change.before, change.after
    both = [words for words in before.notes if words in after.notes]
    alone = [
        f"{each.name}: {words}"
        for each in (before, after)
        for words in each.notes
        if words not in both
    ]
    return [*both, *alone]


def _changes(change: Change) -> Table:
    rows = [
        Row(
            [
                plain(row["parameter"].removesuffix("_change")),
                *(number(row[name]) for name in ("mean", "sd", "q05", "q50", "q95")),
                f"{100 - row['rose_pct']:.0f}",
                f"{row['rose_pct']:.0f}",
                ABOUT[row["parameter"].removesuffix("_change")].unit,
            ]
        )
        for row in change.to_table().to_dict("records")
    ]
    columns = [
        Column("Change of", numeric=False),
        Column("Mean"),
        Column("SD"),
        Column("5 %"),
        Column("50 %"),
        Column("95 %"),
        Column("It fell, probability", "%"),
        Column("It rose, probability", "%"),
        Column("Unit", numeric=False),
    ]
    return Table("Posterior of every change, after minus before", columns, rows)
