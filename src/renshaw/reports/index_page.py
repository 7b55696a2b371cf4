"""The page that lists the pages of several recordings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import numpy as np

from renshaw.core.files import write_text
from renshaw.data.estimates import Estimates
from renshaw.reports.best_pair import value_of
from renshaw.reports.page import rendered
from renshaw.reports.words import number


class Entry(NamedTuple):
    """One line of the list."""

    name: str
    href: str
    units: str
    delta_f: str
    pairs: str
    remark: str


def write_index(
    pages: Sequence[tuple[str, Estimates]], refused: Sequence[str], path: str | Path
) -> Path:
    """Write the list of recordings, each with its main numbers and a link to its page.

    Parameters
    ----------
    pages : sequence of (str, Estimates)
        File name of the page, in the same folder, and the estimates of its recording.
    refused : sequence of str
        What was wrong with files that could not be used.
    path : path
    """
    entries = [
        _entry(page, estimates, name) for page, estimates in pages for name in estimates.recordings
    ]
    title = "Estimates of several recordings"
    return write_text(
        path, rendered("index.html.j2", title=title, entries=entries, refused=list(refused))
    )


def _entry(page: str, estimates: Estimates, name: str) -> Entry:
    pairs = [row.ok for row in estimates.rows if row.quantity == "delta_f_pair"]
    mean = value_of(estimates, name, "delta_f_mean")
    units = value_of(estimates, name, "n_units")
    return Entry(
        name,
        quote(page),
        number(np.nan if units is None else units.value),
        number(np.nan if mean is None else mean.value),
        f"{sum(pairs)} of {len(pairs)}",
        "" if mean is None else mean.reason,
    )
