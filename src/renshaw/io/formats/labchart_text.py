"""Text that LabChart (ADInstruments) exports: a few lines that say what it is, then the samples.

``Interval=`` gives the time between samples, ``ChannelTitle=`` the names, ``Range=`` or
``UnitName=`` the units; each row begins with its time unless that was left out, and may end in a
comment after ``#``. A file of several blocks repeats the lines before each; whoever reads it says
which.

Source: exported files as the documentation of phys2bids and users of LabChart show them.
"""

from __future__ import annotations

import itertools
import re
from pathlib import Path

from renshaw.data.recording import Event, Recording
from renshaw.io.containers import table
from renshaw.io.format import FORMATS, Format
from renshaw.io.limits import MOST_EVENTS, checked_rate
from renshaw.io.options import spelled
from renshaw.io.probe import Probe
from renshaw.io.refusal import Refusal
from renshaw.io.tables import exported
from renshaw.io.tables.names import SECONDS

_INTERVAL = re.compile(r"^Interval=[\t ]*([\d.,eE+-]+)[\t ]*(\w*)", re.M)
_KEY = re.compile(r"^(\w+)=[\t ]*(.*)$")
_RANGE = re.compile(r"^[\d.,eE+ -]+(.*)$")
_MOST_LETTERS = 200
_SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "min": 60.0}


def recognizes(probe: Probe) -> bool:
    """Whether its first lines give interval and titles of channels."""
    head = probe.text_head[:8192]
    return head.startswith("Interval=") and "ChannelTitle=" in head


def read(probe: Probe) -> Recording:
    """Read the channels of the one block, or of the one that is asked for."""
    probe = _block(probe)
    said: dict[str, list[str]] = {}
    for found in itertools.takewhile(bool, map(_KEY.match, probe.text_head.splitlines())):
        assert found is not None
        said[found[1]] = [cell.strip() for cell in found[2].split("\t")]
    titles = said.get("ChannelTitle", [])
    if not any(titles):
        raise Refusal("It names no channels (ChannelTitle=). Export it again with its header")
    units = [_unit(said, at) for at in range(len(titles))]
    sheet = exported.sheet(probe, len(said))
    values, odd = sheet.numbers()
    timed = int(len(sheet.found.rows[0]) > len(titles))
    recording = exported.recording(
        values[:, timed : timed + len(titles)], titles, units, _rate(probe), probe.options, odd
    )
    return exported.with_events(recording, _comments(probe, len(said), _rate(probe)))


def _block(probe: Probe) -> Probe:
    """Return a look at the block that is read: the only one, or that whose number is given."""
    # In UTF-8, which any block can be taken from by itself.
    text = probe.text
    begins = [found.start() for found in re.finditer(r"^Interval=", text, re.M)]
    if len(begins) < 2:
        return probe
    blocks = [text[a:b] for a, b in itertools.pairwise([*begins, len(text)])]
    wanted = probe.options.variable
    if wanted is None:
        lines = ", ".join(f"{n}: {b.count(chr(10)):,} lines" for n, b in enumerate(blocks, 1))
        shown = lines if len(lines) < _MOST_LETTERS else f"{lines[:_MOST_LETTERS]} ..."
        raise Refusal(
            f"It holds {len(blocks)} blocks, each a recording of its own ({shown}). Name one: "
            f"{spelled('variable', '1')}"
        )
    number = int(wanted) if re.fullmatch(r"\d{1,6}", wanted) else 0
    if not 1 <= number <= len(blocks):
        raise Refusal(f"It has no block {wanted}, but {len(blocks)}, counted from 1")
    return probe.of_part(blocks[number - 1].encode())


def _rate(probe: Probe) -> float:
    found = _INTERVAL.search(probe.text_head)
    interval = table.number(found[1], decimal_comma=True) if found else None
    unit = SECONDS.get(found[2].casefold() or "s", "s") if found else "s"
    if interval is None or not interval > 0:
        raise Refusal("It has no interval between samples (Interval=). Export it again")
    return checked_rate(1 / (interval * _SECONDS[unit]), "The rate (1 / Interval)")


def _unit(said: dict[str, list[str]], at: int) -> str:
    for key in ("UnitName", "Range"):
        cells = said.get(key, [])
        unit = cells[at] if at < len(cells) else "*"
        if key == "Range" and (found := _RANGE.match(unit)):
            unit = found[1].strip()
        if unit not in ("*", ""):
            return unit
    return ""


def _comments(probe: Probe, skip: int, fs_hz: float) -> list[Event]:
    if b"#" not in probe.content:
        return []
    events = []
    for at, line in enumerate(probe.text.splitlines()[skip:]):
        _, sign, words = line.partition("#")
        if sign and words.strip(" *\t0123456789"):
            events.append(Event(at / fs_hz, 0.0, words.strip(" *\t")[:200]))
        if len(events) > MOST_EVENTS:
            raise Refusal(f"It holds more than {MOST_EVENTS:,} comments")
    return events


def _sample(path: Path) -> None:
    lines = ["Interval=\t0.0005 s", "ExcelDateTime=\t4.5E+04\t01/05/2025 15:08:44.15"]
    lines += ["TimeFormat=\tStartOfBlock", "DateFormat=\t", "ChannelTitle=\tEMG TA\tTorque"]
    lines += ["Range=\t10.000 mV\t10.000 V", "UnitName=\t*\tNm"]
    for at in range(2000):
        comment = "\t#* go" if at == 500 else ""
        lines.append(f"{at / 2000:.4f}\t{(at * 37 % 101 - 50) / 100:.3f}\t{at / 100:.3f}{comment}")
    path.write_text("\r\n".join(lines) + "\r\n", encoding="cp1252")


FORMATS.add(
    Format(
        name="labchart_text",
        title="LabChart",
        description="LabChart text export (.txt)",
        rank=36,
        endings=(".txt",),
        holds="raw EMG, force, comments; units, where a channel holds them as zeros and ones",
        recognizes=recognizes,
        read=read,
        sample=_sample,
    )
)
