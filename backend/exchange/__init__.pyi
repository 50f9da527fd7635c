from .csv_file import (
    Encoding as Encoding,
    read_csv as read_csv,
)
from .dates import parse_date as parse_date
from .importing import (
    ImportReport as ImportReport,
    import_rows as import_rows,
    report_without_database as report_without_database,
)
from .mapping import (
    MappingError as MappingError,
    OfficeNames as OfficeNames,
    load_mapping as load_mapping,
    refuse_unknown_recipients as refuse_unknown_recipients,
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
