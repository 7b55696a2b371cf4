"""The methods paragraph of a paper: what was fitted, by what, and how it was tested."""

from __future__ import annotations

from renshaw.core.numbers import counted
from renshaw.core.version import __version__
from renshaw.findings.model_words import who_of
from renshaw.statistics.answers.multiplicity import WORDS
from renshaw.statistics.formulas.formula import RandomTerm
from renshaw.statistics.mixed import MixedModel
from renshaw.statistics.settings import KENWARD_ROGER

_CORRECTIONS = {
    "holm": "Holm's method",
    "bonferroni": "Bonferroni's method",
    "tukey": "Tukey's method",
    "fdr": "control of the false discovery rate (Benjamini and Hochberg, 1995)",
    "hierarchy": "testing in a fixed sequence",
}


def methods(model: MixedModel) -> str:
    """Return a paragraph that is ready to paste."""
    return " ".join([*_model(model), *_tests(model), *_beside(model)])


def _model(model: MixedModel) -> list[str]:
    kind = "linear mixed model" if model.has_random else "linear model"
    normal = model.family.normal
    if not normal:
        kind = f"generalized {kind} ({model.family.words})"
    elif model.family.name == "log-normal":
        kind = f"{kind} of its logarithm"
    how = "restricted maximum likelihood" if model.settings.reml else "maximum likelihood"
    by = f" by {how} (Bates et al., 2015)" if model.has_random and normal else ""
    if not normal:
        by = " by maximum likelihood"
        if model.has_random:
            by += " with Laplace's approximation (Bolker et al., 2009; Brooks et al., 2017)"
    n = int(model.statistics["n"])
    people = model.layout.people
    whom = f" of {who_of(model).of(people)}" if people else ""
    said = [
        f"{model.formula.response} was analyzed with a {kind}, fitted{by} to {n} values{whom}.",
        f"Fixed effects were {_fixed(model)}.",
    ]
    if model.has_random:
        random = _and([_random(term) for term in model.formula.random])
        said.append(f"Random effects were {random} ({' + '.join(model.formula.random_text)}).")
        if model.written is not None:
            said.append(
                "They were chosen by the design before the tests were looked at: every effect that "
                "varies within a group and is replicated there may differ between groups, and "
                "terms whose variance was estimated as zero were taken out."
            )
    gone = sum(each.rows for each in model.dropped)
    if model.zero_part is not None:
        zeros = model.dropped[-1].rows
        gone -= zeros
        said.insert(
            0,
            "A hurdle model (Mullahy, 1986) has two parts: whether a value is above 0, by a "
            f"binomial model of all {int(model.zero_part.statistics['n'])} values ({zeros} of them "
            "0); and how large the others are.",
        )
    if gone:
        said.append(f"{counted(gone, 'row')} with missing values {_were(gone)} left out.")
    return said


def _fixed(model: MixedModel) -> str:
    terms = [":".join(map(str, term)) for term in model.formula.fixed.terms]
    return _and(terms) if terms else "the mean alone"


def _random(term: RandomTerm) -> str:
    """Return a random term in words: intercepts and slopes, and of whom."""
    group = " within ".join(reversed(term.group))
    effects = [":".join(map(str, each)) for each in term.effects.terms]
    if not effects:
        return f"intercepts for each {group}"
    slopes = f"slopes of {_and(effects)} for each {group}"
    return f"intercepts and {slopes}" if term.effects.intercept else slopes


def _and(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _capital(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"


def _were(n: int) -> str:
    return "was" if n == 1 else "were"


def _tests(model: MixedModel) -> list[str]:
    normal = model.family.normal
    who = who_of(model).many
    by_people = f"t tests with as many degrees of freedom as the {who} that carry a contrast allow"
    rogers = model.settings.df == KENWARD_ROGER
    df = (
        "t tests with Kenward and Roger's (1997) degrees of freedom and standard errors"
        if normal and model.has_random and rogers
        else "t tests with Satterthwaite's degrees of freedom (Kuznetsova et al., 2017)"
        if normal and model.has_random
        else "t tests"
        if normal
        else f"{by_people} (between and within {who}; Li and Redden, 2015)"
        if model.settings.structure == "supported"
        else "Wald tests"
    )
    said = [f"Contrasts of estimated marginal means and slopes were tested by {df}."]
    if any(each.joint for each in model.answers):
        said.append(
            "Questions of more than one degree of freedom were tested by F tests"
            + (" (type III)" if model.family.normal else "")
            + " before their contrasts."
        )
    if model.zero_part is not None:
        said.append(
            "Means and their ratios with zeros included are products of both parts, with errors by "
            "the delta method on the logarithm; the two parts were taken as independent."
        )
    if any(each.is_ratio for each in model.answers):
        said.append("Differences on the logarithmic scale are given as ratios.")
    corrected = {each.correction for each in model.answers if each.correction}
    if corrected:
        by = _and([_CORRECTIONS.get(name, WORDS[name]) for name in sorted(corrected)])
        across = "all questions" if model.settings.across != "none" else "each question"
        said.append(f"P values were corrected within {across} by {by}.")
        said.append(
            "Intervals were not corrected."
            if corrected == {"hierarchy"}
            else "Intervals have the error rates at which these p values were tested."
        )
    if any(each.effect_size for each in model.answers):
        said.append("Standardized effects are differences over the residual standard deviation.")
    if model.settings.margin is not None:
        aim = "equivalence" if model.settings.aim == "equivalence" else "non-inferiority"
        said.append(
            f"For {aim}, one-sided tests were made against a margin of {model.settings.margin:g} "
            "(Lakens, 2017)."
        )
    said.append(f"Intervals have {100 * model.settings.confidence:g} % coverage.")
    return said


def _beside(model: MixedModel) -> list[str]:
    said = []
    if model.influence.without:
        said.append(f"The main answer was recomputed without each {who_of(model).one} in turn.")
    if model.influence.draws is not None:
        said.append(
            f"{_capital(who_of(model).many)} were resampled {model.settings.bootstraps} times."
        )
    said.append(
        f"The analysis was made with renshaw {__version__}; a script for R (lme4, lmerTest, "
        "emmeans) makes it again."
    )
    return said
