"""How the equations are integrated."""

from __future__ import annotations

from dataclasses import dataclass

from renshaw.core.settings import Settings, setting

ENGINES = ("cpu", "reference", "cuda")


@dataclass(frozen=True, kw_only=True)
class EngineSettings(Settings):
    """How the equations are integrated; `docs/engine.md` shows what each default costs and buys."""

    engine: str = setting(
        "cpu",
        "cpu: many motoneurons at once in single precision; reference: one at a time in double "
        "precision, every step fine; cuda: as reference, on an NVIDIA GPU",
        choices=ENGINES,
    )
    step_ms: float = setting(
        0.05,
        "time step of the inputs and of motoneurons far from a spike",
        unit="ms",
        gt=0,
        le=0.25,
    )
    inner_steps: int = setting(4, "fine steps, near a spike, within one step", ge=1, le=256)
    slow_steps: int = setting(
        8, "steps between updates of L-type calcium and h-current", ge=1, le=20
    )
    noise_every: int = setting(2, "slow steps between updates of the synaptic noise", ge=1, le=20)
    fine_above_mV: float = setting(
        -50.0,
        "membrane potential of the soma above which steps are fine",
        unit="mV",
        ge=-150,
        le=-25,
    )
    fine_slope_mV_per_ms: float = setting(
        0.35,
        "rate of change of the soma's potential, up or down, above which steps are fine",
        unit="mV/ms",
        gt=0,
    )
    noise: float = setting(1.0, "synaptic noise (1: as published, 0: none)", ge=0, le=10)
    save_ms: float = setting(10.0, "interval between saved values of traces", unit="ms", gt=0)

    @property
    def slow_ms(self) -> float:
        """Slow step, over which inputs are averaged."""
        return self.step_ms * self.slow_steps

    @property
    def save_every(self) -> int:
        """Slow steps between saved values of traces."""
        return max(1, round(self.save_ms / self.slow_ms))


# Steps twice as long as usual, for what is done hundreds of times and measured again with the usual
# ones in the end.
COARSE = EngineSettings(step_ms=0.1, slow_steps=4, inner_steps=6)
