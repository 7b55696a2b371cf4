"""A therapy designed: what it costs, what it does to whom, and how its parts act together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from renshaw.optimization.design import RECOMMENDED, Design
from renshaw.optimization.interaction import LEVELS
from renshaw.optimization.rule import worst_words
from renshaw.optimization.therapy import ALL, NOTHING
from renshaw.reports.figures.style import (
    ALWAYS_WHITE,
    BLUE,
    FAINT,
    GREEN,
    INK,
    MUTED,
    ORANGE,
    PAPER,
    PURPLE,
    VERMILION,
    empty,
    new_figure,
    picture,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLORS: Final = {
    NOTHING: MUTED,
    "stimulation alone": BLUE,
    "relaxation alone": GREEN,
    "drug alone": ORANGE,
    ALL: PURPLE,
    RECOMMENDED: VERMILION,
}
_COSTS: Final = (
    ("force_pct", "Maximal force kept\n(% of untreated)"),
    ("dose_pct", "Dose\n(% of usual maximum)"),
    ("discomfort", "Discomfort of stimulation\n(of 10)"),
    ("charge_mC_per_h", "Charge\n(mC an hour, log)"),
)


@picture
def pareto_front(design: Design) -> Figure:
    """Draw burden against each cost: every therapy judged on all people, the front, the chosen.

    Parameters
    ----------
    design : Design
    """
    figure = new_figure(5.6)
    panels = figure.subplots(2, 2, sharey=True).ravel()
    judged = design.trials[design.trials["judged"]]
    untreated = _untreated(design)
    limits = design.goal.rule
    bounds = {
        "force_pct": limits.force_pct_min,
        "dose_pct": limits.dose_pct_max,
        "discomfort": limits.discomfort_max,
        "charge_mC_per_h": limits.charge_mC_per_h_max,
    }
    for axes, (cost, words) in zip(panels, _COSTS, strict=True):
        burden = 100.0 * judged["burden"] / untreated
        front = judged["front"].to_numpy(bool)
        axes.scatter(judged[cost][~front], burden[~front], s=9, color=FAINT)
        axes.scatter(
            judged[cost][front], burden[front], s=20, facecolors="none", edgecolors=INK, lw=0.8
        )
        for name, therapy in design.chosen.items():
            row = design.alternatives[design.alternatives["alternative"] == name].iloc[0]
            if name == ALL and therapy == design.recommended:
                continue
            star = name == RECOMMENDED
            axes.scatter(
                [row[cost]],
                [100.0 * row["burden"] / untreated],
                s=150 if star else 52,
                marker="*" if star else "o",
                color=COLORS[name],
                edgecolors=PAPER,
                linewidths=0.6,
                zorder=5,
            )
        _limit(axes, bounds[cost], at_least=cost == "force_pct")
        if cost == "charge_mC_per_h":
            axes.set_xscale("symlog", linthresh=1.0)
        axes.set_xlabel(words)
        axes.set_ylim(0, 108)
    for axes in panels[::2]:
        axes.set_ylabel("Burden of spasms\n(% of untreated)")
    _legend(figure, design)
    return figure


def _limit(axes: Axes, bound: float | None, *, at_least: bool) -> None:
    """Shade what the rule does not allow."""
    if bound is None:
        return
    low, high = axes.get_xlim()
    low, high = (min(low, bound - 3), max(high, 100.5)) if at_least else (low, max(high, bound))
    axes.axvline(bound, color=MUTED, linewidth=0.8, linestyle="--")
    outside = (low, bound) if at_least else (bound, high)
    axes.axvspan(*outside, color=FAINT, alpha=0.35, linewidth=0)
    axes.set_xlim(low, high)


def _legend(figure: Figure, design: Design) -> None:
    axes = figure.axes[0]
    for name, therapy in design.chosen.items():
        if name == ALL and therapy == design.recommended:
            continue
        words = f"{name} ({therapy.kind})" if name == RECOMMENDED else name
        marker = "*" if name == RECOMMENDED else "o"
        axes.scatter([], [], s=60, marker=marker, color=COLORS[name], label=words)
    axes.scatter([], [], s=20, facecolors="none", edgecolors=INK, label="on the front")
    axes.scatter([], [], s=9, color=FAINT, label="beaten by another")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=4)


@picture
def burden_by_person(design: Design) -> Figure:
    """Draw the burden of every fresh person under each alternative; and what the search promised.

    Parameters
    ----------
    design : Design
    """
    names = [
        n for n, each in design.chosen.items() if n == RECOMMENDED or each != design.recommended
    ]
    means = design.fresh.pivot_table(
        index="person", columns="alternative", values="burden", sort=False
    )
    figure = new_figure(3.8)
    axes = figure.subplots()
    places = np.arange(len(names))
    # People keep their place within each column, so that one can be followed.
    aside = np.linspace(-0.26, 0.14, len(means))[np.argsort(np.argsort(means[NOTHING]))]
    for row, shift in zip(means[names].to_numpy(), aside, strict=True):
        axes.plot(places + shift, row, color=FAINT, linewidth=0.6, zorder=1)
    for place, name in zip(places, names, strict=True):
        found = design.alternatives[design.alternatives["alternative"] == name].iloc[0]
        axes.scatter(place + aside, means[name], s=11, color=COLORS[name], alpha=0.75, zorder=2)
        low, high = found["fresh_burden_low"], found["fresh_burden_high"]
        axes.plot([place + 0.27] * 2, [low, high], color=INK, linewidth=1.2)
        axes.plot(place + 0.27, found["fresh_burden"], "D", color=COLORS[name], markersize=6)
        axes.plot(
            place + 0.36,
            found["burden"],
            "D",
            markerfacecolor=PAPER,
            markeredgecolor=COLORS[name],
            markersize=5,
        )
    axes.set_xticks(places, [name.replace(" ", "\n", 1) for name in names])
    axes.tick_params(axis="x", length=0)
    axes.set_ylabel("Burden of spasms (% MVC s)")
    axes.set_ylim(0, None)
    worst = worst_words(design.goal.rule)
    axes.plot([], [], "o", color=MUTED, markersize=3.5, label="a fresh person")
    axes.plot([], [], "D", color=MUTED, markersize=6, label=f"{worst}, fresh (95 %)")
    axes.plot(
        [],
        [],
        "D",
        markerfacecolor=PAPER,
        markeredgecolor=MUTED,
        markersize=5,
        label="as the search saw it",
    )
    figure.legend(loc="outside upper center", ncols=3)
    return figure


@picture
def interaction_map(design: Design) -> Figure:
    """Draw the factorial of stimulation, relaxation and drug, and beside it what was expected.

    Parameters
    ----------
    design : Design
    """
    if design.cells.empty:
        figure = new_figure(1.2)
        empty(figure.subplots(), "No combination of all three was allowed: no map")
        return figure
    figure = new_figure(5.6)
    parts: Any = figure.subfigures(2, 1, height_ratios=[1.15, 1])
    above, below = parts
    panels = above.subplots(1, len(LEVELS), sharey=True)
    untreated = float(_cell(design.cells, 0.0, 0.0, 0.0).mean())
    names = ["none", "half", "whole"]
    for axes, drug, name in zip(panels, LEVELS, names, strict=True):
        shares = np.array(
            [
                [
                    100.0 * _cell(design.cells, stim, depth, drug).mean() / untreated
                    for stim in LEVELS
                ]
                for depth in LEVELS
            ]
        )
        for i in range(len(LEVELS)):
            for j in range(len(LEVELS)):
                _square(axes, j, i, shares[i, j])
        axes.set_xlim(-0.5, len(LEVELS) - 0.5)
        axes.set_ylim(-0.5, len(LEVELS) - 0.5)
        axes.set_title(f"Drug: {name}")
        axes.set_xticks(range(len(LEVELS)), names)
        axes.set_xlabel("Stimulation")
        for spine in axes.spines.values():
            spine.set_visible(False)
        axes.tick_params(length=0)
    panels[0].set_yticks(range(len(LEVELS)), names)
    panels[0].set_ylabel("Relaxation")
    above.suptitle("Burden of spasms that is left, % of untreated", fontsize=9, color=MUTED)
    _expected(below.subplots(), design.interactions)
    return figure


def _square(axes: Axes, x: float, y: float, share: float) -> None:
    """Draw one cell of the map; squares, because a page takes no bitmap."""
    from matplotlib.patches import Rectangle

    depth = float(np.clip(share / 100.0, 0.0, 1.0))
    axes.add_patch(
        Rectangle((x - 0.48, y - 0.48), 0.96, 0.96, facecolor=BLUE, alpha=0.08 + 0.8 * depth, lw=0)
    )
    ink = ALWAYS_WHITE if depth > 0.55 else INK
    axes.text(x, y, f"{share:.0f}", ha="center", va="center", color=ink)


def _cell(
    cells: pd.DataFrame, stimulation: float, relaxation: float, drug: float
) -> pd.Series[float]:
    mine = (
        (cells["stimulation"] == stimulation)
        & (cells["relaxation"] == relaxation)
        & (cells["drug"] == drug)
    )
    return cells.loc[mine, "burden"]


def _expected(axes: Axes, table: pd.DataFrame) -> None:
    """Draw what combinations leave beside what the sum and independent action leave."""
    rows = table.sort_values(["strength", "parts"], ascending=[False, True]).to_dict("records")
    places = np.arange(len(rows))[::-1]
    for place, row in zip(places, rows, strict=True):
        scale = 100.0 / row["untreated"]
        low = (row["sum_expected"] + row["above_sum_low"]) * scale
        high = (row["sum_expected"] + row["above_sum_high"]) * scale
        axes.plot([low, high], [place] * 2, color=VERMILION, linewidth=1.2)
        axes.plot(row["burden"] * scale, place, "o", color=VERMILION, markersize=5)
        axes.plot(row["sum_expected"] * scale, place, "|", color=INK, markersize=12, mew=1.6)
        axes.plot(row["bliss_expected"] * scale, place, "x", color=BLUE, markersize=6, mew=1.4)
        axes.text(
            1.01,
            place,
            row["verdict"],
            transform=axes.get_yaxis_transform(),
            va="center",
            fontsize=8.5,
        )
    words = [f"{row['parts']}, {'whole' if row['strength'] == 1 else 'half'}" for row in rows]
    axes.set_yticks(places, words)
    axes.tick_params(axis="y", length=0)
    axes.axvline(100.0 * rows[0]["floor"] / rows[0]["untreated"], color=MUTED, lw=0.8, ls=":")
    axes.axvline(0.0, color=FAINT, linewidth=0.8)
    axes.set_xlabel("Burden left (% of untreated); dotted: the reflex without inward currents")
    axes.plot([], [], "o-", color=VERMILION, markersize=5, label="together (95 % against the sum)")
    axes.plot([], [], "|", color=INK, markersize=12, mew=1.6, label="sum of each alone")
    axes.plot([], [], "x", color=BLUE, markersize=6, mew=1.4, label="independent action (Bliss)")
    axes.legend(loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=3)


def _untreated(design: Design) -> float:
    rows = design.alternatives
    return max(1e-9, float(rows.loc[rows["alternative"] == NOTHING, "burden"].iloc[0]))
