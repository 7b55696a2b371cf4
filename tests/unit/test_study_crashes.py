"""A study is the old one, the new one or not finished, wherever its run breaks; nothing between.

Here some of all moments are tried; ``RENSHAW_EVERY_MOMENT=1`` tries all of them (CONTRIBUTING.md).
"""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest
from breaking import Death, Disk, broken, calls_of, copied
from study_samples import virtual

import renshaw as rs
from renshaw.core.files import alone, swept
from renshaw.core.processes import is_at_work, mark_of
from renshaw.study import commit

pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs Linux' /proc")

_EVERY = bool(os.environ.get("RENSHAW_EVERY_MOMENT"))
_TABLES = [f"{name}.{kind}" for name in commit.TABLES for kind in ("csv", "parquet")]


def tables(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in _TABLES}


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crashes") / "three"
    rs.run_study(virtual(3), folder)
    return folder


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory, three: Path) -> Path:
    folder = copied(three, tmp_path_factory.mktemp("crashes") / "two")
    rs.run_study(virtual(2), folder)
    return folder


def moments(calls: int, shift: int) -> range:
    return range(1, calls + 1) if _EVERY else range(1 + shift, calls + 1, 9)


def is_one_of(folder: Path, three: Path, two: Path) -> str:
    """Return which study a folder holds, or that it is not finished."""
    try:
        result = rs.open_study(folder)
    except rs.ReadError as error:
        assert "not finished" in str(error), str(error)
        return "unfinished"
    for name, whole, people in (("three", three, 3), ("two", two, 2)):
        if tables(folder) == tables(whole):
            assert result.design["participant"].nunique() == people
            assert result.notes == ()
            return name
    raise AssertionError("tables of two studies")


@pytest.mark.parametrize("how", ["dies", "power", "full"])
def test_a_smaller_plan_that_breaks_anywhere_leaves_one_study_or_none(
    how: str, three: Path, two: Path, tmp_path: Path
) -> None:
    work = copied(three, tmp_path / "work")
    calls = calls_of(lambda: rs.run_study(virtual(2), work), work)
    assert calls > 60
    seen = set()
    for at in moments(calls, ["dies", "power", "full"].index(how)):
        copied(three, work)
        disk = Disk(work)
        whole = False
        with broken(disk, at, dies=how != "full"), suppress(Death, OSError):
            rs.run_study(virtual(2), work)
            whole = True
        left = disk.after_power_cut(tmp_path / f"left-{at}") if how == "power" else work
        found = is_one_of(left, three, two)
        # Only rubbish that can't be removed may go unsaid.
        assert found == "two" or not whole, at
        seen.add(found)
        rs.run_study(virtual(2), left)
        assert tables(left) == tables(two), at
        hidden = list(left.rglob(".*.part"))
        # A death in this process can't be told from its life; another one sweeps them.
        assert not hidden or how != "full"
    assert "unfinished" in seen


def test_a_first_run_that_breaks_keeps_whole_pieces_only(two: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    calls = calls_of(lambda: rs.run_study(virtual(2), work), work)
    for at in moments(calls, 4):
        shutil.rmtree(work)
        (work / "pieces").mkdir(parents=True)
        (work / "recordings").mkdir()
        disk = Disk(work)
        with broken(disk, at, dies=True), pytest.raises(Death):
            rs.run_study(virtual(2), work)
        left = disk.after_power_cut(tmp_path / f"left-{at}")
        rs.run_study(virtual(2), left)
        assert tables(left) == tables(two), at


@pytest.mark.parametrize("name", ["unit_means", "recordings", "estimates", "exclusions"])
@pytest.mark.parametrize("how", ["doubled", "cut", "foreign"])
def test_a_table_that_is_not_the_studys_own_is_named(
    name: str, how: str, two: Path, three: Path, tmp_path: Path
) -> None:
    folder = copied(two, tmp_path / "study")
    path = folder / f"{name}.parquet"
    table = pd.read_parquet(path)
    if how == "foreign":
        shutil.copy(three / path.name, path)
    else:
        changed = pd.concat([table, table]) if how == "doubled" else table.iloc[:-1]
        changed.to_parquet(path, index=False)
    with pytest.raises(rs.ReadError, match=f"{name}.parquet is not the table that the study wrote"):
        _ = rs.open_study(folder).estimates


def test_a_table_that_the_study_did_not_write_is_none_of_it(
    two: Path, three: Path, tmp_path: Path
) -> None:
    """Such as one of Parquet, which goes before that of CSV, beside those without."""
    folder = copied(two, tmp_path / "study")
    end = json.loads((folder / commit.FILE).read_text())
    del end["tables"]["unit_means.parquet"]
    (folder / commit.FILE).write_text(json.dumps(end))
    shutil.copy(three / "unit_means.parquet", folder)
    with pytest.raises(rs.ReadError, match="unit_means.parquet is not the table that the study"):
        rs.open_study(folder)
    (folder / "unit_means.parquet").unlink()
    assert len(rs.open_study(folder).design) == len(rs.open_study(two).design)


def test_a_table_that_is_not_read_is_told(two: Path, tmp_path: Path) -> None:
    folder = copied(two, tmp_path / "study")
    with (folder / "unit_means.csv").open("a") as stream:
        stream.write("one more\n")
    (said,) = rs.open_study(folder).notes
    assert said.startswith("Not as the study wrote it, and not read: unit_means.csv.")


def test_a_study_of_before_opens_and_says_that_its_sums_are_unknown(
    two: Path, tmp_path: Path
) -> None:
    folder = copied(two, tmp_path / "study")
    (folder / commit.FILE).unlink()
    assert rs.open_study(folder).notes == (commit.UNKNOWN,)


@pytest.mark.parametrize("content", ["", "{", "[]", "[" * 100_000, '{"finished": null}'])
def test_a_damaged_end_is_none(two: Path, tmp_path: Path, content: str) -> None:
    folder = copied(two, tmp_path / "study")
    (folder / commit.FILE).write_text(content)
    with pytest.raises(rs.ReadError, match=r"provenance\.json|not finished"):
        rs.open_study(folder)
    rs.run_study(virtual(2), folder)
    assert tables(folder) == tables(two)


def test_parts_of_the_dead_are_swept_and_others_stay(tmp_path: Path) -> None:
    mark = mark_of()
    machine, number, life = mark.split("-")
    dead = [
        f".a.csv-{machine}-{number}-00000000-abcdefgh.part",  # its number was given again
        f".a.csv-{machine}-7fffffff-{life}-abcdefgh.part",  # nobody has that number
    ]
    alive = [
        f".a.csv-{mark}-abcdefgh.part",
        f".a.csv-00000000-{number}-{life}-abcdefgh.part",  # on another machine
        ".a.csv-abcdefgh.part",  # of an older version, of today
        "a.part",
        ".notes.part",
    ]
    for name in (*dead, *alive):
        (tmp_path / name).touch()
    old = tmp_path / ".b.csv-abcdefgh.part"
    old.touch()
    os.utime(old, (0, 0))
    with alone(tmp_path):
        assert sorted(path.name for path in tmp_path.iterdir()) == sorted(alive)
    assert swept(tmp_path) == 0


def test_a_mark_tells_a_process_from_later_ones_of_its_number() -> None:
    machine, number, life = mark_of().split("-")
    assert is_at_work(mark_of()) is True
    assert is_at_work(f"{machine}-{number}-0123abcd") is False
    assert is_at_work(f"{machine}-7fffffff-{life}") is False
    assert is_at_work(f"0123abcd-{number}-{life}") is None
    assert is_at_work("") is None


def test_where_folders_can_not_be_locked_a_file_says_who_is_at_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    def refuses(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", refuses)
    busy = pytest.raises(rs.RenshawError, match="Another renshaw is at work")
    with alone(tmp_path), busy, alone(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []
    machine, number, _ = mark_of().split("-")
    # After a restart of the machine the number is another program's.
    (tmp_path / ".renshaw-lock").write_text(f"{machine}-{number}-01234567")
    with alone(tmp_path):
        pass
    (tmp_path / ".renshaw-lock").write_text(f"01234567-{number}-01234567")
    with pytest.raises(rs.RenshawError, match="delete"), alone(tmp_path):
        pass


def test_the_end_of_a_study_has_the_sum_of_every_table(two: Path) -> None:
    found = json.loads((two / commit.FILE).read_text())
    assert set(found["tables"]) == set(_TABLES)
    assert all(found["tables"][name] == commit.sum_of(two / name) for name in _TABLES)
