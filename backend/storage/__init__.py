"""Databases: engine, unit of work, event log, migrations."""
