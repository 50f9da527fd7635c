"""One kiosk at work: the effects of the flow carried out, the surroundings watched, the server told."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
