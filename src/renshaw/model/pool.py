"""`Pool`: a population of motoneurons with its muscle units, one row a motoneuron."""

from __future__ import annotations

from dataclasses import Field, dataclass, field, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import SettingsError
from renshaw.core.fingerprint import fingerprint

FloatArray = NDArray[np.float64]


def _beyond(neutral: float, least: float = 0.0, most: float = np.inf) -> Any:
    """Declare a parameter that the published pool lacks: its neutral value, and its bounds."""
    known = {"neutral": neutral, "least": least, "most": most}
    return field(default_factory=lambda: np.array(neutral), metadata=known)


@dataclass(frozen=True, eq=False)
class Pool:
    """Motoneurons in order of recruitment, with the muscle unit that each drives.

    Every field but `muscle` and `edition` is an array with one value a motoneuron, shape (n,), and
    `g_L_S_per_cm2` one with a column for each of the four dendrites, shape (n, 4). Conductances are
    densities. Arrays can't be written to.

    Source: Powers & Heckman 2017 (doi:10.1152/jn.00850.2016), ModelDB 239582. What stands behind
    `contraction_time_ms` is not in it: left out, it is neutral and changes no number; one value
    stands for every motoneuron.

    Parameters
    ----------
    muscle : str
        As `renshaw.model.muscles` calls it.
    position : array
        Place in the order of recruitment, from 0 (first) to 1 (last).
    soma_diameter_um, soma_length_um : array
    dendrite_diameter_um, dendrite_length_um : array
        Of each of the four dendrites.
    Ra_dendrite_ohm_cm : array
        Axial resistance of a dendrite.
    C_soma_uF_per_cm2, C_dendrite_uF_per_cm2 : array
        Capacitance of the membrane.
    g_pas_soma_S_per_cm2, g_pas_dendrite_S_per_cm2, e_pas_mV : array
        Leak, and the potential to which it draws.
    g_h_S_per_cm2 : array
        Of the current that hyperpolarization activates.
    g_Na_S_per_cm2, g_NaP_S_per_cm2 : array
        Of fast and persistent sodium.
    g_K_S_per_cm2, g_KCa_S_per_cm2 : array
        Of delayed rectifier potassium, and of the potassium of the afterhyperpolarization.
    g_Ca_S_per_cm2, calcium_removal_ms : array
        Of calcium that enters with a spike, and the time constant with which it leaves.
    g_L_S_per_cm2 : array, shape (n, 4)
        Of L-type calcium in the dendrites: the persistent inward current.
    theta_m_L_mV, theta_h_L_mV : array
        Half activation and half inactivation of it.
    e_inhibition_mV : array
        Reversal potential of inhibition.
    synaptic_noise : array
        Strength of the fluctuations of synaptic input, relative.
    twitch : array
        Largest force of a twitch (twitch units).
    contraction_time_ms : array
        From the discharge to the largest force of a twitch.
    closing_L_ms : array
        Time constant with which L-type channels close below their threshold; above it they open
        with 40 ms (neutral: 40).
    somatic_share, somatic_inhibition_share : array
        Share of excitation, and of inhibition, that lands at the soma (neutral: 0).
    somatic_noise : array
        Fluctuation of excitation at the soma, each motoneuron's own, relative to the published one
        of all four dendrites together (neutral: 0).
    somatic_noise_ms : array
        Time constant of it.
    common_fast, common_slow : array
        Strength with which a motoneuron takes the two fluctuations that all motoneurons of its pool
        share, relative to the published one (neutral: 0).
    common_fast_ms, common_slow_ms : array
        Time constant of the fast one; of each of the two stages that smooth the slow one.
    g_slow_ahp_S_per_cm2, slow_ahp_ms : array
        Of a potassium current that follows firing: conductance for each uM of calcium (neutral: 0),
        and its time constant.
    warm_up_mV, warm_up_ms : array
        By how much L-type channels that were open open more easily (neutral: 0), and for how long.
    g_hump_S_per_cm2, hump_recovery_ms : array
        Of the depolarization that follows the first spike after a silence and can bring a doublet
        (neutral: 0), and the time in which it comes back.
    run_down_per_s : array
        Share of the neuromodulation without serotonin that a second of its firing takes from a
        motoneuron; where 0 (neutral), any motoneuron's firing does (`renshaw.model.run_down`).
    potentiation : array
        By which share activity lets twitches grow (neutral: 0; `renshaw.muscle.potentiation`).
    fatigability_per_s : array
        Share of its force that a muscle unit loses in a second of fused contraction (neutral: 0;
        `renshaw.muscle.fatigue`).
    fibers : array
        Share of a unit's muscle fibers that answer its axon (neutral: 1).
    uncoupled : array
        Share of the force that a single twitch has lost, as excitation releases less calcium
        (neutral: 0; `renshaw.muscle.uncoupling`).
    edition : int
        Of the virtual person to whom the pool belongs: in whose cord it lies where nobody says
        more.
    """

    muscle: str
    position: FloatArray
    soma_diameter_um: FloatArray
    soma_length_um: FloatArray
    dendrite_diameter_um: FloatArray
    dendrite_length_um: FloatArray
    Ra_dendrite_ohm_cm: FloatArray
    C_soma_uF_per_cm2: FloatArray
    C_dendrite_uF_per_cm2: FloatArray
    g_pas_soma_S_per_cm2: FloatArray
    g_pas_dendrite_S_per_cm2: FloatArray
    e_pas_mV: FloatArray
    g_h_S_per_cm2: FloatArray
    g_Na_S_per_cm2: FloatArray
    g_NaP_S_per_cm2: FloatArray
    g_K_S_per_cm2: FloatArray
    g_KCa_S_per_cm2: FloatArray
    g_Ca_S_per_cm2: FloatArray
    calcium_removal_ms: FloatArray
    g_L_S_per_cm2: FloatArray
    theta_m_L_mV: FloatArray
    theta_h_L_mV: FloatArray
    e_inhibition_mV: FloatArray
    synaptic_noise: FloatArray
    twitch: FloatArray
    contraction_time_ms: FloatArray
    closing_L_ms: FloatArray = _beyond(40.0, 1.0, 5000.0)
    somatic_share: FloatArray = _beyond(0.0, most=1.0)
    somatic_inhibition_share: FloatArray = _beyond(0.0, most=1.0)
    somatic_noise: FloatArray = _beyond(0.0)
    somatic_noise_ms: FloatArray = _beyond(20.0, 1.0)
    common_fast: FloatArray = _beyond(0.0)
    common_fast_ms: FloatArray = _beyond(12.0, 1.0)
    common_slow: FloatArray = _beyond(0.0)
    common_slow_ms: FloatArray = _beyond(50.0, 1.0)
    g_slow_ahp_S_per_cm2: FloatArray = _beyond(0.0)
    slow_ahp_ms: FloatArray = _beyond(1500.0, 10.0, 60_000.0)
    warm_up_mV: FloatArray = _beyond(0.0, most=20.0)
    warm_up_ms: FloatArray = _beyond(4800.0, 10.0, 60_000.0)
    g_hump_S_per_cm2: FloatArray = _beyond(0.0)
    hump_recovery_ms: FloatArray = _beyond(1000.0, 10.0, 60_000.0)
    run_down_per_s: FloatArray = _beyond(0.0, most=1.0)
    potentiation: FloatArray = _beyond(0.0)
    fatigability_per_s: FloatArray = _beyond(0.0, most=1.0)
    fibers: FloatArray = _beyond(1.0, most=1.0)
    uncoupled: FloatArray = _beyond(0.0, most=1.0)
    edition: int = field(default=1, metadata={"neutral": 1})

    def __post_init__(self) -> None:
        n = len(self.position)
        for name in self.array_names():
            values = np.array(getattr(self, name), dtype=float)
            wanted = (n, 4) if name == "g_L_S_per_cm2" else (n,)
            if values.ndim == 0 and name in _BEYOND:
                values = np.full(wanted, values)
            if values.shape != wanted:
                raise SettingsError(f"Pool.{name} has shape {values.shape}; it must be {wanted}.")
            if not np.all(np.isfinite(values)):
                raise SettingsError(f"Pool.{name} holds a value that is not a finite number.")
            values.flags.writeable = False
            object.__setattr__(self, name, values)
        for name in _MUST_BE_POSITIVE:
            if np.any(getattr(self, name) <= 0):
                raise SettingsError(f"Pool.{name} must be greater than 0 for every motoneuron.")
        for name, known in _BEYOND.items():
            values, least, most = getattr(self, name), known["least"], known["most"]
            if np.any(values < least) or np.any(values > most):
                limits = f"at least {least:g}" if most == np.inf else f"from {least:g} to {most:g}"
                raise SettingsError(f"Pool.{name} must be {limits} for every motoneuron.")

    @classmethod
    def array_names(cls) -> tuple[str, ...]:
        """Names of the fields that are arrays."""
        return tuple(f.name for f in fields(cls) if f.name not in ("muscle", "edition"))

    def __len__(self) -> int:
        return len(self.position)

    def __repr__(self) -> str:
        return f"Pool({self.muscle}, {len(self)} motoneurons)"

    def select(self, indices: Any) -> Pool:
        """Return only these motoneurons (0-based), in this order.

        Parameters
        ----------
        indices : sequence of int, or slice
            Counted from 0.
        """
        keep = np.atleast_1d(np.asarray(indices))
        return replace(self, **{name: getattr(self, name)[keep] for name in self.array_names()})

    def scaled(self, **factors: float) -> Pool:
        """Return a pool with some parameters multiplied, e.g. ``calcium_removal_ms=1.2``.

        Parameters
        ----------
        **factors : float
            By parameter.
        """
        unknown = set(factors) - set(self.array_names())
        if unknown:
            raise SettingsError(f"A pool has no {sorted(unknown)[0]!r}.")
        return replace(self, **{name: getattr(self, name) * f for name, f in factors.items()})

    def fingerprint(self) -> str:
        """Return a short hash of the content; what is neutral in every motoneuron is left out."""
        return fingerprint({f.name: getattr(self, f.name) for f in fields(self) if self._tells(f)})

    def _tells(self, f: Field[Any]) -> bool:
        neutral = f.metadata.get("neutral")
        return neutral is None or bool(np.any(getattr(self, f.name) != neutral))


_MUST_BE_POSITIVE = (
    "soma_diameter_um",
    "soma_length_um",
    "dendrite_diameter_um",
    "dendrite_length_um",
    "Ra_dendrite_ohm_cm",
    "C_soma_uF_per_cm2",
    "C_dendrite_uF_per_cm2",
    "calcium_removal_ms",
    "contraction_time_ms",
)

_BEYOND = {f.name: f.metadata for f in fields(Pool) if "least" in f.metadata}
