//! The template and the code agree: on defaults, and on what a parameter may be.

use std::collections::BTreeSet;

use reminder::policy::rate::{PER_HOUR_MAX, PER_PERSON_MAX};
use reminder::policy::{CallsPerPerson, Policy, RETRY_DELAYS_MAX, Rate, Times};
use reminder::words::ServiceName;

use super::reading::Template;

#[test]
fn the_default_durations_agree_with_the_code() {
    let template = Template::read();
    let default = Times::DEFAULT;
    let expected = [
        ("FUNCTION_TIMEOUT_S", default.function_s),
        ("CARRIER_TIMEOUT_S", default.carrier_s),
        ("VISIBILITY_S", default.visibility_s),
        ("DIALING_S", default.dialing_s),
        ("RING_S", default.ring_s),
        ("TALK_S", default.talk_s),
        ("RINGING_MARGIN_S", default.ringing_margin_s),
        ("MAX_LATENESS_S", default.max_lateness_s),
        ("REFUSED_BACKOFF_S", default.refused_backoff_s),
        ("TEXT_BACKOFF_S", default.text_backoff_s),
        ("TEXT_GIVE_UP_S", default.text_give_up_s),
        ("UNCONFIRMED_WAIT_S", default.unconfirmed_wait_s),
        ("WAKE_UP_SENT_WITHIN_S", default.wake_up_sent_within_s),
        ("WAKE_UP_MARGIN_S", default.wake_up_margin_s),
        ("RECOVERY_BACKOFF_S", default.recovery_backoff_s),
        ("STORE_S", default.store_s),
        ("PARK_S", default.park_s),
    ];
    for (variable, seconds) in expected {
        assert_eq!(template.default_of_variable(variable), seconds.to_string(), "{variable}");
    }
    let retry_delays: Vec<String> = default.retry_delays_s.as_slice().iter().map(i64::to_string).collect();
    assert_eq!(template.default_of_variable("RETRY_DELAYS_S"), retry_delays.join(","));
    let times: BTreeSet<String> = template.variables().into_iter().filter(|name| name.ends_with("_S")).collect();
    let known = expected.iter().map(|(name, _)| (*name).to_owned()).chain(["RETRY_DELAYS_S".to_owned()]).collect();
    assert_eq!(times, known, "the template sets a duration that this test does not compare");
    assert!(Policy::new(default).is_ok());
}

#[test]
fn the_default_rates_and_the_most_calls_an_hour_agree_with_the_code() {
    let template = Template::read();
    let (default, per_person) = (Rate::DEFAULT, CallsPerPerson::DEFAULT);
    for (variable, rate) in [
        ("CALLS_PER_SECOND", default.calls_per_second),
        ("TEXTS_PER_SECOND", default.texts_per_second),
        ("CALLS_PER_HOUR", default.calls_per_hour),
        ("CALLS_PER_PERSON_PER_HOUR", per_person.per_hour),
        ("CALLS_PER_PERSON_PER_DAY", per_person.per_day),
    ] {
        assert_eq!(template.default_of_variable(variable), rate.to_string(), "{variable}");
    }
    assert_eq!(template.parameter("CallsPerHour")["MaxValue"], PER_HOUR_MAX);
    for name in ["CallsPerPersonPerHour", "CallsPerPersonPerDay"] {
        assert_eq!(template.parameter(name)["MaxValue"], PER_PERSON_MAX, "{name}");
    }
}

#[test]
fn the_template_accepts_as_many_retry_delays_as_the_code() {
    let more = RETRY_DELAYS_MAX - 1;
    let parameter = Template::read().parameter("RetryDelaysSeconds").clone();
    let delay = "([1-9][0-9]?|[1-8][0-9]{2}|900)";
    assert_eq!(parameter["AllowedPattern"], format!("^{delay}(,{delay}){{0,{more}}}$"));
    let description = parameter["Description"].as_str().unwrap();
    assert!(description.ends_with(&format!("At most {RETRY_DELAYS_MAX}")), "{description}");
}

#[test]
fn the_template_and_the_code_have_the_same_default_service_name_and_accept_the_same_names() {
    let template = Template::read();
    assert_eq!(template.default_of_variable("SERVICE_NAME"), ServiceName::DEFAULT);
    let parameter = template.parameter("ServiceName");
    let between = ServiceName::MAX - 2;
    let pattern = format!("^[A-Za-z0-9]([A-Za-z0-9 .'-]{{0,{between}}}[A-Za-z0-9])?$");
    assert_eq!(parameter["AllowedPattern"], pattern);
    assert_eq!(parameter["ConstraintDescription"], format!("must be {}", ServiceName::EXPECTED));
}
