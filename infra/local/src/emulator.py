"""Starts MiniStack the way `cargo local` needs it: quick, and never living longer than who started it."""

import importlib.metadata
import os
import signal
import socketserver
import sys
import threading

from ministack import app
from ministack.services import scheduler

EXPECTED = sys.argv[1]
TICK_SECONDS = 0.5


def refuse(what):
    sys.exit(f"the emulator is not the one this was written for: {what}")


def hurry():
    """A warm invocation takes 8 ms instead of 52, a schedule fires within half a second instead of ten."""
    found = importlib.metadata.version("ministack")
    if found != EXPECTED:
        refuse(f"expected ministack {EXPECTED}, found {found}")
    # Nagle's algorithm and delayed acknowledgements hold up each answer of its Runtime API by 40 ms.
    if not hasattr(socketserver.StreamRequestHandler, "disable_nagle_algorithm"):
        refuse("socketserver has no disable_nagle_algorithm")
    socketserver.StreamRequestHandler.disable_nagle_algorithm = True
    if not isinstance(getattr(scheduler, "_SCHEDULE_TICK_INTERVAL", None), int):
        refuse("its scheduler has no _SCHEDULE_TICK_INTERVAL")
    scheduler._SCHEDULE_TICK_INTERVAL = TICK_SECONDS


def end_with_parent():
    """The starter holds our standard input open and never writes: its end is the starter's end, however it came."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


hurry()
threading.Thread(target=end_with_parent, daemon=True).start()
sys.argv = ["ministack"]
app.main()
