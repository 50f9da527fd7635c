"""The typed client of the server: requests, event reader, fakes. Knows the wire only."""
