"""Errors that say what happened and what to do about it, as values as well as in words."""

from __future__ import annotations

import errno
import pickle
from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from os import PathLike
from typing import Any, ClassVar, Self, TypeVar

# Whoever mistypes a name mistypes a few letters of it; to compare longer words takes long.
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Place:
    """Where something is wrong.

    Parameters
    ----------
    file : str
        Name of the file.
    line : int or None
        Line of a text file, counted from 1.
    row : int or None
        Row of a table, counted from 1.
    entry : tuple of str and int
        The way to an entry: names, and in lists numbers from 0, e.g.
        ``("arms", 0, "cohort", "age_years")``.
    """

    file: str = ""
    line: int | None = None
    row: int | None = None
    entry: tuple[str | int, ...] = ()

    @property
    def entry_words(self) -> str:
        """The entry for a person, who counts from 1: ``arms 1.cohort.age_years``."""
        words = ""
        for part in self.entry:
            words += f" {part + 1}" if isinstance(part, int) else f"{'.' if words else ''}{part}"
        return words

    def __str__(self) -> str:
        line = "" if self.line is None else f"line {self.line}"
        row = "" if self.row is None else f"row {self.row}"
        at = ", ".join(part for part in (self.file, line, row) if part)
        return ": ".join(part for part in (at, self.entry_words) if part)


class RenshawError(Exception):
    """Base of every error that renshaw raises on purpose; its text is meant for a person.

    ``str(error)`` is the sentence made of all: the place, what is wrong, and what to do. Nobody
    need take it apart, because each part is there by itself.

    Parameters
    ----------
    why : str
        What is wrong, in words.
    code : str, optional
        Stable name of this kind of error, e.g. ``"settings.unknown"``; that of the class if empty.
    owner : str
        Whose fault it is: a class of settings, a noun, a command.
    name : str
        Of the setting, column, signal, ... at fault.
    value : object
        What was given.
    place : Place, optional
        Where it stands in a file.
    hint : str
        What to do, as a sentence: ``"Did you mean 'x'?"``
    """

    kind: ClassVar[str] = "renshaw"

    def __init__(
        self,
        why: str = "",
        *,
        code: str = "",
        owner: str = "",
        name: str = "",
        value: Any = None,
        place: Place | None = None,
        hint: str = "",
    ) -> None:
        super().__init__(why)
        self.why = why
        self.code: str = code or self.kind
        self.owner = owner
        self.name = name
        self.value = value
        self.place = place
        self.hint = hint

    def at(self, **facts: Any) -> Self:
        """Return the same error with more known of its place: ``file``, ``line``, ``entry``, ...

        Parameters
        ----------
        **facts
            What is known of the place.
        """
        return self.but(place=replace(self.place or Place(), **facts))

    def but(self, **parts: Any) -> Self:
        """Return the same error with other parts: ``why``, ``hint``, ...

        Parameters
        ----------
        **parts
            Those that differ.
        """
        same = _again(type(self), self.why)
        vars(same).update({**vars(self), **parts})
        return same

    @property
    def words(self) -> str:
        """What is wrong and what to do, without the place."""
        return " ".join(part for part in (self.why, self.hint) if part)

    def __str__(self) -> str:
        where = "" if self.place is None else str(self.place)
        return ": ".join(part for part in (where, self.words) if part)

    def __reduce__(self) -> tuple[Any, ...]:
        # Errors travel between processes, whatever value was refused.
        facts = dict(self.__dict__)
        try:
            pickle.dumps(facts["value"])
        except Exception:
            facts["value"] = repr(facts["value"])
        return _again, (type(self), self.why), facts


E = TypeVar("E", bound=RenshawError)


def _again(kind: type[E], why: str) -> E:
    """Return an error whose parts are still to be set, whatever its kind asks for when made."""
    error = kind.__new__(kind, why)
    Exception.__init__(error, why)
    return error


class SettingsError(RenshawError, ValueError):
    """A setting has an impossible value or an unknown name."""

    kind = "settings"


class ReadError(RenshawError, ValueError):
    """A file can't be read as a recording; the message names the file and the reason."""

    kind = "read"


class WriteError(RenshawError, ValueError):
    """A recording can't be written to a file; the message names the file and the reason."""

    kind = "write"


class FormatError(WriteError, SettingsError):
    """There is no format of that name or ending to write; the message lists those there are."""

    kind = "format"


class DataError(RenshawError, ValueError):
    """Values that can't be a recording: unsorted times, a window that excludes its spikes, ..."""

    kind = "data"


class SimulationError(RenshawError, RuntimeError):
    """A simulation was refused, or stopped because its state diverged."""

    kind = "simulation"


def needs(verb: str, value: object, *kinds: type, made_by: str = "") -> None:
    """Refuse what a verb can't work on, before it fails somewhere within.

    Parameters
    ----------
    verb : str
        As a person calls it.
    value : object
        What was given.
    kinds : types
        What may be given.
    made_by : str
        The function that makes one of a path, ``"rs.read"``, for the hint.

    Raises
    ------
    SettingsError
        It is something else.
    """
    if isinstance(value, kinds):
        return
    wanted = " or ".join(_a(kind.__name__) for kind in kinds)
    hint = ""
    if isinstance(value, type):
        given = f"the class {value.__name__}"
        hint = "Make one of it, with ()." if issubclass(value, kinds) else ""
    elif isinstance(value, str | PathLike):
        given = f"{str(value)!r}"
        hint = f"Make one of it first: {made_by}({str(value)!r})." if made_by else ""
    else:
        given = _a(type(value).__name__)
    raise SettingsError(
        f"{verb} needs {wanted}, not {given}.",
        code="call.kind",
        owner=verb,
        value=value,
        hint=hint,
    )


def _a(name: str) -> str:
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is nearly the same, or None.

    Examples
    --------
    >>> did_you_mean("torqe", ["torque", "emg"])
    'torque'
    >>> did_you_mean("xyz", ["torque", "emg"]) is None
    True
    """
    if len(word) > _LONGEST_NAME:
        return None
    return next(iter(get_close_matches(word, list(known), n=1, cutoff=0.6)), None)


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return the hint for an unknown word: ``"Did you mean 'x'?"``, else which words are known."""
    known = list(known)
    close = did_you_mean(word, known)
    if close is not None:
        return f"Did you mean {close!r}?"
    return f"Known: {', '.join(sorted(known))}." if known else ""


def expected(error: BaseException) -> bool:
    """Return whether this can happen to anyone, rather than by a fault in renshaw."""
    return isinstance(error, RenshawError | OSError | MemoryError)


def sentence(error: BaseException, *, paths: bool = True) -> str:
    """Return what went wrong in one sentence, for a person.

    Parameters
    ----------
    error : BaseException
    paths : bool
        Whether to name the file that the system complains of; a page doesn't show the paths of
        its computer.
    """
    if isinstance(error, RenshawError):
        return str(error)
    if isinstance(error, MemoryError):
        return "There is not enough memory for this; try fewer or shorter recordings."
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename and paths else ""
        if error.errno == errno.ENOSPC:
            return f"{where}The disk is full; make room and try again."
        what = error.strerror or (str(error) if paths else "") or type(error).__name__
        return f"{where}{what.rstrip('.')}."
    said = f"{type(error).__name__}: {error}".rstrip(".: ")
    return f"This is a fault in renshaw, not in what you did: {said}."
