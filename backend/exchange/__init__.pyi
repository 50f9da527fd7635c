from .cells import Cells as Cells
from .csv_file import (
    Encoding as Encoding,
    read_csv as read_csv,
)
from .csv_out import (
    EXPORT_ENCODINGS as EXPORT_ENCODINGS,
    Written as Written,
    write_rows as write_rows,
)
from .dates import parse_date as parse_date
from .export_words import ExportPart as ExportPart
from .import_report import (
    ImportReport as ImportReport,
    report_without_database as report_without_database,
)
from .import_run import UnfinishedError as UnfinishedError
from .importing import (
    ImportOptions as ImportOptions,
    StoppedError as StoppedError,
    import_rows as import_rows,
)
from .mapping import (
    ColumnMapping as ColumnMapping,
    MappingError as MappingError,
    OfficeNames as OfficeNames,
    load_mapping as load_mapping,
    refuse_unknown_recipients as refuse_unknown_recipients,
)
from .our_rows import (
    record_of as record_of,
    rows_of_bookings as rows_of_bookings,
)
from .parsing import (
    ParsedFile as ParsedFile,
    Progress as Progress,
    parse_file as parse_file,
)
from .refusals import (
    REASON_WORDS as REASON_WORDS,
    REMARK_WORDS as REMARK_WORDS,
    BadDateError as BadDateError,
    CsvFileError as CsvFileError,
)
from .sample import (
    HEADER as HEADER,
    MAX_ROWS as MAX_ROWS,
    SampleError as SampleError,
    SampleExport as SampleExport,
    write_sample as write_sample,
)
from .tables import import_runs as import_runs
from .times import read_moment as read_moment
from .trail_csv import (
    TRAIL_HEADER as TRAIL_HEADER,
    csv_of_trail as csv_of_trail,
)
