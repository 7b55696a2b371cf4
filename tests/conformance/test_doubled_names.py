"""A name that is there twice, in files of R, workbooks and archives of OT Bioelettronica."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from samples import RAW_SAMPLES, r
from samples.spreadsheet import write_ods, write_xlsx

import renshaw as rs
from renshaw.core.errors import ReadError

TIMES_S = np.arange(1, 20) / 10
ROWS = [[1.0, float(t), float(2 * t)] for t in TIMES_S]


def _listed(names: list[str]) -> bytes:
    """Return a list of R with these names."""
    return r.item([TIMES_S for _ in names], {"names": r.strings(names)})


def rds(path: Path) -> str:
    path.write_bytes(gzip.compress(r.stream(_listed(["unit1", "unit2", "unit1"]))))
    return "It holds 'unit1' twice"


def rds_plain(path: Path) -> str:
    path.write_bytes(r.stream(_listed(["unit1", "unit1"])))
    return "It holds 'unit1' twice"


def rda(path: Path) -> str:
    """Two variables of one name."""
    pairs = r.pairs({"x": _listed(["a", "b"])})[: -len(r.NOTHING)]
    path.write_bytes(gzip.compress(r.stream(2 * pairs + r.NOTHING, named=True)))
    return "It holds 'x' twice"


def xlsx(path: Path) -> str:
    write_xlsx(path, {"A": [["unit", "time_s", "time_s"], *ROWS]})
    return "Two of its columns are called 'time_s'"


def ods(path: Path) -> str:
    write_ods(path, {"A": [["unit", "time_s", "time_s"], *ROWS]})
    return "Two of its columns are called 'time_s'"


def xlsx_part(path: Path) -> str:
    write_xlsx(path, {"A": [["unit", "time_s"], *(row[:2] for row in ROWS)]})
    with zipfile.ZipFile(path, "a") as box, pytest.warns(UserWarning, match="Duplicate"):
        box.writestr("xl/worksheets/sheet1.xml", box.read("xl/worksheets/sheet1.xml"))
    return "a part of it is there twice"


def xlsx_sheets(path: Path) -> str:
    """Two sheets of one name, of which each has units."""
    write_xlsx(path, {"A": [["unit", "time_s"], *(row[:2] for row in ROWS)], "B": [["unit"]]})
    _rewritten(path, "xl/workbook.xml", b'name="B"', b'name="A"')
    return "it has two sheets 'A'"


def _rewritten(path: Path, member: str, old: bytes, new: bytes) -> None:
    with zipfile.ZipFile(path) as box:
        parts = {name: box.read(name) for name in box.namelist()}
    assert old in parts[member]
    parts[member] = parts[member].replace(old, new)
    with zipfile.ZipFile(path, "w") as box:
        for name, content in parts.items():
            box.writestr(name, content)


def otb_plus(path: Path) -> str:
    return _with_a_member_twice(path, "otb_plus")


def otb4(path: Path) -> str:
    return _with_a_member_twice(path, "otb4")


def _with_a_member_twice(path: Path, sample: str) -> str:
    RAW_SAMPLES[sample].write(path)
    with tarfile.open(path) as box:
        member = box.getmembers()[0]
        content = box.extractfile(member).read()
    with tarfile.open(path, "a") as box:
        box.addfile(member, io.BytesIO(content))
    return f"It holds {member.name} twice"


@pytest.mark.parametrize(
    "made",
    [rds, rds_plain, rda, xlsx, xlsx_part, xlsx_sheets, ods, otb_plus, otb4],
    ids=lambda each: each.__name__,
)
def test_a_name_that_is_there_twice_is_refused(made: Callable[[Path], str], tmp_path: Path) -> None:
    path = tmp_path / "twice.dat"
    said = made(path)
    with pytest.raises(ReadError) as caught:
        rs.read(path)
    assert said in str(caught.value) and str(path) in str(caught.value)
