"""Receipts: a ticket drawn dot by dot, and the bytes that print it."""
