"""What is measured: each file has some quantities, what they are, and the functions that do it."""
