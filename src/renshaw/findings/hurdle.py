"""What a hurdle model says: of all values, of whether there is any, and of how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from renshaw.core.finding import Finding, Number
from renshaw.core.numbers import between, number, p_equals
from renshaw.statistics.mixed import MixedModel

_MOST = 3


def hurdle_findings(
    model: MixedModel, some: Sequence[Finding], amount: Sequence[Finding]
) -> tuple[Finding, ...]:
    """Return the ratios of means with zeros first, then what each part says.

    Parameters
    ----------
    model : MixedModel
    some, amount : sequence of Finding
        Of whether there is any, and of how much there is where there is any.
    """
    assert model.overall is not None
    whole = [_ratio(model, row) for row in model.overall.ratios.head(_MOST).to_dict("records")]
    name = str(model.formula.response)
    plainly = (replace(each, sentence=each.sentence.replace("`", "")) for each in some)
    told = [
        *(replace(each, sentence=f"Any {name} or none: {each.sentence}") for each in plainly),
        *(replace(each, sentence=f"Where there is any: {each.sentence}") for each in amount),
    ]
    if not whole:
        return tuple(told)
    warnings = dict.fromkeys(words for each in told for words in each.warnings)
    left_out = dict.fromkeys(words for each in told for words in each.left_out)
    first = replace(whole[0], warnings=tuple(warnings), left_out=tuple(left_out))
    plain = (replace(each, warnings=(), left_out=()) for each in told)
    return (first, *whole[1:], *plain)


def _ratio(model: MixedModel, row: dict[object, object]) -> Finding:
    ratio, low, high = (float(str(row[key])) for key in ("ratio", "ci_low", "ci_high"))
    later, _, earlier = str(row["contrast"]).partition(" / ")
    where = f"In {row['within']}, " if row["within"] else ""
    percent = f"{100 * model.settings.confidence:g} % CI"
    assert model.zero_part is not None
    n = int(model.zero_part.statistics["n"])
    name = f"{row['contrast']}, {row['within']}" if row["within"] else str(row["contrast"])
    p = float(str(row["p_value"]))
    what = f"the mean of {model.formula.response}, zeros included"
    times = f"{number(ratio)} times as large in {later} as in {earlier}"
    if p < 1 - model.settings.confidence:
        said = f"{what}, is {times}"
    else:
        said = f"no clear difference in {what}: {times}"
    said = said if where else f"{said[0].upper()}{said[1:]}"
    return Finding(
        sentence=f"{where}{said} ({percent} {between(low, high)}, {p_equals(p)}).",
        numbers=[Number(name=name, value=ratio, low=low, high=high, interval=percent)],
        n=n,
        of="rows",
    )
