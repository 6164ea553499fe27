//! The four functions as the cloud runs them. Each invocation may crash, freeze or time out.

use std::rc::Rc;

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use aws_lambda_events::encodings::Body;
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use executor::Context;
use inbound::{Response, Trigger};
use jiff::Timestamp;
use reminder::ids::{Number, PersonKey};
use reminder::policy::{Policy, Rate, Times, after};
use reminder::ports::Clock;
use reminder::words::ServiceName;
use twilio::signature::Verifier;
use twilio::{Accounts, AuthToken, PublicUrl, Tokens};

use crate::engine::CrashPoint;
use crate::events::{InvocationOutcome, QueueName, WorldEvent};
use crate::fakes::{Cloud, FunctionName, Invocation, Received, carrier_name};
use crate::faults::Fault;
use crate::product::Product;
use crate::twilio_forms::{ACCOUNTS, PUBLIC_URL, TOKEN};

/// The service's own number in every world.
pub const SERVICE_NUMBER: &str = "+12125550100";

/// The functions, with the configuration that each of them starts with.
#[derive(Debug)]
pub struct Functions {
    policy: Policy,
    inbound: inbound::InboundConfig,
    callback: callback::CallbackConfig,
    /// In the order of [`FunctionName::ALL`]. The functions without webhooks do not use theirs.
    verifiers: [Verifier; FunctionName::ALL.len()],
}

/// A constant from which the functions are configured is not valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a valid configuration, found an invalid {0}")]
pub struct InvalidConfig(&'static str);

/// The operator's accounts at the carriers in every world.
///
/// # Errors
/// Fails if a constant is not a valid account.
pub(crate) fn accounts() -> Result<Accounts, InvalidConfig> {
    let account =
        |(which, sid): (usize, &&str)| Ok((sid.parse().map_err(|_| InvalidConfig("account"))?, carrier_name(which)));
    ACCOUNTS.iter().enumerate().map(account).collect::<Result<_, _>>().map(Accounts)
}

/// The key of the people's ids in every world.
///
/// # Errors
/// Fails if the constant is not a valid key.
pub(crate) fn person_key() -> Result<PersonKey, InvalidConfig> {
    PersonKey::new(b"a key for worlds").map_err(|_| InvalidConfig("key"))
}

/// The verifier of Twilio's signatures in every world.
///
/// # Errors
/// Fails if the constant URL or token is not valid.
pub(crate) fn verifier() -> Result<Verifier, InvalidConfig> {
    let url: PublicUrl = PUBLIC_URL.parse().map_err(|_| InvalidConfig("public URL"))?;
    let token = AuthToken::new(TOKEN).ok_or(InvalidConfig("token"))?;
    Ok(Verifier::new(url, Tokens(vec![token])))
}

impl Functions {
    /// Creates the functions with the default configuration.
    ///
    /// # Errors
    /// Fails if a constant from which the functions are configured is not valid.
    pub fn new() -> Result<Rc<Self>, InvalidConfig> {
        Self::at_rate(Rate::DEFAULT)
    }

    /// Creates the functions with another rate of the carriers.
    ///
    /// # Errors
    /// Fails if a constant from which the functions are configured is not valid.
    pub fn at_rate(rate: Rate) -> Result<Rc<Self>, InvalidConfig> {
        let url: PublicUrl = PUBLIC_URL.parse().map_err(|_| InvalidConfig("public URL"))?;
        let verifiers = [verifier()?, verifier()?, verifier()?, verifier()?];
        let of = |function: FunctionName| verifiers[function as usize].clone();
        let own: Number = SERVICE_NUMBER.parse().map_err(|_| InvalidConfig("number"))?;
        let person_key = person_key()?;
        let countries = inbound::numbers::Countries(vec![language::Country::US]);
        Ok(Rc::new(Self {
            policy: Policy::new(Times::DEFAULT).map_err(|_| InvalidConfig("times"))?.with_rate(rate),
            inbound: inbound::InboundConfig {
                verifier: of(FunctionName::Inbound),
                public_url: url.clone(),
                person_key: person_key.clone(),
                own: vec![own],
                countries,
                service_name: ServiceName::default(),
            },
            callback: callback::CallbackConfig {
                verifier: of(FunctionName::Callback),
                accounts: accounts()?,
                public_url: url,
                person_key,
                service_name: ServiceName::default(),
            },
            verifiers,
        }))
    }

    /// Returns each function's verifier of webhooks, in the order of [`FunctionName::ALL`].
    pub fn verifiers(&self) -> &[Verifier; FunctionName::ALL.len()] {
        &self.verifiers
    }

    /// Invokes inbound with the webhook of a text.
    pub fn text(self: &Rc<Self>, cloud: &Rc<Cloud>, id: u64, request: ApiGatewayV2httpRequest) {
        let functions = Rc::clone(self);
        let run = async move |ports| functions.inbound(&ports, Trigger::Webhook(Box::new(request))).await;
        start(cloud, FunctionName::Inbound, id, 0, run);
    }

    /// Invokes a queue's function with a batch.
    pub fn batch(self: &Rc<Self>, cloud: &Rc<Cloud>, id: u64, queue: QueueName, batch: &[Received]) {
        let mut event = SqsEvent::default();
        event.records = batch.iter().map(message).collect();
        let functions = Rc::clone(self);
        let chain = batch.iter().map(|message| message.chain).max().unwrap_or(0);
        let function = match queue {
            QueueName::Inbound => FunctionName::Inbound,
            QueueName::Dial => FunctionName::Dialer,
        };
        start(cloud, function, id, chain, async move |ports| match queue {
            QueueName::Inbound => functions.inbound(&ports, Trigger::Queue(event)).await,
            QueueName::Dial => {
                let context = Context::new(&ports, &functions.policy);
                failed(dialer::handle(&event, context, ends_at(&ports)).await)
            }
        });
    }

    /// Invokes callback with a carrier's request about a call or a text.
    pub fn callback(self: &Rc<Self>, cloud: &Rc<Cloud>, id: u64, request: ApiGatewayV2httpRequest) {
        let functions = Rc::clone(self);
        start(cloud, FunctionName::Callback, id, 0, async move |ports| {
            let context = Context::new(&ports, &functions.policy).until(ends_at(&ports));
            answered(callback::handle(&request, context, &functions.callback).await)
        });
    }

    /// Invokes the sweeper.
    pub fn sweep(self: &Rc<Self>, cloud: &Rc<Cloud>, id: u64) {
        let functions = Rc::clone(self);
        start(cloud, FunctionName::Sweeper, id, 0, async move |ports| {
            match sweeper::handle(Context::new(&ports, &functions.policy), ends_at(&ports)).await {
                Ok(_) => InvocationOutcome::Done,
                Err(error) => InvocationOutcome::Failed(error.to_string()),
            }
        });
    }

    async fn inbound(&self, ports: &Invocation, trigger: Trigger) -> InvocationOutcome {
        let context = Context::new(ports, &self.policy).until(ends_at(ports));
        match inbound::handle(trigger, context, &self.inbound).await {
            Response::Queue(response) => failed(response),
            Response::Webhook(response) => answered(*response),
        }
    }
}

impl Product for Functions {
    fn text(self: Rc<Self>, cloud: &Rc<Cloud>, id: u64, request: ApiGatewayV2httpRequest) {
        Functions::text(&self, cloud, id, request);
    }

    fn batch(self: Rc<Self>, cloud: &Rc<Cloud>, id: u64, queue: QueueName, batch: &[Received]) {
        Functions::batch(&self, cloud, id, queue, batch);
    }

    fn callback(self: Rc<Self>, cloud: &Rc<Cloud>, id: u64, request: ApiGatewayV2httpRequest) {
        Functions::callback(&self, cloud, id, request);
    }

    fn sweep(self: Rc<Self>, cloud: &Rc<Cloud>, id: u64) {
        Functions::sweep(&self, cloud, id);
    }
}

/// Starts an invocation of a function, which handles a message after `chain` earlier invocations. It may crash, freeze or time out.
pub(crate) fn start<W>(
    cloud: &Rc<Cloud>,
    function: FunctionName,
    id: u64,
    chain: u32,
    run: impl FnOnce(Invocation) -> W + 'static,
) where
    W: Future<Output = InvocationOutcome> + 'static,
{
    let ports = Invocation::in_chain(cloud, function, chain);
    let crash_point = crash_point(cloud);
    let limit_ms = Times::DEFAULT.function_s * 1000;
    let work = async move { WorldEvent::InvocationEnded(id, run(ports).await) };
    cloud.engine.start(work, crash_point, limit_ms, WorldEvent::InvocationEnded(id, InvocationOutcome::Died));
}

/// When an invocation that begins now times out, by its own clock.
fn ends_at(ports: &Invocation) -> Timestamp {
    after(ports.now(), Times::DEFAULT.function_s)
}

/// Decides whether an invocation crashes or freezes, and at which of its waits.
fn crash_point(cloud: &Cloud) -> CrashPoint {
    /// Approximate number of waits of an invocation. Each of them is equally likely to be chosen.
    const WAITS: i64 = 14;
    /// How long a function may be frozen, in milliseconds: from less than the timeout of a request to a carrier to
    /// longer than any call takes.
    const PAUSES_MS: [i64; 6] = [2000, 9000, 25_000, 70_000, 400_000, 3_600_000];
    let engine = &cloud.engine;
    let wait = || u32::try_from(engine.between(1, WAITS)).unwrap_or(1);
    CrashPoint {
        crash_at: cloud.injects(Fault::Crash).then(wait),
        freeze_at: cloud.injects(Fault::Freeze).then(|| (wait(), engine.one_of(&PAUSES_MS).unwrap_or(0))),
    }
}

fn message(received: &Received) -> SqsMessage {
    let mut message = SqsMessage::default();
    message.message_id = Some(received.id.to_string());
    message.body = Some(received.body.clone());
    message.attributes.insert("ApproximateReceiveCount".to_owned(), received.receives.to_string());
    message
}

fn failed(response: SqsBatchResponse) -> InvocationOutcome {
    InvocationOutcome::Batch(response.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect())
}

fn answered(response: ApiGatewayV2httpResponse) -> InvocationOutcome {
    let body = match response.body {
        Some(Body::Text(text)) => text,
        Some(Body::Binary(bytes)) => String::from_utf8_lossy(&bytes).into_owned(),
        _ => String::new(),
    };
    InvocationOutcome::Http { status: response.status_code, body }
}
