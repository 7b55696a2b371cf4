"""Pictures of a mixed model: its coefficients, and what is left over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from renshaw.figures.colors import BLUE, INK, MUTED, PAPER, SERIES
from renshaw.figures.style import empty, new_figure, picture, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from renshaw.data.arrays import FloatArray
    from renshaw.statistics.mixed import MixedModel


@picture
def model_coefficients(model: MixedModel) -> Figure:
    """Draw the fixed effects in standard errors, where there is nothing better to draw."""
    figure = new_figure(3.0)
    _coefficients(figure.subplots(), model)
    return figure


def _coefficients(axes: Axes, model: MixedModel) -> None:
    table = model.fixed_effects[model.fixed_effects["term"] != "(Intercept)"]
    if table.empty or len(table) > 40:
        empty(axes, "The model has no factor, and no coefficients to draw")
        return
    y = np.arange(len(table))[::-1]
    scale = table["std_error"].to_numpy(dtype=float)
    low, mid, high = (
        table[c].to_numpy(dtype=float) / scale for c in ("ci_low", "estimate", "ci_high")
    )
    axes.axvline(0, color=MUTED, linewidth=0.9)
    axes.hlines(y, low, high, color=BLUE, linewidth=2)
    axes.plot(mid, y, "o", color=BLUE, markerfacecolor=PAPER, markersize=6, mew=1.5)
    axes.set_yticks(y, [plain(term, 32) for term in table["term"]])
    axes.set_ylim(-0.7, len(table) - 0.3)
    axes.set_xlabel("Coefficient in standard errors")
    axes.set_title("Fixed effects and their confidence intervals")


@picture
def residual_checks(model: MixedModel) -> Figure:
    """Draw residuals against fitted values, and normal quantiles of what is random."""
    figure = new_figure(2.9)
    left, middle, right = figure.subplots(1, 3)
    fitted = model.rows["fitted"].to_numpy(dtype=float)
    residual = model.rows["standardized"].to_numpy(dtype=float)
    few = _thinned(len(fitted))
    size = 3.2 if len(few) < 500 else 2.0
    left.axhline(0, color=MUTED, linewidth=0.9)
    left.plot(fitted[few], residual[few], "o", color=BLUE, markersize=size, alpha=0.5, mew=0)
    _trend(left, fitted, residual)
    left.set_xlabel("Fitted value")
    left.set_ylabel("Standardized residual")
    left.set_title("Residuals, fitted")
    _quantiles(middle, residual, "Residuals, normal")
    modes = model.modes[model.modes["effect"] == "(Intercept)"]
    if modes.empty:
        empty(right, "No random intercepts")
        return figure
    for n, (name, part) in enumerate(modes.groupby("group", sort=False)):
        color = SERIES[n % len(SERIES)]
        values = part["mode"].to_numpy(dtype=float)
        _quantiles(right, values, "Random effects, normal", color=color, label=plain(name, 22))
    right.legend(loc="upper left", fontsize=7.5, handletextpad=0.2)
    right.set_ylabel("Conditional mode")
    return figure


def _thinned(n: int, most: int = 2000) -> np.ndarray:
    return np.arange(n) if n <= most else np.linspace(0, n - 1, most).astype(int)


def _trend(axes: Axes, x: FloatArray, y: FloatArray) -> None:
    """Draw the running mean over eighths of the data, which should stay near 0."""
    if len(x) < 24:
        return
    parts = np.array_split(np.argsort(x, kind="stable"), 8)
    axes.plot(
        [x[part].mean() for part in parts], [y[part].mean() for part in parts], color=INK, lw=1.6
    )


def _quantiles(
    axes: Axes, values: FloatArray, title: str, *, color: str = BLUE, label: str = ""
) -> None:
    from scipy.special import ndtri

    n = len(values)
    ordered = np.sort(values)
    normal = ndtri((np.arange(1, n + 1) - 0.5) / n)
    if n > 3 and np.ptp(ordered) > 0:
        low, high = np.quantile(ordered, [0.25, 0.75])
        slope = (high - low) / (2 * float(ndtri(0.75)))
        ends = normal[[0, -1]]
        axes.plot(ends, (low + high) / 2 + slope * ends, color=MUTED, linewidth=0.9)
    few = _thinned(n)
    axes.plot(
        normal[few], ordered[few], "o", color=color, markersize=3.2, alpha=0.6, mew=0, label=label
    )
    axes.set_xlabel("Normal quantile")
    axes.set_title(title)
