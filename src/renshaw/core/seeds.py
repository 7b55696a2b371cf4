"""Seeds and named streams: the same numbers whatever the number of workers.

There is no global generator. Every use of chance names its stream, so that adding one use never
changes the numbers of another.
"""

from __future__ import annotations

from zlib import crc32

import numpy as np

from renshaw.core.errors import SettingsError

Name = str | int


def checked_seed(seed: int) -> int:
    """Return the seed as an int, or raise `SettingsError` when it is not a whole number >= 0."""
    if isinstance(seed, bool) or not hasattr(seed, "__index__") or not 0 <= int(seed) < 2**63:
        raise SettingsError(f"seed = {seed!r}: must be a whole number from 0 to 2**63 - 1.")
    return int(seed)


def _sequence(seed: int, names: tuple[Name, ...]) -> np.random.SeedSequence:
    # The kind of each name is part of the key, or stream("1") and stream(crc32(b"1")) would meet.
    key = [
        part
        for name in names
        for part in ((0, crc32(name.encode())) if isinstance(name, str) else (1, int(name)))
    ]
    return np.random.SeedSequence(checked_seed(seed), spawn_key=tuple(key))


def stream(seed: int, *names: Name) -> np.random.Generator:
    """Return the generator of a named stream, e.g. ``stream(7, "participant", 3)``."""
    return np.random.Generator(np.random.Philox(_sequence(seed, names)))


def derived_seed(seed: int, *names: Name) -> int:
    """Return a seed of its own for a named part of a job, in 63 bits."""
    return int(_sequence(seed, names).generate_state(1, np.uint64)[0] >> np.uint64(1))
