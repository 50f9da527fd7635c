"""Accounts, roles and columns, devices, audit."""
