"""Archives of MUedit2 (``.npz``): schema 2, which holds nothing pickled.

``spike_times`` are the sample indices (from 0) of all units, ``spike_offsets`` where each unit
begins. Files of schema 1 keep discharge times as pickled objects; a pickle can run code, so they
are refused with what to do instead.
"""

from __future__ import annotations

import io
import itertools
import json
import math
import zipfile
from typing import Any

import numpy as np

from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.io.containers import matlab
from renshaw.io.format import FORMATS, Format
from renshaw.io.limits import FREE_BYTES, LARGEST_RATIO, MOST_UNITS, MOST_VARIABLES, Budget
from renshaw.io.probe import Probe
from renshaw.io.refusal import Refusal
from renshaw.io.trains import float32, indices_to_times, motor_units

_TIMES = ("spike_times", "discharge_times", "pulse_trains")
_PICKLED = (
    "Its {name} are pickled Python objects, which renshaw never opens because a pickle can run "
    "code. Open it in MUedit2 2.1 or later and save it again, or read its "
    "*_desc-decomposition_events.tsv"
)


def recognizes(probe: Probe) -> bool:
    """Whether it is an archive with discharge times or pulse trains."""
    if probe.kind != "zip":
        return False
    with _archive(probe) as archive:
        return any(f"{name}.npy" in archive.namelist() for name in _TIMES)


def read(probe: Probe) -> Recording:
    """Read the discharge times, and the EMG where it is there."""
    with _archive(probe) as archive:
        if len(archive.namelist()) > MOST_VARIABLES:
            raise Refusal(f"It holds more than {MOST_VARIABLES:,} arrays")
        box = _Box(archive, probe.budget)
        fs_hz = matlab.rate(_atleast_2d(box.array("fsamp")), "fsamp", probe.options.fs_hz)
        trains = _trains(box)
        signals = {}
        emg = box.array("emg_data")
        if emg is not None and emg.ndim == 2 and emg.shape[1] > 1:
            signals["emg"] = Signal(float32(emg).T, fs_hz)
        total = box.array("total_samples")
        samples = float(total.ravel()[0]) if total is not None and total.size else 0.0
        samples = samples if math.isfinite(samples) and samples > 0 else 0.0
        units, remarks = motor_units(
            [indices_to_times(train, fs_hz, 0) for train in trains],
            length_s=max([samples, *(len(s) for s in signals.values())]) / fs_hz,
            fs_hz=fs_hz,
            quality={"silhouette": matlab.vector(box.array("sil"))},
        )
        notes = [*_grid_notes(box), *remarks]
    return Recording(units, signals, notes=tuple(notes))


def _archive(probe: Probe) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(probe.path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Refusal(f"The archive is truncated or damaged ({error}). Copy it again") from None


class _Box:
    """The arrays of an archive, each held against the bytes that are really there."""

    def __init__(self, archive: zipfile.ZipFile, budget: Budget) -> None:
        self._archive, self._budget = archive, budget

    def array(self, name: str) -> Any:
        """Return an array, or None where there is none; pickled ones are refused."""
        if f"{name}.npy" not in self._archive.namelist():
            return None
        content = self._member(f"{name}.npy", name)
        stream = io.BytesIO(content)
        version = np.lib.format.read_magic(stream)
        header = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }.get(version)
        if header is None:
            raise Refusal(f"Its {name} are in an unknown version {version} of .npy")
        shape, fortran, kind = header(stream)
        if kind.hasobject:
            raise Refusal(_PICKLED.format(name=name))
        count, start = math.prod(shape), stream.tell()
        if min(shape, default=0) < 0 or count * kind.itemsize > len(content) - start:
            raise Refusal(f"Its {name} claim the shape {shape}, more than is there; it is damaged")
        flat = np.frombuffer(content, kind, count, start) if count else np.zeros(0, kind)
        return flat.reshape(shape, order="F" if fortran else "C")

    def _member(self, member: str, name: str) -> bytes:
        info = self._archive.getinfo(member)
        if info.flag_bits & 1 or info.compress_type not in (
            zipfile.ZIP_STORED,
            zipfile.ZIP_DEFLATED,
        ):
            raise Refusal(f"Its {name} are encrypted or packed in an unusual way. Save it again")
        # No more than the size it states is ever unpacked.
        if info.file_size > FREE_BYTES + LARGEST_RATIO * info.compress_size:
            raise Refusal(f"Its {name} unfold to far too much: that is a decompression bomb")
        self._budget.spend(info.file_size, f"Its {name}")
        with self._archive.open(info) as stream:
            return stream.read(info.file_size)


def _trains(box: _Box) -> list[Any]:
    times, offsets = box.array("spike_times"), box.array("spike_offsets")
    if times is not None and offsets is not None:
        edges = offsets.ravel()
        sound = (
            1 <= edges.size <= MOST_UNITS + 1
            and edges.dtype.kind in "iu"
            and times.dtype.kind in "iuf"
            and edges[0] >= 0
            and edges[-1] <= times.size
            and bool(np.all(np.diff(edges.astype(np.int64)) >= 0))
        )
        if not sound:
            raise Refusal("Its spike_offsets do not fit its spike_times; it is damaged")
        flat = times.ravel()
        return [flat[a:b] for a, b in itertools.pairwise(edges.tolist())]
    discharges = box.array("discharge_times")
    if discharges is None:
        raise Refusal("It holds pulse trains but no discharge times. Save it again in MUedit2")
    return matlab.trains(_atleast_2d(discharges))


def _atleast_2d(array: Any) -> Any:
    return None if array is None else np.atleast_2d(array)


def _grid_notes(box: _Box) -> list[str]:
    names = box.array("grid_names")
    if names is None or names.dtype.kind != "U" or names.size != 1:
        return []
    try:
        grids = json.loads(str(names.ravel()[0]))
    except (ValueError, RecursionError):
        return []
    return [f"Grids: {', '.join(map(str, grids))}."] if isinstance(grids, list) and grids else []


FORMATS.add(
    Format(
        name="muedit2",
        title="MUedit2",
        description="MUedit2 .npz (schema 2, without pickles)",
        rank=80,
        endings=(".npz",),
        holds="units, raw EMG, silhouette",
        recognizes=recognizes,
        read=read,
    )
)
