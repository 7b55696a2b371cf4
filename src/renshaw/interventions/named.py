"""Interventions by name, with settings in a few letters: ``relaxation:depth=0.8``."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable, Sequence
from typing import Any

from renshaw.core.errors import SettingsError, needs, suggestion
from renshaw.core.settings import SettingInfo
from renshaw.interventions.intervention import Intervention
from renshaw.interventions.register import INTERVENTIONS


def intervention(text: str, **settings: Any) -> Intervention:
    """Return the intervention of that name, with default settings or those given.

    Parameters
    ----------
    text : str
        A name and, after a colon, settings with commas between them: ``"relaxation"``,
        ``"relaxation:depth=0.8"``, ``"reciprocal-inhibition:frequency_hz=50,intensity_xmt=1.1"``.
    **settings
        Settings likewise, by name.

    Raises
    ------
    SettingsError
        An unknown name or setting, or an impossible value; the message suggests a known one.
    """
    name, _, written = text.partition(":")
    name = name.strip()
    kind = INTERVENTIONS.named(name)
    known = {info.name: info for info in kind.describe()}
    values = dict(settings)
    for part in filter(None, (part.strip() for part in written.split(","))):
        option, equals, value = (word.strip() for word in part.partition("="))
        option = option.replace("-", "_")
        if option not in known:
            raise SettingsError(
                f"{name} has no setting {option!r}.",
                code="settings.unknown",
                owner=name,
                name=option,
                hint=suggestion(option, known),
            )
        if option in values:
            raise SettingsError(f"{name}: {option} is given twice in {text!r}.")
        if not equals or not value:
            raise SettingsError(f"{name}: {option} needs a value, e.g. {_example(known[option])}.")
        values[option] = _value(name, known[option], value)
    return kind.from_mapping(values)


def as_interventions(given: Sequence[Intervention | str]) -> tuple[Intervention, ...]:
    """Return the interventions that are given together, whether by name or made.

    Parameters
    ----------
    given : sequence of Intervention or str
        One alone need not be in a list.

    Raises
    ------
    SettingsError
        One is unknown, or given twice: two doses at once are one dose, maybe beyond its range.
    """
    given = (given,) if isinstance(given, str | Intervention) else given
    if not isinstance(given, Iterable):
        needs("given", given, Intervention)
    made = tuple(intervention(each) if isinstance(each, str) else each for each in given)
    for each in made:
        needs("given", each, Intervention)
    names = [each.name for each in made]
    for name in names:
        if name and names.count(name) > 1:
            raise SettingsError(
                f"{name} is given twice; give it once, with the settings that it is to have."
            )
    return made


def _example(info: SettingInfo) -> str:
    return f"{info.name}={1.0 if info.default is None else info.default}"


def _value(name: str, info: SettingInfo, text: str) -> Any:
    kinds = typing.get_args(info.kind) or (info.kind,)
    if text.lower() == "none" and types.NoneType in kinds:
        return None
    if str in kinds:
        return text
    if bool in kinds and text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        return int(text) if int in kinds else float(text)
    except ValueError:
        raise SettingsError(
            f"{name}: {info.name} = {text!r} must be a number ({info.help})."
        ) from None
