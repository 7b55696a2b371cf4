"""Deaths, power cuts and full disks at any call that writes a design.

The work itself is prepared; what is tried is how it comes onto the disk. `breaking.Disk` counts the
calls. RENSHAW_EVERY_MOMENT=1 tries all of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from breaking import Death, Disk, broken, calls_of, copied

import renshaw as rs
from renshaw.core.errors import sentence
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
