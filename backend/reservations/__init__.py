"""Reservations (予約), notices and their codes, import from the ward's system."""
