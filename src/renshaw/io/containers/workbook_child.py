"""Prints the cells of a workbook; `workbook` runs this file as a process of its own.

The library ends the whole process where a file claims more memory than there is, and what its
parser did not foresee is no exception that a program could catch. This imports nothing of renshaw.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

# Before the name of a sheet, and before the reason where it can't be read.
SHEET, REASON = "\x1d", "\x1e"
LOCKED = "locked"


def main(path: str, most_letters: int) -> None:
    """Print name and rows of every visible sheet, tabs between cells."""
    import python_calamine as calamine

    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    try:
        # By a path the library would go by the ending, which may be another one.
        with (
            Path(path).open("rb") as stream,
            calamine.CalamineWorkbook.from_filelike(stream) as book,
        ):
            for about in book.sheets_metadata:
                if about.visible != calamine.SheetVisibleEnum.Visible:
                    continue
                if about.typ != calamine.SheetTypeEnum.WorkSheet:
                    continue
                say(f"{SHEET}{cell(about.name)}")
                for row in book.get_sheet_by_name(about.name).iter_rows():
                    line = "\t".join(map(cell, row)).rstrip("\t")
                    most_letters -= len(line) + 1
                    if most_letters < 0:
                        say(f"{REASON}it holds too much")
                        return
                    say(line)
    except calamine.PasswordError:
        say(f"{REASON}{LOCKED}")
    except Exception as error:
        say(f"{REASON}{cell(error)[:200]}")


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


def cell(value: Any) -> str:
    """Return a cell as text, without signs that mean something in a table of text."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float | int):
        return repr(value)
    return re.sub(r'[\s"#\x1d\x1e]+', " ", str(value)).strip()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
