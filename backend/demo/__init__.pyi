from .counter import PrinterAddress as PrinterAddress
from .errors import DemoError as DemoError
from .interactive import run_until_told as run_until_told
from .once import play_once as play_once
from .picture_set import make_pictures as make_pictures
from .processes import (
    forget_settings as forget_settings,
    port_is_free as port_is_free,
)
from .starting import Starting as Starting
from .timeline import PlayedKind as PlayedKind
from .workshop import fresh_folders as fresh_folders
