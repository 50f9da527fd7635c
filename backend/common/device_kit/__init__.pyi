from .contact_sheet import (
    Drawn as Drawn,
    PictureBook as PictureBook,
)
from .device_clock import (
    ServerClock as ServerClock,
    device_now as device_now,
    stamp as stamp,
)
from .label_face import OneFace as OneFace
from .touch_source import (
    TOUCH_ENVIRONMENT as TOUCH_ENVIRONMENT,
    TOUCH_WINDOW as TOUCH_WINDOW,
    take_touches_from as take_touches_from,
)
from .window_options import (
    read_place as read_place,
    read_size as read_size,
)
from .worker import Worker as Worker
