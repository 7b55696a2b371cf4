"""The battery that everybody's format passes, over every format of the register."""

from __future__ import annotations

import pytest
from samples import made_of

from renshaw.io import FORMATS
from renshaw.io.check import CHECKS


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", FORMATS)
def test_format(name, check, tmp_path):
    if name == "nwb" and check.__name__ == "writes_what_it_reads":
        pytest.importorskip("pynwb", reason="the extra nwb is not installed")
    format = FORMATS[name]
    for number, make in enumerate(made_of(format)):
        folder = tmp_path / str(number)
        folder.mkdir()
        path = folder / f"trial{format.ending}"
        make(path)
        check(format, path)
