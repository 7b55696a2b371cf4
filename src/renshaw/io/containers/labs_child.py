"""Opens a file of a laboratory program with the library that knows it, and saves plain arrays.

`labs` runs this file as a process of its own (`apart` says why), so it imports nothing of renshaw.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import numpy as np

# How it ends where the file can't be read; the reason is what it prints.
REFUSED = 3
# The kind of a channel of Spike2 whose marks have a text.
_TEXT = 8

Found = tuple[list[dict[str, Any]], dict[str, Any]]


def smr(path: str) -> Found:
    """Return the channels of a file of Spike2, up to version 7 (32 bits)."""
    from neo.rawio.spike2rawio import Spike2RawIO

    file = Spike2RawIO(path, try_signal_grouping=False)
    file.parse_header()
    channels: list[dict[str, Any]] = []
    arrays: dict[str, Any] = {}

    def add(kind: str, number: int, **values: Any) -> None:
        about = file._channel_infos[number]
        channel = {"kind": kind, "name": f"Ch{number + 1}", "title": about["title"]}
        for name, value in values.items():
            if isinstance(value, np.ndarray):
                arrays[f"{name}{len(channels)}"] = value
            else:
                channel[name] = value
        channels.append(channel)

    for stream, wave in enumerate(file.header["signal_channels"]):
        for part in range(file.segment_count(0)):
            add(
                "wave",
                int(wave["id"]),
                unit=str(wave["units"]),
                fs_hz=float(wave["sampling_rate"]),
                gain=float(wave["gain"]),
                offset=float(wave["offset"]),
                start_s=float(file.get_signal_t_start(0, part, stream)),
                part=part,
                values=file.get_analogsignal_chunk(0, part, stream_index=stream).ravel(),
            )
    # By default the library leaves out what lies before the first sample and after the last.
    span = {"block_index": 0, "seg_index": 0, "t_start": 0.0}
    span["t_stop"] = (2**31 - 1) * file._time_factor
    sorted_spikes: dict[int, list[Any]] = {}
    for unit in range(len(file.header["spike_channels"])):
        number, code = file.internal_unit_ids[unit]
        ticks = file.get_spike_timestamps(spike_channel_index=unit, **span)
        times_s = file.rescale_spike_timestamp(ticks, dtype="float64")
        sorted_spikes.setdefault(number, []).append((times_s, np.full(len(times_s), int(code))))
    for number, parts in sorted_spikes.items():
        times_s, codes = (np.concatenate(each) for each in zip(*parts, strict=True))
        order = np.argsort(times_s, kind="stable")
        add("times", number, spikes=True, times=times_s[order], codes=codes[order])
    for at, event in enumerate(file.header["event_channels"]):
        ticks, _, labels = file.get_event_timestamps(event_channel_index=at, **span)
        times_s = file.rescale_event_timestamp(ticks, dtype="float64", event_channel_index=at)
        number = int(event["id"])
        said: dict[str, Any] = {}
        if file._channel_infos[number]["kind"] == _TEXT:
            said["labels"] = [str(label) for label in labels]
        elif len(labels) and all(label.lstrip("-").isdecimal() for label in labels):
            said["codes"] = np.array([int(label) & 255 for label in labels])
        add("times", number, spikes=False, times=times_s, **said)
    return channels, arrays


def acq(path: str) -> Found:
    """Return the channels and the markers of a file of AcqKnowledge."""
    from bioread.reader import Reader

    reader = Reader.read(path)
    file = reader.datafile
    channels: list[dict[str, Any]] = []
    arrays: dict[str, Any] = {}
    for channel in file.channels:
        raw = channel.raw_data
        if len(raw) != channel.point_count and not file.is_compressed:
            raise ValueError(f"{channel.name} ends within its data")
        arrays[f"values{len(channels)}"] = raw
        channels.append(
            {
                **{"kind": "wave", "title": str(channel.name), "unit": str(channel.units)},
                **{"fs_hz": float(channel.samples_per_second)},
                **{"gain": float(channel.raw_scale_factor), "offset": float(channel.raw_offset)},
            }
        )
    for marker in file.event_markers or ():
        channels.append({"kind": "event", "title": marker.text, "time_s": float(marker.time_index)})
    if file.event_markers is None:
        channels.append({"kind": "note", "title": "Its event markers could not be read."})
    return channels, arrays


def main(program: str, path: str, target: str) -> None:
    """Save what is in a file as arrays, and what there is to say of them as text."""
    try:
        channels, arrays = {"smr": smr, "acq": acq}[program](path)
    except Exception as error:
        reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        sys.stdout.buffer.write(" ".join(reason.split())[:300].encode())
        sys.stdout.flush()
        os._exit(REFUSED)
    with open(target, "wb") as stream:  # noqa: PTH123
        np.savez(stream, about=np.array(json.dumps(channels)), **arrays)


if __name__ == "__main__":
    main(*sys.argv[1:])
