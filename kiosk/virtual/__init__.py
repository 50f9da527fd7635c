"""The virtual printer: it listens as a network printer does, prints into files, and misbehaves on request."""
