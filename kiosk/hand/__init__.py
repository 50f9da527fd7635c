"""Hand scanners: those that type and those on a serial line."""
