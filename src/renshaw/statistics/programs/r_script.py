"""The same analysis in R: lme4, lmerTest and emmeans, or glmmTMB, on the data beside it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from renshaw.statistics.answers.means import Orders, estimable, factor_terms, grid
from renshaw.statistics.formulas.formula import quoted
from renshaw.statistics.programs.r_answers import (
    AGREEING,
    answer_lines,
    df_option,
    string,
    summary,
    tukey_pairs,
)
from renshaw.statistics.programs.r_family import (
    KEPT,
    PACKAGES,
    family_call,
    of_logarithm,
    response_lines,
)
from renshaw.statistics.settings import KENWARD_ROGER, SATTERTHWAITE

if TYPE_CHECKING:
    from renshaw.statistics.answers.answer import Answer
    from renshaw.statistics.fitting.fit import Fit
    from renshaw.statistics.formulas.design import Variable
    from renshaw.statistics.formulas.formula import Formula
    from renshaw.statistics.settings import MixedModelSettings

_HEAD = """# {text}
# Written by renshaw {version}. Run it in this folder: Rscript model.R
# Packages: install.packages(c({packages}))
suppressPackageStartupMessages({{
{libraries}{splines}
}})
"""
_DF = {
    SATTERTHWAITE: """# Satterthwaite's degrees of freedom throughout, whatever else is installed \
and however many rows.
emm_options(lmer.df = "satterthwaite", lmerTest.limit = 1e7, pbkrtest.limit = 1)
""",
    KENWARD_ROGER: """# Kenward and Roger's degrees of freedom and standard errors, by pbkrtest.
emm_options(lmer.df = "kenward-roger", lmerTest.limit = 1e7, pbkrtest.limit = 1e7)
""",
}
_DATA = """
d <- read.csv("data.csv", check.names = FALSE, na.strings = character(0), encoding = "UTF-8",
  colClasses = c({classes}))
"""


def r_script(
    fit: Fit,
    settings: MixedModelSettings,
    orders: Orders,
    answers: Sequence[Answer],
    version: str,
) -> str:
    """Return an R program that fits the same model and makes the same comparisons."""
    if fit.scatter.by:
        return _by_group(fit, settings, version)
    mixed = bool(fit.groups)
    linear = fit.family.normal
    ddf = ', ddf = "Kenward-Roger"' if mixed and settings.df == KENWARD_ROGER else ""
    packages = ("lme4", "lmerTest", "emmeans") if linear else PACKAGES
    parts = [
        _head(fit, packages, version) + (_DF[settings.df] if linear else ""),
        _DATA.format(classes=", ".join(_class(fit, name) for name in data_columns(fit))),
        *_factors(fit),
        *response_lines(fit),
        "",
        f"m <- {_call(fit, settings)}",
        f"print(summary(m{ddf}), digits = 6)",
        *(_tests(mixed, ddf) if linear else KEPT),
        *_means(fit, settings, orders),
        *answer_lines(fit, settings, answers),
    ]
    return "\n".join(parts) + "\n"


def _head(fit: Fit, packages: Sequence[str], version: str) -> str:
    return _HEAD.format(
        text=_one_line(fit.formula.text),
        version=version,
        packages=", ".join(map(string, packages)),
        libraries="\n".join(f"  library({name})" for name in packages),
        splines=_splines(fit.formula),
    )


_KNOWN = """\
# glmmTMB takes the residual variances as known when it tests: its p-values are smaller than those
# with Satterthwaite's degrees of freedom; estimates and standard errors are the same.
"""


def _by_group(fit: Fit, settings: MixedModelSettings, version: str) -> str:
    """Return an R program for residual variances by group, which lme4 has not."""
    by = settings.residual_by
    levels = ", ".join(map(string, fit.spreads))
    weights = f", weights = {_r(quoted(settings.weights))}" if settings.weights else ""
    means = [
        f"print(emmeans(m, ~ {' * '.join(_r(quoted(v.node.names()[0])) for v in term)}))"
        for term in factor_terms(fit)
    ]
    parts = [
        _head(fit, PACKAGES, version) + _KNOWN,
        _DATA.format(classes=", ".join(_class(fit, name) for name in data_columns(fit))),
        *_factors(fit),
        f"by <- factor(d[[{string(by)}]], levels = c({levels}))",
        f"m <- glmmTMB({_r(_formula(fit))}, dispformula = ~ by, data = d,",
        f"  REML = {'TRUE' if settings.reml else 'FALSE'}{weights})",
        "print(summary(m), digits = 6)",
        "write.csv(coef(summary(m))$cond, 'r_fixed_effects.csv')",
        "write.csv(data.frame(criterion = as.numeric(-2 * logLik(m))), 'r_fit.csv')",
        *means,
    ]
    return "\n".join(parts) + "\n"


def _splines(formula: Formula) -> str:
    terms = (formula.fixed, *(term.effects for term in formula.random))
    used = any(node.text == "ns" for each in terms for node in each.variables())
    return "\n  library(splines)" if used else ""


def data_columns(fit: Fit) -> list[str]:
    """Return the columns of data.csv."""
    return list(dict.fromkeys((*fit.formula.columns(), *fit.scatter.columns)))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _r(text: str) -> str:
    """Return a formula, or a quoted name, with backslashes as R reads them between backticks."""
    return _one_line(text).replace("\\", "\\\\")


def _call(fit: Fit, settings: MixedModelSettings) -> str:
    text = _r(_formula(fit))
    if not fit.family.normal:
        return family_call(fit, text)
    weights = f", weights = {_r(quoted(settings.weights))}" if settings.weights else ""
    if not fit.groups:
        return f"lm({text}, data = d{weights})"
    reml = "TRUE" if settings.reml else "FALSE"
    # By default lme4 stops where the fourth digit of degrees of freedom may still change.
    exact = 'lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e6))'
    return f"lmer({text}, data = d, REML = {reml}{weights},\n  control = {exact})"


def _formula(fit: Fit) -> str:
    """Return the formula for R: the data have their order of levels already.

    emmeans can't read the levels of relevel(time, ref = "at rest") in a formula.
    """
    ordered = [v.node for v in fit.design.variables.values() if v.is_factor and v.node.parts[1:]]
    text = fit.formula.text
    if ordered:
        text = " + ".join([fit.formula.fixed_text(), *fit.formula.random_text])
    for node in ordered:
        text = text.replace(str(node), quoted(node.names()[0]))
    return of_logarithm(text) if fit.family.name == "log-normal" else text


def _class(fit: Fit, name: str) -> str:
    import pandas as pd

    column = fit.table[name]
    numeric = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    return '"numeric"' if numeric else '"character"'


def _factors(fit: Fit) -> list[str]:
    """Text becomes factors with our order of levels; R's own depends on the place it runs at."""
    variables = {v.node.names()[0]: v for v in fit.design.variables.values() if v.is_factor}
    lines = []
    for name, each in variables.items():
        levels = ", ".join(string(level) for level in each.levels or ())
        lines.append(f"d[[{string(name)}]] <- factor(d[[{string(name)}]], levels = c({levels}))")
    return lines


def _means(fit: Fit, settings: MixedModelSettings, orders: Orders) -> list[str]:
    # Without nesting = NULL emmeans guesses from empty cells which factor is nested in which.
    level = f"level = {settings.confidence:g}"
    agreeing = AGREEING.splitlines() if settings.correction in ("holm", "tukey") else []
    lines = [
        *agreeing,
        "",
        "# Means, and all pairs of them: later less earlier, each less the reference.",
    ]
    lines += ["means <- list()", "pairwise <- list()"]
    for term in factor_terms(fit):
        names = [_r(quoted(each.node.names()[0])) for each in term]
        whole = f"{level}, nesting = NULL"
        label = string(":".join(each.name for each in term))
        spec = f"emmeans(m, ~ {' * '.join(names)}, {whole})"
        df = _df(fit, term)
        spec = f"summary({spec}, infer = c(TRUE, FALSE), {level}{df})" if df else spec
        lines.append(f"means[[{label}]] <- {spec}")
        for place, (name, each) in enumerate(zip(names, term, strict=True)):
            others = names[:place] + names[place + 1 :]
            by = f" | {' * '.join(others)}" if others else ""
            key = string(f"{name}{by}")
            inner = f"emmeans(m, ~ {name}{by}, {whole})"
            lines.append(f"found <- {_pairs(each, orders, inner, settings.correction)}")
            df = _df(fit, term, of=each)
            how = summary("found", settings.confidence, settings.correction, df)
            lines.append(f"pairwise[[{key}]] <- {how}")
    return [*lines, "print(means)", "print(pairwise)", *_STACKED]


def _df(fit: Fit, term: tuple[Variable, ...], of: Variable | None = None) -> str:
    """Return emmeans' option for the degrees of freedom of a term's means, or a factor's pairs."""
    whole = grid(fit)
    if whole is None or fit.family.normal:
        return ""
    rows = []
    for levels in itertools.product(*(range(len(each.levels or ())) for each in term)):
        chosen = {each.node: level for each, level in zip(term, levels, strict=True)}
        row = whole.mean_of(chosen)
        row = row if of is None else row - whole.mean_of({**chosen, of.node: 0})
        if np.abs(row).max() > 0:
            rows.append(estimable(fit, row))
    return df_option(fit, rows)


def _pairs(each: Variable, orders: Orders, means: str, correction: str) -> str:
    """Return all pairs of a factor, the later less the earlier."""
    places, levels = orders[each.node].places, each.levels or ()
    if correction == "tukey":
        return tukey_pairs(places, means)
    weighed = []
    for earlier, later in itertools.combinations(places, 2):
        weights = ["0"] * len(levels)
        weights[later], weights[earlier] = "1", "-1"
        name = string(f"{levels[later]} - {levels[earlier]}")
        weighed.append(f"  {name} = c({', '.join(weights)})")
    listed = ",\n".join(weighed)
    return f"contrast({means}, list(\n{listed}))"


_STACKED = (
    "stack <- function(tables, wanted) do.call(rbind, lapply(tables, function(each) {",
    "  each <- as.data.frame(each)",
    "  names(each)[names(each) == 'emmean'] <- 'estimate'",
    "  names(each) <- sub('asymp.LCL', 'lower.CL', sub('asymp.UCL', 'upper.CL', names(each)))",
    "  # emmeans has other columns, or none, where nothing can be estimated",
    "  for (name in setdiff(wanted, names(each))) each[[name]] <- NA",
    "  each[wanted]",
    "}))",
    "columns <- c('estimate', 'SE', 'df', 'lower.CL', 'upper.CL')",
    "if (length(means)) write.csv(stack(means, columns), 'r_marginal_means.csv')",
    "if (length(pairwise))",
    "  write.csv(stack(pairwise, c('contrast', columns, 'p.value')), 'r_contrasts.csv')",
)


def _tests(mixed: bool, ddf: str) -> list[str]:
    """Tests of the terms, and R's numbers as tables beside ours."""
    variances = [
        "write.csv(as.data.frame(VarCorr(m)), 'r_variance_components.csv', row.names = FALSE)",
        "write.csv(data.frame(criterion = as.numeric(-2 * logLik(m)), singular = isSingular(m)),",
        "  'r_fit.csv', row.names = FALSE)",
        f"write.csv(as.data.frame(anova(m, type = 3{ddf})), 'r_anova.csv')",
    ]
    return [
        f"print(anova(m, type = 3{ddf}), digits = 6)"
        if mixed
        else "print(drop1(m, . ~ ., test = 'F'))",
        "",
        f"write.csv(coef(summary(m{ddf})), 'r_fixed_effects.csv')",
        *(variances if mixed else []),
    ]
