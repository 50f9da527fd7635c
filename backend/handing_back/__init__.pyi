from .period import Period as Period
from .ward_file import (
    OUTLET_OF as OUTLET_OF,
    WardFile as WardFile,
)
from .ward_rows import (
    Found as Found,
    Hand as Hand,
)
