"""`DataSet`: an open data set as the registry describes it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from renshaw.core.errors import SettingsError, suggestion


@dataclass(frozen=True, kw_only=True)
class DataSet:
    """An open data set.

    Parameters
    ----------
    name : str
        What it is called on the command line.
    title : str
        Who made it, or what its authors call it.
    what : str
        What was recorded.
    license : str
        What may be done with it.
    archive : str
        Who keeps it, which decides how its files are listed: ``"dataverse"``, ``"physionet"``,
        ``"listed"`` (in the registry itself), ``"package"`` (comes with renshaw) or ``"page"``
        (only by hand, on its page).
    doi, page : str
        Where it is described; one of the two may be empty.
    server : str
        Address of the archive.
    recordings : int or None
        How many there are.
    size_mb : float or None
        Size of all of it.
    pattern : tuple of str
        Names of the files that are recordings, with ``*``; empty where that is not known.
    use : str
        What renshaw can do with it.
    next : str
        What to type when it is here, with ``{folder}``.
    tried : str
        What of all this was tried, and what was not.
    files : tuple of mapping
        Of an archive ``"listed"``: path, url, size and hash of each file.
    """

    name: str
    title: str
    what: str
    license: str
    archive: str
    doi: str = ""
    page: str = ""
    server: str = ""
    recordings: int | None = None
    size_mb: float | None = None
    pattern: tuple[str, ...] = ()
    use: str = ""
    next: str = ""
    tried: str = ""
    files: tuple[dict[str, Any], ...] = ()

    @property
    def address(self) -> str:
        """Its page, for a person."""
        return self.page or (f"https://doi.org/{self.doi}" if self.doi else "")

    @classmethod
    def from_mapping(cls, name: str, values: dict[str, Any]) -> DataSet:
        """Make one of an entry of a registry file.

        Parameters
        ----------
        name : str
        values : mapping

        Raises
        ------
        SettingsError
            A line that is missing, unknown or of the wrong kind.
        """
        known = {field.name: str(field.type) for field in fields(cls) if field.name != "name"}
        for given, value in values.items():
            if given not in known:
                hint = suggestion(given, known)
                raise SettingsError("There is no such line.", owner=name, name=given, hint=hint).at(
                    entry=(name, given)
                )
            if not _fits(value, known[given]):
                why = f"{value!r} can't be its value."
                raise SettingsError(why, owner=name, name=given).at(entry=(name, given))
        lacking = {"title", "what", "license", "archive"} - set(values)
        if lacking:
            why = f"It lacks {', '.join(sorted(lacking))}."
            raise SettingsError(why, owner=name).at(entry=(name,))
        lists = {key: tuple(value) for key, value in values.items() if isinstance(value, list)}
        return cls(name=name, **{**values, **lists})


def _fits(value: object, kind: str) -> bool:
    if kind.startswith("tuple"):
        wanted = dict if "dict" in kind else str
        return isinstance(value, list) and all(isinstance(part, wanted) for part in value)
    if kind.startswith("str"):
        return isinstance(value, str)
    numbers = (int,) if kind.startswith("int") else (int, float)
    return isinstance(value, numbers) and not isinstance(value, bool) and value >= 0
