"""The pages of a report, one module a noun, found by the name of the noun's class."""
