"""The option ``--given``: what is done to calm, by name."""

from cyclopts import Parameter

from renshaw.interventions import INTERVENTIONS


def given_option(words: str) -> Parameter:
    """Return the option ``--given``, whose help names every intervention there is."""
    return Parameter(
        name="--given",
        negative=(),
        help=f"{words}: a name, with settings after a colon (relaxation:depth=0.8); may be given "
        f"several times. One of {', '.join(INTERVENTIONS)}. renshaw interventions explains them.",
    )
