"""``renshaw compare``: a tidy table and a formula in; effects, contrasts and an R script out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from renshaw.cli.failures import FINE
from renshaw.cli.options import changed, given, options_of
from renshaw.cli.progress import one_line
from renshaw.core.files import write_csv, write_text
from renshaw.statistics.settings import MixedModelSettings

if TYPE_CHECKING:
    import pandas as pd

    from renshaw.statistics.mixed import MixedModel

Options: Any = options_of(MixedModelSettings())


def compare(
    table: Annotated[Path, Parameter(name="TABLE.csv")],
    /,
    *,
    formula: Annotated[str, Parameter(name=["--formula", "-f"])],
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    seed: int = 0,
    options: Annotated[Options | None, Parameter(name="*")] = None,
) -> int:
    """Compare groups or conditions in any tidy table by a linear mixed model.

    The formula is that of R's lme4. With -o writes DIR/fixed_effects.csv, variance_components.csv,
    marginal_means.csv, contrasts.csv, anova.csv, resampling.csv (bootstrap and sign flips of
    participants), random_structures.csv, dropped_rows.csv, report.html, and model.R with data.csv:
    the same analysis by lme4, lmerTest and emmeans.

    Commas, semicolons and tabs, decimal points and commas are recognized; rows with missing values
    are left out and counted.

    Examples:

        renshaw compare deltaf.csv --formula "deltaf ~ time + (1|participant)" -o results

        renshaw compare units.csv -f "deltaf ~ time * group + (1|participant/unit)" -o results

        renshaw compare deltaf.csv -f "deltaf ~ time + (1|participant)" --references time=pre

    Parameters
    ----------
    table
        Tidy table: one row a measurement, a header.
    formula
        Response ~ fixed effects + (random effects | group).
    out
        Folder for the results; made where it does not exist.
    seed
        Seed of the bootstrap and of the sign flips.
    """
    from renshaw.cli.folder import prepared
    from renshaw.statistics.mixed import mixed_model

    settings = changed(MixedModelSettings(), given(options))
    if out is not None:
        prepared(out)
        _refuse_input(table, out)
    model = mixed_model(table, formula, settings, seed=seed)
    for words in model.warnings:
        print(f"renshaw: warning: {one_line(words)}", file=sys.stderr)  # noqa: T201
    lines = shown(model)
    # First the files, then the words: whoever reads the words may stop listening.
    if out is not None:
        lines += ["", f"Written: {write(model, out, table.stem)}"]
    print("\n".join(lines))  # noqa: T201
    return FINE


def _refuse_input(table: Path, out: Path) -> None:
    from renshaw.core.errors import WriteError

    for name in (*_tables_of(None), "data.csv"):
        kept = out / name
        if kept.exists() and table.exists() and kept.samefile(table):
            raise WriteError(f"{kept} is the table itself; give -o another folder.")


def _tables_of(model: MixedModel | None) -> dict[str, Any]:
    names = {
        "fixed_effects.csv": "fixed_effects",
        "variance_components.csv": "variance_components",
        "marginal_means.csv": "marginal_means",
        "contrasts.csv": "contrasts",
        "anova.csv": "anova",
        "random_structures.csv": "structures",
        "random_effects.csv": "modes",
        "residuals.csv": "rows",
    }
    return {name: getattr(model, field, None) for name, field in names.items()}


def write(model: MixedModel, folder: Path, title: str) -> Path:
    """Write everything about a model into a folder; returns the page's path."""
    import pandas as pd

    from renshaw.report.model_report import write_model_report

    for name, each in _tables_of(model).items():
        _write(each, folder / name, index=name == "residuals.csv")
    _write(model.resampling.table, folder / "resampling.csv")
    dropped = pd.DataFrame(list(model.dropped), columns=["reason", "rows", "first_rows"])
    _write(dropped, folder / "dropped_rows.csv")
    _write(model.data, folder / "data.csv")
    write_text(folder / "model.R", model.script)
    return write_model_report(model, folder / "report.html", f"{title}: {model.formula.response}")


def _write(table: pd.DataFrame, path: Path, index: bool = False) -> None:
    write_csv(path, table, digits=15, index=index)


def shown(model: MixedModel) -> list[str]:
    """Return what a terminal shows of a model."""
    from renshaw.cli.tables import aligned
    from renshaw.report.words import number, p_words

    numbers = model.statistics
    groups = [
        f"{int(value)} {name.removeprefix('levels of ')}"
        for name, value in numbers.items()
        if name.startswith("levels of ")
    ]
    dropped = sum(each.rows for each in model.dropped)
    head = f"{int(numbers['n'])} rows" + (f", {', '.join(groups)}" if groups else "")
    head += f"; {dropped} rows with missing values left out" if dropped else ""
    lines = [one_line(model.formula.text), head, ""]
    rows = [["term", "estimate", "SE", "df", "t", "p", "CI"]]
    for row in model.fixed_effects.head(60).to_dict("records"):
        rows.append(
            [
                one_line(str(row["term"])),
                number(row["estimate"]),
                number(row["std_error"]),
                number(row["df"], 1),
                number(row["statistic"]),
                p_words(row["p_value"]),
                f"{number(row['ci_low'])} to {number(row['ci_high'])}",
            ]
        )
    lines.append(aligned(rows, left={0}))
    if model.has_random:
        parts = model.variance_components
        rows = [["group", "effect", "SD", "share"]]
        for row in parts[parts["with_effect"] == ""].to_dict("records"):
            rows.append(
                [
                    one_line(str(row["group"])),
                    one_line(str(row["effect"])),
                    number(row["std_dev"]),
                    number(row["share"]),
                ]
            )
        lines += ["", aligned(rows, left={0, 1})]
    return lines
