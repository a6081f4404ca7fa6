"""The colours can be read in both themes, and the look changes while the window is open."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest
from PyQt6.QtGui import QFontDatabase, QPalette
from PyQt6.QtWidgets import QApplication, QLabel

from gui.theme import DARK, LIGHT, RESOURCES, Colours, Theme, contrast

READ = [(front, back) for back in ("ground", "panel", "raised", "hover") for front in ("text", "dim")] + [
    ("accent_text", "ground"),
    ("accent_text", "panel"),
    ("on_accent", "accent_text"),
    ("on_accent", "accent_hover"),
    ("good", "ground"),
    ("good", "panel"),
    ("bad", "ground"),
    ("bad", "panel"),
]
SEEN = [("accent", "ground"), ("accent", "panel"), ("good", "panel"), ("bad", "panel"), ("accent_text", "raised")]


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=lambda colours: colours.name)
@pytest.mark.parametrize(("front", "back"), READ)
def test_all_text_reaches_aa(colours: Colours, front: str, back: str) -> None:
    assert contrast(getattr(colours, front), getattr(colours, back)) >= 4.5


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=lambda colours: colours.name)
@pytest.mark.parametrize(("front", "back"), SEEN)
def test_lines_and_bars_that_mean_something_reach_aa(colours: Colours, front: str, back: str) -> None:
    assert contrast(getattr(colours, front), getattr(colours, back)) >= 3.0


def test_colours_are_named_in_one_place_only() -> None:
    sheet = (RESOURCES / "style.qss").read_text("utf-8")
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?!\[)", re.sub(r"\w+#\w+", "", sheet))
    for colours in (DARK, LIGHT):
        known = {getattr(colours, field.name) for field in fields(colours)}
        for path in (RESOURCES / "icons" / colours.name).glob("*.svg"):
            assert set(re.findall(r"#[0-9a-f]{6}", path.read_text("utf-8"))) <= known, path.name


def test_the_look_changes_while_a_widget_is_shown(theme: Theme, qtbot) -> None:
    label = QLabel("words")
    qtbot.addWidget(label)
    label.show()
    assert label.palette().color(QPalette.ColorRole.WindowText).name() == DARK.text
    with qtbot.waitSignal(theme.changed):
        theme.set_choice("light")
    assert not theme.dark
    assert label.palette().color(QPalette.ColorRole.WindowText).name() == LIGHT.text
    assert theme.icon("search").pixmap(16, 16).toImage() != _dark_icon(theme)


def _dark_icon(theme: Theme):
    theme.set_choice("dark")
    return theme.icon("search").pixmap(16, 16).toImage()


def test_choosing_the_same_again_changes_nothing(theme: Theme, qtbot) -> None:
    with qtbot.assertNotEmitted(theme.changed):
        theme.set_choice("dark")
        theme.refresh()


def test_an_unknown_theme_is_refused(theme: Theme) -> None:
    with pytest.raises(ValueError, match="no such theme"):
        theme.set_choice("pink")


def test_the_bundled_typeface_is_used_in_all_its_weights(theme: Theme) -> None:
    assert theme.font().family() == "Inter"
    assert {"Regular", "Bold", "Italic"} <= set(QFontDatabase.styles("Inter"))
    assert (RESOURCES / "fonts" / "OFL.txt").read_text("utf-8").count("SIL OPEN FONT LICENSE") >= 1


def test_sizes_grow_with_the_systems_text(theme: Theme, qtbot, monkeypatch: pytest.MonkeyPatch) -> None:
    assert theme.px(14) == 14
    monkeypatch.setattr("gui.theme._system_scale", lambda: 1.5)
    with qtbot.waitSignal(theme.changed):
        theme.refresh()
    assert QApplication.font().pixelSize() == 21
    assert theme.px(14) == 21
    assert theme.font(14).pixelSize() == 21


def test_nothing_moves_when_stillness_is_asked_for(theme: Theme) -> None:
    assert theme.duration(160) == 160
    theme.still = True
    assert theme.duration(160) == 0


@pytest.mark.parametrize("path", sorted((RESOURCES / "icons").glob("*.svg")), ids=lambda path: path.stem)
def test_every_icon_can_be_drawn(theme: Theme, path) -> None:
    image = theme.drawing(path.stem, 48, 48).toImage()
    assert any(image.pixelColor(x, y).alpha() for x in range(0, image.width(), 3) for y in range(0, image.height(), 3))
