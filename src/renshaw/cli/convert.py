"""``renshaw convert``: one tool's file in another tool."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from renshaw.cli.failures import FINE


def convert(
    source: Annotated[Path, Parameter(name="IN")],
    target: Annotated[Path, Parameter(name="OUT")],
    /,
) -> int:
    """Convert a recording into another format, chosen by the ending of OUT.

    .h5 (renshaw, holds everything), .csv (unit,time_s), .json (openhdemg), .tsv (BIDS-EMG events),
    .mat (MUedit).
    What the format can't hold is named.

    Examples:

        renshaw convert ramp.mat ramp.csv

    Parameters
    ----------
    source
        Recording, recognized by its content.
    target
        File to write.
    """
    from renshaw.io import losses, read, write

    recording = read(source)
    lost = losses(recording, str(target))
    written = write(recording, target)
    for words in lost:
        print(f"Not kept: {words}")  # noqa: T201
    print(f"Written: {written}")  # noqa: T201
    return FINE
