from .app import KioskApp as KioskApp
from .scene_pictures import (
    SceneWindow as SceneWindow,
    draw_tickets as draw_tickets,
)
