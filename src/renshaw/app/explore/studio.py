"""Who gets which picture when: the newest wish of each tab counts, and tabs take turns.

Sketches and whole pictures are made side by side, one of each at a time. A whole picture that its
tab no longer wants is given up in the middle; a sketch is finished, lest nothing be seen as long as
the hand moves.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from renshaw.app.explore.knobs import Scene, first_values, scene_of
from renshaw.app.explore.pictures import FULL, SKETCH, Picture, drawn, learned_drive
from renshaw.core.errors import RenshawError
from renshaw.data.arrays import FloatArray

# Tabs that wait at once; memory for pictures and drives that are kept.
MOST_WAITING = 100
_PICTURES_KEPT = 24
_DRIVES_KEPT = 64
# A sketch comes out of a compiled kernel hundreds of times; each time it would wait for whoever
# runs Python, such as the whole picture of another tab, as long as this lasts (5 ms usually).
_SWITCH_s = 0.0005


class GivenUpError(Exception):
    """A tab wants something newer."""


@dataclass(eq=False)
class _Wish:
    tab: str
    number: int
    scene: Scene
    future: asyncio.Future[Picture | None]
    given_up: threading.Event = field(default_factory=threading.Event)

    def give_up(self) -> None:
        self.given_up.set()
        if not self.future.done():
            self.future.set_result(None)

    def progress(self, done: int, total: int, what: str) -> None:
        if self.given_up.is_set():
            raise GivenUpError


class _Kept:
    """The last few values by key."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[Any, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Any) -> Any:
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def put(self, key: Any, value: Any) -> None:
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)


class Studio:
    """Makes the pictures of all tabs."""

    def __init__(self) -> None:
        self._pictures = _Kept(_PICTURES_KEPT)
        self._drives = _Kept(_DRIVES_KEPT)
        self._waiting: dict[str, OrderedDict[str, _Wish]] = {
            SKETCH: OrderedDict(),
            FULL: OrderedDict(),
        }
        self._now: dict[str, _Wish | None] = {SKETCH: None, FULL: None}
        self._wake = {SKETCH: asyncio.Event(), FULL: asyncio.Event()}
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="explore")

    async def picture(
        self, tab: str, scene: Scene, quality: str, number: int = 0
    ) -> Picture | None:
        """Return a picture; None where the same tab has asked for a newer one meanwhile.

        Parameters
        ----------
        tab : str
        scene : Scene
        quality : str
            `SKETCH` or `FULL`.
        number : int
            Counts the moves of the tab's knobs: a sketch replaces whole pictures of earlier moves,
            not that of its own.

        Raises
        ------
        RenshawError
            Too many tabs wait.
        """
        self._give_up(tab, quality, number)
        kept = self._pictures.get((scene, FULL)) or self._pictures.get((scene, quality))
        if kept is not None:
            found: Picture = kept
            return found
        waiting = self._waiting[quality]
        if len(waiting) >= MOST_WAITING:
            raise RenshawError("Too many tabs ask for pictures; close some.")
        wish = waiting[tab] = _Wish(tab, number, scene, asyncio.get_running_loop().create_future())
        self._wake[quality].set()
        return await wish.future

    def known(self, scene: Scene) -> Picture | None:
        """Return the whole picture of a trial, where it was made lately."""
        found: Picture | None = self._pictures.get((scene, FULL))
        return found

    def leave(self, tab: str) -> None:
        """Forget what a tab wanted: it was closed."""
        for kind in (SKETCH, FULL):
            self._give_up(tab, kind)

    def _give_up(self, tab: str, quality: str, number: int | None = None) -> None:
        """Forget what the tab wanted before; a sketch that is being made is finished."""
        if quality == SKETCH and (sketch := self._waiting[SKETCH].pop(tab, None)) is not None:
            sketch.give_up()
        for wish in (self._waiting[FULL].get(tab), self._now[FULL]):
            if wish is None or wish.tab != tab:
                continue
            if quality == SKETCH and number is not None and wish.number >= number:
                continue
            wish.give_up()
            if self._waiting[FULL].get(tab) is wish:
                del self._waiting[FULL][tab]

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Make pictures inside this block."""
        usual_s = sys.getswitchinterval()
        sys.setswitchinterval(_SWITCH_s)
        tasks = [asyncio.create_task(self._work(kind)) for kind in (SKETCH, FULL)]
        try:
            yield
        finally:
            sys.setswitchinterval(usual_s)
            for kind, task in zip((SKETCH, FULL), tasks, strict=True):
                task.cancel()
                for wish in [*self._waiting[kind].values(), self._now[kind]]:
                    if wish is not None:
                        wish.give_up()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.to_thread(self._threads.shutdown)

    async def _work(self, quality: str) -> None:
        loop, waiting = asyncio.get_running_loop(), self._waiting[quality]
        if quality == SKETCH:
            # Kernels are loaded, or compiled, before anyone waits for them.
            await loop.run_in_executor(self._threads, self._warm_up)
        while True:
            if not waiting:
                self._wake[quality].clear()
                await self._wake[quality].wait()
                continue
            _, wish = waiting.popitem(last=False)
            self._now[quality] = wish
            try:
                made = await loop.run_in_executor(self._threads, self._made, wish, quality)
            except GivenUpError:
                made = None
            except Exception as error:
                if not wish.future.done():
                    wish.future.set_exception(error)
                continue
            finally:
                self._now[quality] = None
            if not wish.future.done():
                wish.future.set_result(made)

    def _made(self, wish: _Wish, quality: str) -> Picture:
        scene = wish.scene
        drive = self._drive(wish, quality)
        picture = drawn(scene, quality, drive, wish.progress if quality == FULL else None)
        if quality == FULL:
            self._pictures.put((scene, FULL), picture)
        return picture

    def _drive(self, wish: _Wish, quality: str) -> FloatArray | None:
        """Return the drive for a trial in which torque is to follow a target.

        For a sketch that of the tab's last picture will do, if the task was the same: what she
        sees on the screen corrects it.
        """
        scene = wish.scene
        if not scene.protocol.tracks_torque:
            return None
        key = (wish.tab, scene.protocol)
        kept = self._drives.get(key) if quality == SKETCH else None
        if kept is not None:
            drive: FloatArray = kept
            return drive
        drive = learned_drive(scene, quality, wish.progress if quality == FULL else None)
        self._drives.put(key, drive)
        return drive

    def _warm_up(self) -> None:
        scene = scene_of(first_values())
        drawn(scene, SKETCH, learned_drive(scene, SKETCH))
        spasm = scene_of({**first_values(), "protocol": "spasm"})
        drawn(spasm, SKETCH, None)
