"""The page of a mixed model: what changed, how sure that is, and whether to believe the model."""

from __future__ import annotations

from renshaw.core.numbers import between_signed, number, p_value, signed, unbroken
from renshaw.findings.model_checks import checks
from renshaw.findings.model_methods import methods
from renshaw.findings.model_words import ends, interval_name, p_words, told, who_of
from renshaw.reports.figures.model import residual_checks
from renshaw.reports.figures.model_influence import model_influence
from renshaw.reports.figures.model_people import model_answer
from renshaw.reports.page import Content, Section, drawing, page_of
from renshaw.reports.tables import Column, Row, Table, table_of
from renshaw.statistics.answers.answer import Answer
from renshaw.statistics.answers.joint import by_question
from renshaw.statistics.mixed import MixedModel

# More contrasts than this are folded away below the tests of their questions.
_MOST_SHOWN = 12


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
        _answers(model),
        _written(model),
        _checks(model),
        _decides(model),
        _methods(model),
        _differences(model),
        _effects(model),
        _random(model),
        _beside(model),
        _believed(model),
        _data(model),
        _script(model),
    )


def _answers(model: MixedModel) -> Section:
    who = who_of(model)
    shown = drawing(
        model_answer(model),
        "means",
        f"{model.formula.response} of every {who.one}, and the model's answer over it",
        f"Thin: every {who.one} (means of its values at each level, or lines through its fitted "
        "values). Black: the model, every other factor's levels with the same weight and "
        "covariates at their means, with confidence intervals. The intervals of two means say "
        f"little of their difference, where {who.many} are compared with themselves: that "
        "is in the table.",
    )
    answers, many = _answer_table(model), len(model.answers) > _MOST_SHOWN
    return Section(
        "answers",
        "The answers",
        pictures=[shown],
        tables=[*_question_tables(model), *([] if many else [answers])],
        folded=[
            *([answers] if many else []),
            *([_data_table(model)] if any(each.cells for each in model.answers) else []),
        ],
    )


def _question_tables(model: MixedModel) -> list[Table]:
    """Return the tests of questions that several contrasts answer; none where there are none."""
    asked = [each for each in by_question(model.answers) if each[0].joint is not None]
    rows = []
    for each in asked:
        joint = each[0].joint
        assert joint is not None
        f, df = number(joint.f_value), number(joint.den_df)
        p = unbroken(p_value(joint.p_value))
        rows.append(Row([each[0].question, str(joint.num_df), df, f, p, str(len(each))]))
    columns = [
        Column("Question", numeric=False, wide=True),
        Column("df"),
        Column("df, denominator"),
        Column("F"),
        Column("p"),
        Column("Contrasts"),
    ]
    words = (
        "Questions of several contrasts as a whole: read these first; where one is not clear, no "
        "single contrast of it is a finding"
    )
    return [Table(words, columns, rows)] if rows else []


def _answer_table(model: MixedModel) -> Table:
    margin = any(each.equivalence for each in model.answers)
    sizes = any(each.effect_size for each in model.answers)
    columns = [
        Column("Compared", numeric=False),
        Column("Estimate"),
        Column(interval_name(model, model.answers[0]) if model.answers else "CI"),
        Column("df"),
        Column("p"),
        *([Column("Standardized (CI)")] if sizes else []),
        *([Column(f"Margin {model.settings.margin:g}", numeric=False)] if margin else []),
    ]
    ratio = any(each.is_ratio for each in model.answers)
    words = "Answers" + (" (ratios: 1 is no difference)" if ratio else "")
    of = next((each.effect_size.of for each in model.answers if each.effect_size), "")
    caption = words
    if sizes:
        caption += (
            f"; standardized: over the {of}, with an interval that counts the error of that SD, too"
        )
        if any(each.correction for each in model.answers):
            caption += ", and is not corrected for several tests"
    rows = [_answer_row(model, each, sizes, margin) for each in model.answers]
    folded = "All contrasts" if len(rows) > _MOST_SHOWN else ""
    return Table(caption, columns, rows, summary=folded)


def _answer_row(model: MixedModel, answer: Answer, sizes: bool, margin: bool) -> Row:
    size = ""
    if answer.effect_size is not None:
        d = answer.effect_size
        size = f"{signed(d.value)} ({between_signed(d.low, d.high)})"
    row = [
        answer.name,
        told(answer, answer.estimate),
        unbroken(ends(answer, answer.low, answer.high)),
        number(answer.df),
        unbroken(p_words(model, answer).removeprefix("p ").removeprefix("= ")),
    ]
    row += [unbroken(size)] if sizes else []
    row += [answer.equivalence.verdict if answer.equivalence else ""] if margin else []
    return Row(row)


def _data_table(model: MixedModel) -> Table:
    """Return of how many each answer is, with the question that it answers."""
    rows = []
    for answer in model.answers:
        cells = dict.fromkeys(each.words for each in answer.cells if each.name)
        rows.append(Row([answer.name, answer.question, "; ".join(cells)]))
    return Table(
        "Questions, and of how many the answers are",
        [
            Column("Compared", numeric=False),
            Column("Question", numeric=False, wide=True),
            Column("Data", numeric=False, wide=True),
        ],
        rows,
        summary="Questions, and of how many the answers are",
    )


def _written(model: MixedModel) -> Section | None:
    """Return the model as it was written beside the one that the design supports."""
    if model.written is None:
        return None
    others = {(each.question, each.name): each for each in model.written.answers}
    rows = []
    for each in model.answers:
        other = others.get((each.question, each.name))
        if other is not None:
            rows.append(Row([each.name, *_short(each), *_short(other)]))
    percent = f"{100 * model.settings.confidence:g} % CI"
    heads = [f"Estimate ({percent})", "df", "p"]
    table = Table(
        "The same answers by both structures",
        [
            Column("Compared", numeric=False),
            *(Column(f"{head}, supported") for head in heads),
            *(Column(f"{head}, as written") for head in heads),
        ],
        rows,
    )
    words = [
        f"As you wrote it: {model.written.formula.text}",
        f"Supported by design and data: {model.formula.text}",
        model.written.change,
    ]
    return Section("written", "As you wrote it, and as the design asks", words, tables=[table])


def _short(answer: Answer) -> list[str]:
    interval = ends(answer, answer.low, answer.high)
    return [
        unbroken(f"{told(answer, answer.estimate)} ({interval})"),
        number(answer.df),
        unbroken(p_value(answer.p_adjusted)),
    ]


def _methods(model: MixedModel) -> Section:
    papers = model.history.citations()
    words = [methods(model)]
    return Section("methods", "Methods, ready to paste", words, notes=papers)


def _decides(model: MixedModel) -> Section | None:
    found = model.influence
    if not found.without:
        return None
    refitted = sum(each.refitted for each in found.without)
    who = who_of(model)
    shown = drawing(
        model_influence(model),
        "influence",
        f"The main answer without each {who.one} in turn, and over resamples of {who.many}",
        "Left: the answer without the one named, with its interval; red where it turns from "
        "found to not found, or back. Dashed: with everybody. Gray: no difference. The model was "
        f"fitted anew without the {refitted} that matter most; for the others its variance ratios "
        f"are held. Right: the answer when {who.many} are drawn anew with replacement; the bar is "
        "the percentile interval.",
    )
    return Section("decides", f"Does one {who.one} decide it?", pictures=[shown])


def _differences(model: MixedModel) -> Section:
    percent = f"{100 * model.settings.confidence:g} % CI"
    means = _means(model, percent)
    contrasts = table_of(
        model.contrasts,
        f"All pairs (families of several corrected: {model.settings.correction}; standardized: "
        "difference over the residual SD). Where factors interact, averages over the others' "
        "levels can mislead.",
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
        "Means and all pairs",
        folded=[
            *_with_zeros(model, percent),
            *([means] if len(model.marginal_means) else []),
            *([contrasts] if len(model.contrasts) else []),
        ],
    )


def _means(model: MixedModel, percent: str) -> Table:
    """Return the marginal means, on the response's scale where the link is another."""
    means = model.marginal_means
    if "response" not in means:
        heads = {"term": "Factor", "level": "Level", "mean": "Mean", "std_error": "SE", "df": "df"}
        return table_of(means, "Estimated marginal means", heads, percent)
    shown = means[["term", "level", "response", "population"]].assign(
        ci_low=means["response_low"], ci_high=means["response_high"]
    )
    heads = {"term": "Factor", "level": "Level", "response": model.family.mean.capitalize()}
    who = who_of(model)
    words = f"Estimated marginal means of a typical {who.one}, and their average over {who.many}"
    if model.formula.offset:
        words += "; of one unit of what the offset is the logarithm of"
    return table_of(shown, words, heads | {"population": f"Over {who.many}"}, percent)


def _with_zeros(model: MixedModel, percent: str) -> list[Table]:
    """Return what a hurdle's two parts make together."""
    if model.overall is None:
        return []
    means = model.overall.means.rename(columns={"mean_low": "ci_low", "mean_high": "ci_high"})
    heads = {"term": "Factor", "level": "Level", "any": "Any", "amount": "Amount", "mean": "Mean"}
    ratios = {"term": "Factor", "within": "Where", "contrast": "Ratio of", "ratio": "Ratio"}
    return [
        table_of(means, "Means with zeros included: how often any, times how much", heads, percent),
        table_of(
            model.overall.ratios,
            "Ratios of means with zeros included",
            ratios | {"p_value": "p"},
            percent,
        ),
    ]


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
    if not model.family.normal:
        supported = model.settings.structure == "supported"
        allow = f"the degrees of freedom that {who_of(model).many} allow"
        by = f"by t with {allow}" if supported else "Wald's"
        words = (
            f"{model.family.words.capitalize()}, by maximum likelihood (Laplace's approximation); "
            f"estimates are on the scale of the link, and tests are {by}."
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
        "and is replicated there may differ between them: by clusters first, by slopes where AIC "
        "is lower. A variance that is estimated as 0 takes its term away; so does one that may "
        "well be chance, where no rows of one level are alike in all conditions."
        if len(model.structures) > 1
        else "The design asks for no random effects beyond those of the formula."
    )
    if len(model.structures) > 1 and model.settings.structure == "written":
        words += " The numbers on this page are those of the formula as it was written."
    title = f"What varies between {who_of(model).many}"
    return Section("random", title, [words], tables=[components, structures])


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


def _believed(model: MixedModel) -> Section | None:
    """Return what is believed after the data, where a Bayesian fit was asked for."""
    found = model.posterior
    if found is None:
        return None
    names = {
        "what": "",
        "name": "Name",
        "scale": "Scale",
        "median": "Median",
        "ci_low": "Low",
        "ci_high": "High",
        "p_direction": "P(direction)",
        "p_margin": "P(margin)",
        "r_hat": "R-hat",
        "effective": "Draws, effective",
    }
    if model.settings.margin is None:
        del names["p_margin"]
    table = table_of(found.table, "Posterior: medians and intervals", names)
    words = [
        "The same formula, random effects and family with priors, by Markov chain Monte Carlo "
        f"(NUTS by NumPyro; {found.draws} draws in 4 chains, seed {found.seed}). Intervals hold "
        f"{100 * model.settings.confidence:g} % of the posterior and are not corrected for several "
        "tests. P(direction) is the probability that an effect has the sign of its median.",
        f"Priors: {'; '.join(found.priors)}.",
        *found.warnings,
    ]
    return Section("bayes", "What to believe, with priors", words, tables=[table])


def _checks(model: MixedModel) -> Section:
    shown = drawing(
        residual_checks(model),
        "checks",
        "Residuals against fitted values and normal quantiles of residuals and random effects",
        "Left: the dark line, a running mean, should stay near 0, and the spread should not grow. "
        "Middle and right: points should follow the line.",
    )
    table = Table(
        "What the model takes for granted, and what the data say",
        [
            Column("Assumption", numeric=False),
            Column("Verdict", numeric=False),
            Column("Seen", numeric=False, wide=True),
        ],
        [Row(list(each), each.verdict != "doubtful") for each in checks(model)],
    )
    notes = [each.words for each in model.remarks]
    return Section(
        "checks", "Is the model believable?", notes=notes, pictures=[shown], tables=[table]
    )


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
