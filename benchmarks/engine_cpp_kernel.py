"""Compile the hand-written C++ kernel, run it on the lanes of some jobs, count its operations.

It knows the published pool only, not what `renshaw.engine.beyond` adds.
"""

from __future__ import annotations

import ctypes
import re
import subprocess
from pathlib import Path

import numpy as np

from renshaw.engine import EngineSettings, Job, lanes, rates, slow, step
from renshaw.engine.blocks import MOST_CHUNKS, FASTEST_pps, slow_gains
from renshaw.engine.inputs import checked_columns, held
from renshaw.engine.membrane import membrane
from renshaw.engine.packing import packed

SOURCE = Path(__file__).parent / "engine_cpp" / "kernel.cpp"
# Names that begin with a digit in Python after their underscore.
WORDS = {"_24TH": "TWENTYFOURTH", "_120TH": "HUNDREDTWENTIETH", "_12": "TWELVE"}
FLAGS = ["-O3", "-march=native", "-ffp-contract=fast", "-fno-math-errno", "-std=c++17"]


def write_layout(folder: Path) -> None:
    """Write rows and constants as the Python source has them."""
    lines = []
    for name, value in vars(lanes).items():
        if name.isupper() and isinstance(value, int):
            if name in ("WIDTH", "ROWS", "GATHERED", "FAST_STATE", "NAMES"):
                lines.append(f"constexpr int {name} = {value};")
            elif name in ("FIRST_NEURON", "TRIAL", "KEY_LOW", "KEY_HIGH"):
                lines.append(f"constexpr int NAME_{name} = {value};")
            else:
                lines.append(f"constexpr int ROW_{name} = {value};")
    constants = {}
    for module in (rates, step, slow):
        for name, value in vars(module).items():
            if isinstance(value, np.float32):
                constants[WORDS.get(name, name.lstrip("_"))] = float(value)
    lines += [f"constexpr float {name} = {value!r}f;" for name, value in constants.items()]
    (folder / "layout.h").write_text("\n".join(lines) + "\n")


class CppKernel:
    """The compiled kernel."""

    def __init__(self, folder: Path) -> None:
        write_layout(folder)
        library = folder / "kernel.so"
        command = [
            "g++",
            *FLAGS,
            "-shared",
            "-fPIC",
            f"-I{folder}",
            str(SOURCE),
            "-o",
            str(library),
        ]
        subprocess.run(command, check=True)
        self.integrate = ctypes.CDLL(str(library)).integrate
        self.integrate.restype = None

    def run(self, jobs: list[Job], settings: EngineSettings) -> list[list[np.ndarray]]:
        """Integrate the jobs, which share their inputs, on one core.

        Returns
        -------
        list of lists of arrays
            Of each job the spikes (s) of each motoneuron.
        """
        columns = held(checked_columns(jobs[0].inputs), settings.slow_steps)
        state, names = [], []
        for job in jobs:
            chunks = packed(membrane(job.pool))
            state.append(chunks)
            name = np.zeros((len(chunks), lanes.NAMES), dtype=np.uint32)
            name[:, lanes.FIRST_NEURON] = np.arange(len(chunks)) * lanes.WIDTH
            name[:, lanes.KEY_LOW] = job.seed
            names.append(name)
        all_state, all_names = np.concatenate(state), np.concatenate(names)
        spikes: list[np.ndarray] = []
        for first in range(0, len(all_state), MOST_CHUNKS):
            here = slice(first, first + MOST_CHUNKS)
            spikes += self._block(all_state[here].copy(), all_names[here].copy(), columns, settings)
        found, lane = [], 0
        for job, chunks in zip(jobs, state, strict=True):
            found.append(spikes[lane : lane + len(job.pool)])
            lane += len(chunks) * lanes.WIDTH
        return found

    def _block(self, state, names, columns, settings: EngineSettings):
        room = int(columns.shape[1] * settings.slow_ms / 1000 * FASTEST_pps) + 10
        counts = np.zeros(len(state) * lanes.WIDTH, dtype=np.int64)
        spike_ms = np.empty((len(counts), room))
        gains = slow_gains(settings)
        self.integrate(
            ctypes.c_void_p(state.ctypes.data),
            ctypes.c_void_p(names.ctypes.data),
            ctypes.c_void_p(columns.ctypes.data),
            ctypes.c_int(len(state)),
            ctypes.c_int(columns.shape[1]),
            ctypes.c_float(settings.noise),
            ctypes.c_double(settings.step_ms),
            ctypes.c_int(settings.slow_steps),
            ctypes.c_int(settings.inner_steps),
            ctypes.c_int(settings.noise_every),
            ctypes.c_float(settings.fine_above_mV - lanes.ORIGIN_mV),
            ctypes.c_float(settings.fine_slope_mV_per_ms),
            ctypes.c_void_p(gains.ctypes.data),
            ctypes.c_void_p(spike_ms.ctypes.data),
            ctypes.c_int(room),
            ctypes.c_void_p(counts.ctypes.data),
        )
        return [lane[:n] / 1000 for lane, n in zip(spike_ms, counts.tolist(), strict=True)]


def operations() -> dict[str, int]:
    """Count the operations of one step of one lane, from the source of the C++ kernel's `step`.

    A fused multiply-add is two; the inner functions are counted as often as they are called.
    """
    text = re.sub(r"//.*", "", SOURCE.read_text())
    bodies = dict(re.findall(r"static inline \w+ (\w+)\([^)]*\) \{\n(.*?)\n\}", text, re.DOTALL))
    one_line = dict(re.findall(r"static inline vf (\w+)\([^)]*\) \{ (return .*?;) \}", text))
    bodies = {**one_line, **bodies}
    body = bodies["step"].replace("for (int j = 0; j < 4; j++) {", "REPEAT {")
    dendrites = re.findall(r"for \(int j = 0; j < 4; j\+\+\)\s*(.*?;)\n", bodies["step"], re.DOTALL)
    looped = re.findall(r"REPEAT \{(.*?)\n        \}", body, re.DOTALL) + dendrites
    plain = _count(bodies["step"], bodies)
    extra = [_count(part, bodies) for part in looped]
    total = {key: plain[key] + 3 * sum(e[key] for e in extra) for key in plain}
    return {f"{key}_per_step": int(value) for key, value in total.items()}


def _count(body: str, bodies: dict[str, str]) -> dict[str, int]:
    flops = 2 * len(re.findall(r"\b(?:fma|fms|fnma)\(", body))
    code = re.sub(r"\b\w+ \*|ROW_\w+ \+ j|for \(.*?\)|\+=|\+\+|->", "", body)
    flops += len(re.findall(r" [-+*/] ", code)) + len(re.findall(r"\b(?:least|most)\(", body))
    found = {
        "flops": flops,
        "divisions": len(re.findall(r" / ", code)),
        "exponentials": len(re.findall(r"\bexp2v\(", body)),
        "loads": len(re.findall(r"\bload\(", body)),
        "stores": len(re.findall(r"\bstore\(", body)),
    }
    for name in ("exp2v", "gain", "short_gain", "moved", "linoid", "clamped"):
        calls = len(re.findall(rf"\b{name}\(", body))
        if calls and name in bodies:
            inner = _count(bodies[name], bodies)
            for key, value in inner.items():
                found[key] += calls * value
    return found
