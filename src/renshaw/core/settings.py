"""Settings: one frozen dataclass a method, the only home of each default, unit, range and help.

Python, the command line, TOML, the page and the report all read a setting from here::

    @dataclass(frozen=True, kw_only=True)
    class DeltaFSettings(Settings):
        recruitment_gap_s: float = setting(1.0, "least recruitment gap of a pair", unit="s", ge=0)
"""

from __future__ import annotations

import dataclasses
import functools
import math
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self, TypeVar

from renshaw.core.doors import public_name
from renshaw.core.errors import SettingsError, did_you_mean, needs, suggestion

_LONGEST_SHOWN = 200

# Names that a setting may have; a function or a register is asked each time, as it may grow.
Choices = Iterable[str] | Callable[[], Iterable[str]]


@dataclass(frozen=True)
class Knob:
    """Where a hand finds things: a slider over part of what a setting allows.

    Parameters
    ----------
    low, high, step : float
        The ends of the slider, and by how much one key moves it.
    start : float, optional
        Where it stands at first; at the default if not given.
    label : str
        What stands beside it, where the name of the setting says too little among others.
    """

    low: float
    high: float
    step: float
    start: float | None = None
    label: str = ""


@dataclass(frozen=True)
class SettingInfo:
    """Everything there is to know about one setting."""

    name: str
    kind: Any
    default: Any
    help: str
    unit: str = ""
    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    lt: float | None = None
    among: Choices = ()
    source: str = ""
    knob: Knob | None = None
    option: str = ""
    usual: Callable[[Any], Any] | None = None
    named: bool = False

    @property
    def choices(self) -> tuple[str, ...]:
        """The names among which it must be (each of them, where it is several)."""
        return tuple(self.among() if callable(self.among) else self.among)

    @property
    def several(self) -> bool:
        """Whether it is a tuple of values."""
        return typing.get_origin(self.kind) is tuple

    @property
    def allowed(self) -> str:
        """The allowed values in words, empty where anything of the right type goes."""
        if self.choices:
            return f"{'any' if self.several else 'one'} of {', '.join(self.choices)}"
        if self.ge is not None and self.le is not None:
            return f"from {_bound(self.ge)} to {_bound(self.le)}"
        bounds = [
            f"{words} {_bound(bound)}"
            for words, bound in (
                ("at least", self.ge),
                ("above", self.gt),
                ("at most", self.le),
                ("below", self.lt),
            )
            if bound is not None
        ]
        return " and ".join(bounds)


def _bound(value: float) -> str:
    # No reader takes 1e+06 for a limit of participants.
    return f"{round(value):,}" if abs(value) >= 1e6 else f"{value:g}"


def setting(
    default: Any,
    help: str,
    *,
    unit: str = "",
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
    lt: float | None = None,
    choices: Choices = (),
    source: str = "",
    knob: Knob | None = None,
    option: str = "",
    usual: Callable[[Any], Any] | None = None,
    named: bool = False,
) -> Any:
    """Declare one setting: its default, a help sentence, a unit, its range and its source (DOI).

    `option` is what the command line calls it, where that is shorter than its name. `usual` stands
    in for a default that depends on settings declared before this one: told the settings, it says
    what this one is where it is not given (None). `named` is for a default that changes from one
    version to another: whatever renshaw writes names it.
    """
    limits = {"ge": ge, "gt": gt, "le": le, "lt": lt}
    said: dict[str, Any] = {"help": help, "unit": unit, "among": choices, "source": source}
    said |= {"knob": knob, "option": option, "usual": usual, "named": named}
    metadata = {**said, **limits}
    if callable(default):
        return field(default_factory=default, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Base of all settings: validated when made, immutable, and able to describe themselves."""

    def __post_init__(self) -> None:
        for info in self.describe():
            value = getattr(self, info.name)
            if value is None and info.usual is not None:
                value = info.usual(self)
            object.__setattr__(self, info.name, _checked(type(self).__name__, info, value))

    @classmethod
    def describe(cls) -> tuple[SettingInfo, ...]:
        """Describe every setting of this class, in order."""
        owner: Any = cls
        return _described(owner)

    def replace(self, **changes: Any) -> Self:
        """Return a copy with some settings changed; unknown names get a suggestion."""
        self._refuse_unknown(changes)
        # What is usual here may be unusual after the changes: then it is what is usual there.
        usual = {
            info.name: None
            for info in self.describe()
            if info.usual is not None and getattr(self, info.name) == info.usual(self)
        }
        return dataclasses.replace(self, **{**usual, **changes})

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any], where: str = "") -> Self:
        """Build settings from plain values (TOML, JSON); nested settings are nested mappings."""
        cls._refuse_no_mapping(mapping, where)
        cls._refuse_unknown(mapping, where)
        kinds = {info.name: info.kind for info in cls.describe()}
        values: dict[str, Any] = {}
        for name, value in mapping.items():
            kind = kinds[name]
            if _nested(kind) and isinstance(value, Mapping):
                value = kind.from_mapping(value, f"{where}{name}.")
            values[name] = value
        try:
            return cls(**values)
        except SettingsError as error:
            if not where:
                raise
            raise error.at(entry=tuple(where.rstrip(".").split("."))) from None

    @classmethod
    def of_other_version(cls, mapping: Mapping[str, Any]) -> tuple[Self, dict[str, Any]]:
        """Make settings from plain values that another version wrote.

        Returns
        -------
        settings
            Those that this version knows, and that it can take; the others have their defaults.
        unknown : dict
            The rest as it is, by dotted name: ``{"delta_f.new_rule": 3}``.
        """
        cls._refuse_no_mapping(mapping)
        kinds = {info.name: info.kind for info in cls.describe()}
        values: dict[str, Any] = {}
        unknown: dict[str, Any] = {}
        for name, value in mapping.items():
            kind = kinds.get(name)
            if kind is None:
                unknown[name] = value
            elif _nested(kind) and isinstance(value, Mapping):
                values[name], inner = kind.of_other_version(value)
                unknown |= {f"{name}.{within}": odd for within, odd in inner.items()}
            else:
                values[name] = value
        while True:
            try:
                return cls(**values), unknown
            except SettingsError as error:
                # What refuses no one of them refuses their combination: then none is taken.
                refused = [error.name] if error.name in values else list(values)
                unknown |= {name: _plain(values.pop(name)) for name in refused}

    def to_mapping(self) -> dict[str, Any]:
        """Return plain values, fit for TOML and JSON."""
        return {
            info.name: _plain(getattr(self, info.name))
            for info in self.describe()
            if getattr(self, info.name) is not None
        }

    def as_python(self) -> str:
        """Return the expression that makes these settings, naming what differs or may change."""
        place = public_name(type(self)).removesuffix(type(self).__name__)
        return place + self.as_call()

    def as_call(self) -> str:
        """Return the name and what differs from the defaults: ``Ramp(peak_pct_mvc=30.0)``."""
        changed = []
        for info in self.describe():
            value = getattr(self, info.name)
            usual = info.usual(self) if info.usual else info.default
            if info.named or value != usual or _has_named(value):
                changed.append(f"{info.name}={as_python(value)}")
        return f"{type(self).__name__}({', '.join(changed)})"

    def refusal(self, name: str, why: str, *, code: str = "", hint: str = "") -> SettingsError:
        """Return the error about one of these settings, for what its range alone can't say.

        Parameters
        ----------
        name : str
        why : str
            What is wrong with its value, e.g. ``"must not be above age_max, 30."``
        code, hint : str
            As in `renshaw.core.errors.RenshawError`.
        """
        owner, value = type(self).__name__, getattr(self, name)
        shown = f"{value:g}" if isinstance(value, float) else repr(value)
        return SettingsError(
            f"{owner}.{name} = {shown}: {why}",
            code=code or "settings.impossible",
            owner=owner,
            name=name,
            value=value,
            hint=hint,
        )

    @classmethod
    def _refuse_no_mapping(cls, given: object, where: str = "") -> None:
        if not isinstance(given, Mapping):
            at = f"{where.rstrip('.')}: " if where else ""
            raise SettingsError(
                f"{at}{cls.__name__} are made of a table of names and values, not of "
                f"{shown(given)}.",
                code="settings.kind",
                owner=cls.__name__,
                value=given,
            )

    @classmethod
    def _refuse_unknown(cls, names: Mapping[str, Any], where: str = "") -> None:
        known = [info.name for info in cls.describe()]
        for name in names:
            if name not in known:
                raise SettingsError(
                    f"{cls.__name__} has no setting {shown(f'{where}{name}')}.",
                    code="settings.unknown",
                    owner=cls.__name__,
                    name=str(name),
                    value=names[name],
                    hint=suggestion(str(name), known),
                )


def shown(value: object) -> str:
    """Return a value as an error shows it: as Python writes it, and no longer than a line.

    Parameters
    ----------
    value : object
    """
    try:
        words = repr(value)
    except Exception:
        # Numbers of thousands of digits have no text, and what others made may have a faulty one.
        return f"a value of type {type(value).__name__}"
    return words if len(words) <= _LONGEST_SHOWN else f"{words[:_LONGEST_SHOWN]}..."


S = TypeVar("S", bound=Settings)


def settings_for(verb: str, settings: S | None, kind: type[S]) -> S:
    """Return the settings that were given to a verb, or the defaults where none were.

    Raises
    ------
    SettingsError
        They are of another verb, or no settings.
    """
    if settings is None:
        return kind()
    needs(verb, settings, kind)
    return settings


def as_python(value: Any) -> str:
    """Return the Python expression of a value; settings become ``rs.Name(...)``."""
    if isinstance(value, Settings):
        return value.as_python()
    if isinstance(value, tuple | list):
        inner = ", ".join(as_python(item) for item in value)
        return f"[{inner}]"
    return repr(value)


@functools.cache
def _described(settings: type[Settings]) -> tuple[SettingInfo, ...]:
    # Cached, because a type's hints take longer to look up than its settings to check.
    kinds = typing.get_type_hints(settings)
    described, defaults = [], types.SimpleNamespace()
    for f in fields(settings):
        if f.init:
            said: Mapping[str, Any] = f.metadata or {"help": ""}
            usual: Callable[[Any], Any] | None = said.get("usual")
            default = _default(f) if usual is None else usual(defaults)
            setattr(defaults, f.name, default)
            described.append(SettingInfo(f.name, kinds[f.name], default, **said))
    return tuple(described)


def _default(f: dataclasses.Field[Any]) -> Any:
    if f.default_factory is not dataclasses.MISSING:
        return f.default_factory()
    return None if f.default is dataclasses.MISSING else f.default


def _has_named(value: Any) -> bool:
    """Whether there is a setting within that is named also where it is usual."""
    return isinstance(value, Settings) and any(
        info.named or _has_named(getattr(value, info.name)) for info in value.describe()
    )


def _nested(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Settings)


def _plain(value: Any) -> Any:
    if isinstance(value, Settings):
        return value.to_mapping()
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


def _checked(owner: str, info: SettingInfo, value: Any) -> Any:
    kinds = typing.get_args(info.kind) if _is_union(info.kind) else (info.kind,)
    if value is None and type(None) in kinds:
        return None
    kind = next(k for k in kinds if k is not type(None))
    if kind is float:
        value = _number(owner, info, value)
    elif kind is int:
        value = _whole_number(owner, info, value)
    elif kind is bool or kind is str:
        if not isinstance(value, kind):
            raise _refusal(owner, info, value, f"must be a {kind.__name__}")
    elif typing.get_origin(kind) is tuple:
        value = _several(owner, info, value, typing.get_args(kind)[0])
    elif not isinstance(value, _classes(kinds)):
        wanted = " or ".join(each.__name__ for each in _classes(kinds))
        raise _refusal(owner, info, value, f"must be {wanted}")
    choices = info.choices
    if choices and info.several:
        _refuse_other_names(owner, info, value, choices)
    elif choices and value not in choices:
        close = did_you_mean(str(value), choices)
        hint = "" if close is None else f"Did you mean {close!r}?"
        raise _refusal(owner, info, value, f"must be {info.allowed}", hint)
    if isinstance(value, int | float) and not _within(info, value):
        raise _refusal(
            owner, info, value, f"must be {info.allowed}{' ' * bool(info.unit)}{info.unit}"
        )
    return value


def _refuse_other_names(owner: str, info: SettingInfo, value: Any, known: tuple[str, ...]) -> None:
    """Refuse a list of names with one that there is not, or one that is there twice."""

    def refusal(why: str, code: str = "settings.impossible", hint: str = "") -> SettingsError:
        words = f"{owner}.{info.name} = {shown(value)}: {why}"
        facts = {"owner": owner, "name": info.name, "value": value}
        return SettingsError(words, code=code, hint=hint, **facts)

    if not isinstance(value, tuple):
        raise refusal("must be a list of names.")
    for each in value:
        # A list in the list can't even be looked up.
        if not isinstance(each, str) or each not in known:
            hint = suggestion(str(each), known)
            raise refusal(f"there is no {each!r}.", "settings.unknown", hint)
        if value.count(each) > 1:
            raise refusal(f"{each!r} is there twice.")


def _is_union(kind: Any) -> bool:
    return typing.get_origin(kind) in (typing.Union, types.UnionType)


def _classes(kinds: tuple[Any, ...]) -> tuple[type, ...]:
    """Return the classes that a value may be of; anything where the kind is no class."""
    found = tuple(kind for kind in kinds if isinstance(kind, type))
    return found if len(found) == len(kinds) else (object,)


def _several(owner: str, info: SettingInfo, value: Any, kind: Any) -> Any:
    """Return the tuple that a list stands for, each value of its kind."""
    if not isinstance(value, list | tuple):
        if info.choices:
            return value
        raise _refusal(owner, info, value, "must be a list")
    each: Callable[[str, SettingInfo, Any], Any]
    if kind is float:
        each = _number
    elif kind is int:
        each = _whole_number
    else:
        for one in value:
            if not info.choices and not isinstance(one, _classes((kind,))):
                raise _refusal(owner, info, value, f"must be a list of {kind.__name__}")
        return tuple(value)
    return tuple(each(owner, info, one) for one in value)


def _number(owner: str, info: SettingInfo, value: Any) -> float:
    if isinstance(value, bool | str) or not hasattr(value, "__float__"):
        raise _refusal(owner, info, value, "must be a number")
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise _refusal(owner, info, value, "must be a finite number")
    return number


def _whole_number(owner: str, info: SettingInfo, value: Any) -> int:
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise _refusal(owner, info, value, "must be a whole number")
    try:
        return int(value)
    except (TypeError, ValueError):
        raise _refusal(owner, info, value, "must be a whole number") from None


def _within(info: SettingInfo, value: float) -> bool:
    return (
        (info.ge is None or value >= info.ge)
        and (info.gt is None or value > info.gt)
        and (info.le is None or value <= info.le)
        and (info.lt is None or value < info.lt)
    )


def _refusal(owner: str, info: SettingInfo, value: Any, why: str, hint: str = "") -> SettingsError:
    return SettingsError(
        f"{owner}.{info.name} = {shown(value)}: {why} ({info.help}).",
        code="settings.impossible",
        owner=owner,
        name=info.name,
        value=value,
        hint=hint,
    )
