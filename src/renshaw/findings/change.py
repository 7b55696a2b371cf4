"""What changed in a cord between two recordings, in sentences."""

from __future__ import annotations

from renshaw.core.finding import Finding, Number, finds
from renshaw.inference.change import Change
from renshaw.inference.posterior import plain
from renshaw.model.editions import ON_THE_FIRST_EDITION


@finds(Change)
def findings(change: Change) -> tuple[Finding, ...]:
    """Return what changed, and how sure that is."""
    # Of a change that was not seen nobody says how probable it is.
    names = [] if change.unseen else [str(name) for name in change.samples.columns]
    numbers = [
        Number(
            name=f"Probability that {plain(name.removesuffix('_change'), first=False)} fell",
            value=round(100 - change.rose_pct(name)),
            unit="%",
        )
        for name in names
    ]
    return (
        Finding(
            sentence=f"{ON_THE_FIRST_EDITION} {change.answer}",
            numbers=numbers,
            warnings=change.warnings,
            would_change=_notes(change),
            next_steps=[_RECORD_ALL] if change.unseen else [],
        ),
    )


_RECORD_ALL = (
    "Record from before the first motor unit fires until every one is silent, and infer anew."
)


def _notes(change: Change) -> list[str]:
    """Return what is worth knowing of each recording, or of both where it is the same."""
    before, after = change.before, change.after
    both = [words for words in before.notes if words in after.notes]
    alone = [
        f"{each.name}: {words}"
        for each in (before, after)
        for words in each.notes
        if words not in both
    ]
    return [*both, *alone]
