"""`ReadOptions`: what a laboratory knows of its file and the file does not say, or says wrongly.

A reader gets them as ``probe.options``. Those that any reader can leave to others (torque, window,
muscle, names of units) are applied once, by `renshaw.io.applied`, whatever the format.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from renshaw.core.settings import Settings, setting
from renshaw.io.limits import HIGHEST_RATE_HZ, LOWEST_RATE_HZ

# A unit of time in seconds; samples take a rate.
IN_SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "min": 60.0}
TIME_UNITS = (*IN_SECONDS, "samples")
# Applied after any reader; the others are each reader's own.
APPLIED = (
    "unit_names",
    "mvc",
    "mvc_file",
    "torque_sign",
    "torque_offset",
    "torque_unit",
    "torque_fs_hz",
    "window_s",
    "muscle",
)
# Heard whatever the format: it bounds every reader.
_ALWAYS_HEARD = (*APPLIED, "memory_gb")


@dataclass(frozen=True, kw_only=True)
class ReadOptions(Settings):
    """What to read of a file, and how; whatever is left out is as the file says.

    Raises
    ------
    SettingsError
        An impossible value, such as a window that ends before it begins.
    """

    fs_hz: float | None = setting(
        None,
        "sampling rate, where the file states none or a wrong one",
        unit="Hz",
        ge=LOWEST_RATE_HZ,
        le=HIGHEST_RATE_HZ,
        option="fs",
    )
    time_unit: str | None = setting(
        None, "what the discharge times are counted in", choices=TIME_UNITS
    )
    variable: str | None = setting(
        None, "the variable or column that holds the discharges, where it has a name of your own"
    )
    unit_names: tuple[str, ...] = setting((), "names of the motor units, in the order of the file")
    mvc: float | None = setting(
        None, "maximal voluntary contraction in the torque's own unit; makes it % MVC", gt=0
    )
    mvc_file: str | None = setting(
        None, "recording of a maximal contraction, whose highest torque is the MVC"
    )
    torque_sign: int | None = setting(
        None, "-1 turns a torque over that falls when the muscle contracts", ge=-1, le=1
    )
    torque_offset: str | None = setting(
        None,
        "what is taken off the torque: rest (its level while no unit fires; a line where that "
        "drifts), or a number in the torque's own unit",
    )
    torque_unit: str | None = setting(
        None, "unit that the file's torque is in: Nm, N, kg, V, % MVC, ..."
    )
    torque_fs_hz: float | None = setting(
        None,
        "sampling rate of the torque, where it is another than that of the rest",
        unit="Hz",
        ge=LOWEST_RATE_HZ,
        le=HIGHEST_RATE_HZ,
        option="torque-fs",
    )
    window_s: tuple[float, ...] = setting(
        (),
        "start and end of the part that is read; all of it by default",
        unit="s",
        option="window",
    )
    muscle: str | None = setting(None, "the muscle that was recorded, e.g. TA")
    memory_gb: float | None = setting(
        None,
        "memory that reading may take, where the file needs more than those of its size usually do",
        unit="GB",
        gt=0,
        le=4096,
        option="memory",
    )

    def __post_init__(self) -> None:
        offset: Any = self.torque_offset
        if isinstance(offset, int | float) and not isinstance(offset, bool):
            object.__setattr__(self, "torque_offset", f"{offset!r}")
        super().__post_init__()
        if self.torque_sign == 0:
            raise self.refusal("torque_sign", "must be 1 or -1.")
        if self.torque_offset not in (None, "rest") and self.offset is None:
            raise self.refusal("torque_offset", "must be rest or a number.")
        if self.mvc is not None and self.mvc_file is not None:
            raise self.refusal(
                "mvc_file", "the MVC is given as a number already; give one of both."
            )
        for name in ("variable", "mvc_file", "torque_unit", "muscle"):
            if getattr(self, name) is not None and not getattr(self, name).strip():
                raise self.refusal(name, "must not be empty.")
        self._check_names()
        self._check_window()

    def _check_names(self) -> None:
        if not all(isinstance(name, str) and name.strip() for name in self.unit_names):
            raise self.refusal("unit_names", "must be a list of names.")
        if len(set(self.unit_names)) < len(self.unit_names):
            raise self.refusal("unit_names", "a name is there twice.")

    def _check_window(self) -> None:
        numbers = [
            edge
            for edge in self.window_s
            if isinstance(edge, int | float) and not isinstance(edge, bool) and math.isfinite(edge)
        ]
        if len(numbers) != len(self.window_s) or len(numbers) not in (0, 2):
            raise self.refusal("window_s", "must be two numbers, start and end in seconds.")
        if numbers and numbers[1] <= numbers[0]:
            raise self.refusal("window_s", "must end after it begins.")
        object.__setattr__(self, "window_s", tuple(map(float, numbers)))

    @property
    def offset(self) -> float | None:
        """The number that is taken off the torque, where one is given."""
        try:
            number = float(self.torque_offset or "")
        except ValueError:
            return None
        return number if math.isfinite(number) else None

    @property
    def given(self) -> tuple[str, ...]:
        """Names of the options that were given."""
        return tuple(
            info.name for info in self.describe() if getattr(self, info.name) != info.default
        )


class Watched:
    """Options that know which of them a reader asked for; it stands in for `ReadOptions`.

    Parameters
    ----------
    options : ReadOptions
    """

    def __init__(self, options: ReadOptions) -> None:
        self._options = options
        self.asked: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        self.asked.add(name)
        return getattr(self._options, name)

    def glance(self, name: str) -> Any:
        """Return an option without counting it as heard."""
        return getattr(self._options, name)

    @property
    def unheard(self) -> tuple[str, ...]:
        """Options of a reader's own that were given, and that it never asked for."""
        own = (name for name in self._options.given if name not in _ALWAYS_HEARD)
        return tuple(name for name in own if name not in self.asked)


def spelled(name: str, value: str = "") -> str:
    """Return an option as it is given, on the command line and in Python.

    Parameters
    ----------
    name : str
        As in `ReadOptions`.
    value : str
        As both spell it: ``"2048"``, ``"ms"``.

    Examples
    --------
    >>> spelled("fs_hz", "2048")
    '--fs 2048 (fs_hz=2048)'
    >>> spelled("time_unit", "ms")
    "--time-unit ms (time_unit='ms')"
    """
    info = next(each for each in ReadOptions.describe() if each.name == name)
    option = info.option or name.replace("_", "-")
    if not value:
        return f"--{option} ({name})"
    try:
        float(value)
    except ValueError:
        return f"--{option} {value} ({name}={value!r})"
    return f"--{option} {value} ({name}={value})"
