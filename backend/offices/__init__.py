"""Offices (拠点), windows, opening calendars and the business day (営業日)."""
