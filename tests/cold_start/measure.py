#!/usr/bin/env python3
"""Measures the size of each built function, and the time from its start to its request for the first event.

Run `cargo local demo --release` once, so that there are binaries, then: tests/cold_start/measure.py [RUNS]

This script simulates the Lambda runtime, Secrets Manager and DynamoDB on the loopback interface. So it measures the
function alone: process start, configuration, clients, the secret and the first connection. On AWS each connection also
needs a TLS handshake.
"""

import http.server
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS = ["Inbound", "Dialer", "Callback", "Sweeper"]
SECRET = {"account_sid": "AC" + "0" * 32, "auth_token": "token", "previous_auth_token": "", "person_key": "k" * 32}
LIMIT_S = 20


class Aws(http.server.BaseHTTPRequestHandler):
    """Answers as the runtime, Secrets Manager and DynamoDB, and records when the first event is requested."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.server.ready_at = time.perf_counter()
        self.server.ready.set()
        self.server.over.wait(LIMIT_S)
        self.close_connection = True

    def do_POST(self):
        self.rfile.read(int(self.headers.get("content-length", 0)))
        if "/runtime/init/error" in self.path:
            self.server.ready.set()
        secret = "secretsmanager" in self.headers.get("x-amz-target", "")
        body = json.dumps({"SecretString": json.dumps(SECRET)} if secret else {}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/x-amz-json-1.1")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def variables(port):
    url = f"http://127.0.0.1:{port}"
    names = ["TABLE", "SCHEDULE_PREFIX", "SECRET_ID"]
    arns = ["DIAL_QUEUE_ARN", "SCHEDULE_ROLE_ARN", "SCHEDULE_DLQ_ARN"]
    return {
        **{name: "measured" for name in names},
        **{name: "arn:aws:sqs:us-east-1:000000000000:measured" for name in arns},
        "DIAL_QUEUE_URL": url + "/000000000000/dial",
        "INBOUND_QUEUE_URL": url + "/000000000000/inbound",
        "INBOUND_DLQ_URL": url + "/000000000000/inbound-dead",
        "DIAL_DLQ_URL": url + "/000000000000/dial-dead",
        "PUBLIC_URL": "https://sixthirty.example",
        "CARRIER_URL": "https://api.twilio.com",
        "SERVICE_NUMBER": "+12125550100",
        "AWS_ENDPOINT_URL": url,
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "000000000000",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}",
        "AWS_LAMBDA_FUNCTION_NAME": "measured",
        "AWS_LAMBDA_FUNCTION_VERSION": "1",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
    }


def start(binary):
    """Starts a function, and returns the time until it requests its first event, in milliseconds."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Aws)
    server.daemon_threads = True
    server.ready, server.over, server.ready_at = threading.Event(), threading.Event(), None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    started = time.perf_counter()
    process = subprocess.Popen([binary], env=variables(server.server_port), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    server.ready.wait(LIMIT_S)
    process.kill()
    output = process.communicate()[0].decode()
    server.over.set()
    server.shutdown()
    if server.ready_at is None:
        sys.exit(f"{binary}: expected a request for an event, found none; the function's output: {output or 'none'}")
    return 1000 * (server.ready_at - started)


def main():
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    print(f"{'function':10} {'MB':>6} {'init ms, median':>16} {'min':>7} {'max':>7}   ({runs} runs)")
    for function in FUNCTIONS:
        binary = ROOT / ".local" / "build-release" / function / "bootstrap"
        if not os.access(binary, os.X_OK):
            sys.exit(f"expected {binary.relative_to(ROOT)}: run `cargo local demo --release` once")
        times = [start(str(binary)) for _ in range(runs)]
        size = binary.stat().st_size / 1e6
        print(f"{function:10} {size:6.2f} {statistics.median(times):16.1f} {min(times):7.1f} {max(times):7.1f}")


if __name__ == "__main__":
    main()
