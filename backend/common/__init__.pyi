from .catalogue import (
    Catalogue as Catalogue,
    Language as Language,
    Sentence as Sentence,
)
from .console import (
    EXIT_FAILED as EXIT_FAILED,
    CommandFailedError as CommandFailedError,
    product_version as product_version,
    refuse_numbers as refuse_numbers,
    run as run,
    with_version as with_version,
)
from .field_text import (
    fold_line as fold_line,
    has_bad_characters as has_bad_characters,
    has_odd_digits as has_odd_digits,
)
from .fonts import (
    FontMissingError as FontMissingError,
    Typeface as Typeface,
    code_points as code_points,
    file_of as file_of,
    icon_font as icon_font,
    icon_font_of_pages as icon_font_of_pages,
    in_one_face as in_one_face,
    missing_fonts as missing_fonts,
    need_fonts as need_fonts,
    noto_cjk as noto_cjk,
    runs as runs,
    typeface_of as typeface_of,
    ud_gothic as ud_gothic,
    without_typeface as without_typeface,
)
from .line_breaks import (
    break_lines as break_lines,
    fill as fill,
    pieces as pieces,
)
from .log_lines import (
    careful_library_lines as careful_library_lines,
    hide_numbers as hide_numbers,
    only_kind_and_places as only_kind_and_places,
    places_of as places_of,
)
from .output_files import (
    COMPANIONS as COMPANIONS,
    KEY_NAME as KEY_NAME,
    FolderTakenError as FolderTakenError,
    InputFile as InputFile,
    OutputFile as OutputFile,
    OutputFolder as OutputFolder,
    output_file as output_file,
    refuse_taken as refuse_taken,
    replace_option as replace_option,
    vital as vital,
)
from .plain_files import (
    read_plain_file as read_plain_file,
    read_plain_text as read_plain_text,
)
from .readings import read_once as read_once
from .settings_files import (
    FileSettings as FileSettings,
    SettingsError as SettingsError,
    read_settings as read_settings,
    where_said as where_said,
)
from .shipped import locate as locate
from .time_of_day import (
    clock_face as clock_face,
    clock_in_words as clock_in_words,
    clock_sentence as clock_sentence,
)
from .tokyo import (
    ERAS as ERAS,
    LAST_YEAR as LAST_YEAR,
    TOKYO as TOKYO,
    WEEKDAYS as WEEKDAYS,
    Era as Era,
    begin_of_day as begin_of_day,
    era_date as era_date,
    era_month as era_month,
    era_parts as era_parts,
    in_era as in_era,
    in_tokyo as in_tokyo,
)
from .toml_file import (
    Loc as Loc,
    TomlFile as TomlFile,
)
