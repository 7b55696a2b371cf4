"""Unpacking deflate streams without ever unpacking a bomb."""

from __future__ import annotations

import io
import re
import zlib
from typing import BinaryIO

from renshaw.io.budget import Budget
from renshaw.io.limits import FREE_BYTES, LARGEST_RATIO, in_words
from renshaw.io.refusal import Refusal

ZLIB = zlib.MAX_WBITS
GZIP = zlib.MAX_WBITS | 16
_STEP_BYTES = 1 << 20
# What a new stream is given first; as long as it goes on, twice as much each time.
_FIRST_BYTES = 1 << 12
_ZEROS = re.compile(rb"\0*+")


def inflated(
    stream: BinaryIO, nbytes: int, wbits: int, budget: Budget, what: str, *, closed: bool = True
) -> bytes:
    """Return the unpacked content of the next `nbytes` of a stream.

    The output is held against the input *as it is consumed*, so that a bomb is refused after some
    64 MB, whatever the size of its file.

    Parameters
    ----------
    stream : file
    nbytes : int
    wbits : int
        `ZLIB` or `GZIP`.
    budget : Budget
    what : str
        What it is, for a refusal.
    closed : bool
        Whether a stream without its last block is refused. MATLAB itself leaves such streams (they
        end in a sync flush); then whoever asks sees to it that all that is promised is there.

    Raises
    ------
    Refusal
        The stream is damaged, ends too early or unfolds to too much.
    """
    # One buffer that grows: pieces that are joined at the end would be there twice.
    out = io.BytesIO()
    produced = consumed = at = 0
    engine, step = zlib.decompressobj(wbits), _FIRST_BYTES
    held = b""
    while not engine.eof:
        if at == len(held):
            held, at = stream.read(min(_STEP_BYTES, nbytes - consumed)), 0
            consumed += len(held)
            if not held:
                # What the engine still holds back is little: the last matches of its window.
                rest = engine.flush()
                budget.spend(len(rest), what)
                out.write(rest)
                if closed and not engine.eof:
                    raise Refusal(f"{what} is truncated: its compressed data end too early")
                break
        # An engine copies what it is given and has no use for: of many small streams it must not
        # be given all the others each time.
        given = memoryview(held)[at : at + step]
        step = min(2 * step, _STEP_BYTES)
        try:
            piece = engine.decompress(given, _STEP_BYTES)
        except zlib.error as error:
            raise Refusal(
                f"{what} is damaged: its compressed data make no sense ({error})"
            ) from None
        at += len(given) - len(engine.unconsumed_tail) - len(engine.unused_data)
        produced += len(piece)
        used = consumed - len(held) + at
        if produced > FREE_BYTES + LARGEST_RATIO * used:
            raise Refusal(
                f"{what} unfolds to more than {in_words(produced)} from {in_words(used)}; "
                "that is a decompression bomb, not a recording"
            )
        budget.spend(len(piece), what)
        out.write(piece)
        if engine.eof and wbits == GZIP:
            # Another stream may follow, behind zeros that fill up.
            while (at := _behind_zeros(held, at)) == len(held) and consumed < nbytes:
                held, at = stream.read(min(_STEP_BYTES, nbytes - consumed)), 0
                consumed += len(held)
                if not held:
                    break
            if at < len(held):
                budget.step(what)
                engine, step = zlib.decompressobj(wbits), _FIRST_BYTES
    return out.getvalue()


def _behind_zeros(held: bytes, at: int) -> int:
    found = _ZEROS.match(held, at)
    return at if found is None else found.end()


def inflated_head(head: bytes, wbits: int, nbytes: int) -> bytes:
    """Return up to `nbytes` of what the beginning of a packed stream unpacks to; never fails."""
    engine = zlib.decompressobj(wbits)
    try:
        return engine.decompress(head, nbytes)
    except zlib.error:
        return b""
