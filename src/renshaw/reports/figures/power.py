"""Pictures for planning: power against the number of participants, and test against retest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from renshaw.figures.colors import BLUE, FAINT, INK, MUTED, SERIES
from renshaw.figures.style import new_figure, picture, plain, with_unit
from renshaw.findings.power import each_words, effect_words, panel_words
from renshaw.statistics.planning.plan_settings import SPASMS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from renshaw.statistics.planning.power import Power
    from renshaw.statistics.trials.reliability import Reliability

_MOST_PANELS = 6


@picture
def power_curves(power: Power) -> Figure:
    """Draw power against participants, a line an effect, a panel a number of units and ramps."""
    table = power.table
    panels = list(table[["units", "ramps"]].drop_duplicates().itertuples(index=False))
    panels = panels[:_MOST_PANELS]
    columns = min(3, len(panels))
    rows = -(-len(panels) // columns)
    figure = new_figure(0.5 + 2.6 * rows)
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    effects = list(dict.fromkeys(table["effect"]))[: len(SERIES)]
    for place, axes in enumerate(grid.flat):
        if place >= len(panels):
            axes.set_axis_off()
            continue
        units, ramps = (int(v) for v in panels[place])
        part = table[(table["units"] == units) & (table["ramps"] == ramps)]
        _panel(axes, power, part, effects)
        _roots(axes, power, units, ramps, effects)
        axes.set_title(panel_words(power, units, ramps))
        if place % columns == 0:
            axes.set_ylabel("Assurance" if power.settings.assured else "Power")
        if place >= len(panels) - columns:
            axes.set_xlabel(f"Participants{each_words(power.settings)}")
    handles, labels = grid.flat[0].get_legend_handles_labels()
    title = "True ratio" if power.settings.outcome == SPASMS else "True change"
    figure.legend(handles, labels, title=title, loc="outside right upper")
    return figure


def _panel(axes: Axes, power: Power, part: object, effects: list[float]) -> None:
    import pandas as pd

    assert isinstance(part, pd.DataFrame)
    axes.axhline(power.settings.target_power, color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)))
    for n, effect in enumerate(effects):
        line = part[part["effect"] == effect].sort_values("participants")
        x = line["participants"].to_numpy(dtype=float)
        color = SERIES[n % len(SERIES)]
        low, high = line["power_low"].to_numpy(float), line["power_high"].to_numpy(float)
        axes.fill_between(x, low, high, color=color, alpha=0.2, linewidth=0)
        axes.plot(
            x,
            line["power"].to_numpy(float),
            "o-",
            color=color,
            markersize=3,
            label=effect_words(power, effect),
        )
    axes.set_ylim(0, 1.02)
    axes.set_xlim(left=0)
    axes.set_yticks([0, 0.2, 0.4, 0.6, 0.8, 1.0])
    axes.grid(color=FAINT, linewidth=0.5)
    axes.set_axisbelow(True)


def _roots(axes: Axes, power: Power, units: int, ramps: int, effects: list[float]) -> None:
    """Ring the fewest participants with the target power, with what simulation leaves of them."""
    shown = axes.get_xlim()[1]
    for each in power.needed:
        mine = (each.units, each.ramps) == (units, ramps) and each.effect in effects
        if not mine or each.bound or each.participants > shown:
            continue
        color = SERIES[effects.index(each.effect) % len(SERIES)]
        axes.plot(
            each.participants, each.power, "o", ms=8, mfc="none", mec=color, mew=1.4, zorder=4
        )
        ends = [each.low, min(each.high, shown)]
        axes.plot(ends, [power.settings.target_power] * 2, color=color, linewidth=2.4, alpha=0.6)
        axes.vlines(each.participants, 0, each.power, color=color, linewidth=0.8, alpha=0.5)
        axes.annotate(
            f"{each.participants:,}",
            (each.participants, 0.02 + 0.06 * effects.index(each.effect)),
            xytext=(2, 0),
            textcoords="offset points",
            color=color,
            fontsize="small",
        )


@picture
def agreement(reliability: Reliability, unit: str = "") -> Figure:
    """Draw differences between sessions against their mean, with limits of agreement."""
    levels = list(dict.fromkeys(reliability.pairs["level"]))
    figure = new_figure(2.9)
    grid = figure.subplots(1, max(2, len(levels)), sharey=len(levels) > 1, squeeze=False)[0]
    for axes, level in zip(grid, levels, strict=False):
        mine = reliability.pairs[reliability.pairs["level"] == level]
        row = reliability.table[reliability.table["level"] == level].iloc[0]
        first, second = mine["first"].to_numpy(float), mine["second"].to_numpy(float)
        axes.plot((first + second) / 2, second - first, "o", color=BLUE, ms=5, alpha=0.7, mew=0)
        axes.axhline(0, color=FAINT, linewidth=1.0, zorder=0)
        axes.axhline(float(row["mean_difference"]), color=INK, linewidth=1.4)
        for limit in ("loa_low", "loa_high"):
            axes.axhline(float(row[limit]), color=INK, linewidth=1.0, linestyle=(0, (4, 3)))
            low, high = float(row[f"{limit}_low"]), float(row[f"{limit}_high"])
            axes.axhspan(low, high, color=INK, alpha=0.1, linewidth=0)
        reach = max(np.abs([*(second - first), row["loa_low_low"], row["loa_high_high"]]))
        if np.isfinite(reach) and reach > 0:
            axes.set_ylim(-1.25 * reach, 1.25 * reach)
        axes.set_xlabel(with_unit("Mean of sessions", unit))
        axes.set_title(f"{plain(level[:1].upper() + level[1:])} (n = {len(mine)})")
    grid[0].set_ylabel(with_unit("Last minus first session", unit))
    for axes in grid[len(levels) :]:
        first, second = (reliability.pairs[c].to_numpy(float) for c in ("first", "second"))
        ends = [min(first.min(), second.min()), max(first.max(), second.max())]
        axes.plot(ends, ends, color=MUTED, linewidth=0.9)
        axes.plot(first, second, "o", color=BLUE, markersize=5, alpha=0.7, mew=0)
        axes.set_xlabel(with_unit("First session", unit))
        axes.set_ylabel(with_unit("Last session", unit))
        axes.set_title("Retest against test")
    return figure
