"""What was measured of a few people of a series, kept on disk until all of it is done."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from renshaw.core.files import replacing
from renshaw.core.fingerprint import fingerprint
from renshaw.engine.settings import EngineSettings
from renshaw.study.laboratory import Series, measured
from renshaw.study.pieces import code_fingerprint
from renshaw.study.population import Population

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Keeping:
    """`measured`, which is not done again where its table is in a folder.

    Parameters
    ----------
    folder : Path
        One file a piece, named by all that decides its numbers, the program's own code included.
    code : str
        The program's fingerprint.
    engine : EngineSettings, optional
        How motoneurons are integrated.
    """

    folder: Path
    code: str
    engine: EngineSettings | None = None

    @classmethod
    def within(cls, folder: Path, engine: EngineSettings | None = None) -> Keeping:
        """Return one that keeps in a folder, which is made where it does not exist."""
        folder.mkdir(parents=True, exist_ok=True)
        return cls(folder, code_fingerprint(), engine)

    def __call__(
        self, series: Series, people: range, seed: int, population: Population | None
    ) -> pd.DataFrame:
        """Return the estimates of some people of a series."""
        import pandas as pd

        decides = (series, people.start, people.stop, seed, population, self.engine, self.code)
        path = self.folder / f"{fingerprint(*decides)}.parquet"
        try:
            return pd.read_parquet(path)
        except (OSError, ValueError):
            pass  # Not there, or damaged.
        table = measured(series, people, seed, population, self.engine)
        with replacing(path) as temporary:
            table.to_parquet(temporary, index=False)
        return table

    def done(self) -> None:
        """Forget all that was kept."""
        for path in self.folder.glob("*.parquet"):
            path.unlink()
        if not any(self.folder.iterdir()):
            self.folder.rmdir()
