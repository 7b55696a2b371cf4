"""What calms, and at which price: delta F, spasms and strength under each intervention."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from renshaw.figures.colors import BLUE, FAINT, MUTED, VERMILION
from renshaw.figures.style import new_figure, picture, plain

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_PANELS = (
    ("delta_f_change", "Change of ΔF\nin health (pps)"),
    ("complete_s", "Spasm, complete\ninjury (s)"),
    ("incomplete_s", "Spasm, incomplete\ninjury (s)"),
    ("mvc_change_pct", "Change of strength\nin health (% MVC)"),
)


@picture
def what_calms(effects: pd.DataFrame) -> Figure:
    """Draw a row an intervention: change of delta F, length of spasms, change of strength.

    Parameters
    ----------
    effects : DataFrame
        Columns name, fitted (whether its size was fitted to measurements), delta_f_change (pps),
        delta_f_change_se, complete_s and incomplete_s (s), and mvc_change_pct. The first row is
        what spasms are like untreated.
    """
    figure = new_figure(0.9 + 0.26 * len(effects))
    panels = figure.subplots(1, len(_PANELS), sharey=True)
    rows = np.arange(len(effects))
    colors = [BLUE if fitted else VERMILION for fitted in effects["fitted"]]
    for axes, (column, words) in zip(panels, _PANELS, strict=True):
        axes.hlines(rows, 0, effects[column], color=FAINT, linewidth=3)
        if column == "delta_f_change":
            axes.errorbar(
                effects[column],
                rows,
                xerr=1.96 * effects["delta_f_change_se"],
                fmt="none",
                ecolor=MUTED,
                elinewidth=0.9,
            )
        axes.scatter(effects[column], rows, c=colors, s=22, zorder=3)
        axes.axvline(0, color=MUTED, linewidth=0.8)
        axes.set_xlabel(words)
        axes.tick_params(axis="y", length=0)
    panels[0].set_yticks(rows, [plain(name, 40) for name in effects["name"]])
    panels[0].invert_yaxis()
    for color, words in ((BLUE, "size fitted to measurements"), (VERMILION, "size assumed")):
        panels[0].scatter([], [], c=color, s=22, label=words)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return figure
