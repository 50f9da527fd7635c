from .capture import (
    Camera as Camera,
    CameraState as CameraState,
    Frame as Frame,
)
from .device import CameraError as CameraError
from .frame import (
    Gray as Gray,
    Picture as Picture,
    Pixels as Pixels,
    UnreadableFileError as UnreadableFileError,
    read_picture as read_picture,
    to_gray as to_gray,
    working_copy as working_copy,
)
from .optics import (
    ADAPTIVE as ADAPTIVE,
    AUTO as AUTO,
    CameraAt as CameraAt,
    Optics as Optics,
)
