//! The settings of queues and functions in the deployed template. The fakes read them, so a change of the template
//! also changes the simulated cloud.

use std::sync::LazyLock;

use crate::events::QueueName;

/// The template that is deployed.
const TEMPLATE: &str = include_str!("../../../../infra/template.yaml");

/// Whether Lambda stops a long chain of invocations that send each other messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recursion {
    /// The template allows long chains for the function.
    Allowed,
    /// The default: the message that would start the next invocation becomes a dead letter.
    Terminated,
}

/// The settings of one queue and of the function that it invokes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueSettings {
    /// Whether a chain of invocations of the function may be long.
    pub recursion: Recursion,
    /// Maximum number of receives of a message. After that many receives it becomes a dead letter.
    pub receives: u32,
}

/// The settings of both queues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deployment {
    /// The dial queue and the dialer.
    pub dial: QueueSettings,
    /// The inbound queue and inbound.
    pub inbound: QueueSettings,
}

impl Deployment {
    /// Returns the settings of the template.
    ///
    /// # Panics
    /// Panics if the template lacks one of the queues or functions, or a queue's number of receives.
    pub fn of_template() -> Self {
        static DEPLOYED: LazyLock<Deployment> = LazyLock::new(|| Deployment::read(TEMPLATE));
        *DEPLOYED
    }

    fn read(template: &str) -> Self {
        let settings = |queue: &str, function: &str| QueueSettings {
            recursion: match value(resource(template, function), "RecursiveLoop") {
                Some("Allow") => Recursion::Allowed,
                Some(_) | None => Recursion::Terminated,
            },
            receives: value(resource(template, queue), "maxReceiveCount")
                .and_then(|count| count.parse().ok())
                .unwrap_or_else(|| panic!("expected {queue} with a maxReceiveCount in the template, found none")),
        };
        Self { dial: settings("DialQueue", "Dialer"), inbound: settings("InboundQueue", "Inbound") }
    }

    /// Returns the settings of the queue with this name.
    pub fn of(&self, queue: QueueName) -> QueueSettings {
        match queue {
            QueueName::Dial => self.dial,
            QueueName::Inbound => self.inbound,
        }
    }
}

/// Returns the lines of a resource: from the line after its name to the next line that is indented like the name.
fn resource<'a>(template: &'a str, name: &str) -> &'a str {
    let begin = format!("\n  {name}:\n");
    let Some(at) = template.find(&begin) else { panic!("expected {name} in the template, found no such resource") };
    let body = &template[at + begin.len()..];
    let ends = |(at, _): &(usize, &str)| {
        let line = &body[at + 1..];
        line.starts_with("  ") && !line.starts_with("   ")
    };
    let end = body.match_indices('\n').find(ends).map_or(body.len(), |(at, _)| at);
    &body[..end]
}

fn value<'a>(resource: &'a str, key: &str) -> Option<&'a str> {
    let lines = resource.lines().map(str::trim);
    lines.filter_map(|line| line.strip_prefix(key)?.strip_prefix(':')).map(str::trim).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    const YAML: &str = "
Resources:
  Dialer:
    Properties:
      # RecursiveLoop: Allow
      Timeout: 3

  Inbound:
    Properties:
      RecursiveLoop: Allow
  DialQueue:
    Properties:
      RedrivePolicy:
        maxReceiveCount: 7
  InboundQueue:
    Properties:
      RedrivePolicy:
        maxReceiveCount: 9
";

    #[test]
    fn the_settings_of_each_queue_are_read_from_its_own_resources() {
        let deployment = Deployment::read(YAML);
        let dial = QueueSettings { recursion: Recursion::Terminated, receives: 7 };
        let inbound = QueueSettings { recursion: Recursion::Allowed, receives: 9 };
        assert_eq!(deployment, Deployment { dial, inbound });
    }

    #[test]
    fn the_template_allows_long_chains_of_both_functions() {
        let deployment = Deployment::of_template();
        assert_eq!(deployment.dial.recursion, Recursion::Allowed);
        assert_eq!(deployment.inbound.recursion, Recursion::Allowed);
    }
}
