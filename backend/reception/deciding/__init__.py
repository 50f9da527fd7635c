"""What the reception decides, over plain values: no database, no clock."""
