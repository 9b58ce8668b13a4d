"""Ctrl-C that is heard at once: DuckDB often misses it while a statement runs, so a thread passes it on.

A process that is ended (SIGTERM) or whose terminal goes (SIGHUP) stops likewise: what was not finished is undone, and
what lay in temporary folders goes.
"""

import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ENDING = tuple(
    getattr(signal, name)
    for name in ("SIGTERM", "SIGHUP")
    if hasattr(signal, name)  # Windows has no SIGHUP
)
"""Signals that end a process as Ctrl-C does, where nobody set them to be ignored (nohup does)."""


class Stop(threading.Event):
    """Set when somebody or something stops the process; by which signal."""

    number: int = signal.SIGINT

    @property
    def exit_code(self) -> int:
        """What a shell says of a process that ended by that signal: 130 for Ctrl-C, 143 for SIGTERM, 129 for SIGHUP."""
        return 128 + int(self.number)


@contextmanager
def hearing_ctrl_c() -> Iterator[Stop]:
    """While the block runs, Ctrl-C and `ENDING` stop running statements too; they arrive as `KeyboardInterrupt`.

    The event given is set by then: whatever else a stopped statement makes fail fails because of that.
    """
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():  # only there can signals be heard
        yield stop
        return

    is_ending = False

    def end(number: int, _frame: FrameType | None) -> None:
        nonlocal is_ending
        if is_ending:  # said again while things are put in order: the thread stops statements, the rest goes on
            return
        is_ending = True
        stop.number = number
        stop.set()
        raise KeyboardInterrupt

    heard, hears = socket.socketpair()
    hears.setblocking(False)
    before = signal.set_wakeup_fd(hears.fileno(), warn_on_full_buffer=False)
    thread = threading.Thread(target=_pass_on, args=(heard, stop), daemon=True)
    thread.start()
    taken = [number for number in ENDING if signal.getsignal(number) is signal.SIG_DFL]
    try:
        for number in taken:
            signal.signal(number, end)
        yield stop
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_IGN if stop.is_set() else signal.SIG_DFL)
        signal.set_wakeup_fd(before)
        hears.close()
        thread.join()
        heard.close()


def _pass_on(heard: socket.socket, stop: Stop) -> None:
    while number := heard.recv(1):
        if number[0] != signal.SIGINT and number[0] not in ENDING:
            continue
        if not stop.is_set():
            stop.number = number[0]
        stop.set()
        if "db.warehouse" in sys.modules:  # else nothing can be running
            from db.warehouse import interrupt_open

            interrupt_open()
