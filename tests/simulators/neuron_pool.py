"""The Powers-Heckman pool in NEURON: compile its mechanisms, run it, report spikes and CPU time.

The mechanisms in `neuron_cells` are written from the published equations, not from renshaw's
source. NEURON keeps one set of mechanisms a process, so it runs in a process of its own::

    python neuron_pool.py FOLDER_OF_MECHANISMS JOB.json RESULT.json
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

MECHANISMS = Path(__file__).parent / "neuron_cells"
E_NA_mV, E_K_mV = 50.0, -80.0


def compile_mechanisms(
    folder: Path, *, table: bool = False, coreneuron: bool = False, flags: str = ""
) -> Path:
    """Compile the mechanisms into a folder, with look-up tables of rates or without.

    `flags` are given to the C++ compiler after NEURON's own.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for source in MECHANISMS.glob("*.mod"):
        text = source.read_text()
        (folder / source.name).write_text(text.replace(": TABLE", "TABLE") if table else text)
    program = shutil.which("nrnivmodl", path=str(Path(sys.executable).parent))
    if program is None:
        raise FileNotFoundError("nrnivmodl is not installed beside this Python.")
    command = [program, *(["-coreneuron"] if coreneuron else []), "."]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "INCFLAGS": flags}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"nrnivmodl failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return folder


def run_neuron(folder: Path, pool: Any, **job: Any) -> dict[str, Any]:
    """Run a `renshaw.model.Pool` in NEURON.

    `job`: peak, inhibition, gamma, dt_ms, stop_ms, secondorder (0 or 2), noise (0 or 1),
    coreneuron (bool), start_ms, up_ms, save_potential (list of motoneurons).
    Returns ``spikes_ms``, ``cpu_s``, ``wall_s``, ``peak_mb`` and ``potential_mV``.
    """
    cells = {name: getattr(pool, name).tolist() for name in pool.array_names()}
    (folder / "job.json").write_text(json.dumps({**job, "cells": cells}))
    command = [sys.executable, str(Path(__file__)), str(folder), "job.json", "result.json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"NEURON failed:\n{done.stdout[-1000:]}\n{done.stderr[-3000:]}")
    result: dict[str, Any] = json.loads((folder / "result.json").read_text())
    return result


def _cell(h: Any, cells: dict[str, Any], i: int, job: dict[str, Any]) -> Any:
    p = {name: values[i] for name, values in cells.items()}
    soma = h.Section(name=f"soma_{i}")
    soma.L, soma.diam, soma.Ra, soma.nseg = p["soma_length_um"], p["soma_diameter_um"], 0.001, 1
    soma.cm = p["C_soma_uF_per_cm2"]
    adapts = p["g_slow_ahp_S_per_cm2"] > 0 or p["g_hump_S_per_cm2"] > 0
    for mechanism in ("pas", "naf", "nap", "kdr", "ahpslow" if adapts else "ahp", "hcurrent"):
        soma.insert(mechanism)
    soma.g_pas, soma.e_pas = p["g_pas_soma_S_per_cm2"], p["e_pas_mV"]
    soma.gbar_naf, soma.gbar_nap = p["g_Na_S_per_cm2"], p["g_NaP_S_per_cm2"]
    soma.gbar_kdr = p["g_K_S_per_cm2"]
    ahp = soma(0.5).ahpslow if adapts else soma(0.5).ahp
    ahp.gkbar, ahp.gcabar, ahp.taur = (
        p[name] for name in ("g_KCa_S_per_cm2", "g_Ca_S_per_cm2", "calcium_removal_ms")
    )
    if adapts:
        ahp.gslow, ahp.tauslow = p["g_slow_ahp_S_per_cm2"], p["slow_ahp_ms"]
        ahp.ghump, ahp.taurecovery = p["g_hump_S_per_cm2"], p["hump_recovery_ms"]
    soma.gbar_hcurrent = p["g_h_S_per_cm2"]
    soma.ena, soma.ek = E_NA_mV, E_K_mV
    dendrites = []
    for j in range(4):
        d = h.Section(name=f"dendrite_{i}_{j}")
        d.L, d.diam, d.nseg = p["dendrite_length_um"], p["dendrite_diameter_um"], 1
        d.Ra, d.cm = p["Ra_dendrite_ohm_cm"], p["C_dendrite_uF_per_cm2"]
        slow = p["closing_L_ms"] != 40.0 or p["warm_up_mV"] > 0
        for mechanism in ("pas", "hcurrent", "ltypeslow" if slow else "ltype", "synapse"):
            d.insert(mechanism)
        d.g_pas, d.e_pas = p["g_pas_dendrite_S_per_cm2"], p["e_pas_mV"]
        d.gbar_hcurrent = p["g_h_S_per_cm2"]
        l_type = d(0.5).ltypeslow if slow else d(0.5).ltype
        l_type.gbar = job["gamma"] * p["g_L_S_per_cm2"][j]
        l_type.thetam, l_type.thetah = p["theta_m_L_mV"], p["theta_h_L_mV"]
        if slow:
            l_type.closing = p["closing_L_ms"]
            l_type.warmup, l_type.warmtau = p["warm_up_mV"], p["warm_up_ms"]
        d.peak_synapse, d.inhibition_synapse = job["peak"], job["inhibition"]
        d.takee_synapse = 1 - p["somatic_share"]
        d.takei_synapse = 1 - p["somatic_inhibition_share"]
        d.noise_synapse = job["noise"]
        if job["noise"]:
            d(0.5).synapse.chance.set_ids(i, j, job.get("seed", 1))
        d.connect(soma(1.0 if j < 2 else 0.0), 0.0)
        dendrites.append(d)
    if p["somatic_share"] or p["somatic_inhibition_share"]:
        soma.insert("synapse")
        areas = sum(d(0.5).area() for d in dendrites) / soma(0.5).area()
        soma.peak_synapse, soma.inhibition_synapse = job["peak"], job["inhibition"]
        soma.takee_synapse = p["somatic_share"] * areas
        soma.takei_synapse = p["somatic_inhibition_share"] * areas
    return soma, dendrites


def main(folder: Path, job_file: str, result_file: str) -> None:
    """Run the job in this process."""
    from neuron import h

    h.load_file("stdrun.hoc")
    library = next(folder.glob("*/libnrnmech.*"))
    if not hasattr(h, "naf"):
        h.nrn_load_dll(str(library))
    job = json.loads((folder / job_file).read_text())
    n = len(job["cells"]["position"])
    made = [_cell(h, job["cells"], i, job) for i in range(n)]
    h.start_synapse, h.up_synapse = job.get("start_ms", 1000.0), job.get("up_ms", 10000.0)
    context = h.ParallelContext()
    spikes, detectors = [], []
    for i, (soma, _) in enumerate(made):
        # The output of each soma is watched by a connection that leads nowhere.
        detector = h.NetCon(soma(0.5)._ref_v, None, sec=soma)
        detector.threshold = -20.0
        times = h.Vector()
        context.set_gid2node(i, int(context.id()))
        context.cell(i, detector)
        context.spike_record(i, times, h.Vector())
        spikes.append(times)
        detectors.append(detector)
    watched = {i: h.Vector().record(made[i][0](0.5)._ref_v) for i in job.get("save_potential", [])}
    h.dt = job["dt_ms"]
    h.steps_per_ms = 1 / h.dt
    h.secondorder = job["secondorder"]
    h.celsius = 37.0
    for soma, dendrites in made:
        for section in (soma, *dendrites):
            section.v = soma.e_pas
    h.cvode.cache_efficient(1)
    if job.get("coreneuron"):
        from neuron import coreneuron

        coreneuron.enable = True
        coreneuron.verbose = 0
    context.set_maxstep(10)
    # Every motoneuron starts at the reversal potential of its own leak.
    start = h.FInitializeHandler(1, lambda: _rest(h, made))
    h.finitialize()
    del start
    wall, cpu = time.perf_counter(), time.process_time()
    context.psolve(job["stop_ms"])
    result = {
        "cpu_s": time.process_time() - cpu,
        "wall_s": time.perf_counter() - wall,
        "spikes_ms": [list(times) for times in spikes],
        "potential_mV": {i: list(v) for i, v in watched.items()},
        "peak_mb": _peak_mb(),
    }
    (folder / result_file).write_text(json.dumps(result))


def _rest(h: Any, made: list[Any]) -> None:
    for soma, dendrites in made:
        for section in (soma, *dendrites):
            section.v = soma.e_pas


def _peak_mb() -> float:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
