"""Colors of several levels of neuromodulation, warmer as it grows."""

from __future__ import annotations

from collections.abc import Sequence


def level_colors(levels: Sequence[float]) -> list[str]:
    """Return a color for each level; more neuromodulation is warmer and brighter in gray print."""
    import matplotlib as mpl

    order = sorted(range(len(levels)), key=lambda i: levels[i])
    place = {i: rank / max(1, len(levels) - 1) for rank, i in enumerate(order)}
    colors = mpl.colormaps["plasma"]
    # The darkest fifth can't be seen on a dark page, nor the palest on paper.
    return [mpl.colors.to_hex(colors(0.22 + 0.56 * place[i])) for i in range(len(levels))]
