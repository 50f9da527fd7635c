"""What programs with a window share: settings, logs, window, touches, fonts, sounds, clock. Never imports Kivy."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
