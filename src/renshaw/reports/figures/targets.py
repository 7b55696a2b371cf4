"""Every target beside what was simulated, all bands drawn equally wide: misses stand out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from renshaw.figures.colors import BLUE, FAINT, INK, MUTED, PAPER, SKY, VERMILION
from renshaw.figures.style import new_figure, picture, plain
from renshaw.findings.model_validation import brief, spoken
from renshaw.validation.people import TITLES as PEOPLE_TITLES
from renshaw.validation.target import COUNTED, FITTED, TARGET_GROUPS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# In half widths of the band: what lies beyond is drawn at the edge, as an arrow.
_EDGE: Final = 4.0
_ROW_in: Final = 0.185
_HEAD: Final = 1.25
_ABOVE_in, _BELOW_in = 0.45, 0.35
# Where columns begin, in parts of the width: names, bands (their end), the axes, values.
_NAMES_X, _BANDS_X, _AXES_X, _VALUES_X = 0.012, 0.405, 0.42, 0.735


def group_of(target: str) -> tuple[str, str]:
    """Return the group of a target and the rest of its name: ``("T2", "GM: ΔF")``.

    Groups are called T1, T2, ... or have a name that a colon ends, as in ``"Sweep: ΔF"``.
    """
    found = re.match(r"(T\d+|\w+(?=:))\w*:?\s*(.*)", target)
    group, rest = found.groups() if found else ("", target)
    return group, spoken(rest or target)


@picture
def targets_against_bands(table: pd.DataFrame) -> Figure:
    """Draw each target's band, the simulated value and its 95 % interval.

    Parameters
    ----------
    table : DataFrame
        Columns target, role, low, high, value, ci_low, ci_high, pass: `ModelValidation.to_table()`.
    """
    rows = list(_placed(table))
    bottom = (rows[-1][0] if rows else 0.0) + 0.8
    tall_in = _ROW_in * (bottom + 0.6)
    height_in = _ABOVE_in + tall_in + _BELOW_in
    figure = new_figure(height_in)
    # Columns stand where they are put; a layout engine would clip the names.
    figure.set_layout_engine("none")
    place = (_AXES_X, _BELOW_in / height_in, _VALUES_X - _AXES_X - 0.01, tall_in / height_in)
    axes = figure.add_axes(place)
    axes.axvspan(-1, 1, color=SKY, alpha=0.28, linewidth=0)
    group = ""
    for y, row in rows:
        named, short = group_of(str(row["target"]))
        if named != group:
            _heading(axes, y, named)
            group = named
        _one(axes, y, short, row)
    axes.set_xlim(-_EDGE - 0.35, _EDGE + 0.35)
    axes.set_ylim(bottom, -0.6)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xticks([-3, -1, 1, 3], ["− width", "low", "high", "+ width"])
    axes.tick_params(axis="x", labelsize=8)
    _legend(figure)
    return figure


def _placed(table: pd.DataFrame) -> Iterator[tuple[float, dict[str, Any]]]:
    """Yield the rows with their heights, groups in the order of their first target."""
    rows: list[dict[str, Any]] = [
        {str(key): value for key, value in row.items()} for row in table.to_dict("records")
    ]
    order = list(dict.fromkeys(group_of(str(row["target"]))[0] for row in rows))
    y = -1.0
    for group in order:
        y += _HEAD
        for row in rows:
            if group_of(str(row["target"]))[0] == group:
                y += 1.0
                yield y, row


def group_title(group: str) -> str:
    """Return what the targets of a group are about; empty where this version does not know it."""
    known = TARGET_GROUPS.get(group)
    return PEOPLE_TITLES.get(group, "") if known is None else known.title


def _heading(axes: Axes, y: float, group: str) -> None:
    words = f"{group}  {group_title(group)}".strip() or "Others"
    beside = {"transform": _across(axes), "clip_on": False}
    axes.text(_NAMES_X, y - 1.0, words, va="center", weight="bold", fontsize=8.5, **beside)
    axes.plot([_NAMES_X, 0.99], [y - 1.6] * 2, color=FAINT, linewidth=0.6, **beside)


def _across(axes: Axes) -> Any:
    """Return the transform of places: parts of the figure's width, and heights of the data."""
    from matplotlib.transforms import blended_transform_factory

    figure = axes.get_figure()
    assert figure is not None
    return blended_transform_factory(figure.transFigure, axes.transData)


def _one(axes: Axes, y: float, short: str, row: dict[str, Any]) -> None:
    met, fitted = bool(row["pass"]), row["role"] == FITTED
    color = (BLUE if met else VERMILION) if row["role"] in COUNTED else MUTED
    ends = (row["value"], row["ci_low"], row["ci_high"])
    value, low, high = (_in_bands(row, float(end)) for end in ends)
    if np.isfinite([low, high]).all():
        inside = np.clip([low, high], -_EDGE, _EDGE)
        axes.plot(inside, [y, y], color=color, linewidth=1.5, solid_capstyle="butt")
    if np.isfinite(value):
        outside = abs(value) > _EDGE
        marker = "o" if met else "s"
        if outside:
            marker = ">" if value > 0 else "<"
        axes.plot(
            [np.clip(value, -_EDGE, _EDGE)], [y], marker=marker, markersize=5.5, color=color,
            markerfacecolor=color if fitted else PAPER, markeredgewidth=1.3, zorder=3,
        )  # fmt: skip
    _words(axes, y, short, row, met)


def _words(axes: Axes, y: float, short: str, row: dict[str, Any], met: bool) -> None:
    beside: dict[str, Any] = {"transform": _across(axes), "va": "center", "clip_on": False}
    axes.text(_NAMES_X + 0.012, y, plain(short, 40), color=INK, fontsize=8.2, **beside)
    wanted = f"{brief(row['low'])} to {brief(row['high'])}"
    axes.text(_BANDS_X, y, wanted, color=MUTED, ha="right", fontsize=7.8, **beside)
    found = "not measured"
    if np.isfinite(float(row["value"])):
        between = f"{brief(row['ci_low'])} to {brief(row['ci_high'])}"
        found = f"{brief(row['value'])} ({between})"
    weight = "normal" if met else "bold"
    axes.text(_VALUES_X, y, found, color=INK, weight=weight, fontsize=8.2, **beside)


def _in_bands(row: dict[str, Any], value: float) -> float:
    """Return a value on the scale where the band reaches from -1 to 1."""
    low, high = float(row["low"]), float(row["high"])
    return float((value - (low + high) / 2) / ((high - low) / 2))


def _legend(figure: Figure) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    def dot(marker: str, color: str, filled: bool, words: str) -> Line2D:
        face = color if filled else PAPER
        return Line2D(
            [], [], marker=marker, color=color, markerfacecolor=face, markersize=5.5, linewidth=1.5,
            label=words,
        )  # fmt: skip

    handles = [
        Patch(color=SKY, alpha=0.28, label="band of people"),
        dot("o", BLUE, True, "met, fitted"),
        dot("o", BLUE, False, "met, predicted"),
        dot("s", VERMILION, True, "missed, fitted"),
        dot("s", VERMILION, False, "missed, predicted"),
        dot("o", MUTED, False, "not counted"),
    ]
    figure.legend(
        handles=handles,
        loc="upper center",
        ncols=6,
        fontsize=7.5,
        handlelength=1.2,
        handletextpad=0.5,
        columnspacing=1.0,
    )
