"""The server of Uketsuke, and the wire its devices speak."""
