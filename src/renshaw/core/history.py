"""History: what was done to get a result, as runnable Python and with its citations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from renshaw.core.citations import citation


@dataclass(frozen=True)
class Step:
    """One verb, as it was called.

    Parameters
    ----------
    verb : str
        ``"read"``, ``"simulate"``, ``"estimate"``, ...
    code : str
        The call as Python; it assigns its result to a variable, e.g.
        ``recording = rs.read('a.mat')``.
    settings : mapping
        Plain values of every setting, defaults included.
    seed : int or None
        The seed, where chance was used.
    input : str
        Fingerprint of the input.
    cites : tuple of str
        Keys of `renshaw.core.citations.CITATIONS`.
    version : str
        Version of renshaw.
    """

    verb: str
    code: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    seed: int | None = None
    input: str = ""
    cites: tuple[str, ...] = ()
    version: str = ""

    def to_mapping(self) -> dict[str, Any]:
        """Return plain values, fit for JSON."""
        return {
            "verb": self.verb,
            "code": self.code,
            "settings": dict(self.settings),
            "seed": self.seed,
            "input": self.input,
            "cites": list(self.cites),
            "version": self.version,
        }

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> Step:
        """Make a step from what `to_mapping` gave; parts that are missing or odd become empty."""
        seed = mapping.get("seed")
        settings = mapping.get("settings")
        return cls(
            verb=str(mapping.get("verb", "")),
            code=str(mapping.get("code", "")),
            settings=dict(settings) if isinstance(settings, Mapping) else {},
            seed=seed if isinstance(seed, int) else None,
            input=str(mapping.get("input", "")),
            cites=tuple(str(key) for key in mapping.get("cites") or ()),
            version=str(mapping.get("version", "")),
        )


@dataclass(frozen=True)
class History:
    """The steps that led to a result, oldest first."""

    steps: tuple[Step, ...] = ()

    def then(self, step: Step) -> History:
        """Return this history with one more step."""
        return History((*self.steps, step))

    def as_python(self) -> str:
        """Return the whole history as a program that can be run."""
        return "\n".join(["import renshaw as rs", "", *(step.code for step in self.steps)]) + "\n"

    def citations(self) -> tuple[str, ...]:
        """Return the references of every method used, each once."""
        keys = dict.fromkeys(key for step in self.steps for key in step.cites)
        return tuple(citation(key) for key in keys)
