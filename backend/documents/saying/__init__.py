"""The verdict in words: notes, explanations, what is still open, and the rules as a paper."""
