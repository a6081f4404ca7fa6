"""Asks a Linux desktop over D-Bus what it knows about the person in front of it. Each answer is optional.

What is asked, and of whom:

* ``org.gnome.SessionManager.IsInhibited(8)``: does a program keep the session from going idle? Players of films do.
* ``org.freedesktop.PowerManagement.Inhibit.HasInhibit()``: the same on KDE and Xfce.
* ``org.gnome.Mutter.IdleMonitor.GetIdletime()``: milliseconds since the last input.
* ``org.freedesktop.ScreenSaver.GetSessionIdleTime()``: seconds, but milliseconds where KDE's screen locker answers, which
  is also known as ``org.kde.screensaver``. On Wayland that one refuses.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

TIMEOUT_MILLISECONDS = 500
INHIBIT_IDLE = 8

Ask = Callable[..., object]
"""Service, object path, interface, method and unsigned arguments -> the answer; ``None`` when nobody gives one."""


class BusDesktop:
    """A desktop that may answer over the session bus. Blocks for half a second per question at most.

    :param ask: how a question is put.
    """

    def __init__(self, ask: Ask | None = None) -> None:
        self._ask = ask or ask_bus

    def screen_taken(self) -> bool | None:
        """Whether a program keeps the screen awake, as players do; ``None`` when nobody tells."""
        session = "org.gnome.SessionManager"
        power = "org.freedesktop.PowerManagement"
        answers = (
            self._ask(session, "/org/gnome/SessionManager", session, "IsInhibited", INHIBIT_IDLE),
            self._ask(power, "/org/freedesktop/PowerManagement/Inhibit", f"{power}.Inhibit", "HasInhibit"),
        )
        known = [answer for answer in answers if isinstance(answer, bool)]
        return any(known) if known else None

    def untouched(self) -> float | None:
        """Seconds since the last key or click anywhere; ``None`` when nobody tells."""
        monitor = "org.gnome.Mutter.IdleMonitor"
        milliseconds = self._ask(monitor, "/org/gnome/Mutter/IdleMonitor/Core", monitor, "GetIdletime")
        if isinstance(milliseconds, int):
            return milliseconds / 1000
        saver = "org.freedesktop.ScreenSaver"
        idle = self._ask(saver, "/org/freedesktop/ScreenSaver", saver, "GetSessionIdleTime")
        if not isinstance(idle, int):
            return None
        bus = "org.freedesktop.DBus"
        of_kde = self._ask(bus, "/org/freedesktop/DBus", bus, "NameHasOwner", "org.kde.screensaver")
        return idle / 1000 if of_kde is True else float(idle)


def ask_bus(service: str, path: str, interface: str, method: str, *arguments: int | str) -> object:
    """Put a question on the session bus and wait for the answer. Starts no service, and no bus, that is not there."""
    if not has_session_bus(os.environ):
        return None
    from PyQt6.QtCore import QMetaType, QVariant
    from PyQt6.QtDBus import QDBus, QDBusConnection, QDBusMessage

    message = QDBusMessage.createMethodCall(service, path, interface, method)
    message.setAutoStartService(False)
    values = [QVariant(argument) for argument in arguments]
    for value in values:
        if isinstance(value.value(), int):
            value.convert(QMetaType(QMetaType.Type.UInt.value))
    message.setArguments(values)
    reply = QDBusConnection.sessionBus().call(message, QDBus.CallMode.Block, TIMEOUT_MILLISECONDS)
    if reply.type() is not QDBusMessage.MessageType.ReplyMessage or not reply.arguments():
        return None
    answer: object = reply.arguments()[0]
    return answer


def has_session_bus(environment: Mapping[str, str]) -> bool:
    """Whether a session bus is there; without one, looking for it would start one."""
    if environment.get("DBUS_SESSION_BUS_ADDRESS"):
        return True
    runtime = environment.get("XDG_RUNTIME_DIR", "")
    return bool(runtime) and (Path(runtime) / "bus").exists()
