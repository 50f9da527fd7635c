"""What every program of the house needs: texts and their languages, fonts and lines, console, logs, settings."""
