"""`Study`: many recordings plus the design - who, which condition, which trial."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from renshaw.core.errors import DataError
from renshaw.data.recording import Recording

if TYPE_CHECKING:
    import pandas as pd

DESIGN_COLUMNS = ("recording", "participant", "condition", "trial")


@dataclass(frozen=True, eq=False)
class Study:
    """Recordings and their design; ``rs.estimate`` takes it like a list of recordings.

    Parameters
    ----------
    recordings : tuple of Recording
        Each with a name of its own.
    design : DataFrame
        Columns recording, participant, condition, trial; one row a recording, in the same order.

    Raises
    ------
    DataError
        A column is missing, or names and rows don't match.
    """

    recordings: tuple[Recording, ...]
    design: pd.DataFrame

    def __post_init__(self) -> None:
        object.__setattr__(self, "recordings", tuple(self.recordings))
        object.__setattr__(self, "design", self.design.copy())
        missing = [name for name in DESIGN_COLUMNS if name not in self.design.columns]
        if missing:
            raise DataError(f"The design has no column {missing[0]!r}.")
        names = [recording.name for recording in self.recordings]
        if list(self.design["recording"]) != names:
            raise DataError("The design must name the recordings in their own order.")
        if len(set(names)) < len(names):
            raise DataError("Two recordings of a study have the same name.")

    def __len__(self) -> int:
        return len(self.recordings)

    def __iter__(self) -> Iterator[Recording]:
        return iter(self.recordings)

    def __repr__(self) -> str:
        people = self.design["participant"].nunique()
        return f"Study({len(self)} recordings of {people} participants)"
