"""Starts MiniStack as `cargo local` needs it: quick, closed to web pages, ended with the program that started it."""

import http.server
import importlib.metadata
import inspect
import os
import re
import signal
import socketserver
import sys
import threading

from ministack import app
from ministack.services import scheduler

EXPECTED = sys.argv[1]
TICK_SECONDS = 0.5

# Browsers add these to what a web page requests, and the page can't remove them. Programs send neither.
BROWSER_HEADERS = ("origin", "sec-fetch-site")
# A web page reaches this machine under another name when its own domain resolves to 127.0.0.1 (DNS rebinding).
# Browsers then see one origin, and may send neither of the headers above.
LOCAL_HOST = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?", re.IGNORECASE)
FORBIDDEN = 403
REASON = "only programs of this machine may use the emulator, web pages may not"


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


def may_be_from_a_web_page(headers):
    """Whether a web page may have made a request with these headers, pairs of a name and a value."""
    headers = [(name.lower(), value) for name, value in headers]
    hosts = [value for name, value in headers if name == "host"]
    is_local = len(hosts) == 1 and LOCAL_HOST.fullmatch(hosts[0])
    return not is_local or any(name in BROWSER_HEADERS for name, _ in headers)


def close_to_web_pages():
    """Refuses a web page's request before MiniStack sees it: the page could create a function, a program of its own."""
    close_api()
    close_runtime_api()


def close_api():
    """Closes the emulator's port, which serves the AWS API, the paths of MiniStack's own and web sockets."""
    open_app = getattr(app, "app", None)
    if not inspect.iscoroutinefunction(open_app) or "app" not in app.main.__code__.co_names:
        refuse("its main function does not serve the ASGI application `app`")

    async def closed_app(scope, receive, send):
        if scope["type"] == "lifespan" or not may_be_from_a_web_page(decoded(scope["headers"])):
            await open_app(scope, receive, send)
        elif scope["type"] == "websocket":
            # The server answers a close before the handshake with 403.
            await send({"type": "websocket.close"})
        else:
            start = {"status": FORBIDDEN, "headers": [(b"content-type", b"text/plain")]}
            await send({"type": "http.response.start", **start})
            await send({"type": "http.response.body", "body": f"{REASON}\n".encode()})

    app.app = closed_app


def decoded(headers):
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]


def close_runtime_api():
    """Closes the Runtime API, which has a port for each function's process: a page there could take its event."""
    handler = http.server.BaseHTTPRequestHandler
    parse_request = handler.parse_request

    def parse_and_judge(self):
        if not parse_request(self):
            return False
        if may_be_from_a_web_page(self.headers.items()):
            # It also closes the connection, on which a body may still be on its way.
            self.send_error(FORBIDDEN, explain=REASON)
            self.close_connection = True
            return False
        return True

    handler.parse_request = parse_and_judge


def end_with_parent():
    """The starter holds our standard input open and never writes: its end is the starter's end, however it came."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


hurry()
close_to_web_pages()
threading.Thread(target=end_with_parent, daemon=True).start()
sys.argv = ["ministack"]
app.main()
