"""The course of a visit (pure): what may happen, what is shown and said, and what is to be done about it."""
