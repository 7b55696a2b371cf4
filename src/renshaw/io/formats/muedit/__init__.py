"""MUedit's ``.mat``: decomposed, edited or raw.

Avrillon et al. (2024), doi:10.1101/2024.01.18.576181.
"""

from __future__ import annotations

from renshaw.io.format import FORMATS, Format
from renshaw.io.formats.muedit.reading import read, recognizes
from renshaw.io.formats.muedit.writing import losses, write

FORMATS.add(
    Format(
        name="muedit",
        title="MUedit",
        description="MUedit .mat, decomposed, edited or raw, v5 or v7.3",
        rank=70,
        endings=(".mat",),
        holds="units, sources, raw EMG, grids (rows and columns, channels left out), force, "
        "target, silhouette",
        recognizes=recognizes,
        read=read,
        write=write,
        losses=losses,
    )
)
