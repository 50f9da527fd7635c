from .session import KioskSession as KioskSession
from .tones import (
    TonePlayer as TonePlayer,
    write_tone as write_tone,
)
from .watch import Rhythm as Rhythm
