from .key_burst import (
    LONGEST_GAP as LONGEST_GAP,
    KeyBurst as KeyBurst,
)
from .serial_scanner import (
    SerialScanner as SerialScanner,
    open_port as open_port,
)
