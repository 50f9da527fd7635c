from .icons import ICON_FACE as ICON_FACE, ICONS as ICONS, glyph as glyph
from .look import Look as Look
from .token_css import (
    TOKENS_CSS as TOKENS_CSS,
    css_variables as css_variables,
    stylesheet as stylesheet,
)
from .token_file import (
    Colour as Colour,
    Named as Named,
    Pair as Pair,
    Surface as Surface,
    Theme as Theme,
    TokenError as TokenError,
    Tokens as Tokens,
    UnknownTokenError as UnknownTokenError,
    colours as colours,
    read_tokens as read_tokens,
    tokens as tokens,
    type_sizes as type_sizes,
)
