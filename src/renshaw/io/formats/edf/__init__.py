"""EDF, EDF+ and BDF with raw EMG; the BDF files of BIDS-EMG data sets are written here too."""

from __future__ import annotations

from renshaw.io.format import FORMATS, Format
from renshaw.io.formats.edf.reading import read, recognizes

FORMATS.add(
    Format(
        name="edf",
        title="EDF and BDF",
        description="EDF, EDF+ and BDF with raw EMG, BIDS-EMG included",
        rank=50,
        endings=(".edf", ".bdf"),
        holds="raw EMG, force, annotations; of a BIDS data set also places and faults of "
        "electrodes, and units",
        recognizes=recognizes,
        read=read,
        raw=True,
    )
)
