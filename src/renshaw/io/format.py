"""`Format`: a kind of file is one value in one file; everything else reads the register.

A file in `renshaw.io.formats`, or of another package that declares an entry point of the group
``renshaw.formats``, says it all::

    def recognizes(probe: Probe) -> bool:
        return probe.head.startswith(b"TOY1")

    def read(probe: Probe) -> Recording:
        if probe.size > 1e9:
            raise Refusal("It is larger than any toy. Split it")
        return Recording(MotorUnits(...))

    TOY = FORMATS.add(
        Format(name="toy", title="Toy", endings=(".toy",), recognizes=recognizes, read=read)
    )
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from renshaw.core.kinds import Register
from renshaw.data.recording import Recording
from renshaw.io.probe import Probe

# Built-in formats have ranks of 10 to 999, so that a plug-in looks last unless it says otherwise.
LAST = 1000.0


@dataclass(frozen=True, kw_only=True)
class Format:
    """One kind of file: what it is called, how it is known, read and, where it can be, written.

    Parameters
    ----------
    name : str
        What ``format=`` calls it, in Python and on the command line: one short word.
    title : str
        What people call it, in two or three words: ``"Intan"``, ``"OT Biolab+"``.
    recognizes : callable
        ``recognizes(probe) -> bool``: whether a file is of this format, by its content and never by
        its name, for files are renamed. It should be quick and sure: the first format that
        recognizes a file reads it.
    read : callable
        ``read(probe) -> Recording``. It raises `Refusal` with a reason in words where a file can't
        be read; `renshaw.io.read` puts the name of the file before it, and adds name and history to
        the recording.
    endings : tuple of str
        Endings that its files usually have, with the dot, e.g. ``(".otb+", ".otb4")``; capitals
        don't matter. Folders are searched by them, and a recording is written to the first.
    description : str
        One line that says more, such as versions: ``"Intan .rhd with raw EMG, version 1 to 3"``; by
        default title and endings.
    holds : str
        What it holds of a recording, in a few words, for the table of formats.
    rank : float
        Its place in the order in which formats look at a file: lower comes first. By default a
        format comes after all built-in ones, so that it never takes their files; give a lower rank
        only to take a kind of file from a built-in format on purpose.
    raw : bool
        Whether its files hold raw EMG and never motor units.
    write : callable, optional
        ``write(recording, path)``: writes a file. `renshaw.io.write` sees to it that the path can
        be written to and that a failure leaves no half of a file. Without it the format is only
        read.
    losses : callable, optional
        ``losses(recording) -> tuple of str``: what a file can't hold of a recording, in sentences;
        see `renshaw.io.writing.common_losses`. Without it people are told that this isn't known.
    install : str
        What to type where a package is missing that it needs beyond those of renshaw itself, e.g.
        ``"pip install 'renshaw[nwb]'"``.
    sample : callable, optional
        ``sample(path)``: writes a good small file without the reader's help. The battery of
        `tests/conformance` runs on it.

    Raises
    ------
    ValueError
        A name that is empty, an ending without its dot, or a writer without endings.
    """

    name: str
    title: str
    recognizes: Callable[[Probe], bool]
    read: Callable[[Probe], Recording]
    endings: tuple[str, ...] = ()
    description: str = ""
    holds: str = ""
    rank: float = LAST
    raw: bool = False
    write: Callable[[Recording, Path], None] | None = None
    losses: Callable[[Recording], tuple[str, ...]] | None = None
    install: str = ""
    sample: Callable[[Path], None] | None = None

    def __post_init__(self) -> None:
        if isinstance(self.endings, str):
            raise ValueError(f"The format {self.name!r} has a text as endings; give a tuple.")
        object.__setattr__(self, "endings", tuple(ending.lower() for ending in self.endings))
        if not self.name or not self.title:
            raise ValueError("A format has a name and a title.")
        for ending in self.endings:
            if not ending.startswith(".") or len(ending) < 2 or "/" in ending:
                raise ValueError(
                    f"The format {self.name!r} has the ending {ending!r}; one begins with a dot."
                )
        if self.write is not None and not self.endings:
            raise ValueError(f"The format {self.name!r} is written, but to no ending.")
        if not self.description:
            object.__setattr__(self, "description", " ".join((self.title, *self.endings)))

    @property
    def ending(self) -> str:
        """The ending that it is written to; empty if it is only read and has none."""
        return self.endings[0] if self.endings else ""


FORMATS: Register[Format] = Register(
    "format", home="renshaw.io.formats", entry_points="renshaw.formats", made_of=Format
)


def missing(format: Format, error: ModuleNotFoundError) -> str:
    """Return which package a format lacks, and how to install it."""
    package = (error.name or "?").partition(".")[0]
    return f"the package {package}: {format.install or f'pip install {package}'}"


def written_formats() -> tuple[Format, ...]:
    """Return the formats that recordings are written in, in order of their ranks."""
    return tuple(format for format in FORMATS.values() if format.write is not None)


def known_endings() -> tuple[str, ...]:
    """Return every ending that files of some format usually have, each once."""
    return tuple(dict.fromkeys(e for format in FORMATS.values() for e in format.endings))


def ending_of(name: str) -> str:
    """Return the longest known ending that a file's name has, in small letters, or nothing."""
    lower = name.lower()
    fitting = [e for e in known_endings() if lower.endswith(e) and len(lower) > len(e)]
    return max(fitting, key=len, default="")
