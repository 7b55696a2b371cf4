"""Small XML descriptions, read without ever expanding an entity."""

from __future__ import annotations

import math
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from renshaw.core.numbers import told_number
from renshaw.io.budget import Budget
from renshaw.io.limits import LARGEST_SIDECAR_BYTES, checked_scale
from renshaw.io.refusal import Refusal

_LARGEST = 16 * LARGEST_SIDECAR_BYTES


# An element with its attributes and texts.
_ELEMENT_BYTES = 400


def parsed(content: bytes, what: str, budget: Budget) -> Element:
    """Return the root of an XML text; documents with a DTD are refused.

    It is the parser that says whether there is one: it knows in which encoding the text is.
    """
    if len(content) > _LARGEST:
        raise Refusal(f"{what} is larger than any description of a recording")
    budget.spend(4 * len(content), what)
    tree = TreeBuilder()
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def start(tag: str, attributes: dict[str, str]) -> None:
        budget.step(what)
        budget.spend(_ELEMENT_BYTES * (1 + len(attributes)), what)
        tree.start(tag, attributes)

    def refuse(*_: Any) -> None:
        raise Refusal(f"{what} declares entities, which no recording needs")

    parser.StartElementHandler = start
    parser.EndElementHandler = tree.end
    parser.CharacterDataHandler = tree.data
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(content, True)
        return tree.close()
    except (expat.ExpatError, AssertionError, ValueError, LookupError) as error:
        raise Refusal(f"{what} is damaged ({error}). Copy or export the file again") from None


def text(node: Element, tag: str, default: str = "") -> str:
    """Return the text of a child."""
    return (node.findtext(tag) or default).strip()


def number(words: str | None, default: float) -> float:
    """Return a finite number from a text, or the default."""
    try:
        value = told_number(words) if words is not None else default
    except ValueError:
        return default
    return value if math.isfinite(value) else default


def scale(words: str | None, default: float, what: str) -> float:
    """Return a gain or range from a text; the default where there is none, never zero or NaN.

    Parameters
    ----------
    words : str or None
        Empty where the description doesn't say.
    default : float
    what : str
        What the description calls it, and of which channel.
    """
    if words is None or not words.strip():
        return default
    try:
        value = told_number(words.strip())
    except ValueError:
        raise Refusal(f"{what} is {words.strip()[:40]!r}, not a number. Correct it") from None
    if value < 0:
        raise Refusal(f"{what} is {value:g}, below zero. Correct it and save the file again")
    return checked_scale(value, what)
