"""The page of a mixed model: what changed, how sure that is, and whether to believe the model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from renshaw.core.files import write_text
from renshaw.reports.figures.model import model_means, residual_checks
from renshaw.reports.page import KeyFigure, Section, drawing, rendered
from renshaw.reports.tables import Column, Row, Table, settings_table
from renshaw.reports.words import number, p_words, signed

if TYPE_CHECKING:
    import pandas as pd

    from renshaw.statistics.mixed import MixedModel

_MOST_ROWS = 400


def write_model_report(model: MixedModel, path: str | Path, title: str = "") -> Path:
    """Write a self-contained HTML page about a mixed model.

    Parameters
    ----------
    model : MixedModel
    path : path
        Replaced whole, or not at all.
    title : str
        The response by default.

    Raises
    ------
    OSError
        The page can't be written.
    """
    return write_text(path, model_report(model, title))


def model_report(model: MixedModel, title: str = "") -> str:
    """Return the page of `write_model_report` as text."""
    return rendered(
        "model.html.j2",
        title=title or f"{model.formula.response}",
        kind="Mixed model" if model.has_random else "Linear model",
        question=f"{model.formula.text}",
        warnings=model.warnings,
        answers=answers(model),
        keys=_keys(model),
        sections=[section for section in sections(model) if section is not None],
        python=model.history.as_python(),
        citations=model.history.citations(),
        settings=settings_table(model.settings),
    )


def answers(model: MixedModel, most: int = 6) -> list[str]:
    """Return the main effects' contrasts in sentences."""
    table = model.contrasts[(model.contrasts["within"] == "") & model.contrasts["estimate"].notna()]
    percent = f"{100 * model.settings.confidence:g} %"
    what = str(model.formula.response)
    found = []
    for row in table.head(most).to_dict("records"):
        p = p_words(float(row["p_adjusted"]))
        found.append(
            f"{row['term']}, {row['contrast']}: {what} differs by {signed(float(row['estimate']))} "
            f"({percent} CI {signed(float(row['ci_low']))} to {signed(float(row['ci_high']))}, "
            f"p {p if p.startswith('<') else '= ' + p}{_correction(model)})."
        )
    return found


def _correction(model: MixedModel) -> str:
    name = model.settings.correction
    several = model.contrasts.groupby("term").size().max() > 1 if len(model.contrasts) else False
    return f", {name.capitalize()}" if several and name != "none" else ""


def _keys(model: MixedModel) -> list[KeyFigure]:
    numbers = model.statistics
    keys = [KeyFigure("Rows", str(int(numbers["n"])))]
    for name, value in numbers.items():
        if name.startswith("levels of "):
            keys.append(KeyFigure(name.removeprefix("levels of "), str(int(value))))
    if model.has_random:
        keys.append(KeyFigure("ICC", number(numbers["icc"])))
    keys.append(KeyFigure("R² marginal", number(numbers["r2_marginal"])))
    if model.has_random:
        keys.append(KeyFigure("R² conditional", number(numbers["r2_conditional"])))
    return keys


def sections(model: MixedModel) -> tuple[Section | None, ...]:
    """Return the page's sections in order."""
    return (
        _differences(model),
        _effects(model),
        _random(model),
        _beside(model),
        _checks(model),
        _data(model),
        _script(model),
    )


def _differences(model: MixedModel) -> Section:
    shown = drawing(
        model_means(model),
        "means",
        f"Marginal means of {model.formula.response} with confidence intervals",
        "Rings: estimated marginal means (every other factor's levels weigh the same, covariates "
        "at their means) with confidence intervals of the model. Dots: what the data have, "
        "one dot a participant and level, or a row where no participants are named.",
    )
    percent = f"{100 * model.settings.confidence:g} % CI"
    means = table_of(
        model.marginal_means,
        "Estimated marginal means",
        {"term": "Factor", "level": "Level", "mean": "Mean", "std_error": "SE", "df": "df"},
        percent,
    )
    contrasts = table_of(
        model.contrasts,
        f"Pairwise contrasts (correction: {model.settings.correction}; standardized: difference "
        "over the standard deviation of a single value)",
        {
            "term": "Factor",
            "within": "Where",
            "contrast": "Contrast",
            "estimate": "Difference",
            "std_error": "SE",
            "df": "df",
            "statistic": "t",
            "p_value": "p",
            "p_adjusted": "p, corrected",
            "standardized": "Standardized",
        },
        percent,
    )
    return Section(
        "differences",
        "What differs, and how sure that is",
        pictures=[shown],
        tables=[contrasts] if len(model.contrasts) else [],
        folded=[means] if len(model.marginal_means) else [],
    )


def _effects(model: MixedModel) -> Section:
    percent = f"{100 * model.settings.confidence:g} % CI"
    fixed = table_of(
        model.fixed_effects,
        "Fixed effects (treatment contrasts, named as in R)",
        {
            "term": "Term",
            "estimate": "Estimate",
            "std_error": "SE",
            "df": "df",
            "statistic": "t",
            "p_value": "p",
        },
        percent,
    )
    tests = table_of(
        model.anova,
        "F tests of the terms (type III)",
        {
            "term": "Term",
            "num_df": "df",
            "den_df": "df, denominator",
            "f_value": "F",
            "p_value": "p",
        },
    )
    how = "restricted maximum likelihood" if model.settings.reml else "maximum likelihood"
    words = (
        f"Linear mixed model by {how}; degrees of freedom by Satterthwaite's method."
        if model.has_random
        else "Ordinary least squares: the formula has no random effects."
    )
    return Section(
        "effects",
        "The model's effects",
        [words],
        tables=[fixed, *([tests] if len(tests.rows) else [])],
    )


def _random(model: MixedModel) -> Section | None:
    if not model.has_random:
        return None
    components = table_of(
        model.variance_components,
        "Variance components; share is that of the variance of a single value",
        {
            "group": "Group",
            "effect": "Effect",
            "with_effect": "With",
            "variance": "Variance",
            "std_dev": "SD",
            "correlation": "Correlation",
            "share": "Share",
        },
    )
    structures = table_of(
        model.structures,
        "Random effects that were considered",
        {
            "random_terms": "Random terms",
            "parameters": "Parameters",
            "criterion": "Criterion",
            "aic": "AIC",
            "chi_square": "χ²",
            "p_value": "p",
            "verdict": "Verdict",
            "chosen": "Chosen",
        },
    )
    words = (
        "Do participants differ in how they change? Random slopes of the outermost group were "
        "tried for what varies inside it."
        if len(model.structures) > 1
        else "No fixed effect varies inside the levels of the outermost group, so that no random "
        "slopes could be tried."
    )
    if len(model.structures) > 1:
        words += (
            " The best that the data allow was taken."
            if model.settings.random_slopes
            else " The formula was fitted as it was asked for; the others are shown for the "
            "reader to judge (random_slopes lets the AIC choose)."
        )
    return Section("random", "What varies between people", [words], tables=[components, structures])


def _beside(model: MixedModel) -> Section:
    found = model.resampling
    if found.table.empty:
        return Section("beside", "Beside the model", [f"No resampling: {found.reason}."])
    table = table_of(
        found.table,
        "Bootstrap of participants (percentile interval) and sign-flip test",
        {
            "term": "Term",
            "estimate": "Estimate",
            "boot_se": "Bootstrap SE",
            "boot_low": "Low",
            "boot_high": "High",
            "p_flip": "p, sign flips",
        },
    )
    words = (
        f"The {found.clusters} levels of {found.label} are resampled whole, "
        f"{model.settings.bootstraps} times, and the signs of their scores are flipped: neither "
        "takes residuals as normal. Where they disagree with the model, believe the model less. "
        "With fewer than about 20 levels, percentile intervals are somewhat too narrow."
    )
    notes = [found.reason[:1].upper() + found.reason[1:] + "."] if found.reason else []
    return Section("beside", "Beside the model", [words], notes, tables=[table])


def _checks(model: MixedModel) -> Section:
    shown = drawing(
        residual_checks(model),
        "checks",
        "Residuals against fitted values and normal quantiles of residuals and random effects",
        "Left: the dark line, a running mean, should stay near 0, and the spread should not grow. "
        "Middle and right: points should follow the line.",
    )
    notes = [each.words for each in model.remarks]
    return Section("checks", "Is the model believable?", notes=notes, pictures=[shown])


def _data(model: MixedModel) -> Section:
    used, dropped = len(model.data), sum(each.rows for each in model.dropped)
    words = f"{used} rows were used; {dropped} were left out."
    tables = []
    if model.dropped:
        tables.append(
            Table(
                "Rows left out, by reason",
                [
                    Column("Reason", numeric=False),
                    Column("Rows"),
                    Column("Which", numeric=False, wide=True),
                ],
                [Row([each.reason, str(each.rows), each.first_rows]) for each in model.dropped],
            )
        )
    return Section("data", "The data", [words], tables=tables)


def _script(model: MixedModel) -> Section:
    words = "The same analysis by lme4, lmerTest and emmeans; it reads data.csv beside it."
    return Section("r", "The same in R", [words], code=model.script)


def table_of(
    table: pd.DataFrame, caption: str, titles: dict[str, str], interval: str = ""
) -> Table:
    """Return a data frame's columns as a table of a page; the interval takes one column."""
    names = [
        name
        for name in titles
        if name in table.columns and not (table[name].astype(str) == "").all()
    ]
    columns = [Column(titles[name], numeric=not _is_words(table[name])) for name in names]
    # The interval stands beside what it is of, as its table may be wider than the page.
    place = next((n + 1 for n, name in enumerate(names) if name in ("estimate", "mean")), 0)
    if interval:
        columns.insert(place, Column(interval))
    rows = []
    for record in table.head(_MOST_ROWS).to_dict("records"):
        cells = [_cell(name, record[name]) for name in names]
        if interval:
            low, high = float(record["ci_low"]), float(record["ci_high"])
            words = f"{number(low)} to {number(high)}"
            cells.insert(place, words.replace(" ", "\N{NO-BREAK SPACE}"))
        rows.append(Row(cells))
    return Table(caption, columns, rows, summary=caption.split(" (")[0])


def _is_words(column: pd.Series[Any]) -> bool:
    return (
        not np.issubdtype(column.dtype, np.number) if isinstance(column.dtype, np.dtype) else True
    )


def _cell(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool | np.bool_):
        return "yes" if value else ""
    if name in ("p_value", "p_adjusted", "p_flip"):
        return p_words(float(value)).replace(" ", "\N{NO-BREAK SPACE}")
    if name in ("df", "den_df"):
        return number(float(value), 1)
    return number(float(value))
