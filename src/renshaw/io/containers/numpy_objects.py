"""NumPy's arrays of objects, read where they hold nothing but numbers, texts, lists and arrays.

Such an array lies in its file as a pickle, which is a small program, and may call any function of
Python. Here that program is walked with a stack of our own on which only plain values exist:
numbers, texts, lists, tables of entries and arrays of NumPy. What it asks for besides is never
looked up, let alone called; the file is refused by its name.

Sources: the opcodes are those that `pickletools` describes; NumPy states an array as its version,
shape, kind, order and bytes (NEP 1, ``ndarray.__reduce__``).
"""

from __future__ import annotations

import math
import pickletools
import re
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from renshaw.io.budget import Budget
from renshaw.io.refusal import Refusal

Array = np.ndarray[Any, Any]

_ARRAY, _KIND, _SCALAR = "array", "kind", "scalar"
_KNOWN = {
    "numpy ndarray": _ARRAY,
    "numpy dtype": _KIND,
    **{
        f"numpy.{core}.multiarray {name}": meant
        for core in ("core", "_core")
        for name, meant in (("_reconstruct", "empty"), ("scalar", _SCALAR))
    },
}
_KINDS = re.compile(r"b1|[iu][1248]|f[248]|[US]\d{1,6}|O8?")
_ORDERS = {"<": "<", ">": ">", "|": "|", "=": "="}
_CONSTANTS: dict[str, Any] = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_EMPTY: dict[str, Any] = {"EMPTY_LIST": list, "EMPTY_DICT": dict, "EMPTY_TUPLE": tuple}
_STATED = frozenset(
    (
        *("BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT"),
        *("BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"),
        *("BINBYTES", "SHORT_BINBYTES", "BINBYTES8"),
    )
)
_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_WHAT = "Its objects"


@dataclass
class _Asked:
    """Something that the pickle asks for by its name: a mark on the stack, nothing that runs."""

    name: str


@dataclass
class _Made:
    """An array, or a kind of numbers, that is being stated."""

    what: str
    values: list[Any] = field(default_factory=list)


class _Mark:
    """Where a list of things on the stack begins."""


class _UnknownError(Exception):
    """The pickle asks for something that is no plain value; its name."""


def objects_of(content: bytes, name: str, budget: Budget, pickled: str) -> Array:
    """Return an array of objects as plain values, without building any object.

    Parameters
    ----------
    content : bytes
        The pickle that follows the header of a ``.npy`` file.
    name : str
        What the array is called in a refusal.
    budget : Budget
        Of the file.
    pickled : str
        The refusal of anything but plain values, with places for ``{name}`` and ``{object}``.

    Returns
    -------
    array
        Of numbers where all cells are numbers; else of objects: arrays, texts, or None.

    Raises
    ------
    Refusal
        It asks for another thing than plain values, or is damaged.
    """
    try:
        made = _walked(content, budget)
        _charge(made, budget)
        array = _plain(made)
    except _UnknownError as error:
        raise Refusal(pickled.format(name=name, object=error)) from None
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError):
        raise Refusal(f"Its {name} are damaged. Copy or save the file again") from None
    return array if isinstance(array, np.ndarray) else np.array([array], dtype=object)


def _walked(content: bytes, budget: Budget) -> Any:
    """Return the value that a pickle states."""
    stack: list[Any] = []
    memo: dict[int, Any] = {}
    for opcode, argument, _ in pickletools.genops(content):
        budget.step(_WHAT)
        name = opcode.name
        if name in _STATED:
            stack.append(argument)
        elif name in _CONSTANTS:
            stack.append(_CONSTANTS[name])
        elif name in _EMPTY:
            stack.append(_EMPTY[name]())
        elif name in ("BINPUT", "LONG_BINPUT", "MEMOIZE"):
            memo[len(memo) if argument is None else int(argument)] = stack[-1]
        elif name in ("BINGET", "LONG_BINGET"):
            stack.append(memo[int(argument or 0)])
        elif name in _TUPLES:
            count = _TUPLES[name]
            stack[-count:] = [tuple(stack[-count:])]
        elif name == "STOP":
            return stack.pop()
        elif name not in ("PROTO", "FRAME"):
            _done(name, argument, stack)
    raise ValueError("no end")


def _done(name: str, argument: Any, stack: list[Any]) -> None:
    """Do what an opcode does to the stack beyond stating a value."""
    if name == "MARK":
        stack.append(_Mark)
    elif name in ("TUPLE", "APPENDS", "SETITEMS"):
        above = _since_mark(stack)
        if name == "TUPLE":
            stack.append(tuple(above))
        elif name == "APPENDS":
            stack[-1].extend(above)
        else:
            stack[-1].update(zip(above[::2], above[1::2], strict=True))
    elif name == "APPEND":
        last = stack.pop()
        stack[-1].append(last)
    elif name == "SETITEM":
        value, key = stack.pop(), stack.pop()
        stack[-1][key] = value
    elif name == "GLOBAL":
        stack.append(_Asked(_known(argument)))
    elif name == "STACK_GLOBAL":
        last, module = stack.pop(), stack.pop()
        stack.append(_Asked(_known(f"{module} {last}")))
    elif name == "REDUCE":
        given, asked = stack.pop(), stack.pop()
        stack.append(_called(asked.name, given))
    elif name == "BUILD":
        state = stack.pop()
        _built(stack[-1], state)
    else:
        raise _UnknownError(f"by {name}")


def _known(name: str) -> str:
    if name not in _KNOWN:
        raise _UnknownError(name.replace(" ", "."))
    return _KNOWN[name]


def _since_mark(stack: list[Any]) -> list[Any]:
    at = len(stack) - 1 - stack[::-1].index(_Mark)
    above = stack[at + 1 :]
    del stack[at:]
    return above


def _called(name: str, given: tuple[Any, ...]) -> Any:
    """Return what NumPy's own constructors would begin, as a statement to be completed."""
    if name == "empty":
        return _Made(_ARRAY)
    if name == _KIND:
        kind = str(given[0])
        if not _KINDS.fullmatch(kind):
            raise _UnknownError(f"numpy.dtype({kind!r})")
        return _Made(_KIND, [kind])
    if name == _SCALAR:
        kind, content = given
        return _numbers(kind, (), content).item()
    raise ValueError(name)


def _built(made: Any, state: tuple[Any, ...]) -> None:
    """Complete what was begun with its state, as NumPy states it."""
    if made.what == _KIND:
        made.values[1:] = [_ORDERS[str(state[1])]]
        return
    _, shape, kind, fortran, content = state
    if any(not isinstance(n, int) or n < 0 for n in shape):
        raise ValueError("shape")
    order: Literal["F", "C"] = "F" if fortran else "C"
    if kind.values[0].startswith("O"):
        if not isinstance(content, list) or len(content) != math.prod(shape):
            raise ValueError("cells")
        flat = np.empty(len(content), dtype=object)
        for i, cell in enumerate(content):
            flat[i] = cell
        made.values[:] = [flat.reshape(shape, order=order)]
    else:
        made.values[:] = [_numbers(kind, shape, content, order)]


def _numbers(
    kind: Any, shape: tuple[int, ...], content: Any, order: Literal["F", "C"] = "C"
) -> Array:
    stated, byte_order = kind.values[0], (kind.values[1:] or ["|"])[0]
    of = np.dtype(stated if byte_order in "|=" else byte_order + stated)
    if of.hasobject or len(content) != of.itemsize * math.prod(shape):
        raise ValueError("bytes")
    flat = np.frombuffer(content, of) if content else np.zeros(0, of)
    return flat.reshape(shape, order=order)


def _charge(value: Any, budget: Budget) -> None:
    """Take the bytes and steps of a value, each of its parts as often as it is named."""
    waiting = [value]
    while waiting:
        budget.step(_WHAT)
        value = waiting.pop()
        if isinstance(value, _Made):
            value = value.values[0]
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, list | tuple):
            waiting += value
            budget.step(_WHAT, len(value))
        elif isinstance(value, np.ndarray):
            budget.numbers(value.size, value.dtype.itemsize, _WHAT)
            if value.dtype == object:
                waiting += value.ravel().tolist()


def _plain(value: Any) -> Any:
    """Return a value with arrays for lists and statements, of numbers where all cells are."""
    if isinstance(value, _Made):
        value = value.values[0]
    if isinstance(value, dict):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        flat = np.empty(len(value), dtype=object)
        for i, cell in enumerate(value):
            flat[i] = cell
        value = flat
    if not isinstance(value, np.ndarray) or value.dtype != object:
        return value
    if value.size and all(isinstance(cell, int | float) for cell in value.ravel()):
        return value.astype(float)
    cells = np.empty(value.shape, dtype=object)
    for at, cell in np.ndenumerate(value):
        cells[at] = _plain(cell)
    return cells
