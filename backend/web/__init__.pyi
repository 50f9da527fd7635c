from .app import create_app as create_app
from .graph import Graph as Graph
from .http.connections import Limits as Limits
from .http.door import Door as Door
from .http.hashing import Hashing as Hashing
from .http.serving import server_config as server_config
from .stream.housekeeping import Housekeeping as Housekeeping
from .stream.hub import Hub as Hub
from .stream.sealing import Sealing as Sealing
from .stream.streams import (
    Streams as Streams,
    serialise as serialise,
)
