"""What every request goes through: limits, addresses, guards, and errors that become codes."""
