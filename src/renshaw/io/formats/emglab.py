"""EMGlab annotation files (``.eaf``): XML around a table of times and units.

``<emglab_spike_header>`` names the columns (``time`` in s, ``unit``, ``chan``, ...), the lines of
``<emglab_spike_events>`` hold them; ``samprate``, ``datastart`` and ``datastop`` are optional.

Source: EMGlab 1.0 (Clancy, McGill and others 2009), the description of its annotation format.
EMGlab's older ``.ann``, two bare columns of time and unit, is read as a table.
"""

from __future__ import annotations

import re
from array import array
from pathlib import Path
from typing import Any

import numpy as np

from renshaw.data.recording import Recording
from renshaw.io.containers import table
from renshaw.io.format import FORMATS, Format
from renshaw.io.limits import LARGEST_TABLE_BYTES, MOST_UNITS, checked_rate, in_words
from renshaw.io.probe import Probe
from renshaw.io.refusal import Refusal
from renshaw.io.trains import motor_units

_TAG = re.compile(r"<([A-Za-z_]\w*+)[^<>]*+>")


def recognizes(probe: Probe) -> bool:
    """Whether it is XML with EMGlab's root."""
    return "<emglab_annotation_file" in probe.text_head[:4096]


def read(probe: Probe) -> Recording:
    """Read the discharge times of every unit."""
    if len(probe.content) > LARGEST_TABLE_BYTES:
        raise Refusal(
            f"It is a text of {in_words(len(probe.content))}; {in_words(LARGEST_TABLE_BYTES)} are "
            "read at most. Split it"
        )
    text = probe.text
    columns = _TAG.findall(_part(text, "emglab_spike_header"))
    if "time" not in columns or "unit" not in columns:
        raise Refusal(
            f"Its columns are {', '.join(columns)[:200] or 'none'}; time and unit are needed. Save "
            "it again in EMGlab"
        )
    by_channel, odd = _trains(_part(text, "emglab_spike_events"), columns)
    said = odd.words()
    trains: dict[str, Any] = {}
    for unit, channels in by_channel.items():
        # Of one unit seen by several electrodes, the train that misses least.
        channel = max(channels, key=lambda name: len(channels[name]))
        trains[unit] = np.array(channels[channel])
    several = sum(len(channels) > 1 for channels in by_channel.values())
    if several:
        said.append(
            f"Of {several} units annotated in several channels, the channel with most discharges "
            "was read."
        )
    labels = table.in_number_order(list(trains))
    rate, stop = _number(text, "samprate"), _number(text, "datastop")
    stop = stop if stop is not None and stop > 0 else None
    units, remarks = motor_units(
        [trains[label] for label in labels],
        length_s=stop,
        fs_hz=None if rate is None else checked_rate(rate, "samprate"),
        labels=labels,
    )
    return Recording(units, notes=(*said, *remarks))


def _part(text: str, tag: str) -> str:
    begin, end = text.find(f"<{tag}>"), text.find(f"</{tag}>")
    if begin < 0 or end < begin:
        raise Refusal(f"Its {tag} is missing or not complete; the file is truncated. Copy it again")
    return text[begin + len(tag) + 2 : end]


def _number(text: str, tag: str) -> float | None:
    found = re.search(rf"<{tag}>\s*([^<]{{1,40}})</{tag}>", text)
    return None if found is None else table.number(found[1])


def _trains(
    text: str, columns: list[str]
) -> tuple[dict[str, dict[str, array[float]]], table.Oddities]:
    time_at, unit_at = columns.index("time"), columns.index("unit")
    chan_at = columns.index("chan") if "chan" in columns else None
    trains: dict[str, dict[str, array[float]]] = {}
    odd = table.Oddities()
    for number, line in enumerate(text.split("\n"), 1):
        cells = line.split()
        if not cells:
            continue
        time = table.number(cells[time_at]) if len(cells) >= len(columns) else None
        if time is None:
            odd.add(f"Row {number} of its events, {line.strip()[:40]!r}, holds no time")
            continue
        unit = table.label(cells[unit_at])
        channel = "" if chan_at is None else cells[chan_at]
        trains.setdefault(unit, {}).setdefault(channel, array("d")).append(time)
        if len(trains) > MOST_UNITS:
            raise Refusal(f"It claims more than {MOST_UNITS:,} motor units")
    return trains, odd


def _sample(path: Path) -> None:
    rows = sorted([(0.2 + n / 10, 1) for n in range(20)] + [(0.55 + n / 8, 2) for n in range(12)])
    events = "\n".join(f"{time:.6f} {unit} 1" for time, unit in rows)
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<emglab_annotation_file>\n'
        "<emglab_version>1.0</emglab_version>\n<emglab_general_information>"
        "<samprate>10000</samprate></emglab_general_information>\n<emglab_spike_header>\n"
        "<time></time>\n<unit></unit>\n<chan></chan>\n</emglab_spike_header>\n"
        f"<emglab_spike_events>\n{events}\n</emglab_spike_events>\n</emglab_annotation_file>\n",
        encoding="utf-8",
    )


FORMATS.add(
    Format(
        name="emglab",
        title="EMGlab",
        description="EMGlab annotations (.eaf; .ann as a table)",
        rank=34,
        endings=(".eaf", ".ann"),
        holds="units",
        recognizes=recognizes,
        read=read,
        sample=_sample,
    )
)
