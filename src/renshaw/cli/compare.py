"""``renshaw compare``: a tidy table and a formula in; effects, contrasts and an R script out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from renshaw.cli.failures import FINE
from renshaw.cli.findings import printed
from renshaw.cli.options import Whole, changed, given, options_of
from renshaw.cli.progress import one_line, progress_bar
from renshaw.statistics.settings import MixedModelSettings

if TYPE_CHECKING:
    from renshaw.statistics.mixed import MixedModel

Options: Any = options_of(MixedModelSettings())


def compare(
    table: Annotated[Path, Parameter(name="TABLE")],
    /,
    *,
    formula: Annotated[str, Parameter(name=["--formula", "-f"])],
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    seed: Whole = 0,
    options: Annotated[Options | None, Parameter(name="*")] = None,
) -> int:
    """Compare groups or conditions in any tidy table by a linear mixed model.

    The formula is that of R's lme4. With -o writes DIR/fixed_effects.csv, variance_components.csv,
    marginal_means.csv, contrasts.csv, anova.csv, resampling.csv (bootstrap and sign flips of
    participants), random_structures.csv, dropped_rows.csv, report.html, and model.R with data.csv:
    the same analysis by lme4, lmerTest and emmeans, or glmmTMB. Counts, 0/1, shares and amounts
    with many zeros have a --family of their own.

    The table may be text (CSV: commas, semicolons and tabs, decimal points and commas are
    recognized), packed or not, a workbook, or a file of R, Stata, SPSS or Parquet. Rows with
    missing values are left out and counted.

    Examples:

        renshaw compare deltaf.csv --formula "deltaf ~ time + (1|participant)" -o results

        renshaw compare units.csv -f "deltaf ~ time * group + (1|participant/unit)" -o results

        renshaw compare deltaf.csv -f "deltaf ~ time + (1|participant)" --references time=pre

        renshaw compare spasms.csv -f "spasms ~ time + offset(log(days)) + (1|participant)" --family
        negative-binomial

    Parameters
    ----------
    table
        Tidy table: one row a measurement, a header.
    formula
        Response ~ fixed effects + (random effects | group).
    out
        Folder for the results; made where it does not exist.
    seed
        Seed of the bootstrap, of the sign flips and of the Bayesian draws.
    """
    from renshaw.cli.folder import results_folder
    from renshaw.reports.model_folder import write_model_folder
    from renshaw.statistics.mixed import mixed_model

    settings = changed(MixedModelSettings(), given(options))
    if out is not None:
        results_folder(out)
        _refuse_input(table, out)
    with progress_bar(quiet=not settings.bayes) as progress:
        model = mixed_model(table, formula, settings, seed=seed, progress=progress)
    # First the files, then the words: whoever reads the words may stop listening.
    written = [] if out is None else [write_model_folder(model, out, table.stem)]
    printed(model.findings(), *tables(model), written=written)
    return FINE


def _refuse_input(table: Path, out: Path) -> None:
    from renshaw.core.errors import WriteError
    from renshaw.reports.model_folder import TABLES

    for name in (*TABLES, "data.csv"):
        kept = out / name
        if kept.exists() and table.exists() and kept.samefile(table):
            raise WriteError(f"{kept} is the table itself; give -o another folder.")


def tables(model: MixedModel) -> list[str]:
    """Return what a terminal shows of a model: its coefficients and variances."""
    from renshaw.cli.tables import aligned
    from renshaw.core.numbers import between, number, p_value

    percent = f"{100 * model.settings.confidence:g} % CI"
    by_t = model.family.normal or model.settings.structure == "supported"
    test = "t" if by_t else "z"
    rows = [["term", "estimate", "SE", "df", test, "p", percent]]
    for row in model.fixed_effects.head(60).to_dict("records"):
        rows.append(
            [
                one_line(str(row["term"])),
                number(row["estimate"]),
                number(row["std_error"]),
                number(row["df"], 1),
                number(row["statistic"]),
                p_value(row["p_value"]),
                between(row["ci_low"], row["ci_high"]),
            ]
        )
    parts = [one_line(model.formula.text) + "\n\n" + aligned(rows, left={0})]
    if model.has_random:
        components = model.variance_components
        rows = [["group", "effect", "SD", "share"]]
        for row in components[components["with_effect"] == ""].to_dict("records"):
            rows.append(
                [
                    one_line(str(row["group"])),
                    one_line(str(row["effect"])),
                    number(row["std_dev"]),
                    number(row["share"]),
                ]
            )
        parts.append(aligned(rows, left={0, 1}))
    return parts + _believed(model)


def _believed(model: MixedModel) -> list[str]:
    """Return what a terminal shows of the Bayesian fit: its answers."""
    from renshaw.cli.tables import aligned
    from renshaw.core.numbers import between, number

    if model.posterior is None:
        return []
    percent = f"{100 * model.settings.confidence:g} % interval"
    rows = [["with priors", "median", percent, "P(direction)", "P(margin)", "R-hat", "draws"]]
    found = model.posterior.table
    for row in found[found["what"] == "answer"].head(60).to_dict("records"):
        rows.append(
            [
                one_line(str(row["name"])),
                number(row["median"]),
                between(row["ci_low"], row["ci_high"]),
                number(row["p_direction"], 3),
                number(row["p_margin"], 3),
                number(row["r_hat"], 3),
                number(row["effective"], 0),
            ]
        )
    return [aligned(rows, left={0})]
