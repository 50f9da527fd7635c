from .one_record import (
    OneRecord as OneRecord,
    one_reception as one_reception,
    one_reservation as one_reservation,
)
from .period import (
    Period as Period,
    since_export as since_export,
)
from .ward_file import (
    OUTLET_OF as OUTLET_OF,
    WardFile as WardFile,
)
from .ward_rows import (
    Hand as Hand,
)
