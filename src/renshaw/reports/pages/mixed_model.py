"""The page of a mixed model: what changed, how sure that is, and whether to believe the model."""

from __future__ import annotations

from renshaw.core.numbers import number
from renshaw.reports.figures.model import model_means, residual_checks
from renshaw.reports.page import Content, Section, drawing, page_of
from renshaw.reports.tables import Column, Row, Table, table_of
from renshaw.statistics.mixed import MixedModel


@page_of(MixedModel)
def page(model: MixedModel, *, title: str = "") -> Content:
    """Return the page about a mixed model, by default titled as its response."""
    return Content(
        title=title or f"{model.formula.response}",
        kind=f"{'Mixed' if model.has_random else 'Linear'} model: {_fit_words(model)}",
        question=f"{model.formula.text}",
        findings=model.findings(),
        sections=sections(model),
        history=model.history,
        settings=model.settings,
    )


def _fit_words(model: MixedModel) -> str:
    """Return how much of the response the model tells, in words."""
    numbers = model.statistics
    parts = [f"R² marginal {number(numbers['r2_marginal'])}"]
    if model.has_random:
        parts += [
            f"conditional {number(numbers['r2_conditional'])}",
            f"ICC {number(numbers['icc'])}",
        ]
    return ", ".join(parts)


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
        "Differences",
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
        "Do participants differ in how they change? Each effect that varies within participants "
        "and is replicated there may differ between them: by clusters first, by slopes where the "
        "data hold their correlations. A variance that is estimated as 0 takes its term away."
        if len(model.structures) > 1
        else "The design asks for no random effects beyond those of the formula."
    )
    if len(model.structures) > 1 and model.settings.structure == "written":
        words += " The numbers on this page are those of the formula as it was written."
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
