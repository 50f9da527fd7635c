"""From frames to the one code that is held up: symbols found, decoded, chosen."""
