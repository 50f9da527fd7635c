"""The hall display: what is called, what was called, how many wait."""
