"""Words of a file on a picture: one short line, and never a formula."""

from __future__ import annotations

import unicodedata

# What turns the direction of all that follows, so that a name can pass for another.
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def printable(text: str) -> str:
    """Return text without control characters, which a page can't hold or which turn its words.

    Parameters
    ----------
    text : str
        Of any length; its lines stay.
    """
    return "".join(
        c if (c >= " " and c not in TURNING) or c in "\n\t" else "\N{REPLACEMENT CHARACTER}"
        for c in text
    )


def short(text: object, longest: int = 28) -> str:
    """Return text that came from a file as one short line.

    Control characters, which break an SVG, are shown as what can't be shown.
    """
    shown = "".join(
        "\N{REPLACEMENT CHARACTER}"
        if c in TURNING or unicodedata.category(c) in ("Cc", "Cs", "Cn")
        else c
        for c in str(text)
    )
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def literal(text: str) -> str:
    """Return text as matplotlib shows it as it is: two dollar signs would be mathematics."""
    return text.replace("\\$", "$").replace("$", r"\$")
