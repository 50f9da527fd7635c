"""Applying the rules to a visit: ages, counting, the checklist, the guide, what to bring."""
