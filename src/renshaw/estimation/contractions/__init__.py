"""Where the contractions of a recording lie, and each of them as a recording of its own."""
