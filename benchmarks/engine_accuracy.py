"""How wrong is a step? Errors of integration schemes against a converged reference.

    uv run --group bench python benchmarks/engine_accuracy.py [--seeds 3] [--json FILE] [--quick]
        [--grown]

The human tibialis anterior pool climbs and descends one ramp of 20 s, smooth and with frozen
synaptic noise. Every scheme sees the same inputs and the same noise as the reference, which is the
scalar double-precision engine with every step fine. `docs/engine.md` shows the table. `--grown`
compares the default step alone, with everything that renshaw adds to the published pool.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from renshaw.engine import EngineSettings, Inputs, Job, Response, run_many
from renshaw.model.pool import Pool
from renshaw.model.powers_heckman import powers_heckman_2017

STEP_ms = EngineSettings().step_ms
NOISE_ms = 0.8
PEAK, INHIBITION, GAMMA = 12.0, 1.5, 1.0
REFERENCE = EngineSettings(engine="reference", step_ms=0.1, inner_steps=32, slow_steps=4)


def ramp(peak: float = PEAK, step_ms: float = STEP_ms, *, start_s: float = 1.0, up_s: float = 10.0):
    """Return a ramp of excitation up and down, sampled in the middle of each step."""
    duration_s = 2 * (start_s + up_s)
    t = (np.arange(round(duration_s * 1000 / step_ms)) + 0.5) * step_ms / 1000
    corners = [0, start_s, start_s + up_s, start_s + 2 * up_s, duration_s]
    excitation = np.interp(t, corners, [0, 0, peak, 0, 0])
    return Inputs(excitation, np.full(len(t), INHIBITION), np.full(len(t), GAMMA))


def grown(n_units: int) -> Pool:
    """Return the published pool with everything that renshaw adds to it."""
    return replace(
        powers_heckman_2017(n_units).scaled(g_L_S_per_cm2=0.85, Ra_dendrite_ohm_cm=0.7),
        closing_L_ms=400.0,
        somatic_share=0.3,
        somatic_inhibition_share=0.1,
        somatic_noise=0.2,
        common_fast=0.25,
        common_slow=0.03,
        g_slow_ahp_S_per_cm2=2e-5,
        warm_up_mV=1.0,
        g_hump_S_per_cm2=1e-3,
    )


def scheme(coarse_ms: float, fine_ms: float, slow_ms: float, above_mV=-50.0, slope=0.5):
    """Return the settings of a scheme; synaptic noise holds for 0.8 ms in all of them."""
    slow_steps = round(slow_ms / coarse_ms)
    return EngineSettings(
        step_ms=coarse_ms,
        inner_steps=round(coarse_ms / fine_ms),
        slow_steps=slow_steps,
        noise_every=round(NOISE_ms / slow_ms),
        fine_above_mV=above_mV,
        fine_slope_mV_per_ms=slope,
    )


def schemes() -> dict[str, EngineSettings]:
    """Return the schemes that are compared, by name."""
    uniform = {
        f"uniform {fine_ms:g} ms": scheme(0.2, fine_ms, 0.4, above_mV=-150.0)
        for fine_ms in (0.1, 0.05, 0.025, 0.0125)
    }
    two_rate = {}
    for coarse_ms, fine_ms, slow_ms, above_mV, slope in (
        (0.2, 0.025, 0.8, -50.0, 1e9),
        (0.2, 0.025, 0.8, -54.0, 1e9),
        (0.2, 0.025, 0.8, -58.0, 1e9),
        (0.2, 0.025, 0.8, -50.0, 2.0),
        (0.2, 0.025, 0.8, -50.0, 0.5),
        (0.2, 0.025, 0.4, -50.0, 0.5),
        (0.1, 0.025, 0.8, -50.0, 0.5),
        (0.1, 0.025, 0.4, -50.0, 0.5),
        (0.1, 0.0125, 0.8, -50.0, 0.5),
        (0.1, 0.0125, 0.4, -50.0, 2.0),
        (0.1, 0.0125, 0.4, -50.0, 0.5),
        (0.1, 0.0125, 0.4, -50.0, 0.35),
        (0.1, 0.0125, 0.4, -46.0, 0.35),
        (0.1, 0.0125, 0.2, -50.0, 0.35),
        (0.1, 0.0125, 0.4, -50.0, 0.25),
        (0.1, 0.00625, 0.4, -50.0, 0.35),
        (0.05, 0.0125, 0.4, -50.0, 0.5),
    ):
        where = f"above {above_mV:g} mV" + (f" or {slope:g} mV/ms" if slope < 1e6 else "")
        name = f"{coarse_ms:g} ms, {fine_ms:g} ms {where}; slow {slow_ms:g} ms"
        two_rate[name] = scheme(coarse_ms, fine_ms, slow_ms, above_mV, slope)
    return {**uniform, **two_rate}


Made = Callable[[int], Pool]


def jobs(
    settings: EngineSettings, seeds: int, up_s: float = 10.0, made: Made = powers_heckman_2017
) -> list[Job]:
    """Return ramps, one for each seed."""
    pool = made(20)
    inputs = ramp(step_ms=settings.step_ms, up_s=up_s)
    return [Job(pool, inputs, seed) for seed in range(seeds)]


def simulate(
    settings: EngineSettings, seeds: int, up_s: float = 10.0, made: Made = powers_heckman_2017
) -> tuple[list[Response], list[Response]]:
    """Return the responses without noise (one) and with frozen noise (one a seed)."""
    smooth = run_many(jobs(settings, 1, up_s, made), settings.replace(noise=0.0))
    noisy = run_many(jobs(settings, seeds, up_s, made), settings)
    return smooth, noisy


def errors(found: list[Response], reference: list[Response]) -> dict[str, float]:
    """Return errors over all motoneurons that fire in the reference."""
    first, last, rate = [], [], []
    for a, b in zip(found, reference, strict=True):
        for x, y in zip(a.spikes_s, b.spikes_s, strict=True):
            if len(y) < 10:
                continue
            first.append(1000 * (x[0] - y[0]) if len(x) else np.inf)
            last.append(1000 * (x[-1] - y[-1]) if len(x) else np.inf)
            rate.append(100 * (len(x) / len(y) - 1))
    late = np.abs(last)
    delta_fs = [delta_f(a) - delta_f(b) for a, b in zip(found, reference, strict=True)]
    return {
        "recruitment_ms": float(np.max(np.abs(first))),
        "recruitment_p90_ms": float(np.quantile(np.abs(first), 0.9)),
        "derecruitment_median_ms": float(np.median(late)),
        "derecruitment_p90_ms": float(np.quantile(late, 0.9)),
        "derecruitment_within_10_ms_pct": float(100 * np.mean(late <= 10)),
        "rate_pct": float(100 * (_spikes(found) / _spikes(reference) - 1)),
        "rate_worst_pct": float(np.max(np.abs(rate))),
        "delta_f_pps": float(np.mean(delta_fs)),
    }


def _spikes(responses: list[Response]) -> int:
    return sum(len(x) for r in responses for x in r.spikes_s)


def delta_f(response: Response) -> float:
    """Return the mean paired-unit delta F: polynomial smoothing, gap > 1 s, r2 >= 0.7."""
    trains = [x for x in response.spikes_s if len(x) >= 20]
    rates = [np.polynomial.Polynomial.fit(x[1:], 1 / np.diff(x), 5) for x in trains]
    found = []
    for i, reporter in enumerate(trains):
        for j, test in enumerate(trains):
            if test[1] - reporter[1] <= 1.0 or test[-1] >= reporter[-1]:
                continue
            t = np.linspace(test[1], test[-1], 200)
            if np.corrcoef(rates[i](t), rates[j](t))[0, 1] ** 2 >= 0.7:
                found.append(rates[i](test[1]) - rates[i](test[-1]))
    return float(np.mean(found)) if found else float("nan")


def speed(settings: EngineSettings, up_s: float = 10.0, made: Made = powers_heckman_2017) -> float:
    """Return neuron-seconds per CPU-second on one core, with noise, the best of three."""
    pool = made(96)
    work = [Job(pool, ramp(step_ms=settings.step_ms, up_s=up_s), seed) for seed in range(2)]
    best = np.inf
    for _ in range(3):
        cpu = time.process_time()
        run_many(work, settings, threads=1)
        best = min(best, time.process_time() - cpu)
    return 2 * 96 * (2 + 2 * up_s) / best


def main() -> None:
    """Print the table of errors."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true", help="one scheme, a coarse reference")
    parser.add_argument("--grown", action="store_true", help="the default, with all mechanisms")
    asked = parser.parse_args()
    seeds, up_s = (1, 2.0) if asked.quick else (asked.seeds, 10.0)
    # The reference takes as many steps as it may, and so most of the time.
    fine = REFERENCE.replace(inner_steps=4) if asked.quick else REFERENCE
    made = grown if asked.grown else powers_heckman_2017
    reference = simulate(fine, seeds, up_s, made)
    compared = {
        "reference, 0.0125 ms": REFERENCE.replace(inner_steps=8),
        "reference, 0.025 ms": REFERENCE.replace(inner_steps=4),
        **schemes(),
    }
    if asked.quick:
        compared = dict(list(schemes().items())[-1:])
    if asked.grown:
        compared = {"default": EngineSettings(), "slow 0.2 ms": scheme(0.05, 0.0125, 0.2)}
    rows: list[dict[str, Any]] = []
    for name, settings in compared.items():
        found = simulate(settings, seeds, up_s, made)
        row: dict[str, Any] = {"name": name}
        for kind, a, b in zip(("smooth", "noise"), found, reference, strict=True):
            row |= {f"{kind}_{key}": value for key, value in errors(a, b).items()}
        row["speed"] = speed(settings, up_s, made) if settings.engine == "cpu" else float("nan")
        rows.append(row)
        print(_line(row), flush=True)
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=1))


def _line(row: dict[str, Any]) -> str:
    smooth = (
        f"{row['smooth_recruitment_ms']:.2f} | {row['smooth_derecruitment_median_ms']:.1f} | "
        f"{row['smooth_rate_pct']:+.2f} | {row['smooth_delta_f_pps']:+.2f}"
    )
    noise = (
        f"{row['noise_recruitment_p90_ms']:.2f} | {row['noise_derecruitment_median_ms']:.1f} | "
        f"{row['noise_derecruitment_within_10_ms_pct']:.0f} | {row['noise_rate_pct']:+.2f} | "
        f"{row['noise_rate_worst_pct']:.2f} | {row['noise_delta_f_pps']:+.3f}"
    )
    return f"| {row['name']} | {smooth} | {noise} | {row['speed']:.0f} |"


if __name__ == "__main__":
    main()
