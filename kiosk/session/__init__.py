"""A running kiosk: carries out the effects of the flow, watches the surroundings, and reports to the server."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
