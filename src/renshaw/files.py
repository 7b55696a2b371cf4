"""Files other than recordings, and what a format can't hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renshaw.core.doors import door

if TYPE_CHECKING:
    from renshaw.data.estimates_file import read_estimates
    from renshaw.io import losses, write_bids
else:
    __getattr__, __dir__ = door(__name__)

__all__ = [
    "losses",
    "read_estimates",
    "write_bids",
]
