//! Puts poison on the queues, invokes the functions with wrong events, and checks how both end.

use std::time::{Duration, Instant};

use anyhow::Result;
use jiff::Timestamp;
use local::stack::Stack;
use serde_json::Value;

use super::findings::Findings;
use super::poison::{self, Fate, Poison};
use super::routes::Target;
use super::{aws_requests, logs};

const POLL: Duration = Duration::from_millis(500);
/// How long the functions may take to handle the poison. A message that they fail to handle comes back only after the
/// visibility timeout, which is longer.
const DRAINED: Duration = Duration::from_secs(30);

/// Sends all messages and events, waits until they are handled, and returns their number.
pub(crate) async fn poison(stack: &Stack, canary: &str, target: &Target, findings: &mut Findings) -> Result<usize> {
    let queues = [
        ("DialQueueUrl", "DialDeadLettersUrl", poison::dial(canary, target)),
        ("InboundQueueUrl", "InboundDeadLettersUrl", poison::inbound(canary, Timestamp::now())),
    ];
    let mut count = 0;
    for (queue, _, messages) in &queues {
        let bodies: Vec<String> = messages.iter().map(|poison| poison.body.clone()).collect();
        count += bodies.len();
        aws_requests::send_messages(stack, queue, &bodies).await?;
    }
    for function in logs::FUNCTIONS {
        for event in poison::events(canary) {
            count += 1;
            invoke(stack, function, &event, findings).await?;
        }
    }
    for (queue, dead, messages) in &queues {
        check(stack, queue, dead, messages, findings).await?;
    }
    Ok(count)
}

/// Invokes a function with a wrong event. The function may refuse it, but must not end.
async fn invoke(stack: &Stack, function: &str, event: &Value, findings: &mut Findings) -> Result<()> {
    let shown = || event.to_string().chars().take(200).collect::<String>();
    match stack.endpoint().invoke(stack.output(function)?, event).await {
        Ok(answer) if answer["statusCode"].as_u64().is_some_and(|status| status >= 500) => {
            findings.add("5xx after a wrong event", format!("{function} {}: {answer}", shown()));
        }
        Ok(_) => {}
        Err(error) => {
            let error = format!("{error:#}");
            if ["ExitError", "Timedout", "panicked", "could not invoke"].iter().any(|sign| error.contains(sign)) {
                findings.add("a function ended", format!("{function} {}: {error}", shown()));
            }
        }
    }
    Ok(())
}

/// Checks that each message met its fate.
async fn check(stack: &Stack, queue: &str, dead: &str, messages: &[Poison], findings: &mut Findings) -> Result<()> {
    let started = Instant::now();
    let mut counts = aws_requests::queue_counts(stack, queue).await?;
    while counts.unhandled > 0 && started.elapsed() < DRAINED {
        tokio::time::sleep(POLL).await;
        counts = aws_requests::queue_counts(stack, queue).await?;
    }
    if counts.unhandled > 0 {
        findings.add("messages stay in a queue", format!("{queue}: {}", counts.unhandled));
    }
    let waiting = messages.iter().filter(|poison| poison.fate == Fate::Waits).count() as u64;
    // The dial queue also has the wake-ups of reminders, which are delayed too.
    if (queue == "InboundQueueUrl" && counts.delayed != waiting) || counts.delayed < waiting {
        findings.add("messages wait that should not", format!("{queue}: {} of {waiting}", counts.delayed));
    }
    let letters = aws_requests::messages(stack, dead).await?;
    for poison in messages {
        let copies = letters.iter().filter(|letter| **letter == poison.body).count();
        let shown = || format!("{queue}: {:.200}", poison.body);
        match poison.fate {
            Fate::DeadLetter if copies != 1 => findings.add("poison is no dead letter", shown()),
            Fate::Waits | Fate::Dropped if copies > 0 => findings.add("a message became a dead letter", shown()),
            Fate::DeadLetter | Fate::Waits | Fate::Dropped | Fate::Leaves => {}
        }
    }
    Ok(())
}
