"""What a recording says of the state of its cord, in sentences."""

from __future__ import annotations

import numpy as np

from renshaw.core.finding import Finding, Number, finds
from renshaw.core.numbers import counted
from renshaw.inference import targets
from renshaw.inference.posterior import NOT_LEARNED, QUANTILES, LEARNED_pct, Posterior, plain
from renshaw.model.editions import ON_THE_FIRST_EDITION

_SHOWN = (
    ("neuromodulation_in_task", ""),
    ("net_amplification", ""),
    ("peak_drive", "1e-5 S/cm²"),
    ("peak_effort_pct", "% of all drive"),
)


@finds(Posterior)
def findings(posterior: Posterior) -> tuple[Finding, ...]:
    """Return what was learned, and what could not be told."""
    said = Finding(
        sentence=f"{ON_THE_FIRST_EDITION} {_sentence(posterior)}",
        numbers=[_number(posterior, name, unit) for name, unit in _SHOWN],
        n=posterior.n_units,
        of="motor units",
        warnings=posterior.warnings,
        left_out=_not_learned(posterior),
        would_change=[*posterior.notes, *_entangled(posterior)],
        next_steps=_next(posterior),
    )
    return (said,)


def quantiles(posterior: Posterior, name: str) -> tuple[float, float, float]:
    """Return the 5 %, 50 % and 95 % quantiles of a parameter."""
    low, middle, high = np.quantile(posterior.samples[name], QUANTILES)
    return float(low), float(middle), float(high)


def _number(posterior: Posterior, name: str, unit: str) -> Number:
    low, middle, high = quantiles(posterior, name)
    return Number(name=plain(name), value=middle, unit=unit, low=low, high=high, interval="90 %:")


def _sentence(posterior: Posterior) -> str:
    units = counted(posterior.n_units, "motor unit")
    if not posterior.trusted:
        return f"Something speaks against these numbers, from {units}; read the warning first."
    low, middle, high = quantiles(posterior, "neuromodulation_in_task")
    words = (
        f"Neuromodulation during the contraction is {middle:.2f} (90 %: {low:.2f} to {high:.2f}; "
        "1 as published)"
    )
    if not posterior.narrowed_pct("inhibition") >= LEARNED_pct:
        return f"{words}, from {units}; inhibition was {NOT_LEARNED}."
    low, middle, high = quantiles(posterior, "inhibition_at_peak")
    return f"{words}, inhibition at the peak {middle:.1f} ({low:.1f} to {high:.1f}), from {units}."


def _not_learned(posterior: Posterior) -> list[str]:
    names = [n for n in targets.NAMES if not posterior.narrowed_pct(n) >= LEARNED_pct]
    if not names:
        return []
    listed = ", ".join(plain(name, first=n == 0) for n, name in enumerate(names))
    return [f"{listed}: {NOT_LEARNED}; what is shown of them is what was assumed before."]


def _entangled(posterior: Posterior) -> list[str]:
    return [
        f"{plain(a)} can't be told from {plain(b, first=False)} in this recording: r = {r:.2f}."
        for a, b, r in posterior.entangled()
    ]


def _next(posterior: Posterior) -> list[str]:
    if posterior.check is not None:
        return []
    return [
        "Check whether a cord of this posterior would fire as recorded: check = 20 (--check 20) "
        "lets twenty persons contract again, in half a minute."
    ]
