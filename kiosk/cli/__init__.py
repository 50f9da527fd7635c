"""Commands of the ``uketsuke-kiosk`` program, one module each with a ``command``."""
