"""How many people a study takes, for the analysis that will be done."""
