"""Small XML descriptions, read without ever expanding an entity."""

from __future__ import annotations

import math
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from renshaw.io.limits import LARGEST_SIDECAR_BYTES
from renshaw.io.refusal import Refusal

_LARGEST = 16 * LARGEST_SIDECAR_BYTES


def parsed(content: bytes, what: str) -> Element:
    """Return the root of an XML text; documents with a DTD are refused."""
    if len(content) > _LARGEST:
        raise Refusal(f"{what} is larger than any description of a recording")
    if b"<!" in content.replace(b"<!--", b""):
        raise Refusal(f"{what} declares entities, which no recording needs")
    try:
        return ElementTree.fromstring(content)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise Refusal(f"{what} is damaged ({error}). Copy or export the file again") from None


def text(node: Element, tag: str, default: str = "") -> str:
    """Return the text of a child."""
    return (node.findtext(tag) or default).strip()


def number(words: str | None, default: float) -> float:
    """Return a finite number from a text, or the default."""
    try:
        value = float(words) if words is not None else default
    except ValueError:
        return default
    return value if math.isfinite(value) else default
