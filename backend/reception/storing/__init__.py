"""What the reception keeps: the only place of its SQL."""
