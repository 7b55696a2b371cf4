"""The register of interventions: each is a file in this room, or in another package."""

from __future__ import annotations

import re
from typing import Any

from renshaw.core.kinds import Register
from renshaw.interventions.drug import Drug
from renshaw.interventions.intervention import CERTAINTIES, Intervention

# Letters of a name that can stand in a command, a study file and an address of the page.
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def _refuse_odd(kind: Any) -> None:
    """Refuse what is no intervention, or one that contradicts itself."""
    if not (isinstance(kind, type) and issubclass(kind, Intervention)):
        raise TypeError(f"{kind!r} is no class of interventions")
    name = kind.__name__
    if not _NAME.fullmatch(kind.name):
        raise ValueError(
            f"{name}.name = {kind.name!r} must be small letters and digits, with - between words"
        )
    if kind.certainty not in CERTAINTIES:
        raise ValueError(f"{name}.certainty = {kind.certainty!r} must be one of {CERTAINTIES}")
    for words in ("title", "mechanism", "source"):
        if not getattr(kind, words) or not isinstance(getattr(kind, words), str):
            raise ValueError(f"{name}.{words} must say something")
    if not isinstance(kind.assumed, tuple):
        raise TypeError(f"{name}.assumed must be a tuple of sentences")
    if "__dataclass_params__" not in vars(kind):
        raise TypeError(f"{name} needs @dataclass(frozen=True, kw_only=True) above it")
    if kind.edit is Intervention.edit:
        raise TypeError(f"{name} has no edit, which says what it does")
    if not (kind.drug is None or isinstance(kind.drug, Drug)):
        raise TypeError(f"{name}.drug must be a Drug")
    if kind.drug is not None:
        kind.drug.refuse_contradiction(kind)


INTERVENTIONS: Register[type[Intervention]] = Register(
    "intervention",
    home="renshaw.interventions",
    entry_points="renshaw.interventions",
    check=_refuse_odd,
)


def drugs() -> dict[str, type[Intervention]]:
    """Return the interventions that are drugs, by name."""
    return {name: kind for name, kind in INTERVENTIONS.items() if kind.drug is not None}
