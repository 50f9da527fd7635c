"""The counter on one machine: every part as a real process, for trying out and for one whole visit by itself."""
