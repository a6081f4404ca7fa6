"""How the window looks: every colour, size and typeface is named here once, and changes here while the window is open."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, fields
from pathlib import Path
from string import Template

from PyQt6.QtCore import QByteArray, QObject, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPainter, QPalette, QPixmap
from PyQt6.QtSvg import QSvgRenderer
from PyQt6.QtWidgets import QApplication, QStyle

RESOURCES = Path(__file__).resolve().parent.parent / "resources"
CHOICES = ("system", "dark", "light")
TEXT_SIZE = 14
_SHARPNESS = 3  # icons are drawn for the densest screens and scaled down elsewhere
_USUAL_TEXT = {"win32": 12.0, "darwin": 13.0}  # pixels of the system's own text when nobody enlarged it
_USUAL_TEXT_ELSEWHERE = 44 / 3


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours of one theme.

    :param accent: lines, borders and bars of what is chosen; ``accent_text`` is the same where it must be read or
        carries ``on_accent`` text, dark enough for that.
    :param good: what speaks for a title; ``bad`` what speaks against it.
    """

    name: str
    ground: str
    panel: str
    raised: str
    hover: str
    line: str
    text: str
    dim: str
    accent: str
    accent_text: str
    accent_hover: str
    on_accent: str
    good: str
    bad: str

    def colour(self, name: str, alpha: float = 1.0) -> QColor:
        """The named colour for painting, more or less transparent."""
        colour = QColor(getattr(self, name))
        colour.setAlphaF(alpha)
        return colour


DARK = Colours(
    name="dark",
    ground="#14161b",
    panel="#1c1f26",
    raised="#252932",
    hover="#2d323d",
    line="#323844",
    text="#eceef2",
    dim="#a5adba",
    accent="#f2b441",
    accent_text="#f2b441",
    accent_hover="#ffc862",
    on_accent="#1b1405",
    good="#59c08a",
    bad="#e87878",
)
LIGHT = Colours(
    name="light",
    ground="#f6f5f2",
    panel="#ffffff",
    raised="#efede8",
    hover="#e6e3dc",
    line="#d9d6cf",
    text="#1c1e22",
    dim="#565d69",
    accent="#a86a00",
    accent_text="#9a6100",
    accent_hover="#7f4f00",
    on_accent="#ffffff",
    good="#1f7a4d",
    bad="#b23b3b",
)


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours as WCAG 2 defines it, from 1 to 21."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


class _StyleWords(dict[str, str]):
    """What the style sheet's ``$names`` stand for; ``$px13`` is 13 pixels at the system's text size."""

    def __init__(self, colours: Colours, scale: float) -> None:
        super().__init__({field.name: getattr(colours, field.name) for field in fields(colours)})
        self["icons"] = (RESOURCES / "icons" / colours.name).as_posix()
        self._scale = scale

    def __missing__(self, key: str) -> str:
        size = re.fullmatch(r"px(\d+)", key)
        if size is None:
            raise KeyError(key)
        return f"{round(int(size[1]) * self._scale)}px"


class Theme(QObject):
    """The look of the whole window: dark, light, or whatever the system uses now.

    Signals: ``changed()`` after the colours or the text size became others; what paints itself paints again.

    :param app: the application the look is put on.
    :param choice: "system", "dark" or "light".
    """

    changed = pyqtSignal()

    def __init__(self, app: QApplication, choice: str = "system") -> None:
        super().__init__()
        self._app = app
        self._choice = choice
        self._icons: dict[tuple[str, str, int], QIcon] = {}
        self._sheet = Template((RESOURCES / "style.qss").read_text("utf-8"))
        self._family = _load_typeface()
        self.colours = DARK
        self.scale = 1.0
        self.still = False
        hints = app.styleHints()
        assert hints is not None
        self._hints = hints
        app.setStyle("Fusion")
        self._ask_for_scheme()
        self._apply()
        hints.colorSchemeChanged.connect(self.refresh)

    @property
    def choice(self) -> str:
        """What the user chose: "system", "dark" or "light"."""
        return self._choice

    @property
    def dark(self) -> bool:
        """Whether the dark colours are in use now."""
        return self.colours is DARK

    def set_choice(self, choice: str) -> None:
        """Change between "system", "dark" and "light" while the window is open."""
        if choice not in CHOICES:
            raise ValueError(f"no such theme: {choice}")
        if choice != self._choice:
            self._choice = choice
            self._ask_for_scheme()
            self.refresh()

    def refresh(self) -> None:
        """Look again at what the system asks for, and follow when it is something else."""
        before = (self.colours, self.scale)
        if (self._wanted(), _system_scale()) != before:
            self._apply()
            self.changed.emit()

    def px(self, size: float) -> int:
        """A size of the design in pixels, grown with the system's text."""
        return round(size * self.scale)

    def font(self, size: float = TEXT_SIZE, weight: int = 400, italic: bool = False) -> QFont:
        """The typeface at a size of the design; large sizes are set a little tighter."""
        font = QFont(self._family)
        font.setPixelSize(max(1, self.px(size)))
        font.setWeight(QFont.Weight(weight))
        font.setItalic(italic)
        if size >= 20:
            font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 98.0)
        return font

    def colour(self, name: str, alpha: float = 1.0) -> QColor:
        """One of today's colours by name, for painting."""
        return self.colours.colour(name, alpha)

    def icon(self, name: str, colour: str = "text", size: int = 16) -> QIcon:
        """One of our icons in one of today's colours, sharp on every screen."""
        key = (name, getattr(self.colours, colour), self.px(size))
        if key not in self._icons:
            self._icons[key] = QIcon(_rendered(name, self.colours, QSize(self.px(size), self.px(size)), colour))
        return self._icons[key]

    def drawing(self, name: str, width: int, height: int) -> QPixmap:
        """One of our larger drawings in today's colours, ``width`` by ``height`` pixels of the design."""
        return _rendered(name, self.colours, QSize(self.px(width), self.px(height)), "dim")

    def duration(self, milliseconds: int) -> int:
        """How long a movement may take: nothing at all when the system asks for stillness."""
        style = self._app.style()
        calm = style is not None and style.styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) == 0
        return 0 if self.still or calm or _windows_is_still(self._app) else milliseconds

    def _wanted(self) -> Colours:
        if self._choice == "system":
            return LIGHT if self._hints.colorScheme() is Qt.ColorScheme.Light else DARK
        return DARK if self._choice == "dark" else LIGHT

    def _ask_for_scheme(self) -> None:
        """Let the frames and dialogs that the system draws follow the choice."""
        scheme = {"dark": Qt.ColorScheme.Dark, "light": Qt.ColorScheme.Light}.get(self._choice)
        if scheme is None:
            self._hints.unsetColorScheme()
        else:
            self._hints.setColorScheme(scheme)

    def _apply(self) -> None:
        self.colours = self._wanted()
        self.scale = _system_scale()
        self._app.setFont(self.font())
        self._app.setPalette(_qt_palette(self.colours))
        self._app.setStyleSheet(self._sheet.substitute(_StyleWords(self.colours, self.scale)))


def _load_typeface() -> str:
    """Family name of the bundled typeface, or of the system's own where the files are missing."""
    found = ""
    for path in sorted((RESOURCES / "fonts").glob("*.otf")):
        number = QFontDatabase.addApplicationFont(str(path))
        families = QFontDatabase.applicationFontFamilies(number) if number >= 0 else []
        if families:
            found = families[0]
    return found or QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()


def _system_scale() -> float:
    """How much larger than usual the system's text is set, from 1 to 2."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    pixels = float(font.pixelSize())
    if pixels <= 0:
        screen = QApplication.primaryScreen()
        dots = screen.logicalDotsPerInch() if screen is not None else 96.0
        pixels = font.pointSizeF() * dots / 72
    usual = _USUAL_TEXT.get(sys.platform, _USUAL_TEXT_ELSEWHERE)
    return round(min(2.0, max(1.0, pixels / usual)), 2)


def _windows_is_still(app: QApplication) -> bool:
    return sys.platform == "win32" and not app.isEffectEnabled(Qt.UIEffect.UI_AnimateMenu)


def _rendered(name: str, colours: Colours, size: QSize, colour: str) -> QPixmap:
    drawing = Template((RESOURCES / "icons" / f"{name}.svg").read_text("utf-8")).safe_substitute(
        _StyleWords(colours, 1.0)
    )
    drawing = drawing.replace("currentColor", getattr(colours, colour))
    renderer = QSvgRenderer(QByteArray(drawing.encode("utf-8")))
    pixmap = QPixmap(size * _SHARPNESS)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, pixmap.width(), pixmap.height()))
    painter.end()
    pixmap.setDevicePixelRatio(_SHARPNESS)
    return pixmap


def _qt_palette(colours: Colours) -> QPalette:
    """The same colours for what Qt draws by itself: file dialogs, tooltips, check boxes."""
    roles = {
        QPalette.ColorRole.Window: colours.ground,
        QPalette.ColorRole.WindowText: colours.text,
        QPalette.ColorRole.Base: colours.panel,
        QPalette.ColorRole.AlternateBase: colours.raised,
        QPalette.ColorRole.Text: colours.text,
        QPalette.ColorRole.Button: colours.raised,
        QPalette.ColorRole.ButtonText: colours.text,
        QPalette.ColorRole.BrightText: colours.bad,
        QPalette.ColorRole.ToolTipBase: colours.raised,
        QPalette.ColorRole.ToolTipText: colours.text,
        QPalette.ColorRole.PlaceholderText: colours.dim,
        QPalette.ColorRole.Highlight: colours.accent_text,
        QPalette.ColorRole.HighlightedText: colours.on_accent,
        QPalette.ColorRole.Link: colours.accent_text,
        QPalette.ColorRole.Accent: colours.accent_text,
        QPalette.ColorRole.Mid: colours.line,
        QPalette.ColorRole.Midlight: colours.hover,
        QPalette.ColorRole.Light: colours.raised,
        QPalette.ColorRole.Dark: colours.line,
    }
    palette = QPalette()
    for role, value in roles.items():
        palette.setColor(role, QColor(value))
    dimmed = QColor(colours.dim)
    dimmed.setAlphaF(0.6)
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, dimmed)
    return palette
