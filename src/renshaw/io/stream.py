"""Raw samples as they come in: from a TCP port of an amplifier's software, or from a pipe.

Whoever serves the samples sends nothing but numbers, the channels of one moment side by side, so
all that can be told of them here is how many there are.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from renshaw.core.errors import ReadError, SettingsError
from renshaw.core.settings import Settings, setting

Array = np.ndarray[Any, Any]
# Gives the next bytes, at most so many; none where the stream has ended.
Receive = Callable[[int], bytes]

_NUMBERS = {"float32": "<f4", "int16": "<i2", "int16-big": ">i2"}
_MOST_BYTES = 1 << 16
_LARGEST_PORT = 65535


@dataclass(frozen=True, kw_only=True)
class StreamSettings(Settings):
    """What raw samples that come in are; none of them says so itself."""

    rate_hz: float | None = setting(
        None, "sampling rate (empty: as learned)", unit="Hz", gt=0, option="rate"
    )
    channels: int | None = setting(
        None,
        "channels of each sample (empty: as learned); where there are more than were learned, the "
        "first are decoded",
        ge=1,
        le=4096,
    )
    dtype: str = setting(
        "float32", "what each number is; little-endian but for int16-big", choices=tuple(_NUMBERS)
    )
    scale_uv: float = setting(1.0, "microvolts of a step of one", unit="uV", gt=0)
    timeout_s: float = setting(
        10.0, "longest wait for a connection, or for the next samples", unit="s", gt=0, le=86_400
    )


def opened(address: str, timeout_s: float) -> AbstractContextManager[Receive]:
    """Open a stream.

    Parameters
    ----------
    address : str
        ``tcp://HOST:PORT`` to connect to, ``-`` for standard input.
    timeout_s : float
        Longest wait; a pipe is waited for as long as it is open.

    Raises
    ------
    SettingsError
        It is neither.
    ReadError
        Nobody serves there; later, that nothing came any more.
    """
    return _piped() if address == "-" else _connected(address, *_place(address), timeout_s)


def _place(address: str) -> tuple[str, int]:
    why = f"{address!r} is no stream: tcp://HOST:PORT, or - for standard input."
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise SettingsError(why) from None
    if parts.scheme != "tcp" or not host or not port or parts.path not in ("", "/"):
        raise SettingsError(why)
    return host, port


@contextmanager
def _piped() -> Iterator[Receive]:
    # Whoever started us may have closed it.
    if sys.stdin is None or sys.stdin.isatty():
        raise ReadError("-: nothing is piped into standard input; send raw samples there.")
    number = sys.stdin.fileno()
    yield lambda most: os.read(number, most)


@contextmanager
def _connected(address: str, host: str, port: int, timeout_s: float) -> Iterator[Receive]:
    try:
        connection = socket.create_connection((host, port), timeout_s)
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise ReadError(
            f"{address}: no connection ({why.rstrip('.')}). Start whatever serves the samples "
            "first, and see which port it says."
        ) from error

    def receive(most: int) -> bytes:
        try:
            return connection.recv(most)
        except TimeoutError as error:
            raise ReadError(
                f"{address}: no samples for {timeout_s:g} s; the connection was given up "
                "(--timeout-s waits longer)."
            ) from error
        except OSError as error:
            raise ReadError(
                f"{address}: the connection broke ({(error.strerror or str(error)).rstrip('.')})."
            ) from error

    with connection:
        connection.settimeout(timeout_s)
        yield receive


class Blocks:
    """Blocks of samples from a stream of bytes.

    Parameters
    ----------
    receive : callable
        As `opened` gives it.
    settings : StreamSettings
    channels : int
        Of each sample.
    samples : int
        Of each block but the last.
    """

    def __init__(
        self, receive: Receive, settings: StreamSettings, channels: int, samples: int
    ) -> None:
        self._receive, self._samples, self._channels = receive, samples, channels
        self._number = np.dtype(_NUMBERS[settings.dtype])
        self._scale_uv = settings.scale_uv
        # Bytes of a sample that was not whole when the stream ended.
        self.left_over: int = 0

    def __iter__(self) -> Iterator[Array]:
        """Yield arrays of shape (samples, channels), in microvolts, until the stream ends."""
        sample = self._number.itemsize * self._channels
        size = sample * self._samples
        waiting = bytearray()
        while received := self._receive(_MOST_BYTES):
            waiting += received
            while len(waiting) >= size:
                yield self._block(waiting[:size])
                del waiting[:size]
        self.left_over = len(waiting) % sample
        if len(waiting) >= sample:
            yield self._block(waiting[: len(waiting) - self.left_over])

    def _block(self, part: bytearray) -> Array:
        numbers = np.frombuffer(bytes(part), dtype=self._number).astype(float)
        return numbers.reshape(-1, self._channels) * self._scale_uv
