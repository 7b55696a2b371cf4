"""The noun: a fitted model with everything a paper reports of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from renshaw.core.history import History
from renshaw.core.results import Result
from renshaw.statistics.answers.answer import Answer
from renshaw.statistics.answers.assumptions import Assumptions
from renshaw.statistics.answers.influence import Influence
from renshaw.statistics.answers.resampling import Resampled
from renshaw.statistics.families.families import NORMAL, Family
from renshaw.statistics.fitting import hurdle
from renshaw.statistics.fitting.bayes import Posterior
from renshaw.statistics.formulas.formula import Formula
from renshaw.statistics.reading.tables import (
    Dropped,
)
from renshaw.statistics.settings import MixedModelSettings
from renshaw.statistics.structure.advice import (
    Remark,
)
from renshaw.statistics.structure.excess import Excess
from renshaw.statistics.structure.layout import Layout

if TYPE_CHECKING:
    import pandas as pd


class Factor(NamedTuple):
    """A factor of the model: its name in the formula, its column and its levels."""

    name: str
    column: str
    levels: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Written:
    """The model as it was written, where the design asks for other random effects.

    Parameters
    ----------
    formula : Formula
    fixed_effects, anova, marginal_means, contrasts : DataFrame
        As of `MixedModel`.
    answers : tuple of Answer
    statistics : mapping
    change : str
        What the other random effects change, in a sentence.
    """

    formula: Formula
    fixed_effects: pd.DataFrame
    anova: pd.DataFrame
    marginal_means: pd.DataFrame
    contrasts: pd.DataFrame
    answers: tuple[Answer, ...]
    statistics: Mapping[str, float]
    change: str = ""


@dataclass(frozen=True, eq=False, repr=False)
class MixedModel(Result):
    """A linear mixed model of a table, with everything a paper reports of it.

    Parameters
    ----------
    formula : Formula
    settings : MixedModelSettings
    fixed_effects : DataFrame
        term, estimate, std_error, df (Satterthwaite), statistic (t), p_value, ci_low, ci_high.
    variance_components : DataFrame
        group, effect, with_effect, variance, std_dev, correlation, share (of the variance of a
        single value). A row with a ``with_effect`` is a covariance.
    anova : DataFrame
        Type III F tests: term, num_df, den_df, f_value, p_value.
    marginal_means, contrasts : DataFrame
        As by R's emmeans.
    resampling : Resampled
        Bootstrap of participants and sign-flip test, a row a coefficient.
    structures : DataFrame
        Random effects that were considered, and which were chosen.
    statistics : mapping
        n, criterion, aic, r2_marginal, r2_conditional, icc, sigma, ...
    rows : DataFrame
        A row of data each: fitted, residual, standardized.
    modes : DataFrame
        Conditional modes of the random effects: group, level, effect, mode.
    data : DataFrame
        The complete rows that were used, the formula's columns.
    answers : tuple of Answer
        What the model says to each question of the formula, the main one first.
    influence : Influence
        The main answer without each person in turn, and over resamples of people.
    assumptions : Assumptions or None
        Shape and spread of residuals, shape of random effects.
    factors : tuple of Factor
        Factors of the fixed effects, their levels in the order in which they are compared.
    dropped : tuple of Dropped
        Rows left out, by reason.
    remarks : tuple of Remark
        Warnings and notes in words.
    layout : Layout
        The design: who was measured, what is nested, where each term varies.
    excess : tuple of Excess
        Terms that are tested with more degrees of freedom than the people who carry them.
    written : Written, optional
        The model as the formula has it, where the tables above are of another structure.
    family : Family
        How the response scatters; coefficients are on the scale of its link.
    zero_part : MixedModel, optional
        Of a hurdle: whether a value is above 0; all else is of the values that are.
    overall : Overall, optional
        Of a hurdle: means with their zeros, and ratios of those.
    posterior : Posterior, optional
        The same model with priors, where the setting ``bayes`` asks for it.
    script : str
        R program that does the same with lme4, lmerTest and emmeans on ``data``.
    history : History
    """

    formula: Formula
    settings: MixedModelSettings
    fixed_effects: pd.DataFrame
    variance_components: pd.DataFrame
    anova: pd.DataFrame
    marginal_means: pd.DataFrame
    contrasts: pd.DataFrame
    resampling: Resampled
    structures: pd.DataFrame
    statistics: Mapping[str, float]
    rows: pd.DataFrame
    modes: pd.DataFrame
    data: pd.DataFrame
    answers: tuple[Answer, ...] = ()
    influence: Influence = field(default_factory=Influence)
    assumptions: Assumptions | None = None
    factors: tuple[Factor, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    remarks: tuple[Remark, ...] = ()
    layout: Layout = field(default_factory=Layout)
    excess: tuple[Excess, ...] = ()
    family: Family = NORMAL
    zero_part: MixedModel | None = None
    overall: hurdle.Overall | None = None
    written: Written | None = None
    posterior: Posterior | None = None
    script: str = ""
    history: History = field(default_factory=History)

    def to_table(self) -> pd.DataFrame:
        """Return the fixed effects."""
        return self.fixed_effects.copy()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to act on before the numbers are believed."""
        return tuple(each.words for each in self.remarks if each.warning)

    def __str__(self) -> str:
        parts = [self.formula.text, self.fixed_effects.to_string(index=False)]
        parts += [self.variance_components.to_string(index=False)] if self.has_random else []
        return "\n".join([*parts, *(f"Warning: {words}" for words in self.warnings)])

    @property
    def has_random(self) -> bool:
        """Whether the formula has random effects."""
        return bool(self.formula.random)
