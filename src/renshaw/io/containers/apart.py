"""Other people's libraries at work on a file, in a process of their own, within bounds.

Such a library allocates what a file claims, follows it wherever it leads, and some end the whole
process where there is not so much: none of this may end renshaw. What runs there is the file of a
module that imports nothing of renshaw.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from renshaw.io.limits import FREE_UNPACKING_S, UNPACKED_A_SECOND
from renshaw.io.refusal import Refusal

# A busy machine takes longer than its processor does.
_WAITING = 5.0
_BOUNDED = """
import runpy, sys
most_bytes, most_s, code = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (most_bytes, most_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (most_s, most_s + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
except (ImportError, OSError, ValueError):
    pass  # Not every system bounds a process: then only its time is.
sys.argv = sys.argv[3:]
runpy.run_path(code, run_name="__main__")
"""


def run(
    code: str, arguments: Sequence[str], size: int, most_bytes: int
) -> subprocess.CompletedProcess[bytes]:
    """Run a module's file; whoever asks looks at how it ended and what it printed.

    Parameters
    ----------
    code : str
        Path of the module.
    arguments : sequence of str
    size : int
        Bytes of the file that it opens, by which its time is measured.
    most_bytes : int
        Of memory that it may take.

    Raises
    ------
    Refusal
        It took too long.
    """
    most_s = FREE_UNPACKING_S + size / UNPACKED_A_SECOND
    bounds = str(most_bytes), str(round(most_s))
    try:
        return subprocess.run(
            # -P: no module of the folder in which a person happens to be is imported.
            [sys.executable, "-P", "-c", _BOUNDED, *bounds, str(Path(code)), *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_WAITING * most_s,
            check=False,
            # Each thread of a library for matrices would claim memory.
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        )
    except subprocess.TimeoutExpired:
        raise Refusal("It takes too long to unpack; it is damaged, or too large") from None
