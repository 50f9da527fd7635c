from .contact_sheet import (
    Drawn as Drawn,
    PictureBook as PictureBook,
)
from .device_clock import (
    ServerClock as ServerClock,
    device_now as device_now,
    stamp as stamp,
)
from .device_logs import configure_logs as configure_logs
from .device_settings import DeviceSettings as DeviceSettings
from .kivy_setup import (
    let_clock_wait as let_clock_wait,
    load_layout as load_layout,
    set_kivy_environment as set_kivy_environment,
    set_kivy_window as set_kivy_window,
)
from .label_face import (
    CJK_FACE as CJK_FACE,
    UD_FACE as UD_FACE,
    OneFace as OneFace,
    face_of as face_of,
    register_faces as register_faces,
    width_at_100 as width_at_100,
)
from .office_poll import OfficePoll as OfficePoll
from .sound_player import (
    Player as Player,
    SilentPlayer as SilentPlayer,
    find_player as find_player,
    write_sound as write_sound,
)
from .touch_source import TOUCH_WINDOW as TOUCH_WINDOW
from .window_options import (
    log_option as log_option,
    place_options as place_options,
    server_options as server_options,
    size_option as size_option,
)
from .window_picture import picture_of as picture_of
from .window_program import (
    opening_window as opening_window,
    require_fonts as require_fonts,
    require_screen as require_screen,
    stop_on_signals as stop_on_signals,
)
from .worker import Worker as Worker
