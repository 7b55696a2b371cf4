"""Estimators against truth: what they make of levels of neuromodulation and inhibition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from renshaw.figures.colors import BLUE, MUTED
from renshaw.figures.style import new_figure, picture, plain, with_unit
from renshaw.findings.words import title_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_TRUTHS: Final = {
    "neuromodulation": "Neuromodulation",
    "inhibition": "Inhibition, M_i (1e-5 S/cm²)",
}


@picture
def estimators_against_truth(
    recordings: pd.DataFrame,
    rules: str = "renshaw",
    quantities: tuple[str, ...] = ("delta_f", "brace_height", "peak_rate"),
) -> Figure:
    """Draw quantities against each truth that was set, a dot a recording, a line their means.

    Parameters
    ----------
    recordings : DataFrame
        `EstimatorValidation.recordings`.
    rules : str
        The rule set drawn.
    quantities : tuple of str
    """
    part = recordings[recordings["rules"] == rules]
    truths = [truth for truth in _TRUTHS if (part["manipulated"] == truth).any()]
    figure = new_figure(0.2 + 2.1 * max(1, len(truths)))
    grid = figure.subplots(
        max(1, len(truths)), len(quantities), sharex="row", sharey="col", squeeze=False
    )
    for row, truth in zip(grid, truths, strict=False):
        for axes, quantity in zip(row, quantities, strict=True):
            dots = part[(part["manipulated"] == truth) & (part["quantity"] == quantity)]
            means = dots.groupby("level")["value"].mean()
            axes.plot(dots["level"], dots["value"], "o", color=MUTED, alpha=0.45, ms=3.5, mew=0)
            axes.plot(means.index, means, "-o", color=BLUE, linewidth=2, markersize=4)
            axes.set_xlabel(_TRUTHS[truth])
            unit = str(dots["units"].iloc[0]) if len(dots) else ""
            axes.set_ylabel(with_unit(plain(title_of(quantity)), unit))
            all_values = part.loc[part["quantity"] == quantity, "value"]
            if np.isfinite(all_values).any():
                axes.set_ylim(min(0.0, float(all_values.min())), 1.08 * float(all_values.max()))
    return figure
