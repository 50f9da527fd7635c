"""Rule files read, layered and checked, each mistake with its file and line."""
