//! An opt-out that only the carrier knows. The service learns of it from the status of a text, or from the refusal of
//! the request for a text. Then the service opts the person out, unless the person has opted in since that text was
//! requested.

use std::rc::Rc;

use anyhow::{Context, Result};
use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use reminder::ids::SentTextId;
use reminder::outgoing_text::{OutgoingText, TextEnd, TextLife, TextState};
use reminder::policy::after;
use reminder::profile::{OptStatus, Profile};
use simulation::engine::Step;
use simulation::events::{InvocationOutcome, WorldEvent};
use simulation::fakes::Cloud;
use simulation::faults::Fault;
use simulation::functions::{Functions, SERVICE_NUMBER};
use simulation::twilio_forms::{self, ACCOUNTS};
use simulation::world::START;

/// Number of the person who texts.
const NUMBER: &str = "+12125550142";

/// A person and the service.
struct World {
    cloud: Rc<Cloud>,
    functions: Rc<Functions>,
}

impl World {
    /// A world with a person who was not reached about two reminders. The carrier accepted a text about each reminder.
    fn with_two_texts() -> Result<Self> {
        let cloud = Cloud::new(1, START);
        let world = Self { cloud, functions: Functions::new()? };
        world.text("SM1", "remind me to buy milk in 20 minutes")?;
        world.text("SM2", "remind me to call mom in 20 minutes")?;
        world.wait(4 * 3600);
        // The second text waits for a slot of the channel at first.
        for _ in 0..2 {
            world.functions.sweep(&world.cloud, 8);
            world.wait(30);
        }
        assert_eq!(world.accepted().len(), 2);
        Ok(world)
    }

    /// A world with a person who opted out only at the carrier, before the text about an unheard reminder was
    /// requested. `after_request` runs after this text was requested, and before the carrier refuses it. Nothing tries
    /// a text again that is still owed after the refusal.
    fn with_a_refused_text(after_request: impl FnOnce(&Self) -> Result<()>) -> Result<Self> {
        let cloud = Cloud::new(1, START);
        let world = Self { cloud, functions: Functions::new()? };
        world.text("SM1", "remind me to buy milk in 20 minutes")?;
        world.cloud.opted_out.borrow_mut().insert(NUMBER.parse()?);
        world.wait(4 * 3600);
        world.functions.sweep(&world.cloud, 8);
        world.cloud.history.keep_timeline();
        world.step_until(|world| world.requests() == 1);
        after_request(&world)?;
        world.wait(30);
        Ok(world)
    }

    /// Runs the sweeper when a text that is still owed is due again.
    fn try_again(&self) {
        self.wait(900);
        self.functions.sweep(&self.cloud, 8);
        self.wait(30);
    }

    /// Delivers a text of the person, and expects that it is handled before the carrier refuses the requested text.
    fn text_before_refusal(&self, body: &str) -> Result<()> {
        self.text("SM2", body)?;
        assert_eq!(self.lines("TextRequestOutcome"), 0, "expected {body:?} to be handled before the refusal");
        Ok(())
    }

    /// Number of texts that the carrier was asked to send.
    fn requests(&self) -> usize {
        self.lines("TextRequested")
    }

    /// Number of lines of the timeline with this word.
    fn lines(&self, word: &str) -> usize {
        self.cloud.history.timeline().iter().filter(|line| line.contains(word)).count()
    }

    /// Delivers a text of the person, and expects the status 200.
    fn text(&self, sid: &str, body: &str) -> Result<()> {
        let form = [("MessageSid", sid), ("From", NUMBER), ("To", SERVICE_NUMBER), ("Body", body)];
        self.functions.text(&self.cloud, 7, twilio_forms::post("/sms", &form));
        assert_eq!(self.status_of_response()?, 200, "{body:?}");
        Ok(())
    }

    /// A world with two carriers. The second carrier has accepted the text about an unheard reminder, because the
    /// circuit breaker of the first carrier is open.
    fn with_text_of_second_carrier() -> Result<Self> {
        let cloud = Cloud::new(1, START);
        let world = Self { cloud, functions: Functions::new()? };
        world.cloud.carriers.set(2);
        world.text("SM1", "remind me to buy milk in 20 minutes")?;
        world.wait(4 * 3600);
        world.cloud.open_breakers(0);
        world.functions.sweep(&world.cloud, 8);
        world.wait(30);
        let carriers: Vec<_> = world.accepted().iter().map(|(_, sent)| sent.carrier().to_owned()).collect();
        assert_eq!(carriers, ["twilio2"]);
        Ok(world)
    }

    /// The carrier that accepts the second try of a text, once the first carrier works again.
    fn carrier_of_second_try(&self) -> Option<String> {
        self.try_again();
        self.texts().iter().find_map(|text| match text.state() {
            Some(TextState::Accepted { tries: 2, sent, .. }) => Some(sent.carrier().to_owned()),
            Some(TextState::Owed { .. } | TextState::Accepted { .. }) | None => None,
        })
    }

    /// The carrier reports that the first try of a text was not delivered, because the person has opted out.
    fn report_opt_out(&self, (text, sent): &(OutgoingText, SentTextId)) -> Result<()> {
        self.functions.callback(&self.cloud, 7, undelivered(&status_path(text), sent));
        assert_eq!(self.status_of_response()?, 204);
        Ok(())
    }

    fn step_until(&self, is_it: impl Fn(&Self) -> bool) {
        while !is_it(self) {
            assert_ne!(self.cloud.engine.step(), Step::Idle, "expected the condition to hold before the world stops");
        }
    }

    fn status_of_response(&self) -> Result<i64> {
        Ok(self.response()?.0)
    }

    fn response(&self) -> Result<(i64, String)> {
        loop {
            match self.cloud.engine.step() {
                Step::Event(WorldEvent::InvocationEnded(7, InvocationOutcome::Http { status, body })) => {
                    return Ok((status, body));
                }
                Step::Idle => anyhow::bail!("expected a response, found none"),
                Step::Event(_) | Step::Quiet => {}
            }
        }
    }

    /// Delivers a text of the person. Returns the path to which the status of its answer is posted, if there is an
    /// answer.
    fn answer_to(&self, sid: &str, body: &str) -> Result<Option<String>> {
        let form = [("MessageSid", sid), ("From", NUMBER), ("To", SERVICE_NUMBER), ("Body", body)];
        self.functions.text(&self.cloud, 7, twilio_forms::post("/sms", &form));
        Ok(twilio_forms::read(&self.response()?.1).context("expected TwiML")?.status_to)
    }

    /// The carrier reports that an answer was not delivered, because the person has opted out.
    fn report_opt_out_of_answer(&self, path: &str) -> Result<()> {
        let sent = SentTextId::new("twilio", "SM77")?;
        self.functions.callback(&self.cloud, 7, undelivered(path, &sent));
        assert_eq!(self.status_of_response()?, 204);
        Ok(())
    }

    /// Refuses the next write of the store, as if another writer had changed the record first.
    fn conflicts_once(&self) {
        let faults = &self.cloud.faults;
        faults.set(Fault::SpuriousConflict, 10_000);
        self.step_until(|_| faults.injected(Fault::SpuriousConflict) > 0);
        faults.set(Fault::SpuriousConflict, 0);
    }

    fn wait(&self, seconds: i64) {
        let end = after(self.cloud.engine.now(), seconds);
        self.cloud.engine.run_in(seconds * 1000, || ());
        while self.cloud.engine.now() < end {
            self.cloud.engine.step();
        }
    }

    fn texts(&self) -> Vec<OutgoingText> {
        self.cloud.table.borrow().outgoing_texts().cloned().collect()
    }

    /// Returns the texts whose first try the carrier has accepted.
    fn accepted(&self) -> Vec<(OutgoingText, SentTextId)> {
        let accepted = |text: OutgoingText| match text.state() {
            Some(TextState::Accepted { tries: 1, sent, .. }) => Some((text.clone(), sent.clone())),
            Some(TextState::Owed { .. } | TextState::Accepted { .. }) | None => None,
        };
        self.texts().into_iter().filter_map(accepted).collect()
    }

    fn consent(&self) -> Result<(OptStatus, u32)> {
        let table = self.cloud.table.borrow();
        let profile: &Profile = table.profiles().next().context("expected a profile")?;
        Ok((profile.consent.status, profile.consent.epoch))
    }

    /// How each text has ended, if it has ended.
    fn ends(&self) -> Vec<Option<TextEnd>> {
        let end = |text: &OutgoingText| match text.life {
            TextLife::Ended { end, .. } => Some(end),
            TextLife::Live { .. } => None,
        };
        self.texts().iter().map(end).collect()
    }
}

/// The path to which the carrier reports the status of the first try of a text.
fn status_path(text: &OutgoingText) -> String {
    format!("/texts/{}/{}/1/status", text.key.person, text.key.text)
}

fn undelivered(path: &str, sent: &SentTextId) -> ApiGatewayV2httpRequest {
    reported(path, sent, &[("MessageStatus", "undelivered"), ("ErrorCode", "21610")])
}

fn reported(path: &str, sent: &SentTextId, status: &[(&str, &str)]) -> ApiGatewayV2httpRequest {
    let account = ACCOUNTS[usize::from(sent.carrier() != "twilio")];
    let fields = [("AccountSid", account), ("To", NUMBER), ("MessageSid", sent.at_carrier())];
    twilio_forms::post(path, &[fields.as_slice(), status].concat())
}

#[test]
fn a_status_that_tells_of_an_opt_out_opts_the_person_out_once() -> Result<()> {
    let world = World::with_two_texts()?;
    let texts = world.accepted();
    assert_eq!(world.consent()?, (OptStatus::OptedIn, 0));
    for text in [&texts[0], &texts[0], &texts[1]] {
        world.report_opt_out(text)?;
        assert_eq!(world.consent()?, (OptStatus::OptedOut, 1));
    }
    assert_eq!(world.ends(), [Some(TextEnd::Withdrawn), Some(TextEnd::Withdrawn)]);
    world.cloud.engine.clear();
    Ok(())
}

#[test]
fn a_status_that_tells_of_an_opt_out_opts_the_person_out_even_if_its_text_has_ended() -> Result<()> {
    let world = World::with_two_texts()?;
    let texts = world.accepted();
    let (text, sent) = &texts[0];
    world.functions.callback(&world.cloud, 7, reported(&status_path(text), sent, &[("MessageStatus", "delivered")]));
    assert_eq!(world.status_of_response()?, 204);
    assert_eq!(world.ends(), [Some(TextEnd::Delivered), None]);
    world.report_opt_out(&texts[0])?;
    assert_eq!(world.consent()?, (OptStatus::OptedOut, 1));
    world.cloud.engine.clear();
    Ok(())
}

/// If the function is killed between the two writes, nothing is lost: the status is applied again.
#[test]
fn the_opt_out_that_a_status_tells_of_is_written_before_the_text_ends() -> Result<()> {
    let world = World::with_two_texts()?;
    let (text, sent) = world.accepted().remove(0);
    world.functions.callback(&world.cloud, 7, undelivered(&status_path(&text), &sent));
    world.step_until(|world| world.ends().iter().any(Option::is_some));
    assert_eq!(world.consent()?, (OptStatus::OptedOut, 1));
    world.cloud.engine.clear();
    Ok(())
}

/// The refused text has ended at once, and its person has opted out. The text is not requested again.
fn check_opted_out(world: &World) -> Result<()> {
    assert_eq!(world.consent()?, (OptStatus::OptedOut, 1));
    assert_eq!(world.ends(), [Some(TextEnd::Withdrawn)]);
    world.try_again();
    assert_eq!(world.requests(), 1);
    world.cloud.engine.clear();
    Ok(())
}

#[test]
fn a_text_that_the_carrier_refuses_because_of_an_opt_out_opts_the_person_out() -> Result<()> {
    check_opted_out(&World::with_a_refused_text(|_| Ok(()))?)
}

#[test]
fn a_refusal_that_tells_of_an_opt_out_counts_even_if_another_writer_changes_the_profile_first() -> Result<()> {
    check_opted_out(&World::with_a_refused_text(|world| world.text_before_refusal("remind me to call mom in 2 hours"))?)
}

#[test]
fn a_refusal_that_tells_of_an_opt_out_counts_even_if_the_write_of_the_opt_out_fails_at_first() -> Result<()> {
    check_opted_out(&World::with_a_refused_text(|world| {
        world.conflicts_once();
        Ok(())
    })?)
}

#[test]
fn a_refused_text_ends_at_once_if_its_person_has_opted_out_during_the_request() -> Result<()> {
    check_opted_out(&World::with_a_refused_text(|world| world.text_before_refusal("STOP"))?)
}

#[test]
fn a_refused_text_is_still_owed_if_its_person_has_opted_in_during_the_request() -> Result<()> {
    let world = World::with_a_refused_text(|world| {
        world.text_before_refusal("START")?;
        world.step_until(|world| world.lines("TextRequestOutcome") == 1);
        world.cloud.opted_out.borrow_mut().clear();
        Ok(())
    })?;
    assert_eq!(world.consent()?, (OptStatus::OptedIn, 0));
    assert_eq!(world.ends(), [None]);
    world.try_again();
    assert_eq!((world.requests(), world.accepted().len()), (2, 1));
    world.cloud.engine.clear();
    Ok(())
}

/// The carrier knows fewer opt-in words than the service, so it refuses texts after "subscribe" too.
#[test]
fn a_refusal_that_tells_of_an_opt_out_counts_if_its_person_has_opted_in_before_the_request() -> Result<()> {
    let cloud = Cloud::new(1, START);
    let world = World { cloud, functions: Functions::new()? };
    world.cloud.history.keep_timeline();
    world.text("SM1", "remind me to buy milk in 20 minutes")?;
    world.cloud.faults.set(Fault::OperatorRefused, 10_000);
    world.wait(4 * 3600);
    world.try_again();
    assert_eq!((world.requests(), world.ends()), (1, vec![None]));
    world.cloud.opted_out.borrow_mut().insert(NUMBER.parse()?);
    world.text("SM2", "subscribe")?;
    world.try_again();
    assert_eq!((world.requests(), world.ends()), (2, vec![Some(TextEnd::Withdrawn)]));
    assert_eq!(world.consent()?, (OptStatus::OptedOut, 1));
    world.cloud.engine.clear();
    Ok(())
}

/// The person replied STOP to the second carrier's number only. They still want the text from the first carrier.
#[test]
fn a_text_that_the_second_carrier_does_not_deliver_because_of_an_opt_out_is_sent_by_the_first_carrier() -> Result<()> {
    let world = World::with_text_of_second_carrier()?;
    world.report_opt_out(&world.accepted()[0])?;
    assert_eq!((world.consent()?, world.ends()), ((OptStatus::OptedIn, 0), vec![None]));
    assert_eq!(world.carrier_of_second_try().as_deref(), Some("twilio"));
    world.cloud.engine.clear();
    Ok(())
}

#[test]
fn an_opt_out_that_the_second_carrier_reports_ends_the_text_of_a_person_who_has_opted_out_of_the_service() -> Result<()>
{
    let world = World::with_text_of_second_carrier()?;
    world.text("SM2", "STOP")?;
    world.report_opt_out(&world.accepted()[0])?;
    assert_eq!((world.consent()?, world.ends()), ((OptStatus::OptedOut, 1), vec![Some(TextEnd::Withdrawn)]));
    world.cloud.engine.clear();
    Ok(())
}

/// The person opted out at the carrier, which did not deliver the text and whose report was lost. Then they opted in.
#[test]
fn a_text_is_still_owed_if_its_person_has_opted_in_before_the_carrier_reports_an_opt_out() -> Result<()> {
    let world = World::with_two_texts()?;
    world.text("SM3", "START")?;
    for text in world.accepted() {
        world.report_opt_out(&text)?;
    }
    assert_eq!((world.consent()?, world.ends()), ((OptStatus::OptedIn, 0), vec![None, None]));
    assert_eq!(world.carrier_of_second_try().as_deref(), Some("twilio"));
    world.cloud.engine.clear();
    Ok(())
}

#[test]
fn a_status_that_tells_of_an_opt_out_counts_even_if_another_writer_changes_the_profile_first() -> Result<()> {
    let world = World::with_two_texts()?;
    let (text, sent) = &world.accepted()[0];
    world.functions.callback(&world.cloud, 7, undelivered(&status_path(text), sent));
    world.conflicts_once();
    assert_eq!(world.status_of_response()?, 204);
    assert_eq!(world.consent()?, (OptStatus::OptedOut, 1));
    world.cloud.engine.clear();
    Ok(())
}

#[test]
fn a_repeated_or_late_status_does_not_opt_out_a_person_who_has_opted_in_since() -> Result<()> {
    let world = World::with_two_texts()?;
    let texts = world.accepted();
    world.report_opt_out(&texts[0])?;
    assert_eq!(world.consent()?, (OptStatus::OptedOut, 1));
    world.text("SM3", "START")?;
    world.text("SM4", "remind me to feed the cat in 20 minutes")?;
    // The first status is a repeat. The second status is the first status of its text, and that text is older than the
    // opt-in.
    for text in &texts {
        world.report_opt_out(text)?;
        assert_eq!(world.consent()?, (OptStatus::OptedIn, 1));
    }
    world.cloud.engine.clear();
    Ok(())
}

/// The carrier knows fewer opt-in words than the service, so it refuses the answer to "subscribe".
#[test]
fn the_refusal_of_an_answer_opts_the_person_out_unless_the_person_has_opted_in_since_the_answer() -> Result<()> {
    let cloud = Cloud::new(1, START);
    let world = World { cloud, functions: Functions::new()? };
    world.text("SM1", "remind me to buy milk in 20 minutes")?;
    world.text("SM2", "STOP")?;
    assert_eq!(world.consent()?, (OptStatus::OptedOut, 1));
    let status = world.answer_to("SM3", "subscribe")?.context("expected an answer")?;
    assert!(status.starts_with("/answers/") && !status.contains("2125550142"), "{status}");
    assert_eq!(world.consent()?, (OptStatus::OptedIn, 1));
    for _ in 0..2 {
        world.report_opt_out_of_answer(&status)?;
        assert_eq!(world.consent()?, (OptStatus::OptedOut, 2));
    }
    world.wait(1);
    let offered = world.answer_to("SM4", "START")?.context("expected an offer to restore the reminder")?;
    world.report_opt_out_of_answer(&status)?;
    assert_eq!(
        world.consent()?,
        (OptStatus::OptedIn, 2),
        "a status that is older than START must not opt the person out"
    );
    world.text("SM5", "RESTORE")?;
    let open = world.cloud.table.borrow().reminders().filter(|reminder| reminder.state().is_some()).count();
    assert_eq!(open, 1);
    world.report_opt_out_of_answer(&offered)?;
    assert_eq!(world.consent()?, (OptStatus::OptedOut, 3));
    world.cloud.engine.clear();
    Ok(())
}
