"""A job's own process: ``python -m renshaw.app.job_process``; told what to do on standard input.

It reads one line of JSON, ``{"target": "package.module:function", "arguments": {...}}``, calls
``function(**arguments, progress=progress)``, and writes lines of JSON: ``{"done", "total",
"what"}`` now and then, and at the end ``{"result": ...}`` or ``{"error": sentence}``.

Standard input stays open as long as the page lives. A job ends with its page, however that ends:
one that went on unseen would write into what the next page has begun.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import threading
import time
from typing import Any

from renshaw.core.errors import RenshawError, sentence
from renshaw.core.memory import limit_reads

_SECONDS_BETWEEN_LINES = 0.2
_SECONDS_TO_STOP = 5.0
FAILED = 1
INTERRUPTED = 130


def main() -> int:
    """Do one job and return the exit code."""
    limit_reads()
    # Whatever a library prints must not be taken for progress.
    told = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    task = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_the_page, daemon=True).start()
    module, _, name = task["target"].partition(":")
    try:
        work = getattr(importlib.import_module(module), name)
        _say(told, {"result": work(**task["arguments"], progress=_progress(told))})
        return 0
    except KeyboardInterrupt:
        return INTERRUPTED
    except (RenshawError, OSError, MemoryError) as error:
        _say(told, {"error": sentence(error, paths=False)})
        return FAILED
    except Exception as error:
        _say(told, {"error": sentence(error, paths=False)})
        raise


def _end_with_the_page() -> None:
    # Not through sys.stdin: a thread that waits in there stops Python from ending.
    while os.read(0, 1):
        pass
    # A job has a group of its own, with the workers of a study; as after Ctrl-C first.
    mine = os.getpgrp() == os.getpid()
    for number in (signal.SIGINT, signal.SIGKILL):
        os.killpg(0, number) if mine else os.kill(os.getpid(), number)
        time.sleep(_SECONDS_TO_STOP)


def _progress(told: Any) -> Any:
    last_s = [-_SECONDS_BETWEEN_LINES]

    def progress(done: int, total: int, what: str) -> None:
        now_s = time.monotonic()
        if now_s - last_s[0] >= _SECONDS_BETWEEN_LINES:
            last_s[0] = now_s
            _say(told, {"done": done, "total": total, "what": what})

    return progress


def _say(told: Any, words: dict[str, Any]) -> None:
    print(json.dumps(words), file=told, flush=True)


if __name__ == "__main__":
    sys.exit(main())
