"""Pictures as the decoders need them: read from a file, turned to gray, brought to a suitable size."""

import io
import warnings
from pathlib import Path
from stat import S_ISREG

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

Picture = NDArray[np.generic]
"""Rows, columns and perhaps channels (gray, gray and alpha, BGR or BGRA), of any number type."""

Pixels = NDArray[np.uint8]
"""A camera's picture: rows, columns and, where it has colour, three channels in the order BGR."""

Gray = NDArray[np.uint8]
"""Rows and columns of brightness, 0 black to 255 white, contiguous."""

PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".pgm"})
"""File name suffixes that count as pictures in a folder."""

_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM")
_MAX_BYTES = 64 * 1024 * 1024
_MAX_PIXELS = 100_000_000
_WORK_SIDE = 1920
_SMALL_SIDE = 200
_SMALL_LONG_SIDE = 400
_MARGIN = 16


class UnreadableFileError(Exception):
    """A file cannot be read as a picture; the message says why, without the file's name."""


def to_gray(picture: Picture) -> Gray:
    """Turn a picture of any shape and number type to gray; transparent parts become white, as on paper.

    Raises:
        ValueError: the array is not a picture (neither two nor three axes).
    """
    if picture.ndim not in {2, 3}:
        raise ValueError(f"a picture has two or three axes, not {picture.ndim}")
    pixels = _to_bytes(picture)
    if pixels.size == 0:
        return np.zeros((0, 0), np.uint8)
    if pixels.ndim == 2:
        return np.ascontiguousarray(pixels)
    pixels = _on_white(pixels)
    if pixels.shape[2] == 3:
        return cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_BGR2GRAY).astype(np.uint8, copy=False)
    return np.ascontiguousarray(pixels[:, :, 0])


def _on_white(pixels: Pixels) -> Pixels:
    """The picture without its alpha channel, if it has one; transparent parts become white."""
    channels = pixels.shape[2]
    if channels not in {2, 4}:
        return pixels
    colour, alpha = pixels[:, :, :-1], pixels[:, :, -1:].astype(np.uint16)
    if int(alpha.min()) == 255:
        return colour
    return ((colour * alpha + 255 * (255 - alpha)) // 255).astype(np.uint8)


def _to_bytes(picture: Picture) -> Gray:
    """Bring any number type to 0..255: full 16-bit values by 256, other values above 255 by the largest one."""
    if picture.dtype == np.uint8:
        return picture.astype(np.uint8, copy=False)
    if picture.dtype == np.bool_:
        return (picture.astype(np.uint8) * 255).astype(np.uint8)
    if picture.dtype == np.uint16 and picture.size and int(picture.max()) > 4095:
        return (picture.astype(np.uint16) >> 8).astype(np.uint8)
    values = np.nan_to_num(picture.astype(np.float64), nan=0.0, posinf=255.0, neginf=0.0)
    highest = float(values.max()) if values.size else 0.0
    # Fractions, and sensors of 10 to 32 bits, are scaled; small whole numbers are bytes in a wide type already.
    if highest > 255 or (0 < highest <= 1 and picture.dtype.kind == "f"):
        values = values * (255.0 / highest)
    return values.clip(0, 255).astype(np.uint8)


def working_copy(gray: Gray) -> tuple[Gray, float, int]:
    """Bring a picture to a size that suits the decoders.

    Huge pictures shrink to a long side of 1920 pixels. Tiny ones grow by whole factors and get a white margin,
    because a code cut out without its quiet zone is not found otherwise.

    Returns:
        The copy, its scale and its margin: a point ``p`` of the picture is at ``p * scale + margin`` in the copy.
    """
    height, width = gray.shape
    longest = max(height, width)
    if longest > _WORK_SIDE:
        scale = _WORK_SIDE / longest
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        return cv2.resize(gray, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False), scale, 0
    if longest <= _SMALL_LONG_SIDE:
        factor = max(1, min(8, -(-_SMALL_SIDE // min(height, width))))
        grown = np.repeat(np.repeat(gray, factor, axis=0), factor, axis=1)
        margin = _MARGIN * factor
        return np.pad(grown, margin, constant_values=255), float(factor), margin
    return gray, 1.0, 0


def read_picture(path: Path | str) -> Picture:
    """Read one picture file into an array; never more than 64 MB of file or 100 million pixels.

    Raises:
        UnreadableFileError: missing, no ordinary file, too large, damaged, truncated, or no picture.
    """
    content = _content(Path(path))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a problem that matters raises below
            with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
                return _as_array(image)
    except UnreadableFileError:
        raise
    except Exception as error:  # a hostile file may make a decoder raise anything
        raise UnreadableFileError("the file is not a picture, or is damaged") from error


def read_pixels(path: Path | str) -> Pixels:
    """Read one picture file as BGR; transparent parts become white, as in :func:`to_gray`.

    Raises:
        UnreadableFileError: as :func:`read_picture`.
    """
    pixels = _to_bytes(read_picture(path))
    if pixels.ndim == 3:
        pixels = _on_white(pixels)
    if pixels.ndim == 3 and pixels.shape[2] == 3:
        return np.ascontiguousarray(pixels)
    gray = pixels if pixels.ndim == 2 else pixels[:, :, 0]
    return cv2.cvtColor(np.ascontiguousarray(gray), cv2.COLOR_GRAY2BGR).astype(np.uint8, copy=False)


def _content(path: Path) -> bytes:
    try:
        status = path.stat()
        if not S_ISREG(status.st_mode):
            raise UnreadableFileError("it is not a file")
        if status.st_size > _MAX_BYTES:
            raise UnreadableFileError("the file is larger than 64 MB")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise UnreadableFileError("the file does not exist") from error
    except (OSError, ValueError) as error:
        raise UnreadableFileError("the file cannot be opened") from error


def _as_array(image: Image.Image) -> Picture:
    if image.width * image.height > _MAX_PIXELS:
        raise UnreadableFileError("the picture has more than 100 million pixels")
    ImageOps.exif_transpose(image, in_place=True)  # phones store photos turned on their side
    if image.mode.startswith(("I", "F")):
        return np.asarray(image)
    transparent = image.has_transparency_data
    rgb = np.asarray(image.convert("RGBA" if transparent else "RGB"))
    order = [2, 1, 0, 3] if transparent else [2, 1, 0]
    return np.ascontiguousarray(rgb[:, :, order])


def picture_files(folder: Path) -> list[Path]:
    """The picture files of a folder in name order; hidden and unfinished files (leading dot) are left out."""
    return sorted(
        (
            entry
            for entry in folder.iterdir()
            if entry.suffix.lower() in PICTURE_SUFFIXES and not entry.name.startswith(".") and entry.is_file()
        ),
        key=lambda entry: entry.name,
    )
