"""How the graph of a title looks: titles as small posters, people as round chips, everything else as pills, and their ties."""

from __future__ import annotations

from PyQt6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QFontMetricsF, QPainter, QPainterPath, QPen
from PyQt6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from gui.models import ShelfEntry
from gui.theme import Theme
from gui.widgets.kin_card import part_colour, two_lines
from gui.widgets.poster import PosterPixmaps
from recommender.surroundings import Spot, Tie

CENTRE, TITLE = QSize(84, 126), QSize(40, 60)
PERSON = 36
LABEL = 104  # the widest a name below a picture may be
_PILL = 170  # the widest a pill may be
_SHARPNESS = 2.0  # pictures are drawn larger than they are shown, since one can come closer
_FADED = 0.28
_TINTS = {"genre": 0, "person": 1, "keyword": 2, "entity": 2, "collection": 4}  # which of the colours of the parts
_ELSE = 3
_KINDS = {
    "genre": "Genre",
    "keyword": "Keyword",
    "company": "Company",
    "country": "Country",
    "language": "Language",
    "collection": "Series",
    "decade": "Time",
    "entity": "Mentioned",
    "person": "Person",
}


def spoken(spot: Spot) -> str:
    """A node in words: "Person: Amy Adams", "Her, which you gave 9"."""
    if spot.kind == "media":
        return spot.name if spot.rating is None else f"{spot.name}, which you gave {spot.rating:g}"
    kind = _KINDS.get(spot.kind)
    return f"{kind}: {spot.name}" if kind else spot.name


def initials(name: str) -> str:
    """The first letters of the first and the last name."""
    words = [word for word in name.split() if word[0].isalnum()] or ["?"]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


class SpotItem(QGraphicsItem):
    """One node.

    :param entry: of a title, what its poster is drawn from.
    """

    def __init__(
        self, spot: Spot, centre: bool, theme: Theme, pixmaps: PosterPixmaps, entry: ShelfEntry | None
    ) -> None:
        super().__init__()
        self.spot = spot
        self.centre = centre
        self._theme = theme
        self._pixmaps = pixmaps
        self._entry = entry
        self._lit = False
        self._chosen = False
        self.setZValue(2 if centre else 1)
        self.setAcceptHoverEvents(True)
        self.setToolTip(spoken(spot).replace("&", "&amp;").replace("<", "&lt;"))
        self.setCursor(Qt.CursorShape.PointingHandCursor if spot.kind == "media" else Qt.CursorShape.OpenHandCursor)
        self._measure()

    def show_state(self, lit: bool, faded: bool, chosen: bool) -> None:
        """Look as if it were meant, or not, or under the keyboard."""
        self.setOpacity(_FADED if faded else 1.0)
        self.setZValue(4 if chosen else 3 if lit else 2 if self.centre else 1)
        if (lit, chosen) != (self._lit, self._chosen):
            self._lit, self._chosen = lit, chosen
            self.update()

    @property
    def lit(self) -> bool:
        """Whether it is on a way that is meant now."""
        return self._lit

    def size(self) -> tuple[float, float]:
        """Width and height of its box, with the name."""
        return self._area.width(), self._area.height()

    def edge_towards(self, point: QPointF) -> QPointF:
        """Where a line from the middle of its picture to a point leaves the picture, in the drawing."""
        middle, half = self.pos() + self._picture.center(), self._picture.size() / 2
        way = point - middle
        across = abs(way.x()) / half.width() if half.width() else 0.0
        along = abs(way.y()) / half.height() if half.height() else 0.0
        return middle + way / max(across, along, 1.0)

    def middle(self) -> QPointF:
        """The middle of its picture, in the drawing."""
        return self.pos() + self._picture.center()

    def boundingRect(self) -> QRectF:
        """The box, and the line around it."""
        return self._area.adjusted(-4, -4, 4, 4)

    def shape(self) -> QPainterPath:
        """The box alone is what one can touch."""
        path = QPainterPath()
        path.addRect(self._area)
        return path

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None) -> None:
        """Draw it."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self.spot.kind == "media":
            self._paint_title(painter)
        elif self.spot.kind == "person":
            self._paint_person(painter)
        else:
            self._paint_pill(painter)

    def _measure(self) -> None:
        px, kind = self._theme.px, self.spot.kind
        self._font = self._theme.font(
            12 if kind in ("media", "person") and not self.centre else 13, 600 if self.centre else 400
        )
        metrics = QFontMetricsF(self._font)
        line = metrics.height()
        if kind == "media":
            size = CENTRE if self.centre else TITLE
            width, height = px(size.width()), px(size.height())
            lines = two_lines(self.spot.name, self._font, px(LABEL)) if self.centre else (self.spot.name,)
            self._lines = tuple(
                metrics.elidedText(words, Qt.TextElideMode.ElideRight, px(LABEL)) for words in lines if words
            )
        elif kind == "person":
            width = height = px(PERSON)
            self._lines = (metrics.elidedText(self.spot.name, Qt.TextElideMode.ElideRight, px(LABEL)),)
        else:
            self._lines = (metrics.elidedText(self.spot.name, Qt.TextElideMode.ElideRight, px(_PILL) - px(22)),)
            width = metrics.horizontalAdvance(self._lines[0]) + px(22)
            self._picture = self._area = QRectF(-width / 2, -px(26) / 2, width, px(26))
            return
        widest = max([width, *(metrics.horizontalAdvance(words) for words in self._lines)])
        below = 3 + line * len(self._lines)
        self._picture = QRectF(-width / 2, -(height + below) / 2, width, height)
        self._area = QRectF(-widest / 2, self._picture.top(), widest, height + below)

    def _paint_title(self, painter: QPainter) -> None:
        picture = self._picture
        if self._entry is not None:
            size = QSize(round(picture.width()), round(picture.height()))
            drawn = self._pixmaps.pixmap(self._entry, size, _SHARPNESS)
            painter.drawPixmap(picture, drawn, QRectF(drawn.rect()))
        self._paint_ring(painter, picture.adjusted(-2, -2, 2, 2), 8)
        if self.spot.rating is not None:
            self._paint_rating(painter, picture)
        self._paint_name(painter)

    def _paint_rating(self, painter: QPainter, picture: QRectF) -> None:
        theme = self._theme
        size = theme.px(19)
        badge = QRectF(picture.right() - size * 0.7, picture.top() - size * 0.3, size, size)
        painter.setPen(QPen(theme.colour("ground"), 1.5))
        painter.setBrush(theme.colour("accent_text"))
        painter.drawEllipse(badge)
        painter.setFont(theme.font(11, 700))
        painter.setPen(theme.colour("on_accent"))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, f"{self.spot.rating:.0f}")

    def _paint_person(self, painter: QPainter) -> None:
        theme = self._theme
        tint = part_colour(theme, _TINTS["person"])
        painter.setBrush(theme.colour("raised"))
        painter.setPen(QPen(tint, 1.5))
        painter.drawEllipse(self._picture.adjusted(1, 1, -1, -1))
        painter.setFont(theme.font(13, 600))
        painter.setPen(theme.colour("text"))
        painter.drawText(self._picture, Qt.AlignmentFlag.AlignCenter, initials(self.spot.name))
        self._paint_ring(painter, self._picture.adjusted(-1, -1, 1, 1), self._picture.width())
        self._paint_name(painter)

    def _paint_pill(self, painter: QPainter) -> None:
        theme = self._theme
        tint = part_colour(theme, _TINTS.get(self.spot.kind, _ELSE))
        area = self._area.adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("panel"))
        painter.drawRoundedRect(area, area.height() / 2, area.height() / 2)
        tint.setAlphaF(0.16)
        painter.setBrush(tint)
        tint.setAlphaF(0.65)
        painter.setPen(QPen(tint, 1.0))
        painter.drawRoundedRect(area, area.height() / 2, area.height() / 2)
        painter.setFont(self._font)
        painter.setPen(theme.colour("text"))
        painter.drawText(self._area, Qt.AlignmentFlag.AlignCenter, self._lines[0])
        self._paint_ring(painter, self._area, self._area.height())

    def _paint_ring(self, painter: QPainter, area: QRectF, corner: float) -> None:
        """The line around what is meant; thicker around what the keyboard is on."""
        if self._lit or self._chosen:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.colour("accent"), 3.0 if self._chosen else 1.8))
            corner = min(corner, area.height() / 2)
            painter.drawRoundedRect(area, corner, corner)

    def _paint_name(self, painter: QPainter) -> None:
        painter.setFont(self._font)
        line, top = QFontMetricsF(self._font).height(), self._picture.bottom() + 3
        for words in self._lines:
            area = QRectF(self._area.left() - 2, top, self._area.width() + 4, line)
            ground = self._theme.colour("ground", 0.75)  # lines that pass behind leave the name readable
            painter.fillRect(area, ground)
            painter.setPen(self._theme.colour("text"))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, words)
            top += line


class TieItem(QGraphicsItem):
    """One edge; what it means is written on it while it is meant."""

    def __init__(self, tie: Tie, first: SpotItem, second: SpotItem, theme: Theme) -> None:
        super().__init__()
        self.tie = tie
        self.first, self.second = first, second
        self._theme = theme
        self._lit = False
        self._named = False
        self.setZValue(0)
        self.setAcceptHoverEvents(True)

    @property
    def named(self) -> bool:
        """Whether it says what it means."""
        return self._named

    def show_state(self, lit: bool, faded: bool, named: bool) -> None:
        """Look as if it were meant, or not; with its words, or without."""
        self.setOpacity(_FADED if faded else 1.0)
        self.setZValue(5 if named else 0.5 if lit else 0)
        if (lit, named) != (self._lit, self._named):
            self.prepareGeometryChange()
            self._lit, self._named = lit, named
            self.update()

    def line(self) -> QLineF:
        """From the edge of one to the edge of the other."""
        first, second = self.first.middle(), self.second.middle()
        return QLineF(self.first.edge_towards(second), self.second.edge_towards(first))

    def follow(self) -> None:
        """Its ends have moved."""
        self.prepareGeometryChange()
        self.update()

    def boundingRect(self) -> QRectF:
        """The line, and its words."""
        line = self.line()
        area = QRectF(line.p1(), line.p2()).normalized().adjusted(-3, -3, 3, 3)
        return area.united(self._words_area()) if self._named else area

    def shape(self) -> QPainterPath:
        """A little wider than the line, so that the mouse finds it."""
        line = self.line()
        length = max(1.0, line.length())
        across = QPointF(-line.dy(), line.dx()) / length * 4
        path = QPainterPath(line.p1() + across)
        for point in (line.p2() + across, line.p2() - across, line.p1() - across):
            path.lineTo(point)
        path.closeSubpath()
        return path

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None) -> None:
        """Draw it: the stronger the tie, the clearer the line."""
        theme = self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._lit:
            painter.setPen(QPen(theme.colour("accent"), 2.0))
        else:
            strength = min(1.0, max(0.0, self.tie.strength))
            painter.setPen(QPen(theme.colour("dim", 0.25 + 0.45 * strength), 0.8 + 0.8 * strength))
        painter.drawLine(self.line())
        if self._named:
            area = self._words_area()
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("raised"))
            painter.drawRoundedRect(area, 5, 5)
            painter.setFont(theme.font(12))
            painter.setPen(theme.colour("text"))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self.tie.relation)

    def _words_area(self) -> QRectF:
        metrics = QFontMetricsF(self._theme.font(12))
        width, height = metrics.horizontalAdvance(self.tie.relation) + 12, metrics.height() + 4
        middle = self.line().pointAt(0.5)
        return QRectF(middle.x() - width / 2, middle.y() - height / 2, width, height)
