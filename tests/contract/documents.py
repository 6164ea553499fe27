"""Validates TwiML with Twilio's own builders: a document is valid if the builders can write the same document."""

import inspect
import json
import re
import subprocess
import xml.etree.ElementTree as xml

from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import VoiceResponse

RESPONSES = {"voice": VoiceResponse, "messaging": MessagingResponse}
# The builders' argument for the text of a verb.
TEXT = {"Say": "message", "Message": "body", "Redirect": "url"}


class NotTwiml(Exception):
    """The reason why Twilio's builders can't write a document."""


def ours():
    """One example of each document that the service writes, as (name, kind, document)."""
    command = "cargo run --quiet --package twilio --example twiml"
    lines = subprocess.run(command.split(), check=True, capture_output=True, text=True).stdout.splitlines()
    documents = [json.loads(line) for line in lines]
    return [(document["name"], document["kind"], document["twiml"]) for document in documents]


def validate(kind, document):
    """Builds the document again with Twilio's builders. Raises NotTwiml if the result differs."""
    root = xml.fromstring(document)
    if root.tag != "Response" or root.attrib:
        raise NotTwiml(f"expected <Response> without attributes, found <{root.tag}> with {root.attrib}")
    rebuilt = RESPONSES[kind]()
    for element in root:
        build(rebuilt, element)
    written, expected = xml.canonicalize(document), xml.canonicalize(str(rebuilt))
    if written != expected:
        raise NotTwiml(f"expected {expected}, found {written}")


def build(parent, element):
    """Adds an element and its children to a parent built by Twilio's builders."""
    verb = getattr(parent, snake(element.tag), None)
    if verb is None:
        raise NotTwiml(f"{type(parent).__name__} has no <{element.tag}>")
    known = inspect.signature(verb).parameters
    arguments = {}
    for name, value in element.attrib.items():
        if snake(name) not in known:
            raise NotTwiml(f"<{element.tag}> has no attribute {name}")
        arguments[snake(name)] = value
    if element.tag in TEXT:
        arguments[TEXT[element.tag]] = element.text or ""
    elif (element.text or "").strip():
        raise NotTwiml(f"<{element.tag}> must not contain text")
    built = verb(**arguments)
    for child in element:
        build(built, child)


def snake(name):
    """The builders' name of a TwiML name: `numDigits` becomes `num_digits`."""
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


def spoken(document):
    """The texts of all <Say> elements, in order."""
    return [(say.text or "").strip() for say in xml.fromstring(document).iter("Say")]
