"""Shapes and codes on the wire. Imported by all, imports nothing of the house."""
