"""``renshaw app``: the page, in a browser on this computer."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

MISSING = "The page needs a few more packages: pip install 'renshaw[app]' (or uv sync --extra app)."


def app(
    folder: Annotated[Path, Parameter(name="FOLDER")] = Path(),
    /,
    *,
    port: int = 0,
    browser: Annotated[bool, Parameter(negative="--no-browser")] = True,
) -> int:
    """Open a local page: turn the knobs of a spinal cord, drop in a recording, run a study.

    It is served on 127.0.0.1 only, under an address with a random token, and asks nothing of the
    internet. It looks into FOLDER and no other. Ctrl-C ends it.

    Examples:

        renshaw app

        renshaw app results --no-browser --port 8123

    Parameters
    ----------
    folder
        Where results are found and written; the current folder by default.
    port
        Port to serve on; any free one by default.
    browser
        Open the browser. Where others use the same computer, --no-browser keeps the address from
        the list of processes: copy it.
    """
    from renshaw.core.errors import RenshawError

    try:
        from renshaw.app.server import page_server
    except ModuleNotFoundError as error:
        if error.name and error.name.startswith("renshaw"):
            raise
        raise RenshawError(MISSING) from None
    served = page_server(folder, port)
    print(  # noqa: T201
        f"The page is at {served.address}\nIt looks into {folder.resolve()}. Ctrl-C ends it.",
        flush=True,
    )
    if browser:
        _opened(served.address)
    with contextlib.suppress(KeyboardInterrupt):
        served.run()
    print("The page has ended.")  # noqa: T201
    return 0


def _opened(address: str) -> None:
    """Open the browser, from a thread: some browsers do not return before they are closed."""
    import threading
    import webbrowser

    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
