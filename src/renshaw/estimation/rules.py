"""Named rule sets: renshaw's own, and those of the tools to compare with."""

from __future__ import annotations

from renshaw.core.errors import SettingsError, suggestion
from renshaw.estimation.settings import DeltaFSettings, EstimateSettings, SmoothingSettings

# renshaw: a pair counts only where the control unit is an honest gauge of the drive from the test
# unit's recruitment to its last discharge, so that both have to fire throughout;
# whoever fires fewer than ten times, or together for less than two seconds, has no rate worth
# correlating.
_RENSHAW = EstimateSettings(delta_f=DeltaFSettings(overlap_min_s=2.0))

# openhdemg 0.2.0b2: gap > 1 s, r > .7, modulation > .5 pps, nothing else; where the control unit
# stops first, its rate at its last discharge is taken (doi:10.1016/j.jelekin.2023.102850).
_OPENHDEMG = EstimateSettings(
    smoothing=SmoothingSettings(discharges_min=3, gap_edges="cut"),
    delta_f=DeltaFSettings(control_ends_first="last_discharge", silences="remark"),
)

RULES: dict[str, EstimateSettings] = {"renshaw": _RENSHAW, "openhdemg": _OPENHDEMG}


def rules(name: str) -> EstimateSettings:
    """Return the settings of a rule set by name.

    Raises
    ------
    SettingsError
        An unknown name; the message suggests the closest one.
    """
    try:
        return RULES[name]
    except (KeyError, TypeError):
        raise SettingsError(
            f"There is no rule set {name!r}.",
            code="settings.unknown",
            name="rules",
            value=name,
            hint=suggestion(str(name), RULES),
        ) from None
