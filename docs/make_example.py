"""Make the example that comes with renshaw: ``uv run docs/make_example.py``.

Writes ``src/renshaw/datasets/example``; with ``--quick`` or ``--out`` beside it.
"""

from __future__ import annotations

from dataclasses import replace

from making import DOCS, parser, place

import renshaw as rs

EXAMPLE = DOCS.parent / "src" / "renshaw" / "datasets" / "example"
SEED = 2026
CONDITIONS = {"before": (), "after": (rs.ReciprocalInhibition(),)}


def main() -> None:
    """Simulate both recordings and write them."""
    asked = parser(__doc__).parse_args()
    folder = place(asked)
    folder = EXAMPLE if folder == DOCS else folder
    ramp = rs.Ramp(rise_s=5.0, fall_s=5.0) if asked.quick else rs.Ramp()
    # Of the first edition while `infer` knows no other: of a healthy person of the second, without
    # anything to tell which, it makes one with too much neuromodulation.
    person = rs.Participant(name="example", edition=1)
    seen = {
        name: rs.observe(rs.simulate(person, ramp, given, seed=SEED), seed=SEED)
        for name, given in CONDITIONS.items()
    }
    # As a tracking laboratory has them: the units that both recordings hold, and no truth.
    both = [
        k for k in range(len(seen["before"].units)) if all(len(r.units[k]) for r in seen.values())
    ]
    for name, recording in seen.items():
        found = replace(
            recording,
            truth=None,
            signals={"torque": recording.signals["torque"]},
            units=recording.units.select(both),
            name=name,
        )
        print(rs.write(found, folder / f"{name}.h5"))


if __name__ == "__main__":
    main()
