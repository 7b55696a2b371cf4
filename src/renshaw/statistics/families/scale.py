"""On which scale effects are read: differences, or ratios (of logarithms, log and logit links)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from renshaw.statistics.families.response import two_levels
from renshaw.statistics.formulas.formula import CBIND

if TYPE_CHECKING:
    from renshaw.statistics.fitting.fit import Fit

LOGARITHMS = {"log": math.e, "log2": 2.0, "log10": 10.0}


@dataclass(frozen=True)
class Scale:
    """How a difference on the model's scale is shown.

    Parameters
    ----------
    effect : str
        ``difference``, ``ratio``, ``rate ratio`` or ``odds ratio``.
    of : str
        What differs: the response, without its logarithm.
    mean : str
        What a back-transformed mean is called.
    base : float
        Of the logarithm, 0 where differences are shown as they are.
    """

    effect: str
    of: str
    mean: str = "mean"
    base: float = 0.0

    def shown(self, value: float) -> float:
        """Return a difference, or the end of its interval, as it is shown."""
        if not self.base or math.isnan(value):
            return value
        power = value * math.log(self.base)
        return math.exp(power) if power < 700 else math.inf

    def on_model(self, margin: float) -> float:
        """Return a margin on the model's scale."""
        return math.log(margin) / math.log(self.base) if self.base else margin


def scale_of(fit: Fit) -> Scale:
    """Return the scale on which a model's effects are read."""
    response = fit.formula.response
    if fit.family.is_ratio:
        return Scale(fit.family.effects, _what(fit), fit.family.mean, math.e)
    if response.kind == "call" and response.text in LOGARITHMS:
        base = LOGARITHMS[response.text]
        return Scale("ratio", str(response.parts[0]), "geometric mean", base)
    return Scale(fit.family.effects, _what(fit), fit.family.mean)


def _what(fit: Fit) -> str:
    """Return what has a rate, or a probability: successes, or the second of two outcomes."""
    response = fit.formula.response
    if response.text == CBIND:
        yes = response.parts[0]
        # A share of trials, of which the setting makes successes.
        return str(yes.parts[0] if yes.kind == "op" and yes.text == "*" else yes)
    outcomes = two_levels(fit.table, fit.formula) if fit.family.name == "binomial" else ()
    return f"{response} = {outcomes[1]}" if outcomes else str(response)
