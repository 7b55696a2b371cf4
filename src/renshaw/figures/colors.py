"""Colors by meaning: a palette for the color-blind that survives gray print, and a sequence."""

from __future__ import annotations

import itertools
from typing import Final

# Okabe & Ito (2008), https://jfly.uni-koeln.de/color/
BLUE: Final = "#0072B2"
VERMILION: Final = "#D55E00"
GREEN: Final = "#009E73"
ORANGE: Final = "#E69F00"
SKY: Final = "#56B4E9"
PURPLE: Final = "#CC79A7"
SERIES: Final = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)

# These four follow the page from light to dark (see `renshaw.reports.svg`).
INK: Final = "#1b1e21"
MUTED: Final = "#5f6670"
FAINT: Final = "#d3d7db"
PAPER: Final = "#ffffff"
# On a color, white stays white in the dark.
ALWAYS_WHITE: Final = "#fefefe"

NAMED: Final = {
    "blue": BLUE,
    "vermilion": VERMILION,
    "green": GREEN,
    "orange": ORANGE,
    "sky": SKY,
    "purple": PURPLE,
    "ink": INK,
    "muted": MUTED,
    "faint": FAINT,
    "paper": PAPER,
    "white": ALWAYS_WHITE,
}
SERIES_NAMES: Final = ("blue", "vermilion", "green", "purple", "orange", "sky")

# Nine colors of viridis (van der Walt & Smith 2015, CC0), mixed in between.
_VIRIDIS: Final = (
    (0x44, 0x01, 0x54),
    (0x47, 0x2D, 0x7B),
    (0x3B, 0x52, 0x8B),
    (0x2C, 0x72, 0x8E),
    (0x21, 0x91, 0x8C),
    (0x28, 0xAE, 0x80),
    (0x5E, 0xC9, 0x62),
    (0xAD, 0xDC, 0x30),
    (0xFD, 0xE7, 0x25),
)
# The palest can't be seen on paper, the darkest not on a dark page.
_ON_PAPER: Final = (0.0, 0.83)
_IN_THE_DARK: Final = (0.3, 1.0)
_SEQUENCE: Final = "sequence:"


def sequence(share: float) -> str:
    """Return a color of a sequence that goes from dark (0) to light (1), fit for its background."""
    return f"{_SEQUENCE}{share:.4f}"


def viridis(share: float) -> str:
    """Return the color at a place of the scale, 0 to 1, the same on any background."""
    at = min(max(share, 0.0), 1.0) * (len(_VIRIDIS) - 1)
    below = min(int(at), len(_VIRIDIS) - 2)
    pairs = zip(*itertools.islice(_VIRIDIS, below, below + 2), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * (at - below)):02x}" for a, b in pairs)


def on_paper(color: str) -> str:
    """Return a color of a description as paper shows it."""
    return _resolved(color, _ON_PAPER)


def in_the_dark(color: str) -> str:
    """Return a color of a description as a dark page shows it, where it is no named one."""
    return _resolved(color, _IN_THE_DARK)


def _resolved(color: str, ends: tuple[float, float]) -> str:
    if color.startswith(_SEQUENCE):
        low, high = ends
        return viridis(low + (high - low) * float(color.removeprefix(_SEQUENCE)))
    return NAMED.get(color, color)
