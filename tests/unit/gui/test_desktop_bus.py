"""What a Linux desktop is asked over D-Bus, and how its answers are understood."""

from __future__ import annotations

from pathlib import Path

import pytest

from gui.desktop_bus import BusDesktop, ask_bus, has_session_bus

GNOME = "org.gnome.SessionManager.IsInhibited"
POWER = "org.freedesktop.PowerManagement.Inhibit.HasInhibit"
MUTTER = "org.gnome.Mutter.IdleMonitor.GetIdletime"
SAVER = "org.freedesktop.ScreenSaver.GetSessionIdleTime"
OWNER = "org.freedesktop.DBus.NameHasOwner"


def desktop(**answers: object) -> BusDesktop:
    """A desktop of which only these methods answer."""
    known = {
        {"gnome": GNOME, "power": POWER, "mutter": MUTTER, "saver": SAVER, "owner": OWNER}[k]: v
        for k, v in answers.items()
    }
    return BusDesktop(lambda service, path, interface, method, *rest: known.get(f"{interface}.{method}"))


@pytest.mark.parametrize(
    ("answers", "taken"),
    [
        ({}, None),
        ({"gnome": True}, True),
        ({"gnome": False}, False),
        ({"power": True}, True),
        ({"gnome": False, "power": True}, True),
    ],
)
def test_whoever_keeps_the_screen_awake_counts(answers: dict[str, object], taken: bool | None) -> None:
    assert desktop(**answers).screen_taken() is taken


def test_the_idle_time_is_in_milliseconds_or_seconds_according_to_who_tells_it() -> None:
    assert desktop().untouched() is None
    assert desktop(mutter=90_000).untouched() == 90.0
    assert desktop(saver=90, owner=False).untouched() == 90.0
    assert desktop(saver=90_000, owner=True).untouched() == 90.0
    assert desktop(mutter=5_000, saver=90).untouched() == 5.0


def test_without_a_session_bus_nobody_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not has_session_bus({})
    assert not has_session_bus({"XDG_RUNTIME_DIR": str(tmp_path)})
    (tmp_path / "bus").touch()
    assert has_session_bus({"XDG_RUNTIME_DIR": str(tmp_path)})
    assert has_session_bus({"DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/bus"})
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    assert (
        ask_bus("org.gnome.SessionManager", "/org/gnome/SessionManager", "org.gnome.SessionManager", "IsInhibited", 8)
        is None
    )
