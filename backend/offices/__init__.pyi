from .day import business_day as business_day
from .directory import (
    Directory as Directory,
    OfficesError as OfficesError,
)
from .directory_file import load_directory as load_directory
from .hours import (
    DatedOpening as DatedOpening,
    Opening as Opening,
)
from .kind import (
    PICK_UP as PICK_UP,
    VisitKind as VisitKind,
)
from .office import (
    Office as Office,
    Series as Series,
    Window as Window,
    fold_name as fold_name,
)
