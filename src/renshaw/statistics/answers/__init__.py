"""From a fit to answers: means, contrasts, effect sizes, margins, several questions at once."""
