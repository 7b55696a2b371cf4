"""renshaw's own ``.h5``: everything a `Recording` holds, lossless, in a versioned schema.

The layout of each version has a file of its own (`schema_v1`, ...). Every version ever written
stays readable. A newer version says in the attribute ``readable_as`` by which older version what
both share can be read; then that is read, and the rest is named in a note. Without it a file of a
newer version is refused with the advice to update.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np

from renshaw.core.errors import WriteError
from renshaw.core.version import __version__, newer
from renshaw.data.recording import Recording
from renshaw.io.budget import Budget
from renshaw.io.facts import facts_of, with_facts
from renshaw.io.format import FORMATS, Format
from renshaw.io.limits import LARGEST_CONTENT_BYTES, in_words
from renshaw.io.probe import Probe
from renshaw.io.refusal import Refusal
from renshaw.io.writing import refuse_unreadable

SCHEMA = "renshaw-recording"
SCHEMA_VERSION = 2
# A group beside those of any version, which readers that don't know it pass over.
FACTS = "facts"


def recognizes(probe: Probe) -> bool:
    """Whether it is an HDF5 file that names our schema."""
    from renshaw.io.containers import hdf5

    return probe.kind == "hdf5" and str(hdf5.attribute(probe.hdf5, "schema")) == SCHEMA


def read(probe: Probe) -> Recording:
    """Read a recording of whatever version of the schema."""
    from renshaw.io.containers import hdf5
    from renshaw.io.formats.renshaw import layout, schema_v1, schema_v2

    file, budget = probe.hdf5, probe.budget
    loaders = {schema_v1.VERSION: schema_v1.load, schema_v2.VERSION: schema_v2.load}
    written_by = str(hdf5.attribute(file, "renshaw_version") or "")
    number = as_version = _number(hdf5.attribute(file, "schema_version"))
    if number > SCHEMA_VERSION:
        readable_as = hdf5.attribute(file, "readable_as")
        as_version = number if readable_as is None else _number(readable_as)
    if as_version > SCHEMA_VERSION:
        raise Refusal(
            f"It was written by renshaw {written_by} with schema version {number}; renshaw "
            f"{__version__} reads up to {SCHEMA_VERSION}. Update renshaw: pip install -U renshaw"
        )
    if as_version not in loaders:
        raise Refusal(f"There never was a schema version {as_version}; it is damaged")
    left_out: list[str] = []
    if number > SCHEMA_VERSION or newer(written_by):
        left_out.extend(layout.unknown_parts(file, budget))
        recording = loaders[as_version](file, budget, left_out)
    else:
        recording = loaders[as_version](file, budget)
    facts = hdf5.member(file, FACTS)
    known = None if facts is None else schema_v1.text_of(facts, budget)
    return with_facts(recording, known, written_by, left_out)


def _number(version: Any) -> int:
    try:
        return int(version)
    except (TypeError, ValueError, OverflowError):
        raise Refusal(f"Its schema version {version!r} is no number; it is damaged") from None


def write(recording: Recording, path: Path) -> None:
    """Write a recording to a path that may be written to."""
    refuse_unreadable(recording)
    _store(recording, path, packed=True)
    needed = content_bytes(recording)
    if needed > LARGEST_CONTENT_BYTES:
        raise WriteError(
            f"{recording.name} holds {in_words(needed)}, more than the "
            f"{in_words(LARGEST_CONTENT_BYTES)} that a file may hold. "
            "Leave out the raw EMG or cut the recording."
        )
    # A recording of constants packs so well that our own reader would take it for a bomb.
    if 2 * needed > Budget(path.stat().st_size).total:
        _store(recording, path, packed=False)


def content_bytes(recording: Recording) -> int:
    """Return how many bytes the numbers of a recording take."""
    signals = list(recording.signals.values())
    if recording.truth is not None:
        signals += recording.truth.signals.values()
    return sum(signal.values.nbytes for signal in signals) + sum(
        train.nbytes for train in recording.units.times_s
    )


def _store(recording: Recording, path: Path, packed: bool) -> None:
    import h5py

    from renshaw.io.formats.renshaw import schema_v1, schema_v2

    # What has no grids needs no new version, and older programs read it.
    schema: Any = schema_v2 if recording.grids else schema_v1

    # Made in memory, then written: on a full disk HDF5 itself prints tracebacks or crashes.
    # The layout of HDF5 1.10 (2016): checksums, and half the room of the default.
    content = io.BytesIO()
    with h5py.File(content, "w", libver=("v110", "v110")) as file:
        file.attrs["schema"] = np.bytes_(SCHEMA)
        file.attrs["schema_version"] = schema.VERSION
        file.attrs["renshaw_version"] = np.bytes_(__version__)
        schema.store(file, recording, packed=packed)
        schema_v1.put_text(file.create_group(FACTS), facts_of(recording))
    path.write_bytes(content.getbuffer())


FORMATS.add(
    Format(
        name="renshaw",
        title="renshaw",
        description="renshaw's own .h5",
        rank=130,
        endings=(".h5", ".hdf5"),
        holds="everything: units, flags, quality, signals, events, truth, notes, history",
        recognizes=recognizes,
        read=read,
        write=write,
        losses=lambda recording: (),
    )
)
