"""The pages of clerks and staff: forms, commands, and what is shown."""
