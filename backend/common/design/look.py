"""The current look of a program with a window: its theme, and by which factor its letters are larger than usual."""

from backend.common.design.token_file import Colour, Named, Surface, Theme, tokens


class Look:
    """The tokens that a program's screens are made with; its layouts (``.kv``) use the program's only instance.

    Screens read colours and sizes when they are made. To change a screen that is shown, change the look and make the
    screen again; so a look that does not change costs nothing.

    Args:
        surface: the surface whose letter sizes are used.
        theme: the first theme.
    """

    def __init__(self, surface: Surface, theme: Theme = Theme.LIGHT) -> None:
        self._surface = surface
        self.theme = theme
        """The theme in use."""
        self.colour: Named[Colour] = Named("colour", {})
        """The theme's colours by name."""
        self.type: Named[float] = Named("size", {})
        """Sizes of letters by name, in pixels of the design."""
        self.space = tokens().space
        self.radius = tokens().radius
        self.border = tokens().border
        self.wear(theme)

    def wear(self, theme: Theme, larger: float = 1.0) -> None:
        """Set the theme and the factor of the letters' size for all screens that are made from now on."""
        sizes = tokens().sizes[self._surface]
        self.theme = theme
        self.colour = tokens().colours[theme]
        self.type = Named(
            f"size of letters of the surface {self._surface}",
            {name: size * larger for name, size in sizes.items()},
        )
