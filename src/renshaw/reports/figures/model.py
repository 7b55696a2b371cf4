"""Pictures of a mixed model: its means with the people behind them, and what is left over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from renshaw.figures.colors import BLUE, FAINT, INK, MUTED, PAPER, SERIES
from renshaw.figures.style import empty, new_figure, picture, plain

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from renshaw.data.arrays import FloatArray
    from renshaw.statistics.mixed import Factor, MixedModel

_MOST_LEVELS = 12


@picture
def model_means(model: MixedModel) -> Figure:
    """Draw estimated marginal means with intervals over each participant's own means."""
    figure = new_figure(3.4)
    axes = figure.subplots()
    factors = _shown_factors(model)
    if not factors:
        _coefficients(axes, model)
        return figure
    term = ":".join(each.name for each in factors)
    means = model.marginal_means[model.marginal_means["term"] == term]
    values = model.rows["fitted"] + model.rows["residual"]
    group = _outermost(model)
    widths = len(factors[1].levels) if len(factors) > 1 else 1
    first = factors[0]
    for n, row in enumerate(means.to_dict("records")):
        # The last factor runs fastest in the table of means.
        a, b = divmod(n, widths)
        place = a + (b - (widths - 1) / 2) * 0.7 / widths
        color = SERIES[b % len(SERIES)]
        axes.errorbar(
            [place],
            [row["mean"]],
            [[row["mean"] - row["ci_low"]], [row["ci_high"] - row["mean"]]],
            fmt="o",
            color=INK,
            markerfacecolor=PAPER,
            markersize=6.5,
            markeredgewidth=1.6,
            linewidth=2.0,
            zorder=4,
        )
        mine = _rows_of(model, first, a)
        if widths > 1:
            mine &= _rows_of(model, factors[1], b)
        each = values[mine]
        if group:
            each = each.groupby(model.data.loc[mine, group].astype(str)).mean()
        each = each.iloc[_thinned(len(each), 500)]
        spread = np.linspace(-0.11, -0.05, len(each)) if len(each) != 1 else np.array([-0.08])
        axes.plot(place + spread, each, "o", color=color, markersize=3.6, alpha=0.6, mew=0)
    _legend(axes, factors)
    if widths == 1 and group:
        _person_lines(axes, model, first, group, values)
    axes.set_xticks(range(len(first.levels)), [plain(level, 18) for level in first.levels])
    axes.set_xlim(-0.5, len(first.levels) - 0.5)
    axes.set_xlabel(plain(first.name, 60))
    axes.set_ylabel(plain(str(model.formula.response), 60))
    axes.grid(axis="y", color=FAINT, linewidth=0.5)
    axes.set_axisbelow(True)
    percent = f"{100 * model.settings.confidence:g}"
    people = f"means of each {plain(group, 20)}" if group else "values"
    axes.set_title(f"Marginal means, {percent} % CI (rings), and {people} (dots)")
    return figure


def _shown_factors(model: MixedModel) -> tuple[Factor, ...]:
    """Return the one or two factors of the largest term that a picture can hold."""
    known = {each.name: each for each in model.factors}
    best: tuple[Factor, ...] = ()
    for term in dict.fromkeys(model.marginal_means["term"]):
        for names in (known.get(term) and (term,), _pair(term, known)):
            if names and len(names) <= 2:
                found = tuple(known[name] for name in names)
                small = all(len(each.levels) <= _MOST_LEVELS for each in found)
                if small and len(found) > len(best):
                    best = found
    return best


def _pair(term: str, known: dict[str, Factor]) -> tuple[str, ...] | None:
    return next(((a, b) for a in known for b in known if a != b and f"{a}:{b}" == term), None)


def _rows_of(model: MixedModel, factor: Factor, level: int) -> pd.Series[bool]:
    from renshaw.statistics.design import level_words

    return model.data[factor.column].map(level_words) == factor.levels[level]


def _outermost(model: MixedModel) -> str:
    groups = [term.group for term in model.formula.random if len(term.group) == 1]
    return groups[0][0] if groups else ""


def _legend(axes: Axes, factors: Sequence[Factor]) -> None:
    if len(factors) < 2:
        return
    for n, level in enumerate(factors[1].levels):
        axes.plot([], [], "o", color=SERIES[n % len(SERIES)], markersize=4, label=plain(level))
    axes.legend(title=plain(factors[1].name), loc="upper left", bbox_to_anchor=(1.0, 1.0))


def _person_lines(
    axes: Axes, model: MixedModel, factor: Factor, group: str, values: pd.Series[float]
) -> None:
    import pandas as pd

    from renshaw.statistics.design import level_words

    place = {level: n for n, level in enumerate(factor.levels)}
    x = model.data[factor.column].map(level_words).map(place)
    table = pd.DataFrame({"who": model.data[group].astype(str), "x": x, "y": values})
    means = table.pivot_table(index="who", columns="x", values="y")
    if len(means) > 80:
        return
    for person in means.to_numpy(dtype=float):
        axes.plot(
            np.asarray(means.columns, dtype=float) - 0.08,
            person,
            color=MUTED,
            linewidth=0.7,
            alpha=0.4,
            zorder=1,
        )


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
    from scipy import stats

    n = len(values)
    ordered = np.sort(values)
    normal = stats.norm.ppf((np.arange(1, n + 1) - 0.5) / n)
    if n > 3 and np.ptp(ordered) > 0:
        low, high = np.quantile(ordered, [0.25, 0.75])
        slope = (high - low) / (2 * float(stats.norm.ppf(0.75)))
        ends = normal[[0, -1]]
        axes.plot(ends, (low + high) / 2 + slope * ends, color=MUTED, linewidth=0.9)
    few = _thinned(n)
    axes.plot(
        normal[few], ordered[few], "o", color=color, markersize=3.2, alpha=0.6, mew=0, label=label
    )
    axes.set_xlabel("Normal quantile")
    axes.set_title(title)
