"""What a voltage ramp shows of one motoneuron, in a sentence."""

from __future__ import annotations

import numpy as np

from renshaw.core.finding import Finding, Number, finds
from renshaw.core.numbers import number
from renshaw.experiment.voltage_clamp import VoltageRamp


@finds(VoltageRamp)
def findings(ramp: VoltageRamp) -> tuple[Finding, ...]:
    """Return how large the persistent inward current is, and where it starts and stops."""
    at = f"At neuromodulation {number(ramp.neuromodulation)}"
    if not np.isfinite(ramp.amplitude_nA):
        sentence = f"{at} no persistent inward current could be measured."
    else:
        starts = "it has no clear onset"
        if np.isfinite(ramp.onset_mV):
            starts = (
                f"it starts at {number(ramp.onset_mV)} mV and stops at {number(ramp.offset_mV)} mV"
            )
        sentence = (
            f"{at} the persistent inward current reaches {number(ramp.amplitude_nA)} nA at "
            f"{number(ramp.peak_mV)} mV; {starts}."
        )
    return (
        Finding(
            sentence=sentence,
            numbers=[
                Number(
                    name=f"Persistent inward current, {at[3:]}",
                    value=ramp.amplitude_nA,
                    unit="nA",
                )
            ],
        ),
    )
