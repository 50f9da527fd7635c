"""Reservations (予約), notices and their codes, and the look-up by what a visitor shows or types."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
