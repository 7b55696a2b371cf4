"""Connections that wait for a person's browser, but not for ever, and only so many at once.

Who connects and sends half a request, or nothing, or a byte now and then, needs no token for it; so
each connection has a time for its head, for the next piece of its body and for taking its answer.
"""

from __future__ import annotations

from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

# A browser sends a head at once; it opens some connections before it needs them.
HEAD_s: float = 10.0
# Between two pieces of a body, and what must have come on average once it takes longer than that.
BODY_IDLE_s: float = 20.0
SLOWEST_bytes_per_s: float = 1000.0
# For some of an answer to be taken.
TAKING_s: float = 60.0
# A browser opens six at a time.
MOST_CONNECTIONS = 64
_LOOKS_s = 1.0

_HEAD, _BODY, _TAKING, _NOTHING = "head", "body", "taking", ""
_WORDS = b"The request took too long to send.\n"
_TOO_LATE = (
    b"HTTP/1.1 408 Request Timeout\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"content-length: %d\r\nconnection: close\r\n\r\n%b" % (len(_WORDS), _WORDS)
)


class Bounded(H11Protocol):  # type: ignore[misc]
    """A connection that is closed when it keeps the page waiting."""

    def connection_made(self, transport: Any) -> None:
        """Begin; where there are too many already, the one that says least is closed for it."""
        if len(self.connections) >= MOST_CONNECTIONS and not self._made_room():
            transport.abort()
            return
        super().connection_made(transport)
        self._kept = 0
        self._restart(_HEAD)
        self._look()

    def data_received(self, data: bytes) -> None:
        """Take in what was sent."""
        self._heard_s = self.loop.time()
        self._came += len(data)
        super().data_received(data)

    def on_response_complete(self) -> None:
        """Wait for the next request from now on."""
        self._restart(_HEAD)
        super().on_response_complete()

    def _made_room(self) -> bool:
        waiting = [c for c in self.connections if isinstance(c, Bounded) and c._awaits() == _HEAD]
        if not waiting:
            return False
        oldest = min(waiting, key=lambda each: each._since_s)
        oldest.transport.abort()
        self.connections.discard(oldest)
        return True

    def _awaits(self) -> str:
        """Return what the page waits for of whoever is at the other end."""
        if self.flow.write_paused:
            return _TAKING
        if self.flow.read_paused:
            return _NOTHING  # The page itself has not taken what came.
        waits = {h11.IDLE: _HEAD, h11.SEND_BODY: _BODY}
        return waits.get(self.conn.their_state, _NOTHING)

    def _restart(self, waits: str) -> None:
        self._waits = waits
        self._since_s = self._heard_s = self.loop.time()
        self._came = 0

    def _look(self) -> None:
        """Look at the connection now and then, and close it where it waits for too long."""
        if self.transport.is_closing() or self not in self.connections:
            return
        waits = self._awaits()
        kept = self.transport.get_write_buffer_size()
        if waits != self._waits or (waits == _TAKING and kept < self._kept):
            self._restart(waits)
        elif self._is_late():
            if waits == _HEAD:
                self.transport.write(_TOO_LATE)
                self.transport.close()
            else:
                self.transport.abort()
            return
        self._kept = kept
        self.loop.call_later(_LOOKS_s, self._look)

    def _is_late(self) -> bool:
        now_s: float = self.loop.time()
        waited_s: float = now_s - self._since_s
        if self._waits == _HEAD:
            return waited_s > HEAD_s
        if self._waits == _BODY:
            slow = waited_s > BODY_IDLE_s and self._came < SLOWEST_bytes_per_s * waited_s
            return now_s - self._heard_s > BODY_IDLE_s or slow
        return self._waits == _TAKING and waited_s > TAKING_s
