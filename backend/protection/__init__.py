"""Accounts, sign-in and sessions, roles and the columns they may see, devices, the audit trail."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
