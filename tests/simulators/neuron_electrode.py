"""One Powers-Heckman motoneuron in NEURON with an electrode in its soma: IClamp or SEClamp.

In a process of its own, as `neuron_pool`::

    python neuron_electrode.py FOLDER_OF_MECHANISMS JOB.json RESULT.json
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from neuron_pool import _cell, _rest

SAMPLE_ms = 2.0


def run_electrode(folder: Path, pool: Any, **job: Any) -> dict[str, Any]:
    """Drive the one motoneuron of a pool.

    `job`: corners_ms and values (of current in nA or of potential in mV), clamp ("current" or
    "voltage"), inhibition, gamma, dt_ms. Returns ``spikes_ms`` and ``current_nA`` every 2 ms.
    """
    cells = {name: getattr(pool, name).tolist() for name in pool.array_names()}
    job = {"peak": 0.0, "noise": 0, **job}
    (folder / "job.json").write_text(json.dumps({**job, "cells": cells}))
    command = [sys.executable, str(Path(__file__)), str(folder), "job.json", "result.json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"NEURON failed:\n{done.stdout[-1000:]}\n{done.stderr[-3000:]}")
    result: dict[str, Any] = json.loads((folder / "result.json").read_text())
    return result


def main(folder: Path, job_file: str, result_file: str) -> None:
    """Run the job in this process."""
    from neuron import h

    h.load_file("stdrun.hoc")
    if not hasattr(h, "naf"):
        h.nrn_load_dll(str(next(folder.glob("*/libnrnmech.*"))))
    job = json.loads((folder / job_file).read_text())
    made = [_cell(h, job["cells"], 0, job)]
    soma = made[0][0]
    corners, values = h.Vector(job["corners_ms"]), h.Vector(job["values"])
    if job["clamp"] == "voltage":
        electrode = h.SEClamp(soma(0.5))
        electrode.rs = 1e-5
        electrode.dur1 = 1e9
        values.play(electrode._ref_amp1, corners, True)
    else:
        electrode = h.IClamp(soma(0.5))
        electrode.delay, electrode.dur = 0.0, 1e9
        values.play(electrode._ref_amp, corners, True)
    detector = h.NetCon(soma(0.5)._ref_v, None, sec=soma)
    detector.threshold = -20.0
    spikes = h.Vector()
    detector.record(spikes)
    current = h.Vector().record(electrode._ref_i, SAMPLE_ms)
    h.dt = job["dt_ms"]
    h.steps_per_ms = 1 / h.dt
    # Crank-Nicolson rings when a clamp moves the potential.
    h.secondorder = 0 if job["clamp"] == "voltage" else 2
    h.celsius = 37.0
    start = h.FInitializeHandler(1, lambda: _rest(h, made))
    h.finitialize()
    del start
    h.continuerun(job["corners_ms"][-1])
    result = {"spikes_ms": list(spikes), "current_nA": list(current)}
    (folder / result_file).write_text(json.dumps(result))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
