"""The register of protocols that people do: each is a file in this room, or in another package."""

from __future__ import annotations

from typing import Any

from renshaw.core.kinds import Register
from renshaw.protocols.protocol import Protocol


def _refuse_odd(kind: Any) -> None:
    """Refuse what is no protocol, or one without a title."""
    if not (isinstance(kind, type) and issubclass(kind, Protocol)):
        raise TypeError(f"{kind!r} is no class of protocols")
    if not kind.title:
        raise ValueError(f"{kind.__name__}.title must say something")


PROTOCOLS: Register[type[Protocol]] = Register(
    "protocol", home="renshaw.protocols", entry_points="renshaw.protocols", check=_refuse_odd
)
