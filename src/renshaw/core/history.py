"""History: what was done to get a result, as runnable Python and with its citations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from renshaw.core.received_code import rebuilt
from renshaw.core.version import latest, of_other_version


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
        """Make a step from what `to_mapping` gave; parts that are missing or odd become empty.

        The code is never that of the file but built anew (`renshaw.core.received_code`).

        Parameters
        ----------
        mapping : mapping
            As a file holds it.
        """
        seed = mapping.get("seed")
        settings, cites = mapping.get("settings"), mapping.get("cites")
        return cls(
            verb=str(mapping.get("verb", "")),
            code=rebuilt(str(mapping.get("code", "")), str(mapping.get("verb", ""))),
            settings=dict(settings) if isinstance(settings, Mapping) else {},
            seed=seed if isinstance(seed, int) else None,
            input=str(mapping.get("input", "")),
            cites=tuple(map(str, cites)) if isinstance(cites, list | tuple) else (),
            version=str(mapping.get("version", "")),
        )


@dataclass(frozen=True)
class History:
    """The steps that led to a result, oldest first.

    Parameters
    ----------
    steps : tuple of Step
        What was done, in order.
    """

    steps: tuple[Step, ...] = ()

    def then(self, step: Step) -> History:
        """Return this history with one more step.

        Parameters
        ----------
        step : Step
            What was done last.
        """
        return History((*self.steps, step))

    def without(self, verb: str) -> History:
        """Return this history without the last step of a verb, which was undone.

        Parameters
        ----------
        verb : str
            As the history calls it.
        """
        last = max((i for i, step in enumerate(self.steps) if step.verb == verb), default=None)
        return self if last is None else History((*self.steps[:last], *self.steps[last + 1 :]))

    def read_from(self, path: str) -> History:
        """Return this history as if the last file had been read from another path.

        Parameters
        ----------
        path : str
            Where the file lies now.
        """
        last = max((i for i, step in enumerate(self.steps) if step.verb == "read"), default=None)
        if last is None:
            return self
        step = self.steps[last]
        settings = {**step.settings, "path": path}
        # Format and options, where any were given, stay in the call.
        before = repr(step.settings.get("path", ""))
        moved = replace(step, code=step.code.replace(before, repr(path), 1), settings=settings)
        return History((*self.steps[:last], moved, *self.steps[last + 1 :]))

    def to_list(self) -> list[dict[str, Any]]:
        """Return every step as plain values, fit for JSON."""
        return [step.to_mapping() for step in self.steps]

    @classmethod
    def from_list(cls, steps: Any) -> History:
        """Make a history from what `to_list` gave; what is no step is left out.

        Parameters
        ----------
        steps : list of mapping
            As a file holds them.
        """
        steps = steps if isinstance(steps, list | tuple) else ()
        return cls(tuple(Step.from_mapping(each) for each in steps if isinstance(each, Mapping)))

    @property
    def codes(self) -> list[str]:
        """The call of every step, as Python."""
        return [step.code for step in self.steps]

    def __len__(self) -> int:
        return len(self.steps)

    def __bool__(self) -> bool:
        return True

    def as_python(self) -> str:
        """Return the whole history as a program that can be run."""
        return "\n".join(["import renshaw as rs", "", *self.codes]) + "\n"

    def citations(self) -> tuple[str, ...]:
        """Return the references of every method used, each once; an unknown one as its key."""
        from renshaw.core.citations import citation

        return tuple(citation(key) for key in self._cites)

    @property
    def of_other_version(self) -> str:
        """What to say of steps that a newer version wrote: one sentence, or nothing."""
        from renshaw.core.citations import CITATIONS

        # Whoever has no key cites the whole reference, which has blanks.
        keys = [cited for cited in self._cites if " " not in cited]
        unknown = [f"the reference {key}" for key in keys if key not in CITATIONS]
        return of_other_version(latest(step.version for step in self.steps), unknown)

    @property
    def _cites(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(key for step in self.steps for key in step.cites))
