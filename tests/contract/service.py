"""A stand-in for the service: it records webhooks, and responds with the documents that a check sets."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

from twilio.request_validator import RequestValidator

PUBLIC = "https://sixthirty.example"


class Parameters:
    """A form in which a name may occur several times, with the methods that `RequestValidator` calls."""

    def __init__(self, pairs):
        self.pairs = pairs

    def __iter__(self):
        return iter(name for name, _ in self.pairs)

    def __len__(self):
        return len(self.pairs)

    def getall(self, name):
        return [value for found, value in self.pairs if found == name]

    def get(self, name):
        values = self.getall(name)
        return values[0] if values else None


class Webhook:
    def __init__(self, method, path, body, signature):
        self.method, self.path, self.signature = method, path, signature
        self.form = Parameters(parse_qsl(body, keep_blank_values=True, strict_parsing=bool(body)))

    def signed_by(self, token):
        return RequestValidator(token).validate(PUBLIC + self.path, self.form, self.signature)


class Service:
    def __init__(self):
        self.webhooks, self.answers, self.received = [], {}, threading.Condition()
        service = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length).decode()
                signature = self.headers.get("X-Twilio-Signature", "")
                answer = service.handle(Webhook(self.command, self.path, body, signature))
                self.send_response(200)
                self.send_header("Content-Type", "text/xml")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_POST = answer

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def handle(self, webhook):
        """Records a webhook, and returns the document that was set for its path."""
        with self.received:
            self.webhooks.append(webhook)
            self.received.notify_all()
            path = webhook.path.split("?")[0]
            return str(self.answers.get(path, "<Response/>")).encode()

    def wait_for(self, path, count=1):
        """Waits until a path has received `count` webhooks, and returns all webhooks to it."""
        with self.received:
            wanted = lambda: [webhook for webhook in self.webhooks if webhook.path.split("?")[0] == path]
            if not self.received.wait_for(lambda: len(wanted()) >= count, timeout=20):
                raise AssertionError(f"expected {count} requests to {path}, found {len(wanted())}")
            return wanted()
