"""What R itself saves, and what it may not be asked to open."""

from __future__ import annotations

import shutil
import subprocess

import numpy as np
import pytest
from samples.r import item, stream

import renshaw as rs
from renshaw.core.errors import ReadError

_WRITES = """
units <- lapply(1:3, function(u) u + cumsum(0.1 + 0.01 * sin(1:(40 + u))))
names(units) <- paste0("MU", 1:3)
saveRDS(unname(units), "list.rds"); saveRDS(units, "named.rds", compress = "xz")
rows <- do.call(rbind, lapply(1:3, function(u) data.frame(
  unit = factor(paste0("mu", u)), time_s = units[[u]], person = "P1", k = seq_along(units[[u]]))))
saveRDS(rows, "frame.rds", compress = "bzip2")
numbered <- 1:nrow(rows); fit <- lm(time_s ~ k, rows); f <- function(x) x; e <- new.env()
save(f, e, fit, numbered, units, file = "workspace.RData")
cat(sprintf("%.17g", unlist(units)))
"""


def test_what_r_saves(tmp_path):
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed")
    done = subprocess.run(
        ["Rscript", "--vanilla", "-e", _WRITES], cwd=tmp_path, capture_output=True, check=True
    )
    true = np.array(done.stdout.split(), dtype=float)
    for name in ("list.rds", "named.rds", "frame.rds", "workspace.RData"):
        recording = rs.read(tmp_path / name)
        assert len(recording.units) == 3, name
        np.testing.assert_allclose(np.concatenate(list(recording.units)), true, rtol=1e-15)


def test_units_of_two_people_are_not_mixed(tmp_path):
    times = np.cumsum(0.1 + 0.01 * np.sin(np.arange(60)))
    rows = {"unit": ["a"] * 60 + ["a"] * 60, "time_s": np.concatenate([times, times + 0.013])}
    path = tmp_path / "a.rds"
    path.write_bytes(stream(item(rows)))
    with pytest.raises(ReadError, match="It is an R file without motor units"):
        rs.read(path)


def test_what_only_r_can_open_is_refused(tmp_path):
    path = tmp_path / "a.rds"
    path.write_bytes(stream(b"\0\0\0\x15" + bytes(40)))  # byte code
    with pytest.raises(ReadError, match="only R can open"):
        rs.read(path)


def test_a_vector_that_claims_too_much_is_refused(tmp_path):
    path = tmp_path / "a.rds"
    path.write_bytes(stream(b"\0\0\0\x0e\x7f\xff\xff\xff" + bytes(64)))
    with pytest.raises(ReadError, match="claims more than is there"):
        rs.read(path)
