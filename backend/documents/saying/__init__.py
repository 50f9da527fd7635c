"""The verdict in words: notes, explanations, what is still open, the rules as a paper."""
