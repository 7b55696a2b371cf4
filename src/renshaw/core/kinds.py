"""Registers: a kind (a quantity, an intervention, a format, ...) is one file; the rest reads it.

A room declares its register once::

    QUANTITIES: Register[Quantity] = Register(
        "quantity", home="renshaw.estimation.quantities", entry_points="renshaw.quantities"
    )

and each of its kinds adds itself in a file of its own::

    PEAK_RATE = QUANTITIES.add(Quantity(name="peak_rate", rank=40, ...))

Whoever asks the register finds the kinds of every module in its home and those of other packages,
which declare an entry point of the same group that leads to a kind, or to a list of them.
"""

from __future__ import annotations

import importlib
import importlib.util
import math
import pkgutil
import re
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from typing import Any, Protocol, TypeVar, cast

from renshaw.core.errors import DataError, SettingsError, suggestion
from renshaw.core.version import __version__


class Kind(Protocol):
    """What a register holds: a value, or a class, that says its name and its place in the order."""

    @property
    def name(self) -> str:
        """What people call it: in files, on the command line, in Python."""
        ...

    @property
    def rank(self) -> float:
        """Its place: lower comes first; equal ranks are in the order of their names."""
        ...


class KindOfNoun(Kind, Protocol):
    """A kind that belongs to one noun; its name is that of the noun's class."""

    @property
    def of(self) -> type:
        """The class of the noun."""
        ...


K = TypeVar("K", bound=Kind)
# What is added stays what it is: a class keeps its constructor for those who check types.
Added = TypeVar("Added", bound=Kind)
N = TypeVar("N", bound=KindOfNoun)


class PluginWarning(UserWarning):
    """A kind of another package could not be loaded and is left out; the text says which."""


@dataclass(frozen=True)
class Skipped:
    """A plug-in that was left out.

    Parameters
    ----------
    name : str
        Of its entry point, mostly that of its kind.
    place : str
        Where its kind should be, as ``package.module:object``.
    reason : str
        Why, in words.
    """

    name: str
    place: str
    reason: str

    @property
    def plugin(self) -> str:
        """Its entry point, as a package declares it."""
        return f"{self.name} = {self.place}"

    def __str__(self) -> str:
        return f"The plug-in {self.plugin} is left out: {self.reason}"


class Register(Mapping[str, K]):
    """The kinds of one sort, by name, in order of their ranks; filled when first asked.

    Parameters
    ----------
    noun : str
        What one of them is called, for messages: ``"quantity"``.
    home : str
        The package whose modules add the built-in ones; each is imported when first asked.
    entry_points : str
        The group of entry points by which other packages add theirs.
    made_of : type, optional
        The class that every kind is made of, where they are values.
    check : callable, optional
        Raises where a kind is not one of this sort or contradicts itself: a fault in the program,
        and for a plug-in the reason why it is left out.

    Examples
    --------
    >>> from renshaw.estimation.quantity import QUANTITIES
    >>> QUANTITIES["peak_rate"].unit
    'pps'
    >>> QUANTITIES.named("peek_rate")
    Traceback (most recent call last):
        ...
    renshaw.core.errors.SettingsError: ...
    """

    def __init__(
        self,
        noun: str,
        *,
        home: str,
        entry_points: str,
        made_of: type | None = None,
        check: Callable[[Any], None] | None = None,
    ) -> None:
        self.noun = noun
        self.home = home
        self.entry_points = entry_points
        self._made_of = made_of
        self._check = check
        self._kinds: dict[str, K] = {}
        self._plugins: dict[str, str] = {}
        self._skipped: list[Skipped] = []
        self._state = "empty"
        self._lock = threading.RLock()

    def add(self, kind: Added) -> Added:
        """Add a kind and return it; also as a decorator of a class.

        Parameters
        ----------
        kind : object
            What has a name and, if it likes, a rank.

        Raises
        ------
        TypeError
            It is no kind of this sort.
        ValueError
            Another kind has this name, or the kind contradicts itself.
        """
        self._refuse_other(kind)
        if self._check is not None:
            self._check(kind)
        known = self._kinds.get(kind.name)
        if known is not None and known is not kind:
            raise ValueError(f"there is another {self.noun} of the name {kind.name!r}")
        self._kinds[kind.name] = cast(K, kind)
        return kind

    def _refuse_other(self, kind: object) -> None:
        if self._made_of is not None and not isinstance(kind, self._made_of):
            raise TypeError(f"{kind!r} is no {self._made_of.__name__}")

    def named(self, name: str) -> K:
        """Return the kind of a name.

        Parameters
        ----------
        name : str
            Of a kind.

        Raises
        ------
        SettingsError
            There is none; the message suggests the nearest name, or lists all.
        """
        if name not in self:
            raise SettingsError(
                f"There is no {self.noun} {name!r}.",
                code="settings.unknown",
                name=self.noun,
                value=name,
                hint=self.hint(name),
            )
        return self[name]

    def hint(self, name: str) -> str:
        """Return the hint for an unknown name: the nearest, or all, or why a plug-in is missing.

        Parameters
        ----------
        name : str
            Of a kind.
        """
        for skipped in self.skipped:
            if skipped.name == name:
                return f"{skipped}."
        return suggestion(name, self)

    def plugin_of(self, name: str) -> str:
        """Return the plug-in that a kind came from, as `Skipped` calls it; empty if built in.

        Parameters
        ----------
        name : str
            Of a kind.
        """
        self._fill()
        return self._plugins.get(name, "")

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """The plug-ins that could not be loaded."""
        self._fill()
        return tuple(self._skipped)

    def __getitem__(self, name: str) -> K:
        self._fill()
        return self._kinds[name]

    def __iter__(self) -> Iterator[str]:
        self._fill()
        return iter(sorted(self._kinds, key=lambda name: (self._kinds[name].rank, name)))

    def __len__(self) -> int:
        self._fill()
        return len(self._kinds)

    def _fill(self) -> None:
        """Load what is built in, then what other packages add, once."""
        if self._state == "full":
            return
        with self._lock:
            # A module that asks while it is being loaded sees what there is so far.
            if self._state != "empty":
                return
            self._state = "filling"
            try:
                home = importlib.import_module(self.home)
                for module in pkgutil.iter_modules(home.__path__, f"{self.home}."):
                    importlib.import_module(module.name)
                for point in sorted(metadata.entry_points(group=self.entry_points)):
                    self._load(point)
            except BaseException:
                self._state = "empty"
                raise
            self._state = "full"

    def _load(self, point: metadata.EntryPoint) -> None:
        before, added = dict(self._kinds), dict(self._plugins)
        plugin = f"{point.name} = {point.value}"
        try:
            loaded: Any = point.load()
            for kind in loaded if isinstance(loaded, list | tuple) else [loaded]:
                self._refuse_other(kind)
                name, rank = getattr(kind, "name", None), getattr(kind, "rank", None)
                if not isinstance(name, str) or not isinstance(rank, int | float):
                    raise TypeError(f"{kind!r} has no name or no rank")
                if not math.isfinite(rank):
                    raise ValueError(f"the rank of {name!r} must be a finite number")
                self.add(kind)
                self._plugins[kind.name] = plugin
        except (Exception, SystemExit) as error:
            self._kinds, self._plugins = before, added
            skipped = Skipped(point.name, point.value, _in_words(error))
            if skipped in self._skipped:
                return
            self._skipped.append(skipped)
            if not _in_a_worker():
                warnings.warn(str(skipped), PluginWarning, stacklevel=4)


def _in_a_worker() -> bool:
    """Whether this is one of many processes, of which the first has told already."""
    processes = sys.modules.get("multiprocessing.process")
    return processes is not None and processes.parent_process() is not None


def _in_words(error: BaseException) -> str:
    """Return why a plug-in could not be loaded, in one line for a person."""
    said = " ".join(str(error).split())
    if isinstance(error, SystemExit):
        return "it ends the program when it is loaded"
    if isinstance(error, ImportError) and (error.name or "").partition(".")[0] == "renshaw":
        lacks = said.partition(" (/")[0]
        return f"it was made for another version of renshaw; this is {__version__} ({lacks})"
    if isinstance(error, ModuleNotFoundError):
        return f"the module {error.name}, which it needs, is not installed"
    # What these say needs no name of a class before it.
    if said and isinstance(error, AttributeError | ImportError | TypeError | ValueError):
        return said
    return f"{type(error).__name__}: {said}".removesuffix(": ")


class RegisterByNoun(Register[N]):
    """What each noun has one of (a page, its findings), found by the class of a noun.

    That of ``StudyResult`` lies in the module ``study_result`` of the home, or behind an entry
    point called ``StudyResult``: none of the others is loaded to find it, nor the rooms of theirs.

    Parameters
    ----------
    noun : str
        What one of them is called, for messages.
    home : str
        The package whose modules hold the built-in ones.
    entry_points : str
        The group of entry points by which other packages add theirs.
    check : callable, optional
        As of `Register`.
    made_of : type, optional
        As of `Register`.
    """

    def of(self, noun: object) -> N:
        """Return what belongs to a noun.

        Parameters
        ----------
        noun : object
            A value, not its class.

        Raises
        ------
        DataError
            There is none for its class; the message lists the nouns that have one.
        """
        for kind in type(noun).__mro__:
            found = self._alone(kind.__name__)
            if found is not None and found.of is kind:
                return found
        raise DataError(
            f"There is no {self.noun} of a {type(noun).__name__}. There is one of each of these: "
            f"{', '.join(self)}."
        )

    def _alone(self, name: str) -> N | None:
        """Return the kind of a name, with nothing else loaded."""
        with self._lock:
            if name not in self._kinds:
                module = f"{self.home}.{re.sub(r'(?<=[a-z])(?=[A-Z])', '_', name).lower()}"
                if importlib.util.find_spec(module) is not None:
                    importlib.import_module(module)
                elif self._state == "empty":
                    for point in metadata.entry_points(group=self.entry_points, name=name):
                        self._load(point)
            return self._kinds.get(name)
