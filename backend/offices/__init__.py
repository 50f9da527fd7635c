"""Offices (拠点), windows, opening calendars and the business day (営業日)."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
