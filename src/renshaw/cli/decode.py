"""``renshaw decode``: known motor units in EMG as it comes in, block by block."""

from __future__ import annotations

import dataclasses
import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from cyclopts import Parameter

from renshaw.cli.failures import FAILED, FINE, INTERRUPTED
from renshaw.cli.options import changed, chosen_options, given, options_of, read_options
from renshaw.cli.progress import one_line
from renshaw.core.errors import DataError, RenshawError, SettingsError, sentence
from renshaw.decomposition.online.settings import DecodeSettings
from renshaw.io.stream import Blocks, StreamSettings, opened

if TYPE_CHECKING:
    from renshaw.data.recording import Recording
    from renshaw.decomposition.online.decoder import Decoder

Options: Any = options_of(DecodeSettings())
Stream: Any = options_of(StreamSettings(), "The stream", 5)
Read: Any = read_options()

# A block that takes longer than itself so often in a row is told of.
_SLOW_BLOCKS = 20


def decode(
    learned: Annotated[Path, Parameter(name="LEARNED")],
    /,
    *,
    stream: Annotated[str | None, Parameter(name="--stream", allow_leading_hyphen=True)] = None,
    replay: Annotated[Path | None, Parameter(name="--replay")] = None,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    block_ms: float = 50.0,
    streamed: Annotated[Stream | None, Parameter(name="*")] = None,
    read_as: Annotated[Read | None, Parameter(name="*")] = None,
    options: Annotated[Options | None, Parameter(name="*")] = None,
) -> int:
    """Find known motor units in raw EMG while it is recorded.

    LEARNED is a recording that renshaw decompose made, with its EMG. The filters of its units
    without a flag are learned from it, which takes some seconds. Then every block of EMG of the
    same electrodes gives its discharges and the current rates: one line of JSON a block, with
    time_s (up to when discharges are known), discharges (unit and time in s) and rates_pps. Times
    count from the first sample.

    --stream connects to what serves raw samples, the channels of one moment side by side.
    --replay decodes a file in the same blocks, and prints how far the units agree with those that
    the file has, and how long a block took.

    Examples:

        renshaw decode rec.h5 --stream tcp://127.0.0.1:31000 -o live.h5

        renshaw decode rec.h5 --replay second.h5

    Parameters
    ----------
    learned
        Decomposed recording with its raw EMG.
    stream
        Where the samples come from: tcp://HOST:PORT, or - for standard input.
    replay
        Recording with raw EMG that is decoded in place of a stream.
    out
        File for the discharges, written when the stream ends, also by Ctrl-C.
    block_ms
        Length of a block. How the stream is cut changes no number.
    """
    from renshaw.core.files import refuse_place
    from renshaw.decomposition.online.decode import decoder
    from renshaw.io import losses, read

    if (stream is None) == (replay is None):
        raise SettingsError("Decode what? Name a stream by --stream, or a file by --replay.")
    if not 1 <= block_ms <= 60_000:
        raise SettingsError(f"A block lasts from 1 to 60000 ms, not {block_ms:g} (--block-ms).")
    source = read(learned)
    if out is not None:
        refuse_place(out)
    online = decoder(source, changed(DecodeSettings(), given(options)))
    if out is not None:
        losses(online.recording(), str(out))
    samples = max(1, round(block_ms / 1000 * online.fs_hz))
    if replay is not None:
        return _replayed(online, read(replay, options=chosen_options(read_as)), samples, out)
    assert stream is not None
    settings = changed(StreamSettings(), given(streamed))
    return _streamed(online, stream, settings, samples, out)


def _streamed(
    online: Decoder, address: str, settings: StreamSettings, samples: int, out: Path | None
) -> int:
    """Print a line a block for as long as blocks come; keep what was decoded, however it ends."""
    channels = _checked(online, settings)
    _say(
        f"{len(online.labels)} units, {online.channels} channels at {online.fs_hz:g} Hz; "
        f"discharges are known {online.latency_ms:.0f} ms after they happen, or sooner."
    )
    code = FINE
    try:
        with opened(address, settings.timeout_s) as receive:
            blocks = Blocks(receive, settings, channels, samples)
            _decoded(online, blocks)
        if blocks.left_over:
            _say(
                f"The stream ended within a sample ({blocks.left_over} bytes of it were left "
                f"over): has it {channels} channels of {settings.dtype}?"
            )
        if not online.samples:
            raise DataError(f"{address}: the stream ended before the first sample.")
    except KeyboardInterrupt:
        code = INTERRUPTED
    except RenshawError as error:
        if not online.samples or isinstance(error, SettingsError):
            raise
        _say(sentence(error))
        code = FAILED
    finally:
        # Also where whoever read our lines has gone.
        if online.samples:
            _say(f"{online.samples / online.fs_hz:.1f} s were decoded.")
            _keep(online.recording(), out)
    return code


def _checked(online: Decoder, settings: StreamSettings) -> int:
    """Return how many channels come in, or refuse what was not learned."""
    from renshaw.decomposition.online.decode import same_rate

    rate_hz, channels = settings.rate_hz or online.fs_hz, settings.channels or online.channels
    if not same_rate(rate_hz, online.fs_hz):
        raise DataError(
            f"Filters that were learned at {online.fs_hz:.10g} Hz hold for no other rate, and the "
            f"stream comes at {rate_hz:.10g} Hz (--rate).",
            hint="Record at the same rate, or decompose a recording at the rate of the stream.",
        )
    if channels < online.channels:
        raise DataError(
            f"The units were learned on {online.channels} channels, and the stream has "
            f"{channels} (--channels)."
        )
    return channels


def _decoded(online: Decoder, blocks: Iterable[Any]) -> None:
    slow, told = 0, False
    for block in blocks:
        began = time.perf_counter()
        found = online.push(block[:, : online.channels])
        line = {
            "time_s": round(found.time_s, 6),
            "discharges": [[unit, round(time_s, 6)] for unit, time_s in found.discharges],
            "rates_pps": {unit: round(rate, 3) for unit, rate in found.rates_pps.items()},
        }
        print(json.dumps(line, ensure_ascii=False, allow_nan=False), flush=True)  # noqa: T201
        for note in found.notes:
            _say(note)
        late = time.perf_counter() - began > len(block) / online.fs_hz
        slow = slow + 1 if late else 0
        if slow == _SLOW_BLOCKS and not told:
            told = True
            _say(
                f"{_SLOW_BLOCKS} blocks in a row took longer than they last: discharges come later "
                "and later. Fewer units, or a faster reader of these lines, would keep up."
            )


def _replayed(online: Decoder, recording: Recording, samples: int, out: Path | None) -> int:
    """Decode a file in blocks, and print units and times."""
    emg = recording.signals.get("emg")
    if emg is None or emg.values.ndim != 2:
        raise DataError(f"{recording.name} has no raw EMG to decode.")
    _checked(online, StreamSettings(rate_hz=emg.fs_hz, channels=emg.values.shape[1]))
    if emg.values.shape[1] != online.channels:
        raise DataError(
            f"{recording.name} has {emg.values.shape[1]} channels of EMG; the units were learned "
            f"on {online.channels}."
        )
    took_ms, code = [], FINE
    try:
        for first in range(0, len(emg), samples):
            began = time.perf_counter()
            notes = online.push(emg.values[first : first + samples]).notes
            took_ms.append(1000 * (time.perf_counter() - began))
            for note in notes:
                _say(note)
    except KeyboardInterrupt:
        code = INTERRUPTED
    found = _at(online.recording(recording.name), emg.start_s)
    print(_table(found, recording))  # noqa: T201
    if took_ms:
        median, late, worst = np.percentile(took_ms, [50, 95, 100])
        print(  # noqa: T201
            f"\n{1000 * samples / emg.fs_hz:.0f} ms of EMG took {median:.1f} ms (median), "
            f"{late:.1f} (95 %), {worst:.1f} (worst); latency {online.latency_ms:.0f} ms."
        )
    _keep(found, out)
    return code


def _at(found: Recording, start_s: float) -> Recording:
    """Return what was decoded in the time of the file."""
    begin_s, end_s = found.units.window_s
    units = dataclasses.replace(
        found.units,
        times_s=tuple(times + start_s for times in found.units),
        window_s=(begin_s + start_s, end_s + start_s),
    )
    return dataclasses.replace(found, units=units)


def _table(found: Recording, recording: Recording) -> str:
    from renshaw.cli.tables import aligned
    from renshaw.decomposition.online.compared import compared

    heads = ["unit", "discharges", "first (s)", "last (s)"]
    nearest = compared(found.units, recording.units)
    lines = [[*heads, "most like", "F1"] if nearest else heads]
    for i, times in enumerate(found.units):
        ends = [f"{times[0]:.2f}", f"{times[-1]:.2f}"] if len(times) else ["–", "–"]
        row = [one_line(found.units.labels[i]), str(len(times)), *ends]
        if nearest:
            f1 = nearest[i].f1
            name = one_line(recording.units.labels[nearest[i].unit]) if f1 > 0 else "–"
            row += [name, f"{f1:.3f}"]
        lines.append(row)
    return aligned(lines, left={0})


def _keep(found: Recording, out: Path | None) -> None:
    from renshaw.io import write

    if out is not None:
        _say(f"Written: {write(found, out)}")


def _say(words: str) -> None:
    print(f"renshaw: {one_line(words)}", file=sys.stderr, flush=True)  # noqa: T201
