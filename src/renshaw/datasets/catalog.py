"""The registry: which data sets are known, and which files each holds."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from renshaw.core.errors import SettingsError, suggestion
from renshaw.core.files import given_path, not_there
from renshaw.core.received import text_of
from renshaw.core.toml import read_toml
from renshaw.datasets.dataset import DataSet
from renshaw.datasets.remote import FetchError, RemoteFile

_HERE = Path(__file__).parent


def known(registry: str | Path | None = None) -> dict[str, DataSet]:
    """Return the data sets of a registry by name.

    Parameters
    ----------
    registry : path, optional
        A TOML file of the form of renshaw's own, e.g. of a laboratory; renshaw's own if left out.

    Returns
    -------
    dict of str to DataSet

    Raises
    ------
    SettingsError
        The file is none, or one of its entries can't be.

    Examples
    --------
    >>> import renshaw as rs
    >>> rs.datasets.known()["caillet-2023"].recordings
    11
    """
    return dict(_own()) if registry is None else _sets(given_path("datasets", registry))


def find(name: str, registry: str | Path | None = None) -> DataSet:
    """Return a data set by its name.

    Parameters
    ----------
    name : str
    registry : path, optional
        As for `known`.

    Raises
    ------
    SettingsError
        There is none of that name; the message suggests the closest.
    """
    sets = known(registry)
    if name not in sets:
        raise SettingsError(
            f"There is no data set {name!r}.",
            code="settings.unknown",
            name="name",
            value=name,
            hint=suggestion(name, sets),
        )
    return sets[name]


def listing(dataset: DataSet | str) -> list[RemoteFile]:
    """Ask the archive which files a data set holds.

    Parameters
    ----------
    dataset : DataSet or str
        The set, or its name in renshaw's registry.

    Returns
    -------
    list of RemoteFile
        In order of their paths.

    Raises
    ------
    FetchError
        The archive can't be reached, answers otherwise than expected, or lists no files.
    """
    from renshaw.datasets.archives import ARCHIVES

    chosen = find(dataset) if isinstance(dataset, str) else dataset
    if chosen.archive not in ARCHIVES:
        hint = suggestion(chosen.archive, ARCHIVES)
        why = f"There is no kind of archive {chosen.archive!r}."
        raise SettingsError(why, owner=chosen.name, name="archive", hint=hint)
    files = sorted(ARCHIVES[chosen.archive](chosen), key=lambda file: file.path)
    # Where case does not count, two names may be one file.
    paths = [file.path.casefold() for file in files]
    twice = (
        {path for path in paths if paths.count(path) > 1} if len(set(paths)) < len(paths) else {}
    )
    if twice or not files:
        wrong = f"lists {sorted(twice)[0]} twice" if twice else "lists no files"
        raise FetchError(
            f"{chosen.name}: the archive {wrong}.", hint=f"Look at its page: {chosen.address}"
        )
    return files


def example() -> Path:
    """Return the path of the example recording that comes with renshaw.

    It is simulated: a tibialis anterior on a ramp to 20 % MVC. `docs/data.md` says how it was made.

    Examples
    --------
    >>> import renshaw as rs
    >>> len(rs.read(rs.datasets.example()).units)
    18
    """
    return _HERE / "example" / "before.h5"


@cache
def _own() -> dict[str, DataSet]:
    return _sets(_HERE / "registry.toml")


def _sets(path: Path) -> dict[str, DataSet]:
    try:
        entries = read_toml(text_of(path))
    except FileNotFoundError:
        raise SettingsError(not_there(path, "a registry of data sets")) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"It is no registry of data sets: {error}.").at(
            file=str(path)
        ) from None
    except SettingsError as error:
        raise error.at(file=str(path)) from None
    try:
        return {name: DataSet.from_mapping(name, _table(name, e)) for name, e in entries.items()}
    except SettingsError as error:
        raise error.at(file=str(path)) from None


def _table(name: str, entry: object) -> dict[str, Any]:
    if not isinstance(entry, dict):
        raise SettingsError("It is no table: every data set begins with [its-name].").at(
            entry=(name,)
        )
    return entry
