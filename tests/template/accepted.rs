//! Rule: a function starts with every value that CloudFormation accepts. CloudFormation checks each parameter on its
//! own, so every combination of accepted times must fit together.

use std::time::Duration;

use anyhow::Context as _;
use aws::Variables;
use aws::configuration::{CarrierConfig, ParkingConfig, QueuesConfig, StoreConfig, WakeUpConfig, service_name};
use proptest::prelude::*;
use proptest::string::string_regex;
use proptest::test_runner::TestRunner;
use serde_json::Value;
use twilio::{AccountSid, AuthToken, Authorization, PublicUrl, Twilio, TwilioConfig};

use super::reading::{ChosenValues, Template, list};

/// The shortest and longest lists of retry delays that the pattern accepts, with extreme values.
const RETRY_DELAYS: [&str; 4] = ["1", "900", "1,1,1,1", "900,900,900,900"];

/// Runs the part of a function's start that can fail because of its variables: reads all configurations, and makes the
/// carriers' clients.
fn start(variables: Vec<(String, String)>) -> anyhow::Result<()> {
    let variables: Variables = variables.into_iter().collect();
    let policy = variables.policy()?;
    StoreConfig::read(&variables)?;
    WakeUpConfig::read(&variables)?;
    ParkingConfig::read(&variables)?;
    QueuesConfig::read(&variables)?;
    service_name(&variables)?;
    variables.secret_id()?;
    let carrier = CarrierConfig::read(&variables)?;
    let public_url: PublicUrl = carrier.public_url.parse().context("PUBLIC_URL")?;
    let account_sid: AccountSid = format!("AC{}", "0".repeat(32)).parse()?;
    let token = AuthToken::new("token").context("a token")?;
    let second = carrier.second.map(|second| (second.url, second.service_number));
    for (base_url, service_number) in [(carrier.url, carrier.service_number)].into_iter().chain(second) {
        let config = TwilioConfig {
            base_url,
            name: twilio::NAME.parse()?,
            authorization: Authorization::of_token(&account_sid, &token),
            account_sid: account_sid.clone(),
            service_number,
            public_url: public_url.clone(),
            ring_s: policy.times().ring_s,
            talk_s: policy.times().talk_s,
            machine_detection: carrier.machine_detection,
            timeout: Duration::from_secs(policy.times().carrier_s.unsigned_abs()),
        };
        Twilio::new(config).context("CARRIER_URL or SECOND_CARRIER_URL")?;
    }
    Ok(())
}

/// The extreme values that CloudFormation accepts for a parameter. Empty for a text with a pattern, except for the
/// retry delays.
fn extremes(template: &Template, name: &str) -> Vec<String> {
    let parameter = template.parameter(name);
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if parameter["AllowedValues"].is_array() {
        return list(&parameter["AllowedValues"]).into_iter().map(text).collect();
    }
    if name == "RetryDelaysSeconds" {
        return RETRY_DELAYS.map(str::to_owned).to_vec();
    }
    if parameter["Type"] != "Number" {
        return Vec::new();
    }
    let bound = |bound: &str| {
        let found = parameter[bound].as_u64();
        found.unwrap_or_else(|| panic!("expected {name} to have a {bound}, found none"))
    };
    // A parameter of type Number may be a fraction.
    let (least, most) = (bound("MinValue"), bound("MaxValue"));
    vec![least.to_string(), most.to_string(), format!("{least}.4"), format!("{}.5", most - 1), format!("{most}.0")]
}

/// The parameters on which the functions' environment variables depend.
fn parameters_of_functions(template: &Template) -> Vec<String> {
    let mut found: Vec<String> =
        template.variables().iter().flat_map(|name| template.parameters_of_variable(name)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[test]
fn a_function_starts_with_each_extreme_value_of_each_parameter() {
    let template = Template::read();
    assert!(start(template.environment(&ChosenValues::new())).is_ok());
    let mut tried = 0;
    for name in parameters_of_functions(&template) {
        for value in extremes(&template, &name) {
            let started = start(template.environment(&ChosenValues::from([(name.clone(), value.clone())])));
            assert!(started.is_ok(), "{name}={value}: {:#}", started.unwrap_err());
            tried += 1;
        }
    }
    assert!(tried > 50, "{tried}");
}

#[test]
fn a_function_starts_with_every_combination_of_extreme_times() {
    let template = Template::read();
    let times = template.variables().into_iter().filter(|name| name.ends_with("_S"));
    let mut names: Vec<String> = times.flat_map(|name| template.parameters_of_variable(&name)).collect();
    names.sort_unstable();
    names.dedup();
    let extremes: Vec<Vec<String>> = names
        .iter()
        .map(|name| {
            let mut extremes = extremes(&template, name);
            // The test above tries fractions, one parameter at a time.
            extremes.retain(|value| !value.contains('.'));
            assert!(extremes.len() >= 2, "expected {name} to have limits, found {extremes:?}");
            extremes
        })
        .collect();
    let count: usize = extremes.iter().map(Vec::len).product();
    assert!((1000..1_000_000).contains(&count), "{count} combinations");
    for index in 0..count {
        let mut rest = index;
        let pick = |(name, extremes): (&String, &Vec<String>)| {
            let value = extremes[rest % extremes.len()].clone();
            rest /= extremes.len();
            (name.clone(), value)
        };
        let chosen: ChosenValues = names.iter().zip(&extremes).map(pick).collect();
        let variables: Variables = template.environment(&chosen).into_iter().collect();
        assert!(variables.policy().is_ok(), "{chosen:?}: {:#}", variables.policy().unwrap_err());
    }
}

#[test]
fn a_function_starts_with_every_value_that_a_pattern_accepts() {
    let template = Template::read();
    let mut patterns = 0;
    for name in parameters_of_functions(&template) {
        let parameter = template.parameter(&name);
        let Some(pattern) = parameter["AllowedPattern"].as_str() else {
            let is_bounded = parameter["Type"] == "Number" || parameter["AllowedValues"].is_array();
            assert!(is_bounded, "expected {name} to have a pattern, found none");
            continue;
        };
        patterns += 1;
        let longest = parameter["MaxLength"].as_u64().map_or(usize::MAX, |longest| usize::try_from(longest).unwrap());
        let pattern = pattern.strip_prefix('^').and_then(|pattern| pattern.strip_suffix('$')).unwrap();
        let accepted = string_regex(pattern).unwrap().prop_filter("too long", |value| value.len() <= longest);
        // Without a second number, the second carrier's URL would have no effect.
        let base = ChosenValues::from([("SecondServiceNumber".to_owned(), "+15551234568".to_owned())]);
        let tried = TestRunner::deterministic().run(&accepted, |value| {
            let mut chosen = base.clone();
            chosen.insert(name.clone(), value);
            let started = start(template.environment(&chosen));
            prop_assert!(started.is_ok(), "{:#}", started.unwrap_err());
            Ok(())
        });
        assert!(tried.is_ok(), "{name}: {}", tried.unwrap_err());
    }
    assert!(patterns >= 6, "{patterns}");
}

/// A text that can't be stored waits for a day. Each receive counts, even if the function does not run.
#[test]
fn each_queue_allows_enough_receives_and_keeps_a_message_until_the_last_one() {
    const DAY_S: u64 = 24 * 3600;
    let template = Template::read();
    let visibility_s: u64 = template.default_of_variable("VISIBILITY_S").parse().unwrap();
    let receives = |queue: &str| template.properties(queue)["RedrivePolicy"]["maxReceiveCount"].as_u64().unwrap();
    assert!(receives("InboundQueue") * visibility_s >= DAY_S);
    // SQS accepts a maximum receive count of at most 1000.
    assert!(receives("InboundQueue") <= 1000);
    // A wake-up must outlast an hour without the table and another hour of throttling, with an hour to spare.
    assert!(receives("DialQueue") * visibility_s >= 3 * 3600);
    for queue in ["InboundQueue", "DialQueue"] {
        let kept_s = template.properties(queue)["MessageRetentionPeriod"].as_u64().unwrap();
        assert!(kept_s > receives(queue) * visibility_s, "{queue}");
    }
}
