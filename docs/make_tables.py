"""Put the tables that come from the code into the pages: ``uv run docs/make_tables.py [--check]``.

A page says where a table goes, and everything between the two marks is written anew::

    <!-- begin: quantities -->
    <!-- end: quantities -->

`TABLES` says what a name stands for: a function that returns Markdown. Words after the name are its
arguments: ``<!-- begin: quantities pair -->`` stands for ``TABLES["quantities"]("pair")``.
With ``--check`` nothing is written, and a stale page is named (also by ``tests/docs``); ``--quick``
is the same.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = (*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md")

_BETWEEN = re.compile(r"(<!-- begin: (?P<what>.+?) -->\n).*?(<!-- end: (?P=what) -->)", re.S)


def main(arguments: Sequence[str]) -> int:
    """Fill every page, or name those that are stale."""
    check = not {"--check", "--quick"}.isdisjoint(arguments)
    stale = [page for page in PAGES if filled(text := page.read_text(encoding="utf-8")) != text]
    for page in stale:
        print(f"{'stale' if check else 'written'}: {page.relative_to(ROOT)}")
        if not check:
            page.write_text(filled(page.read_text(encoding="utf-8")), encoding="utf-8")
    if not stale:
        print(f"The tables of all {len(PAGES)} pages are those of today's code.")
    return int(bool(stale) and check)


def filled(page: str) -> str:
    """Return the text of a page with its tables as they are today."""

    def fill(found: re.Match[str]) -> str:
        name, *arguments = found["what"].split()
        return f"{found[1]}{TABLES[name](*arguments)}\n{found[3]}"

    return _BETWEEN.sub(fill, page)


def asked_for(page: str) -> set[str]:
    """Return the names of the tables that a page has room for."""
    return {what.split()[0] for what in re.findall(r"<!-- begin: (.+?) -->", page)}


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a bar in a cell does not end it."""
    lines = [list(head), ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |" for line in lines
    )


def muscles() -> str:
    """Return one row a muscle: what was changed from the published pool, and the goal."""
    from renshaw.model.powers_heckman import ENDS

    published = ENDS["calcium_removal_ms"]
    rows = []
    for muscle, (module, goal) in {
        "TA": ("tibialis_anterior", "ΔF 4.4 ± 1.4, peak rate 14.5 ± 2.3"),
        "SOL": ("soleus", "ΔF 2.7 ± 1.3, peak rate 10.5 ± 1.8"),
        "GM": ("gastrocnemius_medialis", "ΔF 3 to 4, peak rate about 10"),
    }.items():
        room = importlib.import_module(f"renshaw.model.{module}")
        (first, last), (slow, fast) = room.L_TYPE_SCALE, room.ENDS["calcium_removal_ms"]
        removal, noise = f"{slow:g} to {fast:g}", f"× {room.SYNAPTIC_NOISE:g}"
        rows.append([f"`{muscle}`", f"× {first:g}, × {last:g}", removal, noise, goal])
    head = [
        "muscle",
        "L-type conductance, first and last motoneuron (published is 1)",
        f"calcium removal (ms; published {published[0]:g} to {published[1]:g})",
        "synaptic noise (published is 1)",
        "people at 20 % MVC (pps)",
    ]
    return markdown(head, rows)


def formats(what: str = "table") -> str:
    """Return one row a file format, in the order in which formats look at a file; or their names.

    Parameters
    ----------
    what : str
        ``"table"`` or ``"names"``.
    """
    from renshaw.io import FORMATS

    if what == "names":
        said = [
            f"{e.title} ({', '.join(f'`{end}`' for end in e.endings)})" for e in FORMATS.values()
        ]
        return f"{', '.join(said)}."
    rows = []
    for each in FORMATS.values():
        written = f"`{each.ending}`" if each.write is not None else ""
        if written and each.install:
            written += f", after `{each.install}`"
        endings = " ".join(f"`{ending}`" for ending in each.endings)
        rows.append([each.description, f"`{each.name}`", endings, written, each.holds])
    head = ["format", "`format=`", "usual endings", "written to", "what it holds"]
    return markdown(head, rows)


def interventions() -> str:
    """Return one row an intervention: what it does and what it rests on."""
    from renshaw.interventions import INTERVENTIONS

    rows = [
        [f"`{name}`", kind.mechanism, kind.certainty, kind.fitted or "**assumed**", kind.source]
        for name, kind in INTERVENTIONS.items()
    ]
    head = [
        "name",
        "what it does in the model",
        "where its effect was measured",
        "what its size was fitted to",
        "source",
    ]
    return markdown(head, rows)


def drugs() -> str:
    """Return one row a drug: doses, where they are stated, and words for a patient."""
    from renshaw.interventions import drugs as of_register

    rows = []
    for name, kind in of_register().items():
        if (drug := kind.drug) is None:
            continue
        most = "" if drug.maximum is None else drug.words(drug.maximum)
        allowed = f"{drug.setting(kind).le:g}"
        tried = "yes" if drug.sought else "no"
        usual = drug.words(drug.usual)
        rows.append([f"`{name}`", usual, most, allowed, tried, drug.source, drug.leaflet])
    head = [
        "drug",
        "usual dose",
        "usual maximum",
        "the model goes on to",
        "tried in the search for a therapy",
        "where the doses are stated",
        "in words for a patient",
    ]
    return markdown(head, rows)


def evidence() -> str:
    """Return one row a nutrient: what trials found."""
    from renshaw.model.evidence import evidence as of_trials

    rows = [
        [e.name, e.trials, e.muscle, e.strength, e.grade, e.modeled, "; ".join(e.sources)]
        for e in of_trials()
    ]
    head = ["nutrient", "what trials found", "muscle", "strength", "grade", "in the model", "read"]
    return markdown(head, rows)


def quantities(which: str) -> str:
    """Return one row a quantity.

    Parameters
    ----------
    which : str
        ``"unit"``, ``"pair"`` or ``"recording"`` of contractions; ``"vibstim"`` or ``"spasm"``.
    """
    from renshaw.estimation.quantity import QUANTITIES

    rows = []
    for each in QUANTITIES.values():
        contraction = each.during in ("contraction", "any")
        if which == (each.of if contraction else each.during):
            unit = each.unit or "–"
            rows.append([f"`{each.name}`", each.title, unit, each.meaning])
    return markdown(["quantity", "in reports", "unit", "meaning"], rows)


def reasons() -> str:
    """Return one row a reason: its code, and its sentence without numbers."""
    # Each file that gives reasons declares them; the verb loads them all.
    importlib.import_module("renshaw.estimation.estimate")
    from renshaw.data.reasons import causes
    from renshaw.data.suspicion import CHECKS
    from renshaw.estimation.quantity import QUANTITIES

    assert len(QUANTITIES)
    # Each is declared beside its check, which is loaded when it is first asked for.
    assert len(CHECKS)
    rows = [[f"`{cause.code}`", cause.gist] for cause in causes()]
    return markdown(["code", "reason"], rows)


TABLES: dict[str, Callable[..., str]] = {
    "drugs": drugs,
    "evidence": evidence,
    "formats": formats,
    "interventions": interventions,
    "muscles": muscles,
    "quantities": quantities,
    "reasons": reasons,
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
