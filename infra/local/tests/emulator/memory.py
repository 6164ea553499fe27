"""A function that allocates as much memory as its event says, and returns whether it got it."""

import json
import os
import urllib.request

API = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"


def allocate(megabytes):
    try:
        bytearray(megabytes << 20)
        return "allocated"
    except MemoryError:
        return "refused"


while True:
    with urllib.request.urlopen(f"{API}/next") as event:
        request_id = event.headers["Lambda-Runtime-Aws-Request-Id"]
        outcome = allocate(json.load(event)["megabytes"])
    urllib.request.urlopen(f"{API}/{request_id}/response", json.dumps(outcome).encode()).close()
