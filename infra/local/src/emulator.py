"""Starts MiniStack for `cargo local` without its delays, limits the memory of functions, refuses requests of web pages,
counts the requests of functions, records which permissions they use, and ends with its parent.
"""

import collections
import http.server
import importlib.metadata
import inspect
import json
import os
import re
import resource
import signal
import socketserver
import subprocess
import sys
import threading

from ministack import app
from ministack.core import iam_evaluator
from ministack.services import scheduler

EXPECTED = sys.argv[1]
TICK_SECONDS = 0.5

# Browsers add at least one of these headers to a web page's request to another origin, and the page can't remove it.
# Programs send neither.
BROWSER_HEADERS = ("origin", "sec-fetch-site")
# If the domain of a web page resolves to 127.0.0.1 (DNS rebinding), the page reaches this machine under that domain.
# The browser then sees a single origin, and may send neither of the headers above.
LOCAL_HOST = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?", re.IGNORECASE)
FORBIDDEN = 403
# The path with the numbers of requests so far.
COUNTS = "/_sixthirty/requests"
# The path with the permissions of the roles that have sent requests.
PERMISSIONS = "/_sixthirty/permissions"
# Only the functions use this SDK while a test counts requests.
SDK = "aws-sdk-rust"
# The carrier's requests to the HTTP API.
API = "/_aws/execute-api/"
# The index that only the sweeper queries.
SWEEPERS_INDEX = b'"deadlines"'
# The role in the name of a caller.
ROLE = re.compile(r":(?:assumed-)?role/([^/]+)")
REASON = "only programs on this machine may use the emulator, web pages may not"


def refuse(reason):
    sys.exit(f"this version of the emulator is not supported: {reason}")


def remove_delays():
    """Makes a warm invocation take 8 ms instead of 52, and a schedule fire within half a second instead of ten."""
    found = importlib.metadata.version("ministack")
    if found != EXPECTED:
        refuse(f"expected ministack {EXPECTED}, found {found}")
    # Nagle's algorithm with delayed acknowledgments delays each response of the Runtime API by 40 ms.
    if not hasattr(socketserver.StreamRequestHandler, "disable_nagle_algorithm"):
        refuse("socketserver has no disable_nagle_algorithm")
    socketserver.StreamRequestHandler.disable_nagle_algorithm = True
    if not isinstance(getattr(scheduler, "_SCHEDULE_TICK_INTERVAL", None), int):
        refuse("its scheduler has no _SCHEDULE_TICK_INTERVAL")
    scheduler._SCHEDULE_TICK_INTERVAL = TICK_SECONDS


def limit_memory():
    """Limits each function's process to the memory size of its function, which MiniStack does not do.

    A process that needs more can't allocate it and aborts, as Lambda ends a process that needs more. The limit is on
    data: a limit on all addresses would also count the space that the allocator reserves for each thread.
    """
    popen = subprocess.Popen

    class LimitedPopen(popen):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            megabytes = (options.get("env") or {}).get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
            if megabytes:
                size = int(megabytes) * 1024 * 1024
                try:
                    resource.prlimit(self.pid, resource.RLIMIT_DATA, (size, size))
                except ProcessLookupError:
                    pass  # It has just ended.

    subprocess.Popen = LimitedPopen


def observing(open_app):
    """Returns an application that also counts the requests of functions, and those of the carrier to the HTTP API.

    It serves these numbers, and the permissions. The test of what a reminder costs reads the numbers. A request is named by its operation, or by its method and path
    without names. The sweeper reads its index all the time, so these queries have a name of their own.
    """
    counts = collections.Counter()
    permissions = watch_permissions()

    async def observing_app(scope, receive, send):
        if scope["type"] != "http":
            return await open_app(scope, receive, send)
        headers = dict(decoded(scope["headers"]))
        if scope["path"] == COUNTS:
            return await respond(send, 200, "application/json", json.dumps(counts))
        if scope["path"] == PERMISSIONS:
            return await respond(send, 200, "application/json", json.dumps(permissions))
        if scope["path"].startswith(API):
            counts["webhook"] += 1
        elif headers.get("user-agent", "").startswith(SDK):
            receive = reading(receive, lambda body: counts.update([operation(scope, headers, body)]))
        await open_app(scope, receive, send)

    return observing_app


def watch_permissions():
    """Records the permissions that the roles of requests have, each with whether a request has used it.

    Returns a dictionary that each later request updates. Its keys are strings: "role action resource".
    """
    names = ("evaluate", "_action_matches", "_resource_matches", "_conditions_met")
    if not all(hasattr(iam_evaluator, name) for name in names):
        refuse("its policy evaluator lacks the expected functions")
    evaluate = iam_evaluator.evaluate
    used = {}

    def watching_evaluate(context, policies, *limits):
        role = ROLE.search(context.principal_arn)
        for statement in [statement for policy in policies for statement in policy] if role else []:
            is_met = statement.effect == "Allow" and iam_evaluator._conditions_met(statement.conditions, context)
            for action in statement.actions:
                for name in statement.resources:
                    key = f"{role[1]} {action} {name}"
                    is_used = (
                        is_met
                        and iam_evaluator._action_matches(context.action, [action], [])
                        and iam_evaluator._resource_matches(context.resource_arn, [name], [])
                    )
                    used[key] = used.get(key, False) or is_used
        return evaluate(context, policies, *limits)

    iam_evaluator.evaluate = watching_evaluate
    return used


def operation(scope, headers, body):
    """Returns the name of the operation that a request asks for."""
    target = headers.get("x-amz-target")
    if target is None:
        return f"{scope['method']} /{scope['path'].split('/')[1]}"
    name = target.rsplit(".")[-1]
    return "Query of the sweeper" if name == "Query" and SWEEPERS_INDEX in body else name


def reading(receive, then):
    """Returns a function that receives the same messages, and calls `then` with the whole body of the request."""
    parts = []

    async def read():
        message = await receive()
        if message["type"] == "http.request":
            parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                then(b"".join(parts))
        return message

    return read


async def respond(send, status, content_type, text):
    start = {"status": status, "headers": [(b"content-type", content_type.encode())]}
    await send({"type": "http.response.start", **start})
    await send({"type": "http.response.body", "body": text.encode()})


def may_come_from_a_web_page(headers):
    """Returns whether a request with these headers, pairs of name and value, may come from a web page."""
    headers = [(name.lower(), value) for name, value in headers]
    hosts = [value for name, value in headers if name == "host"]
    is_local = len(hosts) == 1 and LOCAL_HOST.fullmatch(hosts[0])
    return not is_local or any(name in BROWSER_HEADERS for name, _ in headers)


def close_to_web_pages():
    """Refuses requests of web pages. A page could otherwise create a function, and so run a program on this machine."""
    close_api()
    close_runtime_api()


def close_api():
    """Refuses the requests that web pages send to the emulator's port.

    The port serves the AWS API, MiniStack's own paths, and web sockets.
    """
    open_app = getattr(app, "app", None)
    if not inspect.iscoroutinefunction(open_app) or "app" not in app.main.__code__.co_names:
        refuse("its main function does not serve the ASGI application `app`")
    observing_app = observing(open_app)

    async def closed_app(scope, receive, send):
        if scope["type"] == "lifespan" or not may_come_from_a_web_page(decoded(scope["headers"])):
            await observing_app(scope, receive, send)
        elif scope["type"] == "websocket":
            # The server answers a close before the handshake with 403.
            await send({"type": "websocket.close"})
        else:
            await respond(send, FORBIDDEN, "text/plain", f"{REASON}\n")

    app.app = closed_app


def decoded(headers):
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]


def close_runtime_api():
    """Refuses the requests that web pages send to the Runtime API. A page could otherwise take a function's event.

    The Runtime API has a port for each function process.
    """
    handler = http.server.BaseHTTPRequestHandler
    parse_request = handler.parse_request

    def parse_and_check(self):
        if not parse_request(self):
            return False
        if may_come_from_a_web_page(self.headers.items()):
            # Close the connection, because the body of the request may not have been read.
            self.send_error(FORBIDDEN, explain=REASON)
            self.close_connection = True
            return False
        return True

    handler.parse_request = parse_and_check


def end_with_parent():
    """Ends this process when its standard input is closed, which happens when the parent ends or asks for the end."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


remove_delays()
limit_memory()
close_to_web_pages()
threading.Thread(target=end_with_parent, daemon=True).start()
sys.argv = ["ministack"]
app.main()
