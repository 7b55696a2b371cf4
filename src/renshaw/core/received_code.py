"""The code of a step that came in a file: built anew from what is known of it, never passed on.

A history is shown as a program that people run. What a file says there could be any program, so of
its text nothing is kept: it is taken apart, each part must be one that renshaw's own steps have (a
verb of renshaw, its settings, plain values), and the code is written anew from these parts.
Anything else is told as a step that this version does not know.
"""

from __future__ import annotations

import ast
import re

# Verbs that make a value of others; none of them writes a file, loads a module or opens an address.
_VERBS = frozenset(
    """read simulate observe synthesize_emg decompose track cut estimate multiverse contractions
    infer infer_change compare plan night effort edit.replay edit.unedited emg.decode
    study.before_after
    """.split()  # noqa: SIM905  (a list to read)
)
# What makes a value of names and numbers alone; classes of settings and of nouns do as well.
_MAKERS = frozenset(
    """model.muscle_pool interventions.intervention estimation.rules study.built_in_plan
    """.split()  # noqa: SIM905
)
# What makes people, with the place of the edition among arguments that have no name. Whatever
# renshaw writes names it; what was written before names none, and means the only one there was.
_PEOPLE = {"Participant": 0, "model.Participant": 0, "model.muscle_pool": 2}
UNNAMED_EDITION = 1
_REGISTERS = frozenset({"protocols.PROTOCOLS", "interventions.INTERVENTIONS"})
# Where public classes are; the front door has them too.
_ROOMS = frozenset(
    """edit emg electrodes estimation experiment inference interventions model protocols stats study
    """.split()  # noqa: SIM905
)
_CLASS = re.compile(r"\A(?:([a-z]+)\.)?[A-Z][A-Za-z0-9]*")
_VARIABLE = re.compile(r"(?!rs\b)[a-z][a-z0-9_]{0,40}")
_POOL = re.compile(r"# pool: a motoneuron pool of your own, fingerprint [0-9a-f]{1,64}")
_LONGEST = 1_000_000
_DEEPEST = 40


class _UnknownError(Exception):
    """A part that no step of renshaw has."""


def rebuilt(code: str, verb: str) -> str:
    """Return the code of a step of renshaw written anew, or a remark that it is not known.

    Parameters
    ----------
    code : str
        As a file has it.
    verb : str
        What the file calls the step.

    Examples
    --------
    >>> rebuilt("recording = rs.read('a.mat')  # and more", "read")
    "recording = rs.read('a.mat')"
    >>> rebuilt("__import__('os').system('rm -rf ~')", "read")
    "# 'read': made by a step that this version of renshaw does not know"
    >>> rebuilt("recording = rs.simulate(rs.Participant(muscle='SOL'), rs.Ramp())", "simulate")
    "recording = rs.simulate(rs.Participant(muscle='SOL', edition=1), rs.Ramp())"
    """
    if not code.strip():
        return ""
    remark, _, rest = code.partition("\n")
    has_pool = _POOL.fullmatch(remark) is not None
    try:
        if len(code) > _LONGEST:
            raise _UnknownError
        (statement,) = ast.parse(rest if has_pool else code).body
        _check_statement(statement)
        written = ast.unparse(_naming_editions(statement))
    except (_UnknownError, SyntaxError, ValueError, RecursionError, MemoryError):
        return unknown(verb)
    return f"{remark}\n{written}" if has_pool else written


def _naming_editions(statement: ast.stmt) -> ast.stmt:
    """Write out the edition of people of whom a file does not say it."""
    for call in ast.walk(statement):
        if not isinstance(call, ast.Call) or _path(call.func) not in _PEOPLE:
            continue
        place = _PEOPLE[_path(call.func)]
        if len(call.args) <= place and all(each.arg != "edition" for each in call.keywords):
            call.keywords.append(ast.keyword("edition", ast.Constant(UNNAMED_EDITION)))
    return statement


def unknown(verb: str) -> str:
    """Return the remark that stands for the code of a step that is not known."""
    name = re.sub(r"[^A-Za-z0-9_ -]+", " ", verb).strip()[:40] or "unnamed"
    return f"# {name!r}: made by a step that this version of renshaw does not know"


def _check_statement(statement: ast.stmt) -> None:
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        _check_variable(statement.targets[0])
        _check(statement.value, 0)
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        _check_append(statement.value)
    else:
        raise _UnknownError


def _check_append(call: ast.Call) -> None:
    """Check ``recordings.append(recording)``, by which recordings are gathered."""
    method = call.func
    if not isinstance(method, ast.Attribute) or method.attr != "append" or call.keywords:
        raise _UnknownError
    for each in (method.value, *call.args):
        _check_variable(each)


def _check_variable(node: ast.expr) -> None:
    if not isinstance(node, ast.Name) or _VARIABLE.fullmatch(node.id) is None:
        raise _UnknownError


def _check(node: ast.expr, depth: int) -> None:
    if depth > _DEEPEST:
        raise _UnknownError
    inner = depth + 1
    match node:
        case ast.Constant(value=str() | int() | float() | None):
            pass
        case ast.Name():
            _check_variable(node)
        case ast.Starred(value=value):
            _check_variable(value)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            _check(operand, inner)
        case ast.List(elts=items) | ast.Tuple(elts=items):
            for item in items:
                _check(item, inner)
        case ast.Dict(keys=keys, values=values):
            for part in (*keys, *values):
                if part is None:
                    raise _UnknownError
                _check(part, inner)
        case ast.Call(func=func, args=arguments, keywords=keywords):
            _check_function(func)
            for item in (*arguments, *(keyword.value for keyword in keywords)):
                _check(item, inner)
            if any(keyword.arg is None or keyword.arg.startswith("_") for keyword in keywords):
                raise _UnknownError
        case _:
            raise _UnknownError


def _check_function(func: ast.expr) -> None:
    match func:
        case ast.Subscript(value=register, slice=ast.Constant(value=str())):
            if _path(register) in _REGISTERS:
                return
        case ast.Name(id="float"):  # float('nan') and float('inf')
            return
        case ast.Attribute():
            path = _path(func)
            found = _CLASS.fullmatch(path)
            if path in _VERBS or path in _MAKERS:
                return
            if found is not None and (found[1] is None or found[1] in _ROOMS):
                return
    raise _UnknownError


def _path(node: ast.expr) -> str:
    """Return what stands after ``rs.``, with its dots; nothing where it does not begin so."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return ".".join(reversed(names)) if isinstance(node, ast.Name) and node.id == "rs" else ""
