"""Where in a TOML file each entry stands, so that a fault in it is reported by line."""

from __future__ import annotations

from collections.abc import Sequence

Path = tuple[str | int, ...]


def entry_lines(text: str) -> dict[Path, int]:
    """Return the line, counted from 1, of every entry of a valid TOML text.

    Parameters
    ----------
    text : str
        What `tomllib` accepts; of anything else the answer may be wrong, but there is one.

    Returns
    -------
    dict
        Keys are paths of names and, in arrays, of numbers from 0:
        ``("arms", 1, "conditions", 0, "name")``.
    """
    return _Scanner(text).scanned()


def line_of(lines: dict[Path, int], path: Sequence[str | int]) -> int | None:
    """Return the line of the entry, or of the nearest one around it; None for the whole file."""
    path = tuple(path)
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return None


class _Scanner:
    """One pass over the text; a place in it, the line, and what has been found."""

    def __init__(self, text: str) -> None:
        self._text = text.replace("\r\n", "\n")
        self._at = 0
        self._line = 1
        self._lines: dict[Path, int] = {}
        self._counts: dict[Path, int] = {}

    def scanned(self) -> dict[Path, int]:
        base: Path = ()
        while self._skip_blank(newlines=True):
            if self._peek("[["):
                base = self._header(2)
            elif self._peek("["):
                base = self._header(1)
            else:
                self._pair(base)
        return self._lines

    def _header(self, brackets: int) -> Path:
        line = self._line
        self._move(brackets)
        names = self._key()
        self._move(brackets)
        base = self._within((), names[:-1] if brackets == 2 else names)
        if brackets == 2:
            array = (*base, names[-1])
            number = self._counts.get(array, -1) + 1
            self._counts[array] = number
            self._lines.setdefault(array, line)
            base = (*array, number)
        self._lines[base] = line
        return base

    def _within(self, base: Path, names: Sequence[str]) -> Path:
        """Return the path of names; those of arrays of tables mean the last table there is."""
        for name in names:
            base = (*base, name)
            if base in self._counts:
                base = (*base, self._counts[base])
        return base

    def _pair(self, base: Path) -> None:
        line = self._line
        path = base
        for name in self._key():
            path = (*path, name)
            self._lines.setdefault(path, line)
        self._skip_blank()
        if not self._peek("="):
            self._move(1)
            return
        self._move(1)
        self._value(path)

    def _value(self, path: Path) -> None:
        self._skip_blank()
        if self._peek("["):
            self._array(path)
        elif self._peek("{"):
            self._inline_table(path)
        elif self._peek('"') or self._peek("'"):
            self._string()
        else:
            while self._at < len(self._text) and self._text[self._at] not in ",]}#\n":
                self._move(1)

    def _array(self, path: Path) -> None:
        self._move(1)
        number = 0
        while self._skip_blank(newlines=True) and not self._peek("]"):
            if self._peek(","):
                number += 1
                self._move(1)
                continue
            self._lines[(*path, number)] = self._line
            self._value((*path, number))
        self._move(1)

    def _inline_table(self, path: Path) -> None:
        self._move(1)
        while self._skip_blank(newlines=True) and not self._peek("}"):
            if self._peek(","):
                self._move(1)
            else:
                self._pair(path)
        self._move(1)

    def _key(self) -> list[str]:
        """Return the names of a dotted key."""
        names = []
        while True:
            self._skip_blank()
            names.append(self._string() if self._peek('"') or self._peek("'") else self._bare())
            self._skip_blank()
            if not self._peek("."):
                return names
            self._move(1)

    def _bare(self) -> str:
        start = self._at
        while self._at < len(self._text) and (
            self._text[self._at].isalnum() or self._text[self._at] in "-_"
        ):
            self._at += 1
        return self._text[start : self._at]

    def _string(self) -> str:
        quote = self._text[self._at]
        fence = quote * 3 if self._peek(quote * 3) else quote
        self._move(len(fence))
        start = self._at
        while self._at < len(self._text) and not self._peek(fence):
            self._move(2 if quote == '"' and self._peek("\\") else 1)
        body = self._text[start : self._at]
        self._move(len(fence))
        while len(fence) == 3 and self._peek(quote):  # """a quote before the end""""
            self._move(1)
        return body

    def _skip_blank(self, newlines: bool = False) -> bool:
        """Go past blanks and comments; return whether anything is left."""
        while self._at < len(self._text):
            letter = self._text[self._at]
            if letter == "#" and newlines:
                while self._at < len(self._text) and self._text[self._at] != "\n":
                    self._at += 1
            elif letter in " \t\r" or (letter == "\n" and newlines):
                self._move(1)
            else:
                return True
        return False

    def _peek(self, what: str) -> bool:
        return self._text.startswith(what, self._at)

    def _move(self, letters: int) -> None:
        self._line += self._text.count("\n", self._at, self._at + letters)
        self._at += letters
