"""Exports of LabChart, of one block and of two."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import scipy.io

from samples._raw import CHANNELS, FS_HZ, RawSample, emg_uv, force
from samples._raw import SAMPLES as LENGTH


def _labchart(path: Path, blocks: int = 1) -> None:
    """Write channels one after the other; a second block holds a tenth of the first."""
    channels = [*emg_uv().T / 1000, force()]
    short = LENGTH // 10
    pieces = [values for block in range(blocks) for values in channels]
    lengths = [LENGTH if i < len(channels) else short for i in range(len(pieces))]
    pieces = [values[:n] for values, n in zip(pieces, lengths, strict=True)]
    ends = np.cumsum(lengths).reshape(blocks, -1).T
    starts = ends - np.array(lengths).reshape(blocks, -1).T + 1
    names = [f"EMG {i + 1}" for i in range(CHANNELS)] + ["Force"]
    content = {
        "data": np.concatenate(pieces)[None],
        "datastart": starts.astype(float),
        "dataend": ends.astype(float),
        "titles": np.array(names),
        "samplerate": np.full((len(channels), blocks), FS_HZ),
        "unittext": np.array(["mV", "N "]),
        "unittextmap": np.array([[1] * blocks] * CHANNELS + [[2] * blocks]),
        "tickrate": np.full((1, blocks), FS_HZ),
        "com": np.array([[-1.0, 1, 512, 1, 1]]),
        "comtext": np.array(["go"]),
    }
    with path.open("wb") as stream:
        scipy.io.savemat(stream, content)


def labchart(path: Path) -> None:
    """Write one block."""
    _labchart(path)


def two_blocks(path: Path) -> None:
    """Write two blocks, the first of which is the longest."""
    _labchart(path, 2)


SAMPLES = (RawSample("labchart", labchart, 0.01), RawSample("labchart-blocks", two_blocks, 0.01))
