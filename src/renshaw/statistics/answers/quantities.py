"""Several quantities of one study: their main answers, corrected together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from renshaw.core.errors import DataError, SettingsError
from renshaw.statistics.answers.answer import Answer, answer_table
from renshaw.statistics.answers.joint import main_answer
from renshaw.statistics.answers.multiplicity import ACROSS, adjusted, error_rates

if TYPE_CHECKING:
    import pandas as pd

    from renshaw.statistics.mixed import MixedModel


def main_answers(
    models: Mapping[str, MixedModel], correction: str = "holm", *, confidence: float = 0.95
) -> pd.DataFrame:
    """Return the main answer of each model, p-values corrected over all of them.

    Parameters
    ----------
    models : mapping of str to MixedModel
        By quantity, in the order in which ``hierarchy`` tests them.
    correction : str
        ``holm``, ``bonferroni``, ``fdr``, ``hierarchy`` (each only if all before it were found) or
        ``none``. A single model is not corrected.
    confidence : float
        1 less the error rate that they share.

    Returns
    -------
    DataFrame
        quantity, the columns of ``answers.csv``, and ``found``. ``p_value`` is that of the contrast
        alone, ``p_adjusted`` is corrected within its question first. Intervals agree with
        ``p_adjusted``, but for ``hierarchy``, which corrects none.

    Raises
    ------
    SettingsError
        There is no such correction.
    DataError
        A model answers nothing.

    Examples
    --------
    >>> import pandas as pd
    >>> from renshaw.stats import main_answers, mixed_model
    >>> table = pd.DataFrame({"x": [1, 2, 3, 4, 5], "y": [1, 3, 2, 5, 4], "z": [2, 1, 4, 3, 6]})
    >>> models = {name: mixed_model(table, f"{name} ~ x") for name in ("y", "z")}
    >>> main_answers(models, "hierarchy")[["quantity", "estimate", "p_adjusted"]].round(3)
      quantity  estimate  p_adjusted
    0        y       0.8       0.104
    1        z       1.0       0.104
    """
    if correction not in ACROSS:
        raise SettingsError(
            f"There is no correction {correction!r}; there are {', '.join(ACROSS)}."
        )
    empty = [name for name, model in models.items() if not model.answers]
    if empty or not models:
        raise DataError(f"There is no answer of {', '.join(empty) or 'no model'}.")
    firsts = [main_answer(model.answers) for model in models.values()]
    # A contrast that is one of several of its question was corrected there first.
    p = [each.p_adjusted for each in firsts]
    several = correction if len(models) > 1 else "none"
    corrected = adjusted(p, several)
    rates = error_rates(p, corrected, several, 1 - confidence)
    table = answer_table(
        [
            _among(each, its, rate, several, len(models))
            for each, its, rate in zip(firsts, corrected, rates, strict=True)
        ]
    )
    table["found"] = table["p_adjusted"] < 1 - confidence
    table.insert(0, "quantity", list(models))
    return table


def _among(answer: Answer, p_adjusted: float, rate: float, correction: str, n: int) -> Answer:
    """Return a main answer among others, with the interval that agrees with its p-value."""
    if correction == "none":
        return answer
    own = answer.p_value / answer.p_adjusted if answer.p_adjusted > 0 else 1.0
    low, high = answer.interval(rate * own)
    return replace(
        answer, low=low, high=high, p_adjusted=p_adjusted, correction=correction, family=n
    )
