"""The findings of a run in its folder, so that the local page shows the same as the report."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from renshaw.core.errors import ReadError
from renshaw.core.files import write_text
from renshaw.core.finding import Finding, as_mapping
from renshaw.core.plain_json import DoubledKeyError, read_json
from renshaw.core.received import text_of

FINDINGS = "findings.json"
# What each of their parts is a list of.
_PARTS: dict[str, type] = {"sentences": str, "numbers": dict, "remarks": dict}


def write_findings(findings: Sequence[Finding], folder: Path) -> Path:
    """Write findings as JSON: sentences, numbers and remarks."""
    return write_text(
        folder / FINDINGS, json.dumps(as_mapping(findings), ensure_ascii=False, indent=1)
    )


def read_findings(folder: Path) -> dict[str, Any]:
    """Return the findings of a folder, as `as_mapping` makes them.

    Raises
    ------
    ReadError
        They are not there, or not findings.
    """
    try:
        found = read_json(text_of(folder / FINDINGS))
    except FileNotFoundError:
        raise ReadError(
            f"{FINDINGS} is missing: an earlier version of renshaw made this folder. Open its "
            "report, or go on with it to have it written again."
        ) from None
    except DoubledKeyError as error:
        raise ReadError(f"{folder / FINDINGS} is damaged: {error}.") from None
    except (OSError, ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not all(
        _is_list(found.get(part), kind) for part, kind in _PARTS.items()
    ):
        raise ReadError(f"{FINDINGS} is damaged; open the report instead.")
    return found


def _is_list(given: object, kind: type) -> bool:
    return isinstance(given, list) and all(isinstance(each, kind) for each in given)
