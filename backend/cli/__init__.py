"""The commands of ``uketsuke``, one module each; a module is imported only when its command runs."""
