"""Reading, layering and checking rule files; every mistake is reported with its file and line."""
