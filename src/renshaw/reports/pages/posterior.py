"""The page of a posterior: what was learned, what was not, how sure."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from renshaw.core.numbers import number
from renshaw.core.results import plot, save, save_table
from renshaw.inference.files import write_posterior
from renshaw.inference.posterior import ABOUT, Posterior, plain
from renshaw.reports.calibration_section import calibration
from renshaw.reports.figures.posterior import (
    posterior_correlation,
    posterior_marginals,
    state_map,
    unlike_gauge,
)
from renshaw.reports.page import Content, Section, drawing, page_of
from renshaw.reports.report import report
from renshaw.reports.tables import Column, Row, Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure


PAGE = "report.html"

MODEL = (
    "The posterior is that of the model described in docs/model.md. What the model leaves "
    "out (other "
    "currents, uneven drive, fatigue) is attributed to what it contains."
)
RESEARCH = "The numbers are for research. They are not a diagnosis."
_ASSUMED = (
    "The recording is a voluntary ramp or trapezoid of one muscle, and one descending drive is "
    "shared by its motoneurons.",
    MODEL,
    "Before the recording, every value within the gray was thought equally likely, or equally on "
    "a logarithmic scale; that of drive is what came of it.",
    RESEARCH,
)


@plot.register(Posterior)
def plot_posterior(noun: Posterior, /) -> Figure:
    """Draw the posterior of each parameter over its prior."""
    return posterior_marginals(noun)


@save.register(Posterior)
def save_posterior(noun: Posterior, path: Path, /) -> Path:
    """Write the files of `write_posterior` and report.html into a folder.

    A name that has an ending is that of a table.
    """
    if path.suffix[1:].isalpha():
        return save_table(noun, path)
    folder = write_posterior(noun, path)
    report(noun, folder / PAGE)
    return folder


@page_of(Posterior)
def page(posterior: Posterior) -> Content:
    """Return the page about a posterior."""
    marginals = drawing(
        posterior_marginals(posterior),
        "marginals",
        "Posterior of every parameter over its prior",
        "Gray: before the recording (prior). Blue: after it (posterior). Where the two are the "
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
        "Strongly correlated parameters can replace each other in explaining the recording.",
        small=True,
    )
    gauge = drawing(
        unlike_gauge(posterior),
        "unlike",
        "How unusual the recording is among simulated ones",
        "Left: red is farther off than 99 % of simulated recordings. Right: what is not as the "
        "rest of the recording lets expect.",
    )
    sections = [
        Section("state", "The state of the cord", pictures=[where], tables=[_table(posterior)]),
        Section("parameters", "Every parameter", pictures=[marginals], folded=[_meanings()]),
        Section("apart", "What can't be told apart", pictures=[together]),
        Section("like", "Is it like what was simulated?", _like(posterior), pictures=[gauge]),
        *calibration(posterior.calibration),
        Section("assumptions", "Assumptions", notes=_ASSUMED),
    ]
    return Content(
        title=f"{posterior.name}: the cord behind it",
        kind=f"Inferred from motor units of the {posterior.muscle}",
        findings=posterior.findings(),
        sections=sections,
        history=posterior.history,
    )


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
            f"{check.persons} virtual persons from the posterior repeated the contraction: "
            f"{check.inside_pct:.0f} % of the recording's summary values lie within the middle "
            "90 % of theirs."
        )
        if check.outside:
            words.append(f"Farthest outside: {'; '.join(check.outside)}.")
    return words
