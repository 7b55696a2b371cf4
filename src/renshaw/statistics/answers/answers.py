"""A model's answers: questions are tested in families, and what is known of each is gathered."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from renshaw.core.errors import SettingsError
from renshaw.statistics.answers.answer import Answer
from renshaw.statistics.answers.asked import (
    Asked,
    changes_of,
    linear_of,
    over_of,
    term_of,
    words_of,
)
from renshaw.statistics.answers.cells import Counted, cells
from renshaw.statistics.answers.contrasts import Tested, Together, tested, together, within_words
from renshaw.statistics.answers.custom import Custom, customs
from renshaw.statistics.answers.effect_size import (
    EffectSize,
    effect_size,
    nothing_left,
    residual_df,
)
from renshaw.statistics.answers.equivalence import equivalence
from renshaw.statistics.answers.joint import Joint, joint_test
from renshaw.statistics.answers.means import Grid, Orders, grid, is_shared, trend_grid
from renshaw.statistics.answers.multiplicity import adjusted, error_rates
from renshaw.statistics.answers.questions import Question, questions
from renshaw.statistics.families.scale import Scale, scale_of
from renshaw.statistics.fitting.fit import Fit
from renshaw.statistics.formulas.formula import Node

if TYPE_CHECKING:
    import pandas as pd

    from renshaw.statistics.settings import MixedModelSettings


def answers(
    fit: Fit,
    orders: Orders,
    settings: MixedModelSettings,
    who: Sequence[Counted],
    tests: pd.DataFrame,
    confounded: Collection[str] = (),
) -> tuple[Answer, ...]:
    """Return a model's answers, those to the main question first; contrasts of one's own lead.

    Parameters
    ----------
    fit : Fit
    orders : mapping
        In which order levels are compared.
    settings : MixedModelSettings
    who : sequence of Counted
        People and units, who are counted in each cell.
    tests : DataFrame
        The F tests of the terms, as of `anova`.
    confounded : collection of str
        Terms that a design gave up, as blocks differ with them: no question of them leads.
    """
    here = _Model(fit, scale_of(fit), orders, settings, tuple(who), tests)
    families: list[tuple[Asked, ...]] = [
        *customs(fit, orders, settings.contrasts),
        *_confounded_last(fit, questions(fit, orders), confounded),
    ]
    found = [answer for family in families for answer in here.family(family)]
    return _across(_against_margin(found, here), settings.across, settings.confidence)


def _confounded_last(
    fit: Fit, asked: Sequence[tuple[Question, ...]], confounded: Collection[str]
) -> list[tuple[Question, ...]]:
    """Return questions with those of confounded terms last.

    What such a term is made of comes in the formula's order: of ``treatment * period``, treatment.
    """
    terms = fit.design.terms.terms
    places = {":".join(map(str, term)): (-len(term), n) for n, term in enumerate(terms)}
    lost = [set(term) for term in terms if ":".join(map(str, term)) in confounded]

    def is_part(each: tuple[Question, ...]) -> bool:
        first = each[0]
        mine = {factor.node for factor in first.term}
        mine |= {first.covariate} if first.covariate else set()
        return first.part == "average" and any(mine < term for term in lost)

    found = [each for each in asked if each]
    parts = iter(sorted(filter(is_part, found), key=lambda each: places[term_of(fit, each[0])]))
    found = [next(parts) if is_part(each) else each for each in found]
    return sorted(found, key=lambda each: term_of(fit, each[0]) in confounded)


@dataclass(frozen=True)
class _Model:
    """A fit, and all that its answers need beside it."""

    fit: Fit
    scale: Scale
    orders: Orders
    settings: MixedModelSettings
    who: tuple[Counted, ...]
    tests: pd.DataFrame
    grids: dict[tuple[Node | None, Node | None], Grid | None] = field(default_factory=dict)

    def family(self, asked: Sequence[Asked]) -> list[Answer]:
        """Return the answers to questions that are tested together; none where the data can't."""
        mine = [(each, test) for each in asked if (test := self._tested(each)).weights is not None]
        levels = _all_pairs_of([each for each, _ in mine])
        correction = self.settings.correction if len(mine) > 1 else "none"
        if correction == "tukey" and not levels:
            correction = "holm"
        confidence = self.settings.confidence
        found = together([test for _, test in mine], confidence, correction, levels)
        name = "" if correction == "none" else correction
        joint = self._joint(mine)
        return [
            replace(self._answer(each, test, all_of, name, len(mine)), joint=joint)
            for (each, test), all_of in zip(mine, found, strict=True)
        ]

    def _joint(self, mine: Sequence[tuple[Asked, Tested]]) -> Joint | None:
        """Return the test of a whole question, that of its term where it is the same."""
        if len(mine) < 2 or isinstance(mine[0][0], Custom):
            return None
        weights = np.array([test.weights for _, test in mine])
        joint = joint_test(self.fit, weights)
        row = self.tests[self.tests["term"] == term_of(self.fit, mine[0][0])]
        # F is the same in any basis, its denominator's df not quite: a term has but one of them.
        if joint and len(row) and math.isclose(joint.f_value, row["f_value"].iloc[0], rel_tol=1e-6):
            return joint._replace(
                den_df=float(row["den_df"].iloc[0]), p_value=float(row["p_value"].iloc[0])
            )
        return joint

    def _tested(self, asked: Asked) -> Tested:
        key = (asked.covariate, asked.by) if isinstance(asked, Question) else (None, None)
        if key not in self.grids:
            covariate, by = key
            found = grid(self.fit) if covariate is None else trend_grid(self.fit, covariate, by)
            self.grids[key] = found
        whole = self.grids[key]
        return Tested(None) if whole is None else tested(self.fit, asked.row(whole))

    def _answer(
        self, asked: Asked, test: Tested, all_of: Together, correction: str, family: int
    ) -> Answer:
        assert test.weights is not None
        question, contrast = words_of(self.fit, asked, self.scale)
        shown = self.scale.shown
        return Answer(
            question=question,
            part="custom" if isinstance(asked, Custom) else asked.part,
            term=term_of(self.fit, asked),
            contrast=contrast,
            within=within_words(asked.within) if isinstance(asked, Question) else "",
            over=over_of(self.fit, asked),
            changes=changes_of(asked),
            moments=isinstance(asked, Question)
            and bool(asked.changes)
            and self.orders[asked.changes[0].factor.node].stages,
            scale=_scale_name(asked, self.scale),
            of=self.scale.of,
            base=self.scale.base,
            estimate=shown(test.estimate),
            low=shown(all_of.low),
            high=shown(all_of.high),
            std_error=test.std_error,
            df=test.df,
            statistic=test.statistic,
            p_value=test.p_value,
            p_adjusted=all_of.p_adjusted,
            correction=correction,
            family=family,
            joint=None,
            effect_size=_standardized(self.fit, asked, test, self.settings.confidence),
            equivalence=None,
            cells=cells(asked, self.fit, self.who),
            linear=linear_of(asked),
            weights=test.weights,
        )


def _scale_name(asked: Asked, scale: Scale) -> str:
    if isinstance(asked, Question) and asked.part == "mean":
        return "mean"
    slope = isinstance(asked, Question) and asked.covariate is not None
    return "slope" if slope and not scale.base else scale.effect


def _against_margin(found: list[Answer], here: _Model) -> list[Answer]:
    """Return answers held against the margin, those that are of the same sort as the first."""
    margin, aim = here.settings.margin, here.settings.aim
    if margin is None or not found:
        return found
    first = found[0]
    sort = (first.scale, first.linear.slope_of)
    if first.scale == "mean":
        raise SettingsError("A margin is for differences, and the formula asks for none.")
    return [
        replace(
            each,
            equivalence=equivalence(
                float(each.weights @ here.fit.coefficients),
                each.std_error,
                each.df,
                here.scale,
                margin,
                aim,
                here.settings.confidence,
            ),
        )
        if (each.scale, each.linear.slope_of) == sort and each.std_error > 0
        else each
        for each in found
    ]


def _all_pairs_of(family: Sequence[Asked]) -> int:
    """Return of how many levels these are all the pairs, 0 where they are not."""
    if any(isinstance(each, Custom) or len(each.changes) != 1 for each in family):
        return 0
    changes = [each.changes[0] for each in family if isinstance(each, Question)]
    levels = len(changes[0].factor.levels or ()) if changes else 0
    return levels if len(changes) == levels * (levels - 1) // 2 else 0


def _standardized(fit: Fit, asked: Asked, test: Tested, confidence: float) -> EffectSize | None:
    """Return the answer over the residual standard deviation; None where there is no such."""
    if not fit.family.normal or nothing_left(fit) or not test.std_error > 0:
        return None
    if isinstance(asked, Question) and asked.part == "mean":
        return None
    per, of = 1.0, "residual SD"
    if isinstance(asked, Question) and asked.covariate is not None:
        if asked.by is not None:
            return None
        shared = is_shared(fit, asked.covariate)
        name = asked.covariate.names()[0]
        values = fit.table[name] if shared else fit.design.variables[asked.covariate].values
        per = float(np.std(np.asarray(values, dtype=float), ddof=1))
        of = f"residual SD for each SD of {name if shared else asked.covariate}"
    return effect_size(
        test.estimate,
        test.std_error,
        test.df,
        sigma=math.sqrt(fit.residual_variance),
        edf=residual_df(fit),
        confidence=confidence,
        of=of,
        per=per,
    )


def _across(found: Sequence[Answer], method: str, confidence: float) -> tuple[Answer, ...]:
    """Return answers whose p-values and intervals hold for all questions together."""
    if method == "none" or len(found) < 2:
        return tuple(found)
    p = [each.p_value for each in found]
    corrected = adjusted(p, method)
    rates = error_rates(p, corrected, method, 1 - confidence)
    together = []
    for each, p_adjusted, rate in zip(found, corrected, rates, strict=True):
        low, high = each.interval(rate)
        together.append(
            replace(
                each,
                low=low,
                high=high,
                p_adjusted=p_adjusted,
                correction=method,
                family=len(found),
            )
        )
    return tuple(together)
