"""HTTP: devices, clerk and staff pages, event stream."""
