"""Runs the simulated carrier as a separate program, and sends requests to it with Twilio's own client."""

import json
import subprocess
import threading
import urllib.request

from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from service import PUBLIC

ACCOUNT = "AC0123456789abcdef0123456789abcdef"
TOKEN, SECONDARY = "primary", "secondary"
KEY, KEY_SECRET = "SK0123456789abcdef0123456789abcdef", "secret-of-the-key"
NUMBER = "+12125550100"


class Carrier:
    def __init__(self, service):
        command = "cargo run --quiet --package simulated-carrier --"
        options = {
            "--port": 0, "--account": ACCOUNT, "--token": TOKEN, "--secondary-token": SECONDARY,
            "--api-key": KEY, "--api-key-secret": KEY_SECRET, "--number": NUMBER,
            "--public": PUBLIC, "--base": service.base, "--second-ms": 40, "--speech-ms-per-char": 0,
        }
        words = command.split() + [str(word) for option in options.items() for word in option]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()
        if not self.url:
            raise SystemExit("expected the simulated carrier to print its URL, found no output")

    def stop(self):
        """Closes the carrier's standard input, and returns its exit status, or None if it does not end within 20 s."""
        self.process.stdin.close()
        try:
            return self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return None

    def ask(self, path, body=None):
        """Sends a GET, or a POST if there is a body, and returns the body of the response."""
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(self.url + path, data=data), timeout=20) as response:
            return response.read().decode()

    def fault(self, to, kind, **more):
        self.ask("/_carrier/faults", {"to": to, "kind": kind, **more})

    def behave(self, number, *calls):
        self.ask("/_phone/behaviour", {"number": number, "calls": list(calls)})

    def deliver(self, number, *texts):
        self.ask("/_phone/deliveries", {"number": number, "texts": list(texts)})

    def set_phone(self, number, **setting):
        self.ask("/_phone/setting", {"number": number, "setting": setting})

    def call_in(self, number, script):
        """Lets a person call the service's number, and returns the id of the call."""
        return json.loads(self.ask("/_phone/call", {"from": number, "script": script}))["call"]

    def log(self, number):
        query = f"?number={number.replace('+', '%2B')}"
        return [json.loads(line) for line in self.ask("/_carrier/log" + query).splitlines()]

    def requests(self):
        """All API requests that the carrier received."""
        return [json.loads(line) for line in self.ask("/_carrier/requests").splitlines()]


class RecordingHttp(TwilioHttpClient):
    """Sends the client's requests to the simulated carrier instead of Twilio, and records every exchange."""

    def __init__(self, carrier, exchanges):
        super().__init__(timeout=20)
        self.carrier, self.exchanges, self.lock = carrier, exchanges, threading.Lock()

    def request(self, method, url, params=None, data=None, *args, **kwargs):
        path = url.removeprefix("https://api.twilio.com")
        assert path != url, f"expected a request to api.twilio.com, found {url}"
        response = super().request(method, self.carrier.url + path, params, data, *args, **kwargs)
        sent = form_of(data)
        with self.lock:
            self.exchanges.append((method, path, sent, response.status_code, response.headers, response.text))
        return response


def form_of(data):
    """The fields of a form as pairs. The client passes a list for a field that occurs several times."""
    sent = []
    for name, value in (data or {}).items():
        values = value if isinstance(value, list) else [value]
        sent += [(name, str(item)) for item in values]
    return sent


def client(carrier, exchanges, user=ACCOUNT, token=TOKEN):
    return Client(user, token, account_sid=ACCOUNT, http_client=RecordingHttp(carrier, exchanges))
