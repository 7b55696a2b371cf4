"""Equivalence and non-inferiority: is a difference smaller than what would matter?

Two one-sided tests: Schuirmann DJ (1987), doi:10.1007/BF01068419; Lakens D (2017),
doi:10.1177/1948550617697177.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from renshaw.core.errors import SettingsError
from renshaw.core.tails import t_isf, t_sf

if TYPE_CHECKING:
    from renshaw.statistics.families.scale import Scale

AIMS = ("equivalence", "not lower", "not higher")


class Equivalence(NamedTuple):
    """The test of a difference against a margin.

    Parameters
    ----------
    margin : float
        What would matter, on the scale of the answer: a difference, or a ratio above 1.
    aim : str
        ``equivalence`` (within the margin on both sides), ``not lower`` or ``not higher``
        (non-inferiority: not beyond the margin on the side that would be worse).
    p_value : float
        Of the two one-sided tests the larger; of non-inferiority the one.
    low, high : float
        The interval that decides: at a level of .05 that of 90 %, on the answer's scale.
    level : float
        Coverage of that interval.
    shown : bool
        Whether it is shown.
    different : bool
        Whether the difference from 0 is shown, too.
    """

    margin: float
    aim: str
    p_value: float
    low: float
    high: float
    level: float
    shown: bool
    different: bool

    @property
    def verdict(self) -> str:
        """In plain words."""
        if self.aim != "equivalence":
            side = self.aim.removeprefix("not ")
            return f"not {side} by the margin or more" if self.shown else "not shown"
        if self.shown:
            return "different, but by less than the margin" if self.different else "equivalent"
        return "different" if self.different else "not shown: neither different nor equivalent"


def equivalence(
    estimate: float,
    std_error: float,
    df: float,
    scale: Scale,
    margin: float,
    aim: str,
    confidence: float,
) -> Equivalence:
    """Return the test of a difference against a margin.

    Parameters
    ----------
    estimate, std_error, df : float
        On the scale of the model.
    scale : Scale
        On which it is read, the margin too.
    margin : float
        A difference above 0, or a ratio above 1.
    aim : str
        One of `AIMS`.
    confidence : float
        Of two-sided intervals; each one-sided test has the whole of its error rate.

    Raises
    ------
    SettingsError
        The margin can't be one.
    """
    bound = scale.on_model(margin) if margin > 0 else -1.0
    if bound <= 0:
        least = "1, as effects are ratios" if scale.base else "0"
        raise SettingsError(f"The margin is {margin:g}; it must be above {least}.")
    alpha = 1 - confidence
    p = one_sided(estimate, std_error, df, bound, aim)
    reach = float(t_isf(alpha, df)) * std_error
    low, high = scale.shown(estimate - reach), scale.shown(estimate + reach)
    different = 2 * float(t_sf(abs(estimate) / std_error, df)) < alpha
    return Equivalence(margin, aim, p, low, high, 1 - 2 * alpha, p < alpha, different)


def one_sided(estimate: float, std_error: float, df: float, margin: float, aim: str) -> float:
    """Return the p-value of the tests against a margin, on the model's scale.

    Parameters
    ----------
    estimate, std_error, df : float
    margin : float
        Above 0.
    aim : str
        One of `AIMS`.
    """
    above = float(t_sf((estimate + margin) / std_error, df))
    below = float(t_sf(-(estimate - margin) / std_error, df))
    if aim == "not lower":
        return above
    return below if aim == "not higher" else max(above, below)
