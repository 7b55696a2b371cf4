"""What estimates were made with, and what of it this version of renshaw does not know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from renshaw.core.errors import SettingsError
from renshaw.core.settings import Settings
from renshaw.data.estimates import Estimates
from renshaw.estimation.quantity import unknown_among
from renshaw.estimation.settings import EstimateSettings, rules

S = TypeVar("S", bound=Settings)


def settings_for(estimates: Estimates, recording: str) -> EstimateSettings:
    """Return the settings by which the curves of a recording are drawn again.

    They are those of its estimates as far as this version knows them; renshaw's own rules where the
    estimates don't say.
    """
    told = estimates.made_with.get(recording)
    if told is None:
        return rules("renshaw")
    if isinstance(told, EstimateSettings):
        return told
    return known_part(EstimateSettings, _plain(told))[0]


def unfamiliar(estimates: Estimates) -> list[str]:
    """Return what this version does not know of estimates, each in a sentence; mostly nothing."""
    said = list(estimates.notes)
    strange = unknown_among(estimates.quantities)
    if strange:
        said.append(
            "This version of renshaw does not know these quantities, which keep their own names: "
            f"{', '.join(strange)}."
        )
    told = [each for each in estimates.made_with.values() if not isinstance(each, EstimateSettings)]
    unknown = [name for each in told for name in known_part(EstimateSettings, _plain(each))[1]]
    if unknown:
        said.append(
            "This version of renshaw does not know some settings that these estimates were made "
            f"with: {', '.join(dict.fromkeys(unknown))}. They are shown as they are; curves are "
            "drawn without them."
        )
    if any(name not in estimates.made_with for name in estimates.recordings):
        said.append("It is not known which settings these estimates were made with.")
    return said


def known_part(
    kind: type[S], plain: Mapping[str, Any], where: str = ""
) -> tuple[S, tuple[str, ...]]:
    """Return those settings of another version that are known here, and the names of the others."""
    kinds = {info.name: info.kind for info in kind.describe()}
    values: dict[str, Any] = {}
    unknown: list[str] = []
    for name, value in plain.items():
        own = kinds.get(name)
        if isinstance(own, type) and issubclass(own, Settings) and isinstance(value, Mapping):
            values[name], others = known_part(own, value, f"{where}{name}.")
            unknown += others
        elif own is not None and _possible(kind, name, value):
            values[name] = value
        else:
            unknown.append(f"{where}{name}")
    return kind(**values), tuple(unknown)


def _possible(kind: type[Settings], name: str, value: Any) -> bool:
    """Whether this version takes a value, which another may have made possible."""
    try:
        kind(**{name: value})
    except SettingsError:
        return False
    return True


def _plain(told: Settings | Mapping[str, Any]) -> Mapping[str, Any]:
    return told.to_mapping() if isinstance(told, Settings) else told
