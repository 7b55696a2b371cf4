"""Does the family fit? Too many zeros, more scatter than it allows, effects without an end."""

from __future__ import annotations

import numpy as np

from renshaw.core.errors import DataError
from renshaw.core.numbers import number
from renshaw.data.arrays import FloatArray
from renshaw.statistics.answers.means import factor_terms
from renshaw.statistics.families.response import two_levels
from renshaw.statistics.fitting.fit import Fit
from renshaw.statistics.formulas.design import group_codes
from renshaw.statistics.structure.advice import Remark
from renshaw.statistics.structure.people_df import PeoplePrecision

# Simulated as often as this or less is more than chance; and then only what changes conclusions.
_RARE = 0.02
_MATTERS = 1.2
# Peduzzi P et al. (1996), doi:10.1016/S0895-4356(96)00236-3.
_EVENTS = 10
_WIDE = 3.0
_COUNTS = ("poisson", "negative-binomial")
_TRUNCATED = ("truncated-poisson", "truncated-negative-binomial")


def refuse_endless(fit: Fit) -> None:
    """Refuse a model whose effects have no end: cells of which every value is 0, or 1.

    Raises
    ------
    DataError
        In a cell that the fixed effects tell apart nothing varies, so that a ratio is 0 or without
        bound.
    """
    known = fit.generalized
    if known is None or fit.family.name not in ("binomial", *_COUNTS, "tweedie"):
        return
    y, trials = known.density.y, known.density.trials
    for term in factor_terms(fit):
        # Cells of factors that do not interact borrow from others.
        if len(term) > 1 and not _interact(fit, [each.name for each in term]):
            continue
        codes, names = group_codes(fit.table, [each.node.names()[0] for each in term])
        some = np.bincount(codes, y) > 0
        all_of = np.bincount(codes, trials - y) <= 0 if fit.family.name == "binomial" else ~some
        wrong = np.flatnonzero(~some | all_of)
        if len(wrong):
            where = " and ".join(each.name for each in term)
            ones = some[wrong[0]]
            what = "1" if ones and float(trials.max()) == 1 else "a success" if ones else "0"
            raise DataError(
                f"Every value of {fit.formula.response} is {what} where {where} is "
                f"{names[wrong[0]].replace(':', ', ')}: its {fit.family.effects} to other levels "
                "has no end, and no standard error. Say that as it is, with how many people have "
                "any in each (McNemar's or Fisher's exact test), or leave the level out."
            )


def _interact(fit: Fit, names: list[str]) -> bool:
    return any({str(node) for node in term} == set(names) for term in fit.design.terms.terms)


def family_remarks(fit: Fit) -> list[Remark]:
    """Return what must be known of how well a family fits, by responses simulated from the fit."""
    known = fit.generalized
    if known is None:
        return []
    found = [*_zeros(fit), *_scatter(fit), *_few_events(fit)]
    if fit.family.name == "binomial" and (levels := two_levels(fit.table, fit.formula)):
        found.append(Remark(f"The probability is that of {fit.formula.response} = {levels[1]}."))
    if fit.family.name.endswith("negative-binomial") and known.dispersion["size"] > 1e4:
        found.append(
            Remark("The counts scatter no more than Poisson's; both families say the same.")
        )
    few = min((group.block.levels for group in fit.groups), default=0)
    if few and few < 30 and not any(each.warning for each in found):
        by_people = isinstance(fit.precision, PeoplePrecision)
        found.append(Remark(_BY_PEOPLE if by_people else _WALD))
    return found


_WALD = (
    "Tests and intervals of this family take the estimates as normal (Wald), as glmer and glmmTMB "
    "do. With few people (or other groups) they reject somewhat too often; compare the sign flips "
    "beside."
)
_BY_PEOPLE = (
    "Tests and intervals of this family are by t with as many degrees of freedom as the people (or "
    "other groups) that carry a contrast allow; glmer and glmmTMB take the estimates as normal "
    "(Wald), which rejects more often. Estimates and standard errors are the same."
)


def _few_events(fit: Fit) -> list[Remark]:
    """Warn where the rarer of two outcomes is too rare for so many effects."""
    known = fit.generalized
    if known is None or fit.family.name != "binomial":
        return []
    some, total = float(known.density.y.sum()), float(known.density.trials.sum())
    rarer, effects = min(some, total - some), max(1, len(fit.names) - 1)
    found = []
    if rarer < _EVENTS * effects:
        found.append(
            Remark(
                f"The rarer outcome occurs {rarer:.0f} times in {total:.0f}; some {_EVENTS} for "
                f"each of {effects} effects are needed for ratios and intervals to be believed.",
                True,
            )
        )
    if any(float(np.diag(each).max()) > _WIDE**2 for each in fit.covariances()):
        found.append(
            Remark(
                "People, or their clusters, differ so much that most have one outcome alone; "
                "Laplace's approximation is not good there. Fewer random terms may say more.",
                True,
            )
        )
    return found


def _zeros(fit: Fit) -> list[Remark]:
    known = fit.generalized
    if known is None or fit.family.name not in (*_COUNTS, "tweedie"):
        return []
    seen = float((known.density.y == 0).sum())
    drawn = (known.simulated == 0).sum(axis=1)
    expected = float(drawn.mean())
    if float((drawn >= seen).mean()) > _RARE or seen < _MATTERS * expected:
        return []
    n = len(known.density.y)
    cure = {
        "poisson": "negative-binomial or hurdle-negative-binomial",
        "negative-binomial": "hurdle-negative-binomial",
        "tweedie": "hurdle-gamma",
    }[fit.family.name]
    return [
        Remark(
            f"Too many zeros for the {fit.family.name} family: {seen:.0f} of {n} values are 0, "
            f"and {number(expected)} are expected. Take --family {cure}.",
            True,
        )
    ]


def _scatter(fit: Fit) -> list[Remark]:
    """Compare the scatter of residuals about the mean with that of simulated responses."""
    known = fit.generalized
    if known is None or fit.family.name not in (*_COUNTS, *_TRUNCATED, "binomial"):
        return []
    if fit.family.name == "binomial" and float(known.density.trials.max()) == 1:
        return []
    ratio, rare = scatter(fit)
    if rare > _RARE or ratio < _MATTERS:
        return []
    cure = {
        "poisson": "Take --family negative-binomial.",
        "truncated-poisson": "Take --family hurdle-negative-binomial.",
        "binomial": "A random term or a covariate may be missing; check for values far off.",
    }.get(fit.family.name, "Check for values far off.")
    return [
        Remark(
            f"The values scatter {number(ratio)} times as much as the {fit.family.name} family "
            f"allows (variance; overdispersion), so that standard errors are too small. {cure}",
            True,
        )
    ]


def scatter(fit: Fit) -> tuple[float, float]:
    """Return the Pearson variance of the residuals over what the family expects of it.

    Also returns how often responses simulated at the fitted means scatter as much.
    """
    known = fit.generalized
    assert known is not None
    density, means, drawn = known.density, known.means, known.drawn
    variance = np.maximum(drawn.var(axis=0), 1e-12)
    usual = np.maximum(variance, 1e-3 * float(variance.mean()))

    def pearson(y: FloatArray) -> FloatArray:
        return np.asarray(((y - means) ** 2 / usual).mean(axis=-1), dtype=float)

    seen, expected = float(pearson(density.y)), pearson(drawn)
    # The modes of random effects have followed the values: as if there were fewer of those.
    kept = max(0.2, 1 - known.solution.effective / len(means))
    return seen / kept / float(expected.mean()), float((expected * kept >= seen).mean())
