"""``renshaw convert``: one tool's file in another tool."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from renshaw.cli.failures import FINE
from renshaw.cli.formats import lists_formats
from renshaw.cli.options import chosen_options, read_options
from renshaw.cli.progress import one_line

Read: Any = read_options()


@lists_formats
def convert(
    source: Annotated[Path, Parameter(name="IN")],
    target: Annotated[Path, Parameter(name="OUT")],
    /,
    *,
    bids: str | None = None,
    read_as: Annotated[Read | None, Parameter(name="*")] = None,
) -> int:
    """Convert a recording into another format, chosen by the ending of OUT.

    What can be written: {written}. Only .h5 and .nwb hold everything; what another format can't
    hold is named. With --bids, OUT is the folder of a BIDS-EMG data set, to which the recording is
    added with its raw EMG.

    What can be read: {read}.

    Examples:

        renshaw convert ramp.mat ramp.csv

        renshaw convert ramp.otb+ dataset --bids sub-01_ses-pre_task-ramp

    Parameters
    ----------
    source
        Recording, recognized by its content.
    target
        File to write, or folder of a data set.
    bids
        BIDS name of the recording: subject and task, and session, acquisition or run if there are.
    """
    from renshaw.io import bids_losses, losses, read, write, write_bids

    recording = read(source, options=chosen_options(read_as))
    if bids is not None:
        lost = bids_losses(recording)
        written = write_bids(recording, target, bids)
    else:
        lost = losses(recording, str(target))
        written = write(recording, target)
    for words in lost:
        print(one_line(f"Not kept: {words}"))  # noqa: T201
    print(one_line(f"Written: {written}"))  # noqa: T201
    return FINE
