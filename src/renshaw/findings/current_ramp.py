"""What a current ramp shows of one motoneuron, in a sentence."""

from __future__ import annotations

from renshaw.core.finding import Finding, Number, finds
from renshaw.core.numbers import number
from renshaw.experiment.current_clamp import CurrentRamp


@finds(CurrentRamp)
def findings(ramp: CurrentRamp) -> tuple[Finding, ...]:
    """Return when the motoneuron fires."""
    at = f"At neuromodulation {number(ramp.neuromodulation)}"
    if not len(ramp.spikes_s):
        return (
            Finding(
                sentence=f"{at} the motoneuron did not fire: the current never reached its "
                "threshold.",
                next_steps=["Raise the peak of the current (peak_nA)."],
            ),
        )
    return (
        Finding(
            sentence=f"{at} firing starts at {number(ramp.recruitment_nA)} nA and stops at "
            f"{number(ramp.derecruitment_nA)} nA (ΔI {number(ramp.sustained_nA)} nA, "
            f"{len(ramp.spikes_s)} spikes); the f–I loop is {ramp.hysteresis or 'too short'}.",
            numbers=[Number(name=f"ΔI, {at[3:]}", value=ramp.sustained_nA, unit="nA")],
            n=len(ramp.spikes_s),
            of="spikes",
        ),
    )
