"""Configuration → Writing: everything off until it is switched on, and what is chosen is kept."""

from __future__ import annotations

import pytest

from gui.tabs.configuration.writing import OFF, WritingSection
from library.settings import WritingSettings
from tests.gui.places import PATIENCE
from tests.gui.writing_place import Place


@pytest.fixture
def section(place: Place, qtbot) -> WritingSection:
    section = WritingSection(place.preferences)
    qtbot.addWidget(section)
    section.resize(800, 700)
    section.show()
    return section


def test_everything_is_off_until_it_is_switched_on(section: WritingSection, place: Place) -> None:
    assert OFF in section._state.text()
    assert section._rest.isHidden()
    section.allowed.click()
    assert place.preferences.settings.writing == WritingSettings(allowed=True)
    assert not section._rest.isHidden()
    section.ratings.click()
    section.watched.click()
    section.auto_collect.click()
    assert place.preferences.settings.writing == WritingSettings(True, True, True, True)
    section.allowed.click()
    assert not place.preferences.settings.writing.allowed


def test_threshold_name_and_cap_are_kept(section: WritingSection, place: Place, qtbot) -> None:
    place.allow(auto_collect=True)
    section.collect_from.setValue(9.0)
    section.most.setValue(50)
    section.collection.field.setText("Best of all")
    qtbot.waitUntil(lambda: place.preferences.settings.writing.most == 50, timeout=PATIENCE)
    writing = place.preferences.settings.writing
    assert (writing.collect_from, writing.collection) == (9.0, "Best of all")
    section.collection.field.setText("  ")
    qtbot.waitUntil(lambda: not section._settle.isActive(), timeout=PATIENCE)
    assert place.preferences.settings.writing.collection == "Best of all"
    assert "needs a name" in section.collection.message.text()
