"""What the table says of its design: who was measured, and which random effects that asks for."""
