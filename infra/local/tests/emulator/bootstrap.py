"""A function that requests events from the Runtime API as web pages would, and returns the status of each response."""

import json
import os
import urllib.error
import urllib.request

API = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"
WEB_PAGE_HEADERS = [
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Host": "rebound.example"},
]


def status_of_next(headers):
    try:
        with urllib.request.urlopen(urllib.request.Request(f"{API}/next", headers=headers)) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


statuses = json.dumps([status_of_next(headers) for headers in WEB_PAGE_HEADERS]).encode()
while True:
    with urllib.request.urlopen(f"{API}/next") as event:
        request_id = event.headers["Lambda-Runtime-Aws-Request-Id"]
    urllib.request.urlopen(f"{API}/{request_id}/response", statuses).close()
