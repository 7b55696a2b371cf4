"""The picture of a mixed model's answer: every person, and the model's means or slopes on top."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from renshaw.figures.colors import FAINT, INK, MUTED, PAPER, SERIES
from renshaw.figures.style import new_figure, picture, plain
from renshaw.findings.model_words import who_of
from renshaw.reports.figures.model import model_coefficients
from renshaw.statistics.answers.means import named_level

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from renshaw.statistics.answers.answer import Answer
    from renshaw.statistics.mixed import Factor, MixedModel

_MOST_LEVELS = 12
_MOST_PANELS = 6
_MOST_DOTS = 3000


def model_answer(model: MixedModel) -> Figure:
    """Draw what the main answer is about.

    Every person's means by level with lines between them, a panel a group, and the model's means
    with intervals over them; for a slope every row, with a line a person and the model's own.
    """
    first = next((a for a in model.answers if a.part != "custom"), None)
    if first is not None and first.linear.slope_of:
        column = _column(model, first)
        if column:
            return _slopes(model, first, column)
    elif first is not None and first.changes and _fits(model, first):
        return _levels(model, first)
    return model_coefficients(model)


def _factors(model: MixedModel, answer: Answer) -> list[Factor]:
    known = {each.name: each for each in model.factors}
    names = [change[0] for change in answer.changes]
    names += [name for name in answer.linear.factors if name not in names]
    return [known[name] for name in names]


def _fits(model: MixedModel, answer: Answer) -> bool:
    inner, *outer = _factors(model, answer)
    panels = int(np.prod([len(each.levels) for each in outer]))
    return len(inner.levels) <= _MOST_LEVELS and panels <= _MOST_PANELS


def _values(model: MixedModel) -> pd.Series[float]:
    """Return the response as it is drawn: that of the model, or of a link's mean."""
    if "response" in model.rows:
        return model.rows["response"]
    return model.rows["fitted"] + model.rows["residual"]


def _people(model: MixedModel) -> pd.Series[str] | None:
    """Return who each row is of; None where nobody is named."""
    import pandas as pd

    from renshaw.statistics.formulas.design import group_codes

    person = model.layout.person if model.layout else ()
    # People whom the formula does not name are not among the data of the model.
    if not person or not set(person) <= set(model.data.columns):
        return None
    codes, words = group_codes(model.data, person)
    return pd.Series(np.array(words, dtype=object)[codes], index=model.data.index)


def _rows_of(model: MixedModel, factor: Factor, level: str) -> pd.Series[bool]:
    from renshaw.statistics.formulas.design import level_words

    return model.data[factor.column].map(level_words) == level


def _panel_words(factors: list[Factor], levels: tuple[str, ...]) -> str:
    """Return the levels that a panel is of; numbers with their column."""
    return ", ".join(named_level(f.column, each) for f, each in zip(factors, levels, strict=True))


@picture
def _levels(model: MixedModel, answer: Answer) -> Figure:
    inner, *outer = _factors(model, answer)
    panels = list(itertools.product(*(each.levels for each in outer)))
    figure = new_figure(3.3)
    all_axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    means = _means(model, [inner, *outer])
    for n, (axes, panel) in enumerate(zip(all_axes, panels, strict=True)):
        mine = np.ones(len(model.data), dtype=bool)
        for factor, level in zip(outer, panel, strict=True):
            mine &= _rows_of(model, factor, level).to_numpy()
        color = SERIES[n % len(SERIES)]
        people = _person_lines(axes, model, inner, mine, color)
        _model_means(axes, [means.get((level, *panel)) for level in inner.levels], color)
        axes.set_xticks(range(len(inner.levels)), [plain(each, 14) for each in inner.levels])
        if len(inner.levels) * len(panels) > 6:
            axes.tick_params(axis="x", rotation=35)
        if not any(c.isalpha() for c in "".join(inner.levels)):
            axes.set_xlabel(plain(inner.column, 30))
        axes.set_xlim(-0.5, len(inner.levels) - 0.5)
        axes.grid(axis="y", color=FAINT, linewidth=0.5)
        axes.set_axisbelow(True)
        title = plain(_panel_words(outer, panel) or inner.name, 30)
        axes.set_title(f"{title}{f' ({plain(who_of(model).of(people), 30)})' if people else ''}")
    all_axes[0].set_ylabel(plain(str(model.formula.response), 40))
    return figure


_SHOWN = ("mean", "ci_low", "ci_high")


def _means(
    model: MixedModel, factors: list[Factor]
) -> dict[tuple[str, ...], tuple[float, float, float]]:
    """Return mean and interval of each cell; the levels in the order of the factors given."""
    table = model.marginal_means
    for names in itertools.permutations([each.name for each in factors]):
        rows = table[table["term"] == ":".join(names)]
        if len(rows):
            break
    else:
        return {}
    on_link = "response" in table
    shown = ("response", "response_low", "response_high") if on_link else _SHOWN
    by_name = {each.name: each for each in factors}
    cells = itertools.product(*(by_name[name].levels for name in names))
    found = {}
    for cell, row in zip(cells, rows.to_dict("records"), strict=True):
        level = dict(zip(names, cell, strict=True))
        key = tuple(level[each.name] for each in factors)
        found[key] = (float(row[shown[0]]), float(row[shown[1]]), float(row[shown[2]]))
    return found


def _person_lines(
    axes: Axes, model: MixedModel, inner: Factor, mine: np.ndarray, color: str
) -> int:
    """Draw each person's means, and return how many people there are."""
    import pandas as pd

    from renshaw.statistics.formulas.design import level_words

    place = {level: n for n, level in enumerate(inner.levels)}
    x = model.data[inner.column].map(level_words).map(place)
    who, values = _people(model), _values(model)
    if who is None:
        at, y = x[mine].to_numpy(dtype=float), values[mine].to_numpy(dtype=float)
        few = np.linspace(0, len(at) - 1, min(len(at), _MOST_DOTS)).astype(int)
        spread = np.linspace(-0.16, -0.06, len(few))
        axes.plot(at[few] + spread, y[few], "o", color=color, markersize=3, alpha=0.5, mew=0)
        return 0
    table = pd.DataFrame({"who": who[mine], "x": x[mine], "y": values[mine]})
    each = table.pivot_table(index="who", columns="x", values="y")
    places = np.asarray(each.columns, dtype=float)
    alpha = 0.55 if len(each) <= 60 else 0.25
    for person in each.to_numpy(dtype=float):
        known = np.isfinite(person)
        axes.plot(
            places[known] - 0.07,
            person[known],
            "-o",
            color=color,
            linewidth=0.9,
            markersize=3,
            alpha=alpha,
            mew=0,
            zorder=2,
        )
    return len(each)


def _model_means(axes: Axes, means: list[tuple[float, float, float] | None], color: str) -> None:
    known = [(n + 0.1, *each) for n, each in enumerate(means) if each and np.isfinite(each[0])]
    if not known:
        return
    x, mean, low, high = np.array(known).T
    axes.plot(x, mean, color=INK, linewidth=1.6, zorder=3)
    axes.errorbar(
        x,
        mean,
        [mean - low, high - mean],
        fmt="o",
        color=INK,
        markerfacecolor=PAPER,
        markersize=6.5,
        markeredgewidth=1.6,
        linewidth=2.0,
        zorder=4,
    )


def _column(model: MixedModel, answer: Answer) -> str:
    """Return the column whose slope the answer is; empty where it is a function of it."""
    name = answer.contrast.removeprefix("slope of ").split(", ")[0].strip("`")
    return name if name in model.data and not answer.linear.by else ""


@picture
def _slopes(model: MixedModel, answer: Answer, column: str) -> Figure:
    factors = _factors(model, answer)
    panels = list(itertools.product(*(each.levels for each in factors)))
    if len(panels) > _MOST_PANELS:
        panels, factors = [()], []
    figure = new_figure(3.3)
    all_axes = figure.subplots(1, len(panels), sharey=True, sharex=True, squeeze=False)[0]
    x_all, y_all = model.data[column].to_numpy(dtype=float), _values(model).to_numpy(dtype=float)
    who = _people(model)
    fitted = model.rows["fitted"].to_numpy(dtype=float)
    for n, (axes, panel) in enumerate(zip(all_axes, panels, strict=True)):
        mine = np.ones(len(x_all), dtype=bool)
        for factor, level in zip(factors, panel, strict=True):
            mine &= _rows_of(model, factor, level).to_numpy()
        color = SERIES[n % len(SERIES)]
        few = np.flatnonzero(mine)
        few = few[np.linspace(0, len(few) - 1, min(len(few), _MOST_DOTS)).astype(int)]
        axes.plot(x_all[few], y_all[few], "o", color=color, markersize=3, alpha=0.45, mew=0)
        if who is not None and "response" not in model.rows:
            for name in who[mine].unique()[:80]:
                own = mine & (who == name).to_numpy()
                if np.ptp(x_all[own]) > 0.1 * np.ptp(x_all) and own.sum() > 2:
                    line = np.polyfit(x_all[own], fitted[own], 1)
                    ends = np.array([x_all[own].min(), x_all[own].max()])
                    axes.plot(ends, np.polyval(line, ends), color=MUTED, linewidth=0.8, alpha=0.6)
        slope = _slope_of(model, panel, factors)
        if slope is not None and "response" not in model.rows and mine.any():
            ends = np.array([x_all[mine].min(), x_all[mine].max()])
            middle = float(fitted[mine].mean())
            line = middle + slope * (ends - x_all[mine].mean())
            axes.plot(ends, line, color=INK, linewidth=2.2)
        axes.set_xlabel(plain(column, 30))
        axes.set_title(plain(_panel_words(factors, panel) or column, 30))
        axes.grid(color=FAINT, linewidth=0.5)
        axes.set_axisbelow(True)
    all_axes[0].set_ylabel(plain(str(model.formula.response), 40))
    return figure


def _slope_of(model: MixedModel, panel: tuple[str, ...], factors: list[Factor]) -> float | None:
    """Return the model's slope in a panel, on the scale that is drawn."""
    from renshaw.findings.model_words import on_model

    wanted = {f"{f.name} = {level}" for f, level in zip(factors, panel, strict=True)}
    for answer in model.answers:
        alone = answer.linear.slope_of and not answer.changes
        if alone and set(answer.within.split(", ")) - {""} == wanted:
            return on_model(model, answer.estimate)
    return None
