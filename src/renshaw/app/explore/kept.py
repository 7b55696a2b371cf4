"""The knobs as a person left them, for the next start of the page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from renshaw.app.keeping import Keeping, kept_text
from renshaw.core.files import write_text
from renshaw.core.plain_json import read_json
from renshaw.core.received_code import UNNAMED_EDITION
from renshaw.model.editions import DEFAULT_EDITION, EDITIONS

_FILE = "explore.json"
_VERSION = 1
_LARGEST_bytes = 1024**2


def keep(
    keeping: Keeping,
    knobs: Mapping[str, Any],
    before: Mapping[str, Any],
    edition: int = DEFAULT_EDITION,
) -> None:
    """Write down the knobs; they are on disk when this returns.

    Parameters
    ----------
    keeping : Keeping
    knobs, before : mapping
        What differs from the knobs at first, now and in what is pinned. Nothing in either: as at
        first, which nothing has to be kept of.
    edition : int
        Of the virtual person, for whom the knobs stand so.

    Raises
    ------
    OSError
        The disk is full, ...
    """
    if knobs or before:
        turned = {"knobs": dict(knobs), "before": dict(before)}
        kept = {"version": _VERSION, "edition": edition, **turned}
        write_text(keeping.folder / _FILE, json.dumps(kept))
    elif keeping.there is not None:
        (keeping.there / _FILE).unlink(missing_ok=True)


def kept(keeping: Keeping) -> dict[str, Any]:
    """Return the knobs as they were left, and of which edition of the person.

    None where nothing was kept, or what can't be read. What was kept before there were two editions
    names none and is of the first.
    """
    nothing: dict[str, Any] = {"edition": DEFAULT_EDITION, "knobs": {}, "before": {}}
    if keeping.there is None:
        return nothing
    try:
        plain = read_json(kept_text(keeping.there / _FILE, _LARGEST_bytes))
        edition = plain.get("edition", UNNAMED_EDITION)
        if plain["version"] != _VERSION or edition not in EDITIONS:
            return nothing
        turned = {name: dict(plain[name]) for name in ("knobs", "before")}
        return {"edition": int(edition), **turned}
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return nothing
