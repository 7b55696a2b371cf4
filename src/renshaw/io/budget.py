"""`Budget`: how many bytes may be made of a file, and how many steps taken over it.

A small file can claim gigabytes, or keep its reader busy without end. So whatever is made of a file
(arrays, texts, parts of a description, units) is charged *before* it is made, by the bytes that it
takes in memory, and every turn of a loop over what a file claims is a step. Both limits grow with
the size of the file, so that a long recording is read and a small one can't pass for it.
"""

from __future__ import annotations

from typing import NoReturn

from renshaw.io.limits import (
    BYTES_MADE_A_BYTE,
    FREE_MADE_BYTES,
    FREE_STEPS,
    HONEST_BYTES_A_BYTE,
    LARGEST_CONTENT_BYTES,
    MOST_ELEMENTS,
    STEPS_A_BYTE,
    in_words,
)
from renshaw.io.options import spelled
from renshaw.io.refusal import Refusal

# Numbers end as doubles, whatever they are kept as.
_DOUBLE_BYTES = 8
# A number of Python's in a list, and a list or an object that holds it: what JSON becomes.
_VALUE_BYTES, _CONTAINER_BYTES = 40, 96


class Budget:
    """Bytes that may still be made of a file, and steps that may still be taken.

    Parameters
    ----------
    file_bytes : int
        Size of the file on disk.
    memory_gb : float, optional
        What the person allows in place of what a file of this size usually needs
        (`ReadOptions.memory_gb`).
    """

    def __init__(self, file_bytes: int, memory_gb: float | None = None) -> None:
        self._file_bytes = 0
        self._given = None if memory_gb is None else int(memory_gb * 1e9)
        self.made: int = 0
        self.steps: int = 0
        self._elements = 0
        self.grow(file_bytes)

    def grow(self, file_bytes: int) -> None:
        """Allow for another file of the same recording, which lies beside the first.

        Parameters
        ----------
        file_bytes : int
            Its size; each file counts once, however often it is named.
        """
        self._file_bytes += file_bytes
        usual = FREE_MADE_BYTES + BYTES_MADE_A_BYTE * self._file_bytes
        largest = max(LARGEST_CONTENT_BYTES, HONEST_BYTES_A_BYTE * self._file_bytes)
        self.total: int = min(usual, largest) if self._given is None else self._given
        self._most_steps = FREE_STEPS + STEPS_A_BYTE * max(self._file_bytes, self._given or 0)

    @property
    def left(self) -> int:
        """Bytes that may still be made."""
        return self.total - self.made

    def spend(self, nbytes: int, what: str) -> None:
        """Take these bytes, or refuse the file.

        Parameters
        ----------
        nbytes : int
        what : str
            What they are for, as a sentence begins.

        Raises
        ------
        Refusal
            More than are left.
        """
        if nbytes > self.left:
            raise Refusal(
                f"{what} would take {in_words(self.made + nbytes)} of memory, more than a file of "
                f"this size can honestly need ({in_words(self.total)}). It is damaged, or not a "
                f"recording; if it is one, allow more: {spelled('memory_gb', '8')}"
            )
        self.made += nbytes

    def numbers(self, count: int, itemsize: int, what: str) -> None:
        """Take the bytes of numbers as they are kept, and as the doubles that they become.

        Parameters
        ----------
        count : int
        itemsize : int
            Bytes of each as it is kept.
        what : str
        """
        self.spend(count * (itemsize + _DOUBLE_BYTES), what)

    def json(self, text: str | bytes, what: str) -> None:
        """Take the bytes that a JSON text becomes, by its signs; strings count a little too much.

        Parameters
        ----------
        text : str or bytes
        what : str
        """
        lists, objects, commas = ("[", "{", ",") if isinstance(text, str) else (b"[", b"{", b",")
        containers = text.count(lists) + text.count(objects)  # type: ignore[arg-type]
        values = text.count(commas)  # type: ignore[arg-type]
        self.spend(len(text) + _CONTAINER_BYTES * containers + _VALUE_BYTES * values, what)

    def step(self, what: str, steps: int = 1) -> None:
        """Take steps, or refuse the file.

        Parameters
        ----------
        what : str
            What is walked through, as a sentence begins.
        steps : int
        """
        self.steps += steps
        if self.steps > self._most_steps:
            self._endless(what)

    def _endless(self, what: str) -> NoReturn:
        raise Refusal(
            f"{what}: reading takes more than {self._most_steps:,} steps, more than a file of this "
            "size can honestly need. It is damaged, or not a recording"
        )

    def count(self, elements: int, what: str) -> None:
        """Take this many cells or fields, or refuse the file.

        Parameters
        ----------
        elements : int
        what : str
        """
        self._elements += elements
        if self._elements > MOST_ELEMENTS:
            raise Refusal(f"{what} claims more than {MOST_ELEMENTS:,} parts; it is damaged")
        self.step(what, elements)
