"""Points of which some are only bounds: a circle is a value, a triangle points to where it lies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.figures import Mark, Points
from renshaw.figures.marks import Shape

# By what a value is: its shape, and whether it is drawn hollow.
_LOOKS: dict[str, tuple[Shape, bool]] = {
    "exact": ("circle", False),
    "at least": ("triangle", False),
    "at most": ("triangle down", False),
    "unknown": ("circle", True),
}


def observed_points(
    x: FloatArray,
    y: FloatArray,
    bounds: Sequence[str],
    *,
    name: str,
    color: str = "ink",
    size: float = 4.0,
    alpha: float = 1.0,
    hollow: bool = False,
    words: Sequence[str] = (),
) -> list[Mark]:
    """Return points, those that are only bounds as triangles up (at least) or down (at most).

    Parameters
    ----------
    x, y : array, shape (n,)
        Points without a finite y are left out.
    bounds : sequence of {"exact", "at least", "at most", "unknown"}
        What each value is; of an unknown mean, y is that of the part that was seen: a ring.
    name : str
    color : str
    size : float
        Diameter in points of paper.
    alpha : float
    hollow : bool
        Whether all are drawn hollow.
    words : sequence of str
        What is said of each point when it is pointed at.
    """
    marks: list[Mark] = []
    for bound, (shape, ring) in _LOOKS.items():
        mine = np.array([each == bound for each in bounds], dtype=bool) & np.isfinite(y)
        if mine.any():
            marks.append(
                Points(
                    x=x[mine],
                    y=y[mine],
                    color=color,
                    # Triangles look smaller than circles of their size.
                    size=size if shape == "circle" else size + 2.0,
                    shape=shape,
                    hollow=hollow or ring,
                    alpha=alpha,
                    name=name if bound == "exact" else f"{name} ({bound})",
                    words=tuple(w for w, ok in zip(words, mine, strict=True) if ok)
                    if words
                    else (),
                )
            )
    return marks


def bounds_caption(bounds: Sequence[str]) -> str:
    """Return what the marks of bounds mean, for a caption; nothing where all is exact.

    Parameters
    ----------
    bounds : sequence of {"exact", "at least", "at most", "unknown"}
    """
    said = []
    if {"at least", "at most"} & {*bounds}:
        said.append(
            "Triangles are bounds, as an onset or an end was not seen: the value lies higher (up) "
            "or lower (down)."
        )
    if "unknown" in bounds:
        said.append(
            "Open circles and dotted lines: means of the units that were seen from onset to end; "
            "of the others nothing is known, nor of the difference."
        )
    return " ".join(said)
