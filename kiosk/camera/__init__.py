"""Frames from a camera, a video, a folder or the virtual camera, by one interface."""
