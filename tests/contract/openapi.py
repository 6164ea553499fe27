"""Validates requests and responses against Twilio's OpenAPI description.

Two rules are added, so that a misspelled name is found. A form or a response must not have a field that the description
does not list. A response must have all fields that the description lists.
"""

import hashlib
import json
import re
from datetime import datetime
from urllib.parse import urlencode

from openapi_core import Config, OpenAPI
from openapi_core.testing import MockRequest, MockResponse

# SHA-256 of twilio_api_v2010.json in @twilio/cli-core 8.3.2. Another version may have other rules.
DIGEST = "7f123267c8dd60bd5412ed723cc021f0e58d52b635e8fad41f72c4a3dda9e77e"
HOST = "https://api.twilio.com"
FORM = "application/x-www-form-urlencoded"
PATHS = [
    "/2010-04-01/Accounts/{Sid}.json",
    "/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers.json",
    "/2010-04-01/Accounts/{AccountSid}/Calls.json",
    "/2010-04-01/Accounts/{AccountSid}/Calls/{Sid}.json",
    "/2010-04-01/Accounts/{AccountSid}/Messages.json",
    "/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json",
]
RESOURCES = [
    "api.v2010.account",
    "api.v2010.account.call",
    "api.v2010.account.incoming_phone_number",
    "api.v2010.account.message",
]


class Disagreement(Exception):
    """The reason why a request or a response does not match the description."""


class Description:
    def __init__(self, path):
        with open(path, "rb") as file:
            text = file.read()
        found = hashlib.sha256(text).hexdigest()
        if found != DIGEST:
            raise SystemExit(f"{path}: expected SHA-256 {DIGEST}, found {found}")
        description = json.loads(text)
        description["paths"] = {path: description["paths"][path] for path in PATHS}
        self.forms = {}
        for path, operations in description["paths"].items():
            if body := operations.get("post", {}).get("requestBody"):
                pattern = re.compile(re.sub(r"{\w+}", "[^/]+", path.replace(".", "[.]")))
                self.forms[pattern] = body["content"][FORM]["schema"]["properties"]
        for name in RESOURCES:
            schema = description["components"]["schemas"][name]
            schema["required"] = sorted(schema["properties"])
            schema["additionalProperties"] = False
        formats = {"date-time-rfc-2822": is_date, "currency": lambda text: re.fullmatch("[A-Z]{3}", text) is not None}
        config = Config(spec_validator_cls=None, extra_format_validators=formats)
        self.openapi = OpenAPI.from_dict(description, config=config)

    def validate_request(self, method, path, form):
        """Raises Disagreement if a request is not valid. `form` is a list of pairs. Credentials are not checked."""
        request = mock_request(method, path, form)
        self._check(lambda: self.openapi.validate_request(request))
        known = next((known for pattern, known in self.forms.items() if pattern.fullmatch(path)), {})
        names = [name for name, _ in form]
        for name in names:
            if method != "POST" or name not in known:
                raise Disagreement(f"{name}: expected a parameter of the description")
            if names.count(name) > 1 and known[name].get("type") != "array":
                raise Disagreement(f"{name}: expected it once, found it {names.count(name)} times")

    def validate_response(self, method, path, form, status, content_type, body):
        """Raises Disagreement if the response to a request is not valid."""
        request = mock_request(method, path, form)
        response = MockResponse(body, status_code=status, content_type=content_type.split(";")[0])
        self._check(lambda: self.openapi.validate_response(request, response))

    def _check(self, validation):
        try:
            validation()
        except Exception as error:  # openapi-core raises another class of error for each part of a request.
            raise Disagreement("; ".join(reasons(error))) from error


def mock_request(method, path, form):
    return MockRequest(
        HOST,
        method.lower(),
        path,
        headers={"Authorization": "Basic eA=="},
        data=urlencode([tuple(pair) for pair in form]).encode() if method == "POST" else b"",
        content_type=FORM,
    )


def is_date(text):
    """Whether a text is a date in RFC 2822 format and UTC, as Twilio writes dates."""
    try:
        return bool(datetime.strptime(text, "%a, %d %b %Y %H:%M:%S +0000"))
    except ValueError:
        return False


def reasons(error):
    """The messages of an error and of its causes."""
    while error:
        details = getattr(error, "schema_errors", None)
        if details:
            yield from (f"{'.'.join(map(str, detail.path))}: {detail.message}" for detail in details)
        else:
            yield str(error)
        error = error.__cause__

