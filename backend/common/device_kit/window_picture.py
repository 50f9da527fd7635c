"""The content of a window as a picture. Nothing here imports Kivy."""

from typing import Any

from PIL import Image


def picture_of(window: Any, opengl: Any) -> Image.Image:
    """Draw the window and read what it shows.

    Args:
        window: Kivy's ``Window``.
        opengl: Kivy's module ``kivy.graphics.opengl``.
    """
    window.dispatch("on_draw")
    width, height = window.size
    pixels = opengl.glReadPixels(0, 0, width, height, opengl.GL_RGB, opengl.GL_UNSIGNED_BYTE)
    return Image.frombytes("RGB", (width, height), pixels).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
