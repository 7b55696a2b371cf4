"""The observed world as values: motor units, signals, recordings, estimates."""
