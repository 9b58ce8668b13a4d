"""Ctrl-C that is heard at once: DuckDB often misses it while a statement runs, so a thread passes it on."""

import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def hearing_ctrl_c() -> Iterator[threading.Event]:
    """While the block runs, Ctrl-C stops running statements too; it then arrives as `KeyboardInterrupt` as ever.

    The event given is set by then: whatever else a stopped statement makes fail fails because of Ctrl-C.
    """
    pressed = threading.Event()
    if threading.current_thread() is not threading.main_thread():  # only there can signals be heard
        yield pressed
        return
    heard, hears = socket.socketpair()
    hears.setblocking(False)
    before = signal.set_wakeup_fd(hears.fileno(), warn_on_full_buffer=False)
    thread = threading.Thread(target=_pass_on, args=(heard, pressed), daemon=True)
    thread.start()
    try:
        yield pressed
    finally:
        signal.set_wakeup_fd(before)
        hears.close()
        thread.join()
        heard.close()


def _pass_on(heard: socket.socket, pressed: threading.Event) -> None:
    while number := heard.recv(1):
        if number[0] != signal.SIGINT:
            continue
        pressed.set()
        if "db.warehouse" in sys.modules:  # else nothing can be running
            from db.warehouse import interrupt_open

            interrupt_open()
