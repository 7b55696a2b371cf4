"""Deaths, power cuts and full disks at any call that writes: decompose, design, infer train, page.

The work itself is prepared; what is tried is how it comes onto the disk. `breaking.Disk` counts the
calls. RENSHAW_EVERY_MOMENT=1 tries all of them.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from breaking import Death, Disk, broken, calls_of, copied
from report_samples import triangle

import renshaw as rs
from renshaw.cli import app
from renshaw.core.errors import sentence
from renshaw.inference import store as stores
from renshaw.inference import train as training
from renshaw.inference.trained import open_trained, save_trained, shipped
from renshaw.optimization import folder as design_files
from renshaw.optimization.design import RECOMMENDED, Design
from renshaw.optimization.therapy import NOTHING, Therapy
from renshaw.study import commit

pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs Linux' /proc")

_EVERY = bool(os.environ.get("RENSHAW_EVERY_MOMENT"))
_HOWS = ("dies", "power", "full")


@dataclass(frozen=True)
class Work:
    """Something that is written into a folder which holds an older one.

    Parameters
    ----------
    old, do : callable
        Write the older and the new one.
    content : callable
        What a folder holds, as a value; None where it says that it is not whole.
    step : int
        Every which call breaks in the quick test.
    """

    old: Callable[[Path], object]
    do: Callable[[Path], object]
    content: Callable[[Path], object]
    step: int = 1


def tried(work: Work, how: str, tmp_path: Path) -> set[str]:
    """Break some work at its calls; return what was found afterwards."""
    before = tmp_path / "before"
    before.mkdir()
    work.old(before)
    place = copied(before, tmp_path / "work")
    calls = calls_of(lambda: work.do(place), place)
    assert calls >= 4
    old, new = work.content(before), work.content(place)
    assert old != new and new is not None
    found = set()
    first = 1 if _EVERY else 1 + _HOWS.index(how) % work.step
    for at in range(first, calls + 1, 1 if _EVERY else work.step):
        copied(before, place)
        disk, said = Disk(place), ""
        with broken(disk, at, dies=how != "full"), suppress(Death):
            try:
                work.do(place)
            except (OSError, rs.RenshawError) as error:
                said = sentence(error)
                assert "disk is full" in said or "No space left" in said, said
        left = disk.after_power_cut(tmp_path / f"left-{at}") if how == "power" else place
        is_there = work.content(left)
        assert is_there in (old, new, None), at
        found.add("old" if is_there == old else "new" if is_there == new else "unfinished")
        work.do(left)
        assert work.content(left) == new, at
    return found


def table(value: float) -> pd.DataFrame:
    return pd.DataFrame({"alternative": ["a", "b"], "burden": [value, 2 * value]})


def design(value: float) -> Design:
    """A design that nobody sought: its tables only have to be written."""
    made = table(value)
    return Design(
        goal=rs.Goal(name=f"goal-{value:g}"),
        chosen={NOTHING: Therapy(), RECOMMENDED: Therapy(depth=0.5)},
        trials=made.assign(front=True),
        alternatives=made,
        contrasts=made,
        fresh=made,
        nights=pd.DataFrame(),
        cells=made,
        interactions=made,
        plans={},
        people=(rs.Participant(),),
        held_out=(rs.Participant(), rs.Participant()),
    )


def design_in(folder: Path) -> object:
    """Return every file that a design writes but its end; None where it is not finished."""
    if commit.is_open(folder):
        return None
    return {
        path.name: path.read_bytes()
        for path in folder.iterdir()
        if path.suffix in (".csv", ".parquet", ".toml")
    }


@pytest.mark.parametrize("how", _HOWS)
def test_a_design_is_the_old_one_the_new_one_or_not_finished(how: str, tmp_path: Path) -> None:
    work = Work(
        lambda folder: design_files.write_design(design(1.0), folder),
        lambda folder: design_files.write_design(design(2.0), folder),
        design_in,
        step=5,
    )
    assert "unfinished" in tried(work, how, tmp_path)


@pytest.mark.parametrize("how", _HOWS)
def test_a_decomposition_is_the_old_file_or_the_new_one(
    how: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    raw = rs.write(triangle(3, name="raw"), tmp_path / "raw.h5")
    # Doors of packages hide modules of the same name.
    verb = importlib.import_module("renshaw.decomposition.decompose")
    command = importlib.import_module("renshaw.cli.decompose")
    sections = importlib.import_module("renshaw.reports.decomposition_sections")
    monkeypatch.setattr(verb, "decompose", lambda recording, *_, **__: recording)
    monkeypatch.setattr(command, "_table", lambda _: "")
    monkeypatch.setattr(sections, "decomposition", lambda _: _Page())

    def decompose(folder: Path) -> None:
        page, out = folder / "page.html", folder / "units.h5"
        words = ["decompose", str(raw), "-o", str(out), "--report", str(page), "-q"]
        if app.main(words):
            raise rs.RenshawError(capsys.readouterr().err)

    def units(folder: Path) -> object:
        path = folder / "units.h5"
        return rs.read(path).fingerprint() if path.exists() else "nothing"

    old = triangle(5, name="old")
    work = Work(lambda folder: rs.write(old, folder / "units.h5"), decompose, units)
    # Nothing is ever half there: the file is the old one or the new one.
    assert tried(work, how, tmp_path) <= {"old", "new"}


BIDS = "sub-01_ses-pre_task-ramp"


def of_bids(value: float, units: int, muscle: str) -> rs.Recording:
    """Raw EMG, of which the samples, units, places, events and faults all tell who wrote them."""
    emg = rs.Signal(np.full((400, 3), value), 200.0, "uV", channels=("A", "B", "C"))
    axis = np.arange(3) * value
    faults = ("", f"is bad {value:g}", "")
    grid = rs.Grid("EMG", (0, 1, 2), axis, axis, faults, muscle)
    trains = tuple(np.arange(0.1, 1.9, 0.1 + 0.01 * k + 0.001 * value) for k in range(units))
    return rs.Recording(
        rs.MotorUnits(trains, (0.0, 2.0)),
        {"emg": emg},
        events=(rs.Event(0.5, 0.1, f"go {value:g}"),),
        grids=(grid,),
    )


def read_again(path: Path) -> object:
    """Return all that a recording says; None where its files are said to be of two recordings."""
    if not path.exists():
        return "nothing"
    try:
        read = rs.read(path)
    except rs.ReadError as error:
        assert "may be of an earlier recording" in str(error), error
        return None
    (grid,) = read.grids
    trains = [train.tolist() for train in read.units.times_s]
    said = [grid.muscle, grid.faults, grid.x_mm.tolist(), [each.label for each in read.events]]
    return [read.signals["emg"].values.tobytes(), trains, said]


@pytest.mark.parametrize("how", _HOWS)
@pytest.mark.parametrize("before", ["nothing", "units", "no units"])
def test_a_recording_of_a_data_set_is_the_old_one_the_new_one_or_not_read(
    before: str, how: str, tmp_path: Path
) -> None:
    def old(folder: Path) -> None:
        rs.files.write_bids(of_bids(5.0, 2, "soleus"), folder, "sub-01_ses-pre_task-other")
        if before != "nothing":
            first = of_bids(1.0, 2 if before == "units" else 0, "soleus")
            rs.files.write_bids(first, folder, BIDS)

    def new(folder: Path) -> None:
        count = 1 if before == "no units" else 0 if before == "units" else 2
        rs.files.write_bids(of_bids(2.0, count, "tibialis anterior"), folder, BIDS)

    def content(folder: Path) -> object:
        emg = folder / "sub-01" / "ses-pre" / "emg"
        kept = read_again(emg / "sub-01_ses-pre_task-other_emg.bdf")
        assert kept is not None and kept != "nothing"
        found = read_again(emg / f"{BIDS}_emg.bdf")
        return None if found is None else [found, kept]

    found = tried(Work(old, new, content, step=7), how, tmp_path)
    # Before there was one, nothing lies there until all of it does.
    assert "old" in found


class _Page:
    def rendered(self) -> str:
        return "<html>units</html>"


def arrays_of(path: Path) -> object:
    """Return the arrays of a file as a value, whatever the time at which it was written."""
    with np.load(path, allow_pickle=False) as archive:
        return {name: (archive[name].dtype.str, archive[name].tobytes()) for name in archive.files}


@pytest.fixture
def simulated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulations that cost nothing, in this process."""

    def chunk(number: int, seed: int) -> dict[str, Any]:
        drawn = np.random.default_rng((seed, number)).random(50)
        return {"program": np.array(""), "first": np.array(number), "drive": drawn}

    def here(store: stores.Store, missing: list[int], _: object) -> Iterator[int]:
        for number in missing:
            yield stores.write_chunk(store, number)

    monkeypatch.setattr(stores, "simulate_chunk", chunk)
    monkeypatch.setattr(stores, "_in_processes", here)


@pytest.mark.parametrize("how", _HOWS)
def test_simulations_to_learn_from_are_whole_or_made_again(
    how: str, tmp_path: Path, simulated: None
) -> None:
    def fill(folder: Path, chunks: int) -> None:
        stores.fill(stores.Store(folder, 5), chunks * stores.PAIRS_PER_CHUNK)

    def chunks(folder: Path) -> object:
        store = stores.Store(folder, 5)
        there = store.finished()
        # Some of them are no damage: each that counts as finished must be readable.
        found = [arrays_of(store.chunk(number)) for number in there]
        return found if len(found) in (1, 4) else None

    work = Work(lambda folder: fill(folder, 1), lambda folder: fill(folder, 4), chunks)
    assert "unfinished" in tried(work, how, tmp_path)


@pytest.mark.parametrize("how", _HOWS)
def test_networks_are_whole_or_trained_again(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = shipped()
    flow = known.state.flows[0]
    monkeypatch.setattr(training, "fitted", lambda *_: flow)
    nothing = np.zeros((1, 1))
    settings = training.TrainSettings()

    def train(folder: Path) -> None:
        keep = training._Keeper(folder, "same", None)
        for k in range(2):
            keep._flow("state", k, nothing, nothing, nothing, settings, 1)
        save_trained(known, folder / "ramps.npz")

    def networks(folder: Path) -> object:
        kept = [arrays_of(path) for path in sorted(folder.glob("state_*.npz"))]
        path = folder / "ramps.npz"
        if not path.exists():
            return "nothing" if not kept else None
        open_trained(path)
        return kept

    work = Work(lambda _: None, train, networks, step=4)
    assert tried(work, how, tmp_path) <= {"old", "new", "unfinished"}


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", "flipped"])
def test_a_network_that_was_damaged_is_trained_again(
    content: bytes | str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow = shipped().state.flows[0]
    monkeypatch.setattr(training, "fitted", lambda *_: flow)
    nothing = np.zeros((1, 1))

    def train() -> None:
        keep = training._Keeper(tmp_path, "same", None)
        keep._flow("state", 0, nothing, nothing, nothing, training.TrainSettings(), 1)

    train()
    (path,) = tmp_path.glob("state_*.npz")
    whole, good = arrays_of(path), path.read_bytes()
    middle = len(good) // 2
    flipped = good[:middle] + bytes([good[middle] ^ 255]) + good[middle + 1 :]
    path.write_bytes(flipped if isinstance(content, str) else content)
    train()
    assert arrays_of(path) == whole


@pytest.mark.parametrize("how", _HOWS)
def test_edits_on_the_page_are_those_before_or_those_after(how: str, tmp_path: Path) -> None:
    pytest.importorskip("starlette", reason="needs the extra app")
    from renshaw.app.recording.case import Case
    from renshaw.app.recording.journal import cases_in, written
    from renshaw.decomposition.edits import SetAside

    def edited(folder: Path, units: int) -> None:
        source = folder / "upload-1.h5"
        source.write_bytes(b"x")
        case = Case("a1" * 8, "x.h5", "x.h5", folder, source)
        case.as_read.write_bytes(b"read")
        case.begun = True
        for unit in range(1, units + 1):
            case.change(SetAside(unit, at="now", why="ä"))
        written(case)

    def edits(folder: Path) -> object:
        # Another page starts on what is left, and sweeps it.
        found, _ = cases_in(folder)
        assert not list(folder.glob("*.unreadable"))
        assert not list(folder.glob("*.part"))
        return [case.edits for case in found]

    def do(folder: Path) -> None:
        edited(folder, 3)

    work = Work(lambda folder: edited(folder, 1), do, edits)
    before = tmp_path / "count"
    before.mkdir()
    edited(before, 1)
    assert calls_of(lambda: do(copied(before, tmp_path / "counted")), tmp_path / "counted") >= 2
    assert tried(work, how, tmp_path) <= {"old", "new"}
