"""Draw the figures of docs/engine.md.

uv run --group bench python benchmarks/engine_figures.py [--quick]
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import tempfile
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from engine_accuracy import GAMMA, INHIBITION, PEAK, ramp

from renshaw.engine import EngineSettings, Job, run_many
from renshaw.model.powers_heckman import powers_heckman_2017

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "simulators"))
from neuron_pool import compile_mechanisms, run_neuron

ROOT = Path(__file__).parents[1]
CELLS = [0, 5, 10, 15]
DT_ms = 0.005
NEURON_COLOR, OURS_COLOR = "#888888", "#c0392b"


def main() -> None:
    """Draw the overlay of NEURON and renshaw."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--quick", action="store_true", help="a ramp of two seconds, drawn outside docs"
    )
    quick = parser.parse_args().quick
    if importlib.util.find_spec("neuron") is None:
        print("Skipped: the figure overlays NEURON, which is not installed (the group neuron).")
        return
    up_s = 1.0 if quick else 10.0
    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "renshaw"
    import matplotlib.pyplot as plt

    pool = powers_heckman_2017(20).select(CELLS)
    settings = EngineSettings(noise=0.0, save_ms=0.4)
    ours = run_many([Job(pool, ramp(up_s=up_s))], settings, save=["potential"])[0]
    with tempfile.TemporaryDirectory() as folder:
        compiled = compile_mechanisms(Path(folder))
        same: dict[str, Any] = {
            "peak": PEAK,
            "inhibition": INHIBITION,
            "gamma": GAMMA,
            "dt_ms": DT_ms,
            "secondorder": 2,
            "noise": 0,
            "up_ms": 1000 * up_s,
        }
        whole = run_neuron(compiled, pool, stop_ms=2000.0 + 2000 * up_s, **same)
        start = run_neuron(compiled, pool, stop_ms=3050.0, save_potential=[0], **same)
    figure, axes = plt.subplots(1, 3, figsize=(11, 3.2), layout="constrained")
    _potential(axes[0], start["potential_mV"]["0"], ours)
    _rates(axes[1], whole["spikes_ms"], ours)
    _shifts(axes[2], whole["spikes_ms"], ours)
    folder = Path(tempfile.mkdtemp(prefix="renshaw-")) if quick else ROOT / "docs" / "figures"
    file = folder / "engine_neuron.svg"
    figure.savefig(file, metadata={"Date": None})
    print(f"Written: {file}")


def _potential(axis: Any, neuron_mV: list[float], ours: Any) -> None:
    shown_ms = (2740.0, 3040.0)
    t = np.arange(len(neuron_mV)) * DT_ms
    keep = (t >= shown_ms[0]) & (t <= shown_ms[1])
    axis.plot(t[keep][::10] / 1000, np.array(neuron_mV)[keep][::10], color=NEURON_COLOR, lw=2.5)
    t = np.arange(ours.soma_mV.shape[1]) * 1000 / ours.save_hz
    keep = (t >= shown_ms[0]) & (t <= shown_ms[1])
    axis.plot(t[keep] / 1000, ours.soma_mV[0, keep], color=OURS_COLOR, lw=0.8)
    axis.set(xlabel="time (s)", ylabel="soma (mV)", title="First spikes, motoneuron 1")
    axis.legend(["NEURON 9", "renshaw"], frameon=False, fontsize=8)


def _rates(axis: Any, neuron_ms: list[list[float]], ours: Any) -> None:
    for times_ms, train in zip(neuron_ms, ours.spikes_s, strict=True):
        times_s = np.array(times_ms) / 1000
        axis.plot(times_s[1:], 1 / np.diff(times_s), color=NEURON_COLOR, lw=2.5)
        axis.plot(train[1:], 1 / np.diff(train), color=OURS_COLOR, lw=0.8)
    axis.set(xlabel="time (s)", ylabel="discharge rate (pps)", title="Motoneurons 1, 6, 11, 16")


def _shifts(axis: Any, neuron_ms: list[list[float]], ours: Any) -> None:
    for i, times_ms, train in zip(CELLS, neuron_ms, ours.spikes_s, strict=True):
        n = min(len(times_ms), len(train))
        shift_ms = 1000 * train[:n] - np.array(times_ms[:n])
        axis.plot(train[:n], shift_ms, lw=1, label=f"motoneuron {i + 1}")
    axis.set(xlabel="time (s)", ylabel="renshaw minus NEURON (ms)", title="Spike by spike")
    axis.legend(frameon=False, fontsize=7)


if __name__ == "__main__":
    main()
