"""Compiled code is forgotten when any file it was made from changes."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

SCRIPT = """
    import sys
    from types import ModuleType
    sys.path.insert(0, {folder!r})
    import part, whole
    from renshaw.core.kernels import must_compile
    new = must_compile(whole.kernel)
    print(whole.kernel(1.0), sum(whole.kernel.stats.cache_hits.values()), new)
    assert not must_compile(whole.kernel)
"""
WHOLE = """
    from numba import njit
    import part
    from renshaw.core.kernels import kept_with

    @njit(cache=True)
    def kernel(x):
        return part.factor(x)

    kept_with(kernel, part)
"""
PART = """
    from numba import njit

    @njit
    def factor(x):
        return {factor} * x
"""


def test_a_change_in_another_file_is_seen(tmp_path):
    def called() -> str:
        script = textwrap.dedent(SCRIPT).format(folder=str(tmp_path))
        return subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True
        ).stdout.strip()

    (tmp_path / "whole.py").write_text(textwrap.dedent(WHOLE))
    (tmp_path / "part.py").write_text(textwrap.dedent(PART).format(factor=2.0))
    assert called() == "2.0 0 True"
    assert called() == "2.0 1 False"
    (tmp_path / "part.py").write_text(textwrap.dedent(PART).format(factor=3.0))
    assert called() == "3.0 0 True"


def test_code_that_was_compiled_otherwise_is_not_taken(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "from renshaw.core.kernels import kept, must_compile\n"
        "@kept()\ndef kernel(x):\n    return 2.0 * x\n"
        "new = must_compile(kernel)\nprint(kernel(1.5), new)\n"
    )

    def called(**told: str) -> str:
        return subprocess.run(
            [sys.executable, str(script)],
            env={**os.environ, **told},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    assert [called(), called()] == ["3.0 True", "3.0 False"]
    assert [called(NUMBA_OPT="0"), called(NUMBA_OPT="0")] == ["3.0 True", "3.0 False"]
    assert called() == "3.0 True"
    # Not compiled at all, a kernel is a plain function.
    assert called(NUMBA_DISABLE_JIT="1") == "3.0 False"


def test_without_a_folder_for_compiled_code_it_is_compiled_anew(monkeypatch):
    from numba.core import caching

    from renshaw.core.kernels import kept, kept_with, must_compile

    monkeypatch.setattr(caching.CacheImpl, "_locator_classes", [])
    kernel = kept_with(kept(nogil=True)(lambda x: 2.0 * x))
    assert must_compile(kernel)
    assert kernel(1.5) == 3.0
    assert not must_compile(kernel)


def test_the_kernels_are_kept_with_their_sources():
    from renshaw.engine.block import integrate_block
    from renshaw.engine.reference import one_motoneuron

    for kernel in (integrate_block, one_motoneuron):
        stamp, digest = kernel.dispatcher._cache._cache_file._source_stamp
        assert stamp
        assert len(digest) == 64


def test_only_the_whole_kernel_is_kept():
    # A part that were kept by itself would be linked in as it was when `lanes` was another.
    from renshaw.core.kernels import Kernel
    from renshaw.engine import block, lanes, noise, rates, slow, step

    parts = [
        (room.__name__, name)
        for room in (block, lanes, noise, rates, slow, step)
        for name, thing in vars(room).items()
        if isinstance(thing, Kernel) or hasattr(getattr(thing, "_cache", None), "_cache_file")
    ]
    assert parts == [("renshaw.engine.block", "integrate_block")]


def test_a_kernel_in_one_file_is_kept_without_more_words():
    from renshaw.muscle.twitches import _add_twitches

    assert _add_twitches.dispatcher._cache._cache_file._source_stamp
