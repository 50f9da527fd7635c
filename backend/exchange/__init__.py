"""Import from the ward's system: its file, its columns, its dates and names, row by row."""
