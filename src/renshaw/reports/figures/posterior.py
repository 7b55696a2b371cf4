"""What a recording says of its cord: posteriors over the prior, and where the state lies."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from renshaw.figures.colors import ALWAYS_WHITE, BLUE, FAINT, GREEN, INK, MUTED, VERMILION
from renshaw.figures.style import new_figure, picture, with_unit
from renshaw.inference.cautions import sentence_of
from renshaw.inference.posterior import ABOUT, plain
from renshaw.inference.targets import NAMES, PARAMETER

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from renshaw.inference.change import Change
    from renshaw.inference.posterior import Posterior

_COLUMNS = 4
# Letters of a line beside a bar.
_LETTERS = 34
# Points of a cloud; more would make the page heavy.
_SHOWN = 700
# Where cords lie on the map, as (neuromodulation, inhibition) boxes: young adults as fitted, and
# chronic injury (docs/model.md); what lies between is no diagnosis.
_HEALTHY = ((0.85, 0.98), (1.0, 2.0))
_INJURED = ((0.98, 1.15), (0.0, 1.0))


@picture
def posterior_marginals(posterior: Posterior) -> Figure:
    """Draw the posterior of each parameter over its prior."""
    rows = -(-len(NAMES) // _COLUMNS)
    figure = new_figure(1.75 * rows)
    grid = figure.subplots(rows, _COLUMNS)
    for axes, name in zip(grid.ravel(), NAMES, strict=False):
        _marginal(axes, posterior, name)
    for axes in grid.ravel()[len(NAMES) :]:
        axes.set_axis_off()
    return figure


def _marginal(axes: Axes, posterior: Posterior, name: str) -> None:
    prior, samples = posterior.prior[name].to_numpy(), posterior.samples[name].to_numpy()
    low, high = np.quantile(np.concatenate([prior, samples]), [0.002, 0.998])
    edges = np.linspace(low, high, 36)
    axes.hist(prior, edges.tolist(), density=True, color=FAINT)
    axes.hist(samples, edges.tolist(), density=True, histtype="step", color=BLUE, linewidth=1.4)
    axes.axvline(float(np.median(samples)), color=BLUE, linewidth=0.9, linestyle=":")
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_title(_short(name), fontsize=8.5)
    axes.set_xlabel(PARAMETER[name].unit or " ", fontsize=8)
    axes.tick_params(labelsize=7.5)


_SHORT = {
    "neuromodulation": "Neuromodulation",
    "inhibition": "Tonic inhibition",
    "inhibition_per_drive": "Inhibition per drive",
    "net_amplification": "Net amplification",
    "peak_drive": "Peak drive",
    "drive_half_up_pct": "Drive at half, up",
    "drive_half_down_pct": "Drive at half, down",
    "ahp_scale": "AHP duration",
    "pic_shift_mV": "L-type shift",
    "synaptic_noise": "Synaptic noise",
    "largest_drive": "Largest drive",
    "size_advantage": "View of large units",
}


def _short(name: str) -> str:
    return _SHORT.get(name, plain(name))


@picture
def posterior_correlation(posterior: Posterior) -> Figure:
    """Draw which parameters go together in the posterior, and so can't be told apart."""
    r = np.corrcoef(posterior.samples[list(NAMES)].to_numpy().T)
    figure = new_figure(4.2, 5.6)
    axes = figure.subplots()
    shown = np.where(np.tril(np.ones_like(r), -1) > 0, r, np.nan)[1:, :-1]
    n = len(shown)
    for i in range(n):
        for j in range(i + 1):
            _square(axes, j, n - 1 - i, float(shown[i, j]))
    axes.set_xlim(0, n)
    axes.set_ylim(0, n)
    labels = [_short(name) for name in NAMES]
    places = np.arange(n) + 0.5
    axes.set_xticks(places, labels[:-1], rotation=40, ha="right")
    axes.set_yticks(places, labels[:0:-1])
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    return figure


def _square(axes: Axes, x: int, y: int, r: float) -> None:
    """Draw one correlation: the more, the less of the paper is seen through its color."""
    from matplotlib.patches import Rectangle

    color = VERMILION if r < 0 else BLUE
    axes.add_patch(Rectangle((x, y), 1, 1, facecolor=color, alpha=0.05 + 0.75 * abs(r), lw=0))
    words = f"{r:.1f}".replace("-0.0", "0.0").replace("-", "−")
    ink = ALWAYS_WHITE if abs(r) >= 0.6 else INK
    axes.text(x + 0.5, y + 0.5, words, ha="center", va="center", fontsize=7.5, color=ink)


@picture
def state_map(posterior: Posterior) -> Figure:
    """Draw amplification against inhibition: where the cord lies, and how sure that is."""
    figure = new_figure(3.9, 5.6)
    axes = figure.subplots()
    _regions(axes)
    _cloud(axes, posterior.samples, BLUE)
    _map_axes(axes)
    return figure


@picture
def change_map(change: Change) -> Figure:
    """Draw the change of neuromodulation against that of inhibition."""
    figure = new_figure(3.9, 5.6)
    axes = figure.subplots()
    x = change.samples["neuromodulation_change"].to_numpy()
    y = change.samples["inhibition_change"].to_numpy()
    axes.axhline(0.0, color=MUTED, linewidth=0.8)
    axes.axvline(0.0, color=MUTED, linewidth=0.8)
    axes.scatter(x[:_SHOWN], y[:_SHOWN], s=5, color=BLUE, alpha=0.25, linewidths=0)
    axes.plot([0, np.median(x)], [0, np.median(y)], color=VERMILION, linewidth=1.8)
    axes.plot([np.median(x)], [np.median(y)], "o", color=VERMILION, markersize=5)
    for at, words in (((0.02, 0.98), "calmer, by both"), ((0.98, 0.02), "more excitable, by both")):
        axes.text(
            *at,
            words,
            transform=axes.transAxes,
            color=MUTED,
            fontsize=8,
            ha="left" if at[0] < 0.5 else "right",
            va="top" if at[1] > 0.5 else "bottom",
        )
    axes.set_xlabel("Change of neuromodulation (published = 1)")
    axes.set_ylabel("Change of inhibition M_i (1e-5 S/cm²)")
    return figure


@picture
def change_marginals(change: Change) -> Figure:
    """Draw the posterior of each change over what was thought likely before."""
    figure = new_figure(2.0)
    names = list(change.samples.columns)
    for axes, name in zip(figure.subplots(1, len(names)), names, strict=True):
        prior, samples = change.prior[name].to_numpy(), change.samples[name].to_numpy()
        low, high = np.quantile(prior, [0.02, 0.98])
        low, high = (
            min(low, *np.quantile(samples, [0.005])),
            max(high, *np.quantile(samples, [0.995])),
        )
        edges = np.linspace(low, high, 40)
        axes.hist(prior, edges.tolist(), density=True, color=FAINT)
        axes.hist(samples, edges.tolist(), density=True, histtype="step", color=BLUE, linewidth=1.4)
        axes.axvline(0.0, color=MUTED, linewidth=0.8)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        about = ABOUT[name.removesuffix("_change")]
        axes.set_title(_short(about.name), fontsize=8.5)
        axes.set_xlabel(with_unit("Change", about.unit), fontsize=8)
    return figure


def _regions(axes: Axes) -> None:
    from matplotlib.patches import Rectangle

    for (x, y), color, words in (
        (_HEALTHY, GREEN, "young adults,\nas fitted"),
        (_INJURED, VERMILION, "chronic injury,\nas modeled"),
    ):
        place, size = (x[0], y[0]), (x[1] - x[0], y[1] - y[0])
        axes.add_patch(
            Rectangle(place, *size, facecolor=color, alpha=0.13, edgecolor=color, linewidth=0.8)
        )
        axes.text(
            x[0] + 0.004, y[1] - 0.05, words, color=INK, fontsize=8, ha="left", va="top", zorder=4
        )


def _cloud(axes: Axes, samples: pd.DataFrame, color: str) -> None:
    x = samples["neuromodulation_in_task"].to_numpy()
    y = samples["inhibition_at_peak"].to_numpy()
    axes.scatter(x[:_SHOWN], y[:_SHOWN], s=5, color=color, alpha=0.25, linewidths=0)
    low, middle, high = np.quantile(np.stack([x, y]), [0.05, 0.5, 0.95], axis=1)
    axes.plot([low[0], high[0]], [middle[1], middle[1]], color=INK, linewidth=1.6)
    axes.plot([middle[0], middle[0]], [low[1], high[1]], color=INK, linewidth=1.6)
    axes.plot([middle[0]], [middle[1]], "o", color=INK, markersize=5)


def _map_axes(axes: Axes) -> None:
    axes.set_xlim(0.74, 1.16)
    axes.set_ylim(-0.1, 6.0)
    axes.set_xlabel("Neuromodulation during the contraction (published = 1)")
    axes.set_ylabel("Inhibition at the peak, M_i (1e-5 S/cm²)")


@picture
def unlike_gauge(posterior: Posterior) -> Figure:
    """Draw how far a recording lies from what was simulated, and what is least as expected."""
    figure = new_figure(2.7)
    left, right = figure.subplots(1, 2, width_ratios=[1, 1])
    value = posterior.farther_than_pct
    for start, end, color in ((0, 90, GREEN), (90, 99, "#E69F00"), (99, 100, VERMILION)):
        left.barh(0, end - start, left=start, color=color, alpha=0.3, height=0.5)
    left.plot([value, value], [-0.34, 0.34], color=INK, linewidth=2.4)
    words = "farther than all" if value >= 99.95 else f"farther than {value:.0f} %"
    left.text(min(max(value, 18), 82), 0.42, words, ha="center", fontsize=8.5)
    left.set_xlim(0, 100)
    left.set_ylim(-0.7, 0.8)
    left.set_yticks([])
    left.spines["left"].set_visible(False)
    left.set_xlabel("Simulated recordings that are less unusual (%)")
    left.set_title("Is it like what was simulated?")
    odd = posterior.unusual[:6][::-1]
    right.barh(range(len(odd)), [each.deviation for each in odd], color=BLUE, height=0.6)
    right.axvline(0.0, color=MUTED, linewidth=0.8)
    right.set_yticks(range(len(odd)), [_in_lines(sentence_of(each.name)) for each in odd])
    right.tick_params(axis="y", length=0, labelsize=7.5)
    right.set_xlabel("Deviation from the value expected from the others (SD)")
    right.set_title("Least as expected")
    return figure


def _in_lines(words: str) -> str:
    return "\n".join(textwrap.wrap(words, _LETTERS))
