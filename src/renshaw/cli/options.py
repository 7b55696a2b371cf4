"""Options of the command line, made from the settings dataclasses, their only home."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from cyclopts import Group, Parameter

from renshaw.core.settings import SettingInfo, Settings

if TYPE_CHECKING:
    from cyclopts import Token

    from renshaw.io.options import ReadOptions

S = TypeVar("S", bound=Settings)


def options_of(
    settings: Settings,
    title: str = "Settings",
    place: int = 10,
    prefix: str = "",
    without: Collection[str] = (),
) -> Any:
    """Return a dataclass with every setting as an option that may be left out.

    Nested settings become dotted names, ``--delta-f.recruitment-gap-s``. What is left out stays
    as it is in the settings given here, which the help shows as defaults; the word ``none`` stands
    for None. Settings that the command has by another way are left `without`.
    """
    group = Group(title, sort_key=place)
    fields = [
        (
            info.name,
            _kind(info, settings, group, place + n, prefix),
            dataclasses.field(default=None),
        )
        for n, info in enumerate(settings.describe(), start=1)
        if info.name not in without
    ]
    # Without a module of its own, cyclopts takes the class for one of Python's and leaves it alone.
    return dataclasses.make_dataclass(
        f"{type(settings).__name__}Options", fields, frozen=True, namespace={"__module__": __name__}
    )


def read_options(*without: str) -> Any:
    """Return the options that say what a file does not, the same for every command that reads one.

    Parameters
    ----------
    *without : str
        Those that the command has by another way.
    """
    from renshaw.io.options import ReadOptions

    return options_of(ReadOptions(), "What the file does not say", 5, without=without)


def chosen_options(options: Any) -> ReadOptions:
    """Return what was given of `read_options`.

    Parameters
    ----------
    options : object or None
        As the command got them.
    """
    from renshaw.io.options import ReadOptions

    return changed(ReadOptions(), given(options))


def given(options: Any) -> dict[str, Any]:
    """Return the options that were given, nested ones as nested mappings."""
    if options is None:
        return {}
    values: dict[str, Any] = {}
    for field in dataclasses.fields(options):
        value = getattr(options, field.name)
        if dataclasses.is_dataclass(value):
            if inner := given(value):
                values[field.name] = inner
        elif value is not None:
            values[field.name] = value
    return values


def changed(settings: S, changes: Mapping[str, Any]) -> S:
    """Return settings with some replaced; nested mappings change nested settings.

    Raises
    ------
    SettingsError
        An impossible value.
    """
    kinds = {info.name: info.kind for info in settings.describe()}
    flat: dict[str, Any] = {}
    for name, value in changes.items():
        if isinstance(value, Mapping):
            value = changed(getattr(settings, name), value)
        elif value == "none" and types.NoneType in typing.get_args(kinds[name]):
            value = None
        flat[name] = value
    return settings.replace(**flat)


def _kind(info: SettingInfo, owner: Settings, group: Group, place: int, prefix: str) -> Any:
    # An outer option of its own (--treatment 3) would set whatever comes first in it.
    value = getattr(owner, info.name)
    if isinstance(value, Settings):
        title = info.help[:1].upper() + info.help[1:]
        inner = options_of(value, title, place, f"{prefix}{option_name(info.name)}.")
        return Annotated[inner | None, Parameter(name="*")]
    name = f"--{prefix}{info.option or option_name(info.name)}"
    kinds = typing.get_args(info.kind) if _is_union(info.kind) else (info.kind,)
    wanted: Any = next(kind for kind in kinds if kind is not types.NoneType)
    whole = int in (wanted, *typing.get_args(wanted))
    converter = whole_numbers if whole else None
    if types.NoneType in kinds:
        wanted = wanted | Literal["none"]
    if typing.get_origin(wanted) is tuple:
        # Several values follow one option: --units 3 8.
        several = Parameter(
            name=name,
            help=_help(info, value),
            group=group,
            show_default=False,
            consume_multiple=True,
            negative=(),
            converter=converter,
        )
        return Annotated[wanted, several]
    # Not "or None": cyclopts would take the word none for an option that was left out.
    one = Parameter(
        name=name,
        help=_help(info, value),
        group=group,
        show_default=False,
        converter=converter,
    )
    return Annotated[wanted, one]


def whole_numbers(kind: Any, tokens: Sequence[Token]) -> Any:
    """Return whole numbers from the command line; 12.5 is none, and never 12.

    Parameters
    ----------
    kind : type
        ``int``, or a tuple of them; either may be ``"none"`` besides.
    tokens : sequence of Token
        As cyclopts found them.
    """
    several = typing.get_origin(kind) is tuple
    found: list[Any] = []
    for token in tokens:
        word = token.value.strip()
        if word == "none" and _is_union(kind):
            found.append(None if types.NoneType in typing.get_args(kind) else word)
            continue
        try:
            found.append(int(word))
        except ValueError:
            if not _is_whole(word):
                raise ValueError(f"{token.value!r} is no whole number.") from None
            found.append(int(float(word)))
    return tuple(found) if several else found[0]


# A whole number of a command that is no setting, such as its seed.
Whole = Annotated[int, Parameter(converter=whole_numbers)]
MaybeWhole = Annotated[int | None, Parameter(converter=whole_numbers)]


def _is_whole(word: str) -> bool:
    try:
        return float(word).is_integer()
    except ValueError:
        return False


def option_name(name: str) -> str:
    """Return the option of a setting; ``pic_shift_mV`` is in millivolts, not in ``-m-v``."""
    return name.strip("_").replace("_", "-")


def _help(info: SettingInfo, default: Any) -> str:
    first = info.help.split(" ", 1)[0]
    words = info.help[:1].upper() + info.help[1:] if first.isalpha() else info.help
    if default is None:
        default = "none"
    if isinstance(default, bool):
        default = "yes" if default else "no"
    elif isinstance(default, float):
        default = f"{default:.4g}"
    elif isinstance(default, tuple):
        default = " ".join(map(str, default)) or "none"
    remarks = [
        part
        for part in (
            f"in {info.unit}" if info.unit else "",
            info.allowed,
            f"default {default}",
        )
        if part
    ]
    return f"{words} ({'; '.join(remarks)})."


def _is_union(kind: Any) -> bool:
    return typing.get_origin(kind) in (typing.Union, types.UnionType)
