"""The ticket's way onto paper: printers, what they say of themselves, and what became of a job."""
