"""From where one looks at the map: how near, and at which place. Knows no widget, so that it can be reasoned about."""

from __future__ import annotations

from dataclasses import dataclass, replace

NEAREST = 60.0
MARGIN = 0.05
"""Of the size of the map: the room around it when all of it is in view."""
MOST_STRETCHED = 1.6
"""How much longer one axis may be drawn than the other to fill the window: the axes of the map have no meaning of their own."""


@dataclass(frozen=True, slots=True)
class Extent:
    """The part of the plane that the points take."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Camera:
    """A view of an extent in a window of some pixels.

    :param x: the place in the middle of the window, likewise ``y``.
    :param zoom: how much nearer than when all of the extent is in view; from 1 to ``NEAREST``.
    """

    extent: Extent
    width: float
    height: float
    x: float
    y: float
    zoom: float = 1.0

    @classmethod
    def on(cls, extent: Extent, width: float, height: float) -> Camera:
        """Everything in view."""
        middle = (extent.left + extent.right) / 2, (extent.top + extent.bottom) / 2
        return cls(extent, max(width, 1.0), max(height, 1.0), *middle)

    @property
    def scale(self) -> tuple[float, float]:
        """Pixels per unit of the plane, across and down."""
        across = self.width / max(self.extent.right - self.extent.left, 1e-6)
        down = self.height / max(self.extent.bottom - self.extent.top, 1e-6)
        nearness = self.zoom / (1.0 + 2.0 * MARGIN)
        return min(across, down * MOST_STRETCHED) * nearness, min(down, across * MOST_STRETCHED) * nearness

    def resized(self, width: float, height: float) -> Camera:
        """The same place in a window of another size."""
        return replace(self, width=max(width, 1.0), height=max(height, 1.0)).settled()

    def panned(self, right: float, down: float) -> Camera:
        """Moved so that what is seen goes this many pixels to the right and down."""
        across, downwards = self.scale
        return replace(self, x=self.x - right / across, y=self.y - down / downwards).settled()

    def zoomed(self, factor: float, right: float | None = None, down: float | None = None) -> Camera:
        """Nearer by a factor; the place under a pixel of the window, by default its middle, stays where it is."""
        right = self.width / 2 if right is None else right
        down = self.height / 2 if down is None else down
        zoom = min(max(self.zoom * factor, 1.0), NEAREST)
        x, y = self.place(right, down)
        nearer = replace(self, zoom=zoom)
        after_x, after_y = nearer.place(right, down)
        return replace(nearer, x=nearer.x + x - after_x, y=nearer.y + y - after_y).settled()

    def between(self, other: Camera, share: float) -> Camera:
        """On the way to another view of the same window: 0 is here, 1 is there."""
        zoom = self.zoom ** (1.0 - share) * other.zoom**share
        x, y = self.x + (other.x - self.x) * share, self.y + (other.y - self.y) * share
        return replace(self, x=x, y=y, zoom=zoom)

    def place(self, right: float, down: float) -> tuple[float, float]:
        """The place of the plane under a pixel of the window."""
        across, downwards = self.scale
        return self.x + (right - self.width / 2) / across, self.y + (down - self.height / 2) / downwards

    def pixel(self, x: float, y: float) -> tuple[float, float]:
        """The pixel of the window over a place of the plane."""
        across, downwards = self.scale
        return (x - self.x) * across + self.width / 2, (y - self.y) * downwards + self.height / 2

    def window(self) -> Extent:
        """The part of the plane that is in view."""
        return Extent(*self.place(0.0, 0.0), *self.place(self.width, self.height))

    def settled(self) -> Camera:
        """The nearest view that does not lose the map: no more of what is beside it than there is room for at the start."""
        across, down = self.scale
        return replace(
            self,
            x=_held(self.x, self.extent.left, self.extent.right, self.width / across),
            y=_held(self.y, self.extent.top, self.extent.bottom, self.height / down),
        )


def _held(middle: float, first: float, last: float, room: float) -> float:
    """The middle of a window of this size, held so that it stays within first and last with some room to spare."""
    spare = (last - first) * MARGIN
    low, high = first - spare + room / 2, last + spare - room / 2
    if low >= high:
        return (first + last) / 2
    return min(max(middle, low), high)
