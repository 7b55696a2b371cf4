"""What the addresses of the tab share: the desk of the page, and threads for what takes a while."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import ParamSpec, TypeVar

import numpy as np
from starlette.requests import Request

from renshaw.app.recording.case import Case
from renshaw.app.recording.desk import Desk, settled
from renshaw.app.room import room_of
from renshaw.data.motor_units import MotorUnits
from renshaw.estimation.settings import SmoothingSettings
from renshaw.estimation.smoothing import smoothed_rates

P = ParamSpec("P")
T = TypeVar("T")

# However many tabs ask at once, two cores are what the page takes.
_THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="recording")


def desk_of(request: Request) -> Desk:
    """Return the desk of the page."""
    desk = request.app.state.desk
    assert isinstance(desk, Desk)
    return desk


def case_of(request: Request) -> Case:
    """Return the case that the address names, with what its job has done taken in."""
    case = desk_of(request).get(request.path_params["id"])
    return settled(case, room_of(request).jobs)


async def aside(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do something in one of a few threads, so that the page goes on answering."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_THREADS, lambda: work(*args, **kwargs))


@cache
def warm_up() -> None:
    """Load what the first estimate takes, in a thread; once."""
    units = MotorUnits((np.sqrt(np.arange(20.0)),), (0.0, 5.0))
    _THREADS.submit(smoothed_rates, units, SmoothingSettings())
