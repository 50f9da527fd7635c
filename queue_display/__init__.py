"""The hall display: present calls, earlier calls, and how many visitors wait."""
