"""What every program of the house needs: texts and their languages, fonts and lines, console, logs, settings."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
