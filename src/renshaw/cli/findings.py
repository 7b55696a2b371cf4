"""What every command prints of what was found: the findings themselves, and where more lies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from renshaw.cli.progress import one_line

if TYPE_CHECKING:
    from renshaw.core.finding import Finding


def printed(
    findings: Sequence[Finding], *more: str, written: Iterable[object] = (), hint: str = ""
) -> None:
    """Print findings, then short tables, then what was written.

    Parameters
    ----------
    findings : sequence of Finding
    more : str
        Tables for the terminal; empty ones are passed over.
    written : iterable of path
        Files, named at the end.
    hint : str
        What could be done instead of writing nothing.
    """
    from renshaw.core.finding import as_text

    # Names and words of files must not move the cursor of a terminal.
    words = "\n".join(map(one_line, as_text(findings).splitlines()))
    end = "\n".join(
        [*([hint] if hint else []), *(one_line(f"Written: {path}") for path in written)]
    )
    print("\n\n".join(part for part in (words, *more, end) if part))  # noqa: T201
