"""What the programs with a window share: touches, window options, labels, pictures of screens. Never imports Kivy itself."""
