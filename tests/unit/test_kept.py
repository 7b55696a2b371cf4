"""What is simulated for the targets is kept, so that an interrupted run goes on where it was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import renshaw as rs
from renshaw.engine.settings import EngineSettings
from renshaw.study import kept
from renshaw.study.kept import Keeping
from renshaw.study.laboratory import Series
from renshaw.study.population import population_of
from renshaw.validation import model_against_people as room

Asked = tuple[str, dict[str, object], range, int, EngineSettings | None]
POPULATION = population_of(1)
RAMPS = Series("ramps", 5, rs.Ramp(), (("muscle", "TA"),))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Asked]:
    """What was simulated; nothing is."""
    found: list[Asked] = []

    def measured(series, people, seed, population, engine=None) -> pd.DataFrame:
        found.append((series.name, dict(series.traits), people, seed, engine))
        value = seed + 0.01 * (sum(map(ord, series.name)) % 17)
        rows = [(series.name, k, 0, 1, "delta_f", value + 0.1 * k, "exact", True) for k in people]
        columns = ["series", "participant", "trial", "unit", "quantity", "value", "bound", "ok"]
        return pd.DataFrame(rows, columns=columns)

    monkeypatch.setattr(kept, "measured", measured)
    return found


def test_a_piece_is_measured_once_and_another_is_another(asked, tmp_path: Path) -> None:
    keeping = Keeping.within(tmp_path / "pieces")
    first = keeping(RAMPS, range(4), 1, POPULATION)
    pd.testing.assert_frame_equal(keeping(RAMPS, range(4), 1, POPULATION), first)
    assert len(asked) == 1
    others = (
        (keeping, RAMPS, range(4), 2, POPULATION),
        (keeping, RAMPS, range(4, 5), 1, POPULATION),
        (keeping, RAMPS, range(4), 1, replace(POPULATION, session=0.1)),
        (keeping, replace(RAMPS, given=(rs.Relaxation(),)), range(4), 1, POPULATION),
        (keeping, replace(RAMPS, traits=(("edition", 2),)), range(4), 1, POPULATION),
        (replace(keeping, engine=EngineSettings(step_ms=0.1)), RAMPS, range(4), 1, POPULATION),
        (replace(keeping, code="another program"), RAMPS, range(4), 1, POPULATION),
    )
    for number, (how, *what) in enumerate(others, start=2):
        how(*what)
        assert len(asked) == number, what


def test_a_damaged_piece_is_made_again_and_what_is_done_is_forgotten(asked, tmp_path: Path) -> None:
    keeping = Keeping.within(tmp_path / "pieces")
    first = keeping(RAMPS, range(4), 1, POPULATION)
    (path,) = keeping.folder.iterdir()
    path.write_bytes(b"broken off")
    pd.testing.assert_frame_equal(keeping(RAMPS, range(4), 1, POPULATION), first)
    assert len(asked) == 2
    keeping.done()
    assert not keeping.folder.exists()


def test_a_validation_goes_on_after_an_interruption(asked, tmp_path: Path, monkeypatch) -> None:
    stop = [True]

    def measure_all(series, *, seed, work, workers, progress) -> pd.DataFrame:
        tables = []
        for each in series:
            if len(asked) == 3 and stop:
                raise KeyboardInterrupt
            tables.append(work(each, range(each.people), seed, POPULATION))
        return pd.concat(tables, ignore_index=True)

    monkeypatch.setattr(room, "measure_all", measure_all)
    # What is measured of the tables is another matter, and takes resampling.
    monkeypatch.setattr(room, "all_targets", tuple)
    settings = rs.validation.ModelValidationSettings(people=4, trials=1, edition=2, quick=True)
    folder = tmp_path / "pieces"
    with pytest.raises(KeyboardInterrupt):
        rs.validate_model(settings, seed=3, folder=folder)
    stop.clear()
    rs.validate_model(settings, seed=3, folder=folder)
    names = [name for name, *_ in asked]
    assert len(names) == len(set(names)) > 30
    for _, traits, _, seed, engine in asked:
        assert (traits["edition"], seed) == (2, 3)
        assert engine is not None and engine.step_ms == 2 * EngineSettings().step_ms
    assert not folder.exists()
