"""The event stream: a snapshot, then every event after it."""
