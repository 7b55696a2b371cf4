"""The second edition of the virtual person: one table of parameters, and the pools made of it."""
