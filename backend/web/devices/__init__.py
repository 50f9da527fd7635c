"""The routes of kiosks and displays."""
