"""Unpacking deflate streams without ever unpacking a bomb."""

from __future__ import annotations

import io
import zlib
from typing import BinaryIO

from renshaw.io.budget import Budget
from renshaw.io.limits import FREE_BYTES, LARGEST_RATIO, in_words
from renshaw.io.refusal import Refusal

ZLIB = zlib.MAX_WBITS
GZIP = zlib.MAX_WBITS | 16
_STEP_BYTES = 1 << 20


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
    produced = consumed = 0
    engine = zlib.decompressobj(wbits)
    pending = b""
    while not engine.eof:
        if not pending:
            pending = stream.read(min(_STEP_BYTES, nbytes - consumed))
            consumed += len(pending)
            if not pending:
                # What the engine still holds back is little: the last matches of its window.
                rest = engine.flush()
                budget.spend(len(rest), what)
                out.write(rest)
                if closed and not engine.eof:
                    raise Refusal(f"{what} is truncated: its compressed data end too early")
                break
        try:
            piece = engine.decompress(pending, _STEP_BYTES)
        except zlib.error as error:
            raise Refusal(
                f"{what} is damaged: its compressed data make no sense ({error})"
            ) from None
        pending = engine.unconsumed_tail
        produced += len(piece)
        used = consumed - len(pending)
        if produced > FREE_BYTES + LARGEST_RATIO * used:
            raise Refusal(
                f"{what} unfolds to more than {in_words(produced)} from {in_words(used)}; "
                "that is a decompression bomb, not a recording"
            )
        budget.spend(len(piece), what)
        out.write(piece)
        if engine.eof and wbits == GZIP:
            rest = (engine.unused_data + stream.read(nbytes - consumed)).lstrip(b"\0")
            consumed = nbytes
            if rest:
                engine, pending = zlib.decompressobj(wbits), rest
    return out.getvalue()


def inflated_head(head: bytes, wbits: int, nbytes: int) -> bytes:
    """Return up to `nbytes` of what the beginning of a packed stream unpacks to; never fails."""
    engine = zlib.decompressobj(wbits)
    try:
        return engine.decompress(head, nbytes)
    except zlib.error:
        return b""
