"""Good files of every format, made without renshaw: a module a format, of the same name.

A format that has no module here may bring a sample of its own (`Format.sample`). Samples with motor
units all hold those of `_units`, samples of raw EMG that of `_raw`: one battery asks each for them.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path

from renshaw.io import FORMATS, Format
from samples._raw import RawSample
from samples._units import FS_HZ, TRAINS, Sample


def _found() -> dict[str, tuple[Sample | RawSample, ...]]:
    here = Path(__file__).parent
    names = [name for name in FORMATS if (here / f"{name}.py").exists()]
    return {name: importlib.import_module(f"samples.{name}").SAMPLES for name in names}


BY_FORMAT = _found()
SAMPLES_OF = {s.name: s for found in BY_FORMAT.values() for s in found if isinstance(s, Sample)}
RAW_SAMPLES = {s.name: s for found in BY_FORMAT.values() for s in found if isinstance(s, RawSample)}


def made_of(format: Format) -> list[Callable[[Path], None]]:
    """Return what makes files of a format: its samples here, and its own."""
    made: list[Callable[[Path], None]] = [
        (lambda path, s=sample: s.write(path, TRAINS, FS_HZ))
        if isinstance(sample, Sample)
        else sample.write
        for sample in BY_FORMAT.get(format.name, ())
    ]
    return made + ([format.sample] if format.sample is not None else [])
