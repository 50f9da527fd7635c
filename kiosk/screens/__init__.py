"""Screens of the kiosk, one per step of a visit."""
