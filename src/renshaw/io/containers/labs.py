"""Files of laboratory programs that a library reads: .smr by neo, .acq by bioread.

They are opened in a process of its own (`apart`), which hands over plain arrays.
"""

from __future__ import annotations

import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import numpy as np

from renshaw.io.containers import apart, labs_child
from renshaw.io.limits import LAB_BYTES_A_BYTE, LAB_MEMORY_BYTES, checked_scale, checked_shift
from renshaw.io.probe import Probe
from renshaw.io.refusal import Refusal

Program = Literal["smr", "acq"]
_LIBRARY = {"smr": "neo", "acq": "bioread"}


@dataclass(frozen=True, eq=False)
class Part:
    """A channel, a piece of one, or an event, as the library has it.

    Parameters
    ----------
    about : mapping
        ``kind`` (wave, times, event or note), ``title``, and what else there is to say of it.
    arrays : mapping
        ``values`` of a wave as they were sampled; ``times`` (s) and ``codes``.
    """

    about: dict[str, Any]
    arrays: dict[str, Any]

    @property
    def scaled(self) -> Any:
        """The values of a wave in its unit."""
        values = self.arrays["values"]
        if values.dtype.kind == "f":
            return values.astype(float)
        title = str(self.about["title"]).strip()
        gain = checked_scale(self.about["gain"], f"The scale factor of {title!r}")
        return values * gain + checked_shift(self.about["offset"], f"The offset of {title!r}")


def parts(probe: Probe, program: Program, cure: str) -> list[Part]:
    """Return what is in a file.

    Parameters
    ----------
    probe : Probe
    program : "smr" or "acq"
    cure : str
        What to do where the library can't read it.

    Raises
    ------
    Refusal
        The library can't read it, or it claims more than it can honestly hold.
    ModuleNotFoundError
        The library is not installed.
    """
    library = _LIBRARY[program]
    if importlib.util.find_spec(library) is None:
        raise ModuleNotFoundError(f"No module named {library!r}", name=library)
    most = LAB_MEMORY_BYTES + LAB_BYTES_A_BYTE * probe.size
    with TemporaryDirectory() as folder:
        target = Path(folder) / "parts.npz"
        arguments = program, str(probe.path.absolute()), str(target)
        done = apart.run(labs_child.__file__, arguments, probe.size, most)
        if done.returncode == labs_child.REFUSED:
            reason = done.stdout.decode("utf-8", "replace")
            raise Refusal(
                f"It is damaged, or of a version that {library} can't read ({reason}). {cure}"
            )
        if done.returncode or not target.is_file():
            raise Refusal(f"Its parts contradict each other, or claim too much. {cure}")
        probe.budget.spend(target.stat().st_size, "The file")
        with np.load(target, allow_pickle=False) as found:
            about = json.loads(str(found["about"]))
            held: list[dict[str, Any]] = [{} for _ in about]
            for at, arrays in enumerate(held):
                for name in ("values", "times", "codes"):
                    if f"{name}{at}" in found:
                        arrays[name] = found[f"{name}{at}"]
    return [Part(each, arrays) for each, arrays in zip(about, held, strict=True)]
