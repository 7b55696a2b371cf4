"""What a reader itself warns of: a note that begins with `WARNING` is told wherever numbers are."""

from __future__ import annotations

from collections.abc import Iterable

from renshaw.data.reasons import Cause
from renshaw.data.recording import WARNING, Recording
from renshaw.data.suspicion import CHECKS, Check, Suspicion

TOLD = Cause("reader_warns", "{}", name="the reader of the file warns of something")


def _told(recording: Recording) -> Iterable[Suspicion]:
    for note in recording.notes:
        if note.startswith(WARNING):
            yield Suspicion(why=TOLD(note.removeprefix(WARNING).rstrip(".")))


READERS = CHECKS.add(
    Check("reader_warns", "all that matters was read, and without doubt", _told, 5)
)
