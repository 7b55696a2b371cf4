"""`Decomposition`: how the motor units of a recording were found, and what people changed since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from renshaw.core.numbers import counted, number

# Of `Decomposition.by`: renshaw's own, offline and online, and its stand-in for simulations.
DECOMPOSED = "decompose"
DECODED = "decode"
OBSERVED = "observed"

# Of `Stretch.done`.
LEFT_OUT, BRIDGED, SUBTRACTED, FILLED_IN = "left out", "bridged", "subtracted", "filled in"


@dataclass(frozen=True)
class HandEdits:
    """A list of edits that a person made, and the touched units as they were before.

    Parameters
    ----------
    edits : tuple of mapping
        Plain values of each edit, oldest first.
    before : mapping
        By number of the unit, from 1: its ``times_s``, ``flag`` and ``quality``, as plain values.
    """

    edits: tuple[Mapping[str, Any], ...] = ()
    before: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "edits", tuple(self.edits))


@dataclass(frozen=True)
class Stretch:
    """A stretch of time in which a grid did not see the muscle, and what was done about it.

    Parameters
    ----------
    start_s, end_s : float
    kind : str
        What it looks like, in words: ``"pop"``, ``"saturation"``, ...
    grid : int
        From 1.
    channels : tuple of int
        Columns of the recording's ``"emg"`` on which it shows, from 0.
    done : str
        ``"left out"``: discharges in it are not known. ``"bridged"``: what the channels that it
        shows on would have seen was predicted from the others. ``"subtracted"``: it was fitted,
        and taken away. ``"filled in"``: stimuli; their tails were subtracted, and the milliseconds
        that they hid predicted from what all channels saw around them.

    Raises
    ------
    ValueError
        It ends before it starts.
    """

    start_s: float
    end_s: float
    kind: str
    grid: int = 1
    channels: tuple[int, ...] = ()
    done: str = LEFT_OUT

    def __post_init__(self) -> None:
        object.__setattr__(self, "channels", tuple(int(c) for c in self.channels))
        if not self.start_s <= self.end_s:
            raise ValueError(f"A stretch can't end at {self.end_s} s and start at {self.start_s}.")

    @property
    def duration_s(self) -> float:
        """How long it lasts."""
        return self.end_s - self.start_s


@dataclass(frozen=True)
class Decomposition:
    """How the motor units of a recording were found.

    Parameters
    ----------
    by : str
        ``"decompose"``, ``"decode"`` (online), ``"observed"`` (what would be found in a
        simulation), or another program.
    settings : mapping
        Plain values of its settings; empty where they are not known.
    edited : tuple of HandEdits
        What was edited since; each is of what the one before had left.
    stretches : tuple of Stretch
        Stretches of time that were judged bad, in the order of grids and time.
    """

    by: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    edited: tuple[HandEdits, ...] = ()
    stretches: tuple[Stretch, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "edited", tuple(self.edited))
        object.__setattr__(self, "stretches", tuple(self.stretches))

    def gaps_s(self, grid: int = 1) -> tuple[tuple[float, float], ...]:
        """Return start and end of what was left out on a grid: discharges there are not known.

        Parameters
        ----------
        grid : int
            From 1.
        """
        mine = (s for s in self.stretches if s.grid == grid and s.done == LEFT_OUT)
        return tuple((s.start_s, s.end_s) for s in mine)

    def then(self, edits: HandEdits) -> Decomposition:
        """Return the decomposition with further edits."""
        return replace(self, edited=(*self.edited, edits))

    def undone(self) -> Decomposition:
        """Return the decomposition without its last list of edits."""
        return replace(self, edited=self.edited[:-1])


def stretches_in_words(stretches: Sequence[Stretch]) -> list[str]:
    """Return what was done about bad stretches, a sentence for each way.

    Parameters
    ----------
    stretches : sequence of Stretch
    """
    sentences = []
    for done in (LEFT_OUT, BRIDGED, SUBTRACTED, FILLED_IN):
        some = [each for each in stretches if each.done == done]
        if some:
            kinds = Counter(each.kind for each in some)
            listed = ", ".join(f"{kind} ({n})" if n > 1 else kind for kind, n in kinds.items())
            seconds = sum(each.duration_s for each in some)
            many = counted(len(some), "stretch", "stretches")
            sentences.append(f"{number(seconds)} s in {many} {_WORDS[done]}: {listed}.")
    return sentences


_WORDS = {
    LEFT_OUT: "left out, discharges there are not known",
    BRIDGED: "bridged from channels that saw on",
    SUBTRACTED: "fitted and subtracted",
    FILLED_IN: "with artifacts subtracted, and filled in where they hid the muscle",
}
