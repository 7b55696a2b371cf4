"""Recordings, rates, estimates and a multiverse as the report meets them, made by hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from renshaw.core.history import History, Step
from renshaw.data.estimates import Estimate, Estimates
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Recording, Truth
from renshaw.data.signal import Signal
from renshaw.estimation.settings import rules
from renshaw.study import Comparison, Group, StudyPlan, StudyResult


@dataclass(frozen=True)
class Rate:
    """What a smoother gives for one unit."""

    times_s: np.ndarray
    rate_pps: np.ndarray
    ok: bool = True
    reason: str = ""

    def at(self, times_s):
        return np.interp(times_s, self.times_s, self.rate_pps, left=np.nan, right=np.nan)


def rate_of(times: np.ndarray, step_s: float = 0.02) -> Rate:
    if len(times) < 3:
        return Rate(np.array([]), np.array([]), ok=False, reason="fewer than 3 discharges")
    grid = np.arange(times[0], times[-1], step_s)
    weights = np.exp(-0.5 * ((grid[:, None] - times[None, 1:]) / 0.5) ** 2)
    return Rate(grid, weights @ (1 / np.diff(times)) / weights.sum(1))


def rates_of(recording: Recording) -> tuple[Rate, ...]:
    return tuple(rate_of(times) for times in recording.units)


def triangle(n_units: int = 8, *, name: str = "ramp", truth: bool = False, labels=()) -> Recording:
    """A 20-s triangle; unit i starts later and stops earlier, asymmetrically, as with a PIC."""
    rng = np.random.default_rng(5)
    trains = []
    for i in range(n_units):
        start, end = 1.0 + 6.0 * i / n_units, 19.5 - 3.0 * i / n_units
        times = [start]
        while times[-1] < end:
            effort = 1 - abs(times[-1] - 10) / 10
            rate = (6 + 9 * effort**0.6) * (1 + 0.08 * rng.standard_normal())
            times.append(times[-1] + 1 / rate)
        trains.append(np.array(times[:-1]))
    t = np.arange(0, 20, 0.01)
    torque = 20 * (1 - np.abs(t - 10) / 10) + 0.2 * rng.standard_normal(len(t))
    known = None
    if truth:
        pic = np.column_stack(
            [8 * (1 - np.abs(t - 11) / 11) * (1 - 0.5 * i / n_units) for i in range(n_units)]
        )
        known = Truth(
            {
                "drive": Signal(np.maximum(0, 10 * (1 - np.abs(t - 10) / 10)), 100, "nS"),
                "inhibition": Signal(np.full(len(t), 1.5), 100, "nS"),
                "neuromodulation": Signal(np.full(len(t), 0.95), 100, ""),
                "pic_current": Signal(pic, 100, "nA"),
            }
        )
    return Recording(
        MotorUnits(tuple(trains), (0.0, 20.0), tuple(labels), fs_hz=2048.0),
        {"torque": Signal(torque, 100.0, "% MVC")},
        truth=known,
        name=name,
        notes=("Two units were flagged.",),
        history=History(
            (Step("read", f"recording = rs.read({name + '.mat'!r})", cites=("valli2024",)),)
        ),
    )


def estimates_of(recording: Recording) -> Estimates:
    rates = rates_of(recording)
    rows = []
    n = len(recording.units)
    name = recording.name

    def row(quantity, unit, control, value, units, ok=True, reason=""):
        rows.append(Estimate(name, quantity, unit, control, float(value), units, ok, reason))

    for test in range(n):
        for control in range(n):
            a, b = recording.units[test], recording.units[control]
            if test == control or len(a) < 3 or len(b) < 3 or b[0] > a[0]:
                continue
            gap = a[1] - b[1]
            value = rates[control].at(a[1]) - rates[control].at(a[-1])
            grid = rates[test].times_s
            both = np.isfinite(rates[control].at(grid))
            r = np.corrcoef(rates[test].rate_pps[both], rates[control].at(grid)[both])[0, 1]
            reason = ""
            if gap <= 1:
                reason = f"recruited {gap:.2f} s apart, needs more than 1 s"
            elif r < 0.7:
                reason = f"rate-rate r {r:.2f}, needs more than 0.7"
            row("delta_f_pair", test + 1, control + 1, value, "pps", not reason, reason)
            row("rate_rate_r", test + 1, control + 1, r, "")
            row("recruitment_gap", test + 1, control + 1, gap, "s")
            row("control_modulation", test + 1, control + 1, 4.0, "pps")
    for i in range(n):
        t = recording.units[i]
        if len(t) < 3:
            row("peak_rate", i + 1, 0, np.nan, "pps", False, "fewer than 3 discharges")
            continue
        torque = recording.torque
        good = [x.value for x in rows if x.quantity == "delta_f_pair" and x.unit == i + 1 and x.ok]
        row(
            "delta_f",
            i + 1,
            0,
            np.mean(good) if good else np.nan,
            "pps",
            bool(good),
            "" if good else "no accepted pair",
        )
        row("recruitment_time", i + 1, 0, t[1], "s")
        row("derecruitment_time", i + 1, 0, t[-1], "s")
        if torque is not None:
            up, down = torque.at(t[[1, -1]])
            row("recruitment_torque", i + 1, 0, up, torque.unit)
            row("derecruitment_torque", i + 1, 0, down, torque.unit)
            row("torque_hysteresis", i + 1, 0, up - down, torque.unit)
        row("recruitment_rate", i + 1, 0, rates[i].rate_pps[0], "pps")
        row("peak_rate", i + 1, 0, rates[i].rate_pps.max(), "pps")
        row("derecruitment_rate", i + 1, 0, rates[i].rate_pps[-1], "pps")
        row(
            "brace_height",
            i + 1,
            0,
            28 + 3 * np.sin(i),
            "% rTri",
            i % 5 != 4,
            "" if i % 5 != 4 else "peak rate after peak torque",
        )
        row("attenuation_slope", i + 1, 0, 0.3 + 0.02 * i, "pps per % MVC")
        row("self_sustained_duration", i + 1, 0, 3.0 - 0.2 * i, "s")
        row("cov_isi", i + 1, 0, 14.0, "%")
    deltas = [x.value for x in rows if x.quantity == "delta_f" and x.ok]
    row("n_units", 0, 0, n, "")
    row(
        "delta_f_mean",
        0,
        0,
        np.mean(deltas) if deltas else np.nan,
        "pps",
        bool(deltas),
        "" if deltas else "no accepted pair",
    )
    row("delta_f_yield", 0, 0, 100 * len(deltas) / n if n else np.nan, "%")
    step = Step("estimate", "estimates = rs.estimate(recording)", cites=("gorassini2002",))
    return Estimates(tuple(rows), recording.history.then(step), {name: rules("renshaw")})


def study_of(n: int = 8, *, condition: str = "reciprocal-inhibition") -> StudyResult:
    rng = np.random.default_rng(3)
    effects = {"control": 0.0, condition: -0.5, "relaxation": -0.05}
    people, rows, pairs = [], [], []
    for quantity, units, middle in (("delta_f", "pps", 4.2), ("peak_rate", "pps", 15.0)):
        base = middle + rng.standard_normal(n)
        values = {c: base + d + 0.2 * rng.standard_normal(n) for c, d in effects.items()}
        for c, v in values.items():
            people += [(quantity, f"P{i + 1:02d}", c, v[i]) for i in range(n)]
        for c in list(effects)[1:]:
            each = values[c] - values["control"]
            pairs += [
                (quantity, c, "control", f"P{i + 1:02d}", values["control"][i], values[c][i], 5)
                for i in range(n)
            ]
            half = 2.3 * each.std(ddof=1) / np.sqrt(n)
            rows.append(
                (
                    quantity,
                    units,
                    c,
                    "control",
                    n,
                    values["control"].mean(),
                    values[c].mean(),
                    each.mean(),
                    each.mean() - half,
                    each.mean() + half,
                    0.0004 if c == condition else 0.42,
                    100 * each.mean() / values["control"].mean(),
                )
            )
    table = pd.DataFrame(
        rows,
        columns=[
            "quantity",
            "units",
            "condition",
            "reference",
            "n",
            "mean_reference",
            "mean_condition",
            "difference",
            "ci_low",
            "ci_high",
            "p_value",
            "percent",
        ],
    )
    participants = pd.DataFrame(people, columns=["quantity", "participant", "condition", "value"])
    pairs = pd.DataFrame(
        pairs,
        columns=[
            "quantity",
            "condition",
            "reference",
            "participant",
            "mean_reference",
            "mean_condition",
            "units_compared",
        ],
    )
    design = pd.DataFrame(
        [(f"P{i + 1:02d} {c}", f"P{i + 1:02d}", c, 1) for i in range(n) for c in effects],
        columns=["recording", "participant", "condition", "trial"],
    )
    examples = {c: triangle(8, name=f"P01 {c}", truth=True) for c in effects}
    estimates = estimates_of(examples["control"])
    excluded = [row for row in estimates.rows if not row.ok]
    exclusions = [(row.quantity, row.reason, 1) for row in excluded]
    return StudyResult(
        StudyPlan(title="Calm the cord", question="Does it lower ΔF?"),
        (Group("study", "ramp", Comparison(table, participants, pairs), examples),),
        design.assign(arm="study"),
        pd.DataFrame(exclusions, columns=["quantity", "reason", "times"]),
        pd.DataFrame([], columns=["recording", "arm", "reason"]),
        assumptions=("Stimulation is a train of 10-ms inhibitory pulses.",),
        history=estimates.history,
        kept=estimates,
    )
