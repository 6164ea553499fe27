"""Checks that the simulated carrier behaves like Twilio, and that our requests and TwiML are valid for Twilio.

Twilio's own Python package sends requests to the carrier and checks its signatures. Twilio's own OpenAPI description
checks every request from our client and every response of the carrier. The script `run` downloads both, and then starts
this program.
"""

import json
import subprocess
import sys
import traceback

from twilio.base.exceptions import TwilioRestException
from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import Gather, VoiceResponse

import documents
from carrier import ACCOUNT, KEY, KEY_SECRET, NUMBER, SECONDARY, TOKEN, Carrier, client
from openapi import Disagreement, Description
from service import PUBLIC, Service

EVENTS = ["initiated", "ringing", "answered", "completed"]
# Parameters that Twilio documents for every webhook of a call, and of an incoming text.
CALL_PARAMETERS = {"CallSid", "AccountSid", "From", "To", "CallStatus", "ApiVersion", "Direction"}
TEXT_PARAMETERS = {"MessageSid", "SmsSid", "AccountSid", "From", "To", "Body", "NumMedia", "NumSegments"}
# Parameters that Twilio documents for the status of a text, and for the verdict of asynchronous machine detection.
DELIVERY_PARAMETERS = {"MessageSid", "MessageStatus", "SmsSid", "SmsStatus", "From", "To", "AccountSid"}
DETECTION_PARAMETERS = {"CallSid", "AccountSid", "AnsweredBy", "MachineDetectionDuration"}

CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


class World:
    def __init__(self, path):
        self.description = Description(path)
        self.service = Service()
        self.carrier = Carrier(self.service)
        self.exchanges = []
        self.twilio = client(self.carrier, self.exchanges)
        self.numbers = iter(range(1, 80))

    def number(self):
        """A phone number that no other check uses."""
        return f"+121255501{next(self.numbers):02}"

    def call(self, to, path, **more):
        """Places a call. Its webhook URLs begin with `path`, which no other check may use."""
        return self.twilio.calls.create(
            to=to, from_=NUMBER, url=f"{PUBLIC}{path}/twiml", status_callback=f"{PUBLIC}{path}/status", **more
        )

    def said(self, number):
        """Everything that was spoken on calls to this number."""
        return [entry["words"] for entry in self.carrier.log(number) if entry["kind"] == "said"]

    def text(self, sender, body, **more):
        return json.loads(self.carrier.ask("/_phone/text", {"from": sender, "body": body, **more}))


def refusal(request):
    """The HTTP status and Twilio's error code of a request that must be refused."""
    try:
        request()
    except TwilioRestException as refused:
        return refused.status, refused.code
    raise AssertionError("expected a refusal, found none")


def equal(found, expected):
    assert found == expected, f"expected {expected!r}, found {found!r}"


@check
def a_call_goes_from_queued_to_completed(world):
    to = world.number()
    response = VoiceResponse()
    gather = Gather(num_digits=1, timeout=20, action="/whole/key")
    gather.say("buy milk")
    response.append(gather)
    world.service.answers["/whole/twiml"] = response
    bye = VoiceResponse()
    bye.say("bye")
    bye.hangup()
    world.service.answers["/whole/key"] = bye
    world.carrier.behave(to, {"answer_after_ms": 50, "press": [{"digit": "1"}]})
    call = world.call(to, "/whole", status_callback_event=EVENTS, timeout=30, time_limit=90)
    equal((call.status, call.start_time, call.to, call.direction), ("queued", None, to, "outbound-api"))
    callbacks = world.service.wait_for("/whole/status", 4)
    statuses = [callback.form.get("CallStatus") for callback in callbacks]
    equal(statuses, ["initiated", "ringing", "in-progress", "completed"])
    equal([callback.form.get("SequenceNumber") for callback in callbacks], ["0", "1", "2", "3"])
    equal(world.said(to), ["buy milk", "bye"])
    equal(world.service.wait_for("/whole/key")[0].form.get("Digits"), "1")
    ended = world.twilio.calls(call.sid).fetch()
    equal((ended.status, int(ended.duration) >= 1), ("completed", True))
    assert ended.start_time <= ended.end_time


@check
def calls_that_are_not_answered_have_twilios_statuses(world):
    for behaviour, kind, status in [
        ({"then": "busy"}, None, "busy"), ({"then": "decline", "answer_after_ms": 1}, None, "busy"),
        ({"then": "no-answer", "answer_after_ms": 1}, None, "no-answer"), (None, "call-fails", "failed"),
    ]:
        to = world.number()
        if behaviour:
            world.carrier.behave(to, behaviour)
        if kind:
            world.carrier.fault(to, kind)
        path = f"/{to[1:]}"
        call = world.call(to, path)
        equal(world.service.wait_for(f"{path}/status")[0].form.get("CallStatus"), status)
        equal(call.fetch().status, status)


@check
def calls_can_be_cancelled_redirected_and_completed(world):
    to = world.number()
    waiting = world.call(to, "/waiting", status_callback_event=["ringing", "completed"])
    world.service.wait_for("/waiting/status", 1)
    equal(waiting.fetch().status, "ringing")
    equal(waiting.update(status="canceled").status, "canceled")
    equal(refusal(lambda: waiting.update(status="canceled")), (400, 21220))

    pause = VoiceResponse()
    pause.pause(length=600)
    world.service.answers["/long/twiml"] = pause
    goodbye = VoiceResponse()
    goodbye.redirect(f"{PUBLIC}/long/last", method="GET")
    world.service.answers["/long/other"] = goodbye
    world.service.answers["/long/last"] = pause
    world.carrier.behave(to, {"answer_after_ms": 1})
    talking = world.call(to, "/long")
    world.service.wait_for("/long/twiml")
    equal(talking.update(url=f"{PUBLIC}/long/other", method="POST").status, "in-progress")
    world.service.wait_for("/long/last")
    equal(talking.update(status="completed").status, "completed")


@check
def a_text_is_sent_and_delivered(world):
    to = world.number()
    text = world.twilio.messages.create(
        to=to, from_=NUMBER, body="milk & bread 🥛", status_callback=f"{PUBLIC}/delivery"
    )
    equal((text.status, text.body, text.direction), ("queued", "milk & bread 🥛", "outbound-api"))
    callbacks = world.service.wait_for("/delivery", 3)
    equal([callback.form.get("MessageStatus") for callback in callbacks], ["queued", "sent", "delivered"])
    assert all(callback.form.get("MessageSid") == text.sid for callback in callbacks)
    equal((text.fetch().status, text.fetch().error_code), ("delivered", None))


@check
def an_undelivered_text_has_twilios_code(world):
    for then, code in [("undelivered", 30003), ("failed", 30034)]:
        to = world.number()
        world.carrier.deliver(to, {"then": then, "code": code})
        path = f"/undelivered/{code}"
        text = world.twilio.messages.create(to=to, from_=NUMBER, body="milk", status_callback=f"{PUBLIC}{path}")
        last = world.service.wait_for(path, 3 if then == "undelivered" else 2)[-1]
        equal((last.form.get("MessageStatus"), last.form.get("ErrorCode")), (then, str(code)))
        fetched = text.fetch()
        equal((fetched.status, fetched.error_code, fetched.date_sent is None), (then, code, then == "failed"))


@check
def the_status_of_an_answer_is_reported(world):
    answer = MessagingResponse()
    answer.message("OK", status_callback="/answered")
    world.service.answers["/sms"] = answer
    world.text(world.number(), "x")
    callbacks = world.service.wait_for("/answered", 3)
    equal([callback.form.get("MessageStatus") for callback in callbacks], ["queued", "sent", "delivered"])
    reply = world.twilio.messages(callbacks[0].form.get("MessageSid")).fetch()
    equal((reply.direction, reply.status), ("outbound-reply", "delivered"))


@check
def a_mailbox_is_detected_and_a_message_is_left_on_it(world):
    to = world.number()
    greeting = VoiceResponse()
    greeting.say("buy milk")
    greeting.pause(length=600)
    world.service.answers["/mailbox/twiml"] = greeting
    message = VoiceResponse()
    message.say("milk is to be bought")
    world.service.answers["/mailbox/message"] = message
    world.carrier.set_phone(to, answering="mailbox", after_ms=50)
    call = world.call(
        to, "/mailbox", timeout=18, machine_detection="DetectMessageEnd", async_amd="true",
        async_amd_status_callback=f"{PUBLIC}/mailbox/answered-by", async_amd_status_callback_method="POST",
    )
    verdict = world.service.wait_for("/mailbox/answered-by")[0].form
    equal((verdict.get("AnsweredBy"), verdict.get("CallSid")), ("machine_end_beep", call.sid))
    equal((verdict.get("AccountSid"), int(verdict.get("MachineDetectionDuration")) > 0), (ACCOUNT, True))
    equal(call.fetch().answered_by, "machine_end_beep")
    call.update(url=f"{PUBLIC}/mailbox/message", method="POST")
    world.service.wait_for("/mailbox/status")
    recorded = [entry["words"] for entry in world.carrier.log(to) if entry["kind"] == "recorded"]
    equal(recorded, ["milk is to be bought"])


@check
def a_person_is_detected_while_the_document_runs(world):
    to = world.number()
    pause = VoiceResponse()
    pause.pause(length=10)
    world.service.answers["/person/twiml"] = pause
    world.carrier.behave(to, {"answer_after_ms": 1})
    call = world.call(
        to, "/person", machine_detection="Enable", async_amd="true",
        async_amd_status_callback=f"{PUBLIC}/person/answered-by",
    )
    equal(world.service.wait_for("/person/answered-by")[0].form.get("AnsweredBy"), "human")
    assert "AnsweredBy" not in set(world.service.wait_for("/person/twiml")[0].form)
    equal(call.fetch().answered_by, "human")


@check
def a_person_calls_the_service(world):
    caller = world.number()
    response = VoiceResponse()
    gather = Gather(num_digits=1, timeout=20, action="/voice/key")
    gather.say("milk was due")
    response.append(gather)
    world.service.answers["/voice"] = response
    world.service.answers["/voice/key"] = VoiceResponse()
    sid = world.carrier.call_in(caller, {"press": [{"digit": "2"}]})
    form = world.service.wait_for("/voice")[0].form
    equal((form.get("From"), form.get("To"), form.get("Direction")), (caller, NUMBER, "inbound"))
    key = world.service.wait_for("/voice/key")[0].form
    equal((key.get("CallSid"), key.get("Digits")), (sid, "2"))
    call = world.twilio.calls(sid).fetch()
    equal((call.direction, call._from, call.to), ("inbound", caller, NUMBER))


@check
def refusals_have_twilios_codes(world):
    to, call, text = world.number(), world.twilio.calls.create, world.twilio.messages.create
    url = f"{PUBLIC}/twiml"
    for code, request in [
        (21211, lambda: call(to="12", from_=NUMBER, url=url)),
        (21210, lambda: call(to=to, from_="+12125550199", url=url)),
        (21205, lambda: call(to=to, from_=NUMBER)),
        (21211, lambda: text(to="12", from_=NUMBER, body="x")),
        (21606, lambda: text(to=to, from_="+12125550199", body="x")),
        (21602, lambda: text(to=to, from_=NUMBER)),
        (21617, lambda: text(to=to, from_=NUMBER, body="x" * 1601)),
    ]:
        equal(refusal(request), (400, code))
    for kind, expected in [
        ("refuse-number", (400, 21211)), ("http-401", (401, 20003)), ("http-429", (429, 20429)),
        ("http-500", (500, 20500)),
    ]:
        world.carrier.fault(to, kind)
        equal(refusal(lambda: call(to=to, from_=NUMBER, url=url)), expected)
    equal(refusal(world.twilio.calls("CA" + "0" * 32).fetch), (404, 20404))
    equal(refusal(world.twilio.messages("SM" + "0" * 32).fetch), (404, 20404))


@check
def the_account_and_its_number_are_shown(world):
    account = world.twilio.api.accounts(ACCOUNT).fetch()
    equal((account.status, account.type), ("active", "Full"))
    [number] = world.twilio.incoming_phone_numbers.list(phone_number=NUMBER)
    equal((number.phone_number, number.capabilities["sms"], number.sms_method), (NUMBER, True, "POST"))
    equal(world.twilio.incoming_phone_numbers.list(phone_number="+12125550199"), [])


@check
def only_the_accounts_tokens_are_accepted(world):
    fetch_with = lambda token: client(world.carrier, world.exchanges, token=token).calls("CA" + "0" * 32).fetch
    equal(refusal(fetch_with("wrong")), (401, 20003))
    equal(refusal(fetch_with(TOKEN)), (404, 20404))
    equal(refusal(fetch_with(SECONDARY)), (404, 20404))


@check
def an_api_key_is_accepted_except_for_the_account_itself(world):
    by_key = lambda secret: client(world.carrier, world.exchanges, user=KEY, token=secret)
    equal(refusal(by_key(KEY_SECRET).calls("CA" + "0" * 32).fetch), (404, 20404))
    text = by_key(KEY_SECRET).messages.create(to=world.number(), from_=NUMBER, body="milk")
    equal((text.status, text.account_sid), ("queued", ACCOUNT))
    equal(refusal(by_key(TOKEN).calls("CA" + "0" * 32).fetch), (401, 20003))
    equal(refusal(by_key(KEY_SECRET).api.accounts(ACCOUNT).fetch), (401, 20003))


@check
def answers_made_by_twilios_builders_reach_the_sender(world):
    answer = MessagingResponse()
    answer.message("OK & <well>")
    answer.message().body("really")
    world.service.answers["/sms"] = answer
    outcome = world.text(world.number(), "Remind me to buy milk & bread 🥛 at 6:30")
    equal((outcome["status"], outcome["answer"]), (200, ["OK & <well>", "really"]))
    received = world.twilio.messages(outcome["id"]).fetch()
    equal((received.direction, received.status), ("inbound", "received"))
    world.service.answers["/sms"] = MessagingResponse()
    equal(world.text(world.number(), "x")["answer"], [])


@check
def texts_to_a_number_that_opted_out_are_refused(world):
    to = world.number()
    world.text(to, "STOP")
    send = lambda: world.twilio.messages.create(to=to, from_=NUMBER, body="x")
    equal(refusal(send), (400, 21610))
    world.text(to, "START")
    equal(send().status, "queued")


@check
def our_twiml_equals_the_output_of_twilios_builders(world):
    found = documents.ours()
    assert {kind for _, kind, _ in found} == {"voice", "messaging"}, "expected documents of both kinds"
    for name, kind, document in found:
        try:
            documents.validate(kind, document)
        except documents.NotTwiml as reason:
            raise AssertionError(f"{name}: {reason}") from reason


@check
def our_twiml_runs_on_the_carrier(world):
    for name, kind, document in documents.ours():
        to = world.number()
        if kind == "messaging":
            world.service.answers["/sms"] = document
            outcome = world.text(to, "x")
            assert "error" not in outcome, f"{name}: {outcome}"
            continue
        world.service.answers[f"/{name}/twiml"] = document
        world.carrier.behave(to, {"answer_after_ms": 1})
        world.call(to, f"/{name}")
        world.service.wait_for(f"/{name}/status")
        equal(world.said(to), documents.spoken(document))


@check
def requests_of_our_client_match_twilios_description(world):
    for credentials in [[ACCOUNT, TOKEN], [KEY, KEY_SECRET]]:
        requests_match(world, credentials)


def requests_match(world, credentials):
    before = len(world.carrier.requests())
    program = "cargo run --quiet --package twilio --example requests --".split() + [world.carrier.url, *credentials]
    ran = subprocess.run(program, check=True, capture_output=True, text=True, timeout=120)
    outcomes = [json.loads(line) for line in ran.stdout.splitlines()]
    equal(
        [next(iter(outcome)) for outcome in outcomes],
        ["placed", "status", "ended"] * 2 + ["redirected", "texted", "text_status", "refused"],
    )
    sent = world.carrier.requests()[before:]
    equal([request["method"] for request in sent], ["POST", "GET", "POST"] * 2 + ["POST"] * 4 + ["GET", "POST"])
    for request in sent:
        try:
            world.description.validate_request(request["method"], request["path"], request["form"])
        except Disagreement as reason:
            raise AssertionError(f"{request}: {reason}") from reason
        if request["method"] == "POST":
            equal(request["content_type"], "application/x-www-form-urlencoded")


@check
def the_request_validator_finds_errors(world):
    path = f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json"
    good = [("To", "+12125550101"), ("From", NUMBER), ("Url", f"{PUBLIC}/twiml"), ("Timeout", "30")]
    world.description.validate_request("POST", path, good)
    for invalid in [
        good[1:], [*good, ("StatusCallbackEvents", "completed")], [*good[:3], ("Timeout", "soon")],
        [*good, ("Method", "PUT")], [*good, ("Timeout", "40")],
    ]:
        try:
            world.description.validate_request("POST", path, invalid)
        except Disagreement:
            continue
        raise AssertionError(f"expected a disagreement about {invalid}, found none")


@check
def the_twiml_validator_finds_errors(world):
    for kind, invalid in [
        ("voice", "<Response><Sing>milk</Sing></Response>"),
        ("voice", "<Response><Gather numDigit='1'/></Response>"),
        ("voice", "<Response><Hangup>now</Hangup></Response>"),
        ("voice", "<Response><Say>milk</Say>now</Response>"),
        ("messaging", "<Response><Say>milk</Say></Response>"),
        ("messaging", "<Reply/>"),
    ]:
        try:
            documents.validate(kind, invalid)
        except documents.NotTwiml:
            continue
        raise AssertionError(f"expected {invalid} to be refused, but it was accepted")


@check
def the_response_validator_finds_errors(world):
    path = f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json"
    sent = [("To", "+12125550101"), ("From", NUMBER), ("Url", f"{PUBLIC}/twiml")]
    validate = lambda response: world.description.validate_response(
        "POST", path, sent, 201, "application/json", json.dumps(response).encode()
    )
    created = [text for _, found, _, status, _, text in world.exchanges if (found, status) == (path, 201)]
    good = json.loads(created[0])
    validate(good)
    for invalid in [
        good | {"status": "initiated"}, good | {"sid": "CA1"}, good | {"date_created": "2026-11-22T13:00:00Z"},
        good | {"duration": 7}, good | {"extra": 1}, {name: good[name] for name in good if name != "queue_time"},
    ]:
        try:
            validate(invalid)
        except Disagreement:
            continue
        raise AssertionError(f"expected a disagreement about {invalid}, found none")


# The checks below must stay last: they examine the exchanges and webhooks of all checks above, or end the carrier.


@check
def every_response_matches_twilios_description(world):
    assert len(world.exchanges) > 30, f"expected more than 30 exchanges, found {len(world.exchanges)}"
    for method, path, form, status, headers, text in world.exchanges:
        if status < 300:
            try:
                world.description.validate_response(method, path, form, status, headers["Content-Type"], text.encode())
            except Disagreement as reason:
                raise AssertionError(f"{method} {path}: {reason}") from reason
        else:
            problem = json.loads(text)
            equal(sorted(problem), ["code", "message", "more_info", "status"])
            equal(problem["status"], status)
            equal(problem["more_info"], f"https://www.twilio.com/docs/errors/{problem['code']}")


@check
def every_webhook_is_signed_for_the_public_url(world):
    webhooks = world.service.webhooks
    assert len(webhooks) > 20, f"expected more than 20 webhooks, found {len(webhooks)}"
    assert {webhook.method for webhook in webhooks} == {"GET", "POST"}
    for webhook in webhooks:
        assert webhook.signed_by(TOKEN), f"{webhook.method} {webhook.path} is not signed"
        assert not webhook.signed_by(SECONDARY), f"{webhook.path} is signed with the wrong token"
        webhook.form.pairs.append(("Extra", "1"))
        assert not webhook.signed_by(TOKEN), f"{webhook.path} has a valid signature although a parameter was added"
        webhook.form.pairs.pop()


@check
def every_webhook_has_the_documented_parameters(world):
    for webhook in world.service.webhooks:
        if webhook.method == "GET":
            continue
        names = set(webhook.form)
        if webhook.path == "/sms":
            missing = TEXT_PARAMETERS - names
        elif "MessageStatus" in names:
            missing = DELIVERY_PARAMETERS - names
        elif webhook.path.endswith("/answered-by"):
            missing = DETECTION_PARAMETERS - names
        elif webhook.path.endswith("/status"):
            missing = (CALL_PARAMETERS | {"SequenceNumber", "Timestamp", "CallbackSource"}) - names
        else:
            missing = CALL_PARAMETERS - names
        assert not missing, f"{webhook.path}: {sorted(missing)} are missing"


@check
def the_carrier_ends_when_its_input_is_closed(world):
    equal(world.carrier.stop(), 0)


def main():
    world = World(sys.argv[1])
    failed = 0
    for function in CHECKS:
        name = function.__name__.replace("_", " ")
        try:
            function(world)
            print(f"ok      {name}", flush=True)
        except Exception as error:  # A failed check must not prevent the others.
            failed += 1
            print(f"FAILED  {name}: {error or type(error).__name__}", flush=True)
            if not isinstance(error, AssertionError):
                traceback.print_exc()
    if world.carrier.process.poll() is None:
        world.carrier.stop()
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
