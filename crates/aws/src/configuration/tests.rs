//! Tests of the configuration: the variables of a function, and the errors for those that are missing or malformed.

use reminder::policy::{CallsPerPerson, Rate, RetryDelays, Times};

use super::*;

fn variables(pairs: &[(&str, &str)]) -> Variables {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn whole() -> Vec<(&'static str, &'static str)> {
    vec![
        ("TABLE", "reminders"),
        ("DIAL_QUEUE_URL", "https://queue.example/dial"),
        ("DIAL_QUEUE_ARN", "arn:aws:sqs:us-east-1:000000000000:dial"),
        ("INBOUND_QUEUE_URL", "https://queue.example/inbound"),
        ("INBOUND_DLQ_URL", "https://queue.example/inbound-dead"),
        ("DIAL_DLQ_URL", "https://queue.example/dial-dead"),
        ("SCHEDULE_ROLE_ARN", "arn:aws:iam::000000000000:role/schedule"),
        ("SCHEDULE_DLQ_ARN", "arn:aws:sqs:us-east-1:000000000000:schedule-dead"),
        ("SCHEDULE_PREFIX", "sixthirty-0a1b2c3d"),
        ("SECRET_ID", "sixthirty-secret"),
        ("PUBLIC_URL", "https://api.example"),
        ("SERVICE_NUMBER", "+12125550100"),
    ]
}

/// Reads every configuration from the complete set of variables, with one of them changed.
fn read_with(name: &'static str, value: &'static str) -> anyhow::Result<()> {
    let mut pairs = whole();
    pairs.retain(|(other, _)| *other != name);
    pairs.push((name, value));
    let variables = variables(&pairs);
    StoreConfig::read(&variables)?;
    WakeUpConfig::read(&variables)?;
    ParkingConfig::read(&variables)?;
    QueuesConfig::read(&variables)?;
    CarrierConfig::read(&variables)?;
    service_name(&variables)?;
    variables.secret_id()?;
    variables.policy()?;
    Ok(())
}

#[test]
fn the_service_has_the_name_that_its_operator_chose_or_the_default() {
    let named = |pairs: &[(&str, &str)]| service_name(&variables(pairs)).unwrap();
    assert_eq!(named(&[]).as_str(), "sixthirty");
    assert_eq!(named(&[("SERVICE_NAME", "Ann's Bakery")]).as_str(), "Ann's Bakery");
}

#[test]
fn every_variable_that_is_set_is_read() {
    let mut pairs = whole();
    pairs.extend([("RETENTION_DAYS", "45"), ("CARRIER_URL", "http://127.0.0.1:9000/"), ("COUNTRIES", "US, ca")]);
    let variables = variables(&pairs);
    let store = StoreConfig::read(&variables).unwrap();
    assert_eq!(store, StoreConfig { table: "reminders".to_owned(), retention_days: 45 });
    let wake_ups = WakeUpConfig::read(&variables).unwrap();
    assert_eq!(wake_ups.queue_url, "https://queue.example/dial");
    assert_eq!(wake_ups.queue_arn, "arn:aws:sqs:us-east-1:000000000000:dial");
    assert_eq!(wake_ups.role_arn, "arn:aws:iam::000000000000:role/schedule");
    assert_eq!(wake_ups.dead_letters_arn, "arn:aws:sqs:us-east-1:000000000000:schedule-dead");
    assert_eq!(wake_ups.prefix, "sixthirty-0a1b2c3d");
    assert_eq!(ParkingConfig::read(&variables).unwrap().queue_url, "https://queue.example/inbound");
    let queues = QueuesConfig::read(&variables).unwrap();
    assert_eq!(
        (&*queues.inbound_url, &*queues.dial_url),
        ("https://queue.example/inbound", "https://queue.example/dial")
    );
    let dead = (&*queues.inbound_dead_letters_url, &*queues.dial_dead_letters_url);
    assert_eq!(dead, ("https://queue.example/inbound-dead", "https://queue.example/dial-dead"));
    let carrier = CarrierConfig::read(&variables).unwrap();
    assert_eq!((&*carrier.url, &*carrier.public_url), ("http://127.0.0.1:9000", "https://api.example"));
    assert_eq!(carrier.service_number.as_str(), "+12125550100");
    assert_eq!(carrier.countries, Countries::These(vec!["US".parse().unwrap(), "CA".parse().unwrap()]));
    assert_eq!(carrier.second, None);
    assert_eq!(variables.secret_id().unwrap(), "sixthirty-secret");
}

#[test]
fn a_second_account_has_the_url_of_the_first_account_unless_its_own_url_is_set() {
    for (extra, url) in [
        (&[][..], "https://api.twilio.com"),
        (&[("CARRIER_URL", "http://127.0.0.1:9000")], "http://127.0.0.1:9000"),
        (&[("SECOND_CARRIER_URL", "http://127.0.0.1:9001")], "http://127.0.0.1:9001"),
    ] {
        let second = [("SECOND_SERVICE_NUMBER", "+12125550199")];
        let variables = variables(&[&whole()[..], &second, extra].concat());
        let second = CarrierConfig::read(&variables).unwrap().second.unwrap();
        assert_eq!((&*second.url, second.service_number.as_str()), (url, "+12125550199"));
    }
}

#[test]
fn the_rates_are_read_from_their_variables() {
    let set = [("CALLS_PER_SECOND", "20"), ("TEXTS_PER_SECOND", "7"), ("CALLS_PER_HOUR", "3600000")];
    let policy = variables(&[&whole()[..], &set].concat()).policy().unwrap();
    assert_eq!(policy.rate(), &Rate { calls_per_second: 20, texts_per_second: 7, calls_per_hour: 3_600_000 });
    assert_eq!(variables(&whole()).policy().unwrap().rate(), &Rate::DEFAULT);
}

#[test]
fn the_limits_of_the_calls_to_a_person_are_read_from_their_variables() {
    let set = [("CALLS_PER_PERSON_PER_HOUR", "1"), ("CALLS_PER_PERSON_PER_DAY", "500")];
    let policy = variables(&[&whole()[..], &set].concat()).policy().unwrap();
    assert_eq!(policy.calls_per_person(), &CallsPerPerson { per_hour: 1, per_day: 500 });
    assert_eq!(variables(&whole()).policy().unwrap().calls_per_person(), &CallsPerPerson::DEFAULT);
}

#[test]
fn an_optional_variable_that_is_missing_or_empty_gets_its_default() {
    for extra in [&[][..], &[("CARRIER_URL", ""), ("COUNTRIES", ""), ("RETENTION_DAYS", ""), ("RETRY_DELAYS_S", "")]] {
        let variables = variables(&[&whole()[..], extra].concat());
        let carrier = CarrierConfig::read(&variables).unwrap();
        assert_eq!((&*carrier.url, carrier.countries), ("https://api.twilio.com", Countries::OfServiceNumber));
        assert_eq!(carrier.machine_detection, MachineDetection::Enabled);
        assert_eq!(StoreConfig::read(&variables).unwrap().retention_days, 30);
        assert_eq!(variables.policy().unwrap().times(), &Times::DEFAULT);
    }
}

#[test]
fn every_time_is_read_from_its_own_variable() {
    let names = [
        "FUNCTION_TIMEOUT_S",
        "CARRIER_TIMEOUT_S",
        "VISIBILITY_S",
        "DIALING_S",
        "RING_S",
        "TALK_S",
        "RINGING_MARGIN_S",
        "MAX_LATENESS_S",
        "REFUSED_BACKOFF_S",
        "TEXT_BACKOFF_S",
        "TEXT_GIVE_UP_S",
        "UNCONFIRMED_WAIT_S",
        "WAKE_UP_SENT_WITHIN_S",
        "WAKE_UP_MARGIN_S",
        "RECOVERY_BACKOFF_S",
        "STORE_S",
        "PARK_S",
    ];
    let values =
        ["21", "9", "130", "61", "31", "91", "62", "890", "16", "32", "86399", "11", "33", "92", "63", "7", "4"];
    let mut pairs: Vec<_> = names.into_iter().zip(values).collect();
    pairs.push(("RETRY_DELAYS_S", "121,301"));
    let expected = Times {
        function_s: 21,
        carrier_s: 9,
        visibility_s: 130,
        dialing_s: 61,
        ring_s: 31,
        talk_s: 91,
        ringing_margin_s: 62,
        max_lateness_s: 890,
        retry_delays_s: RetryDelays::new([121, 301]),
        refused_backoff_s: 16,
        text_backoff_s: 32,
        text_give_up_s: 86_399,
        unconfirmed_wait_s: 11,
        wake_up_sent_within_s: 33,
        wake_up_margin_s: 92,
        recovery_backoff_s: 63,
        store_s: 7,
        park_s: 4,
    };
    assert_eq!(variables(&pairs).policy().unwrap().times(), &expected);
}

#[test]
fn machine_detection_can_be_disabled() {
    for (value, expected) in [("ENABLED", MachineDetection::Enabled), ("DISABLED", MachineDetection::Disabled)] {
        let variables = variables(&[&whole()[..], &[("MACHINE_DETECTION", value)]].concat());
        assert_eq!(CarrierConfig::read(&variables).unwrap().machine_detection, expected);
    }
}

#[test]
fn one_to_four_retry_delays_are_read() {
    for (value, expected) in [
        ("120", RetryDelays::new([120])),
        ("121,301", RetryDelays::new([121, 301])),
        ("121, 301", RetryDelays::new([121, 301])),
        ("120,300,600", RetryDelays::new([120, 300, 600])),
        ("120,300,600,60", RetryDelays::new([120, 300, 600, 60])),
    ] {
        let policy = variables(&[&whole()[..], &[("RETRY_DELAYS_S", value)]].concat()).policy().unwrap();
        assert_eq!(policy.times().retry_delays_s, expected, "{value}");
    }
}

/// New code may run for a moment with the variables of a release without groups.
#[test]
fn a_missing_schedule_group_is_the_default_group() {
    let group = |more: &[(&'static str, &'static str)]| {
        let all: Vec<_> = whole().into_iter().chain(more.iter().copied()).collect();
        WakeUpConfig::read(&variables(&all)).unwrap().group
    };
    assert_eq!(group(&[]), "default");
    assert_eq!(group(&[("SCHEDULE_GROUP", "sixthirty")]), "sixthirty");
}

#[test]
fn a_missing_required_variable_is_named_in_the_error() {
    assert!(read_with("TABLE", "another").is_ok());
    for (name, _) in whole() {
        let error = format!("{:#}", read_with(name, "").unwrap_err());
        assert!(error.starts_with(&format!("{name}: expected ")) && error.ends_with("found nothing"), "{error}");
    }
}

#[test]
fn an_error_names_the_malformed_variable_the_expected_form_and_the_value_found() {
    for (name, value) in [
        ("CALLS_PER_SECOND", "0"),
        ("CALLS_PER_SECOND", "-0.5"),
        ("TEXTS_PER_SECOND", "1001"),
        ("CALLS_PER_HOUR", "0"),
        ("CALLS_PER_HOUR", "3600001"),
        ("CALLS_PER_PERSON_PER_HOUR", "0"),
        ("CALLS_PER_PERSON_PER_DAY", "501"),
        ("SERVICE_NAME", "a name of more than 20 letters"),
        ("SERVICE_NAME", "Caf\u{e9}"),
        ("RETENTION_DAYS", "0"),
        ("RETENTION_DAYS", "-1"),
        ("RETENTION_DAYS", "3651"),
        ("RETENTION_DAYS", "a month"),
        ("SCHEDULE_PREFIX", "with a space"),
        ("SCHEDULE_PREFIX", "twenty-seven-characters-lon"),
        ("PUBLIC_URL", "api.example"),
        ("PUBLIC_URL", "https://"),
        ("PUBLIC_URL", "https:///"),
        ("PUBLIC_URL", "https://api.example/path"),
        ("PUBLIC_URL", "https://api.example?query"),
        ("PUBLIC_URL", "https://user@api.example"),
        ("CARRIER_URL", "ftp://carrier.example"),
        ("COUNTRIES", "US,"),
        ("COUNTRIES", "USA"),
        ("MACHINE_DETECTION", "on"),
        ("RING_S", "half a minute"),
        ("RING_S", "-1"),
        ("TALK_S", "31622401"),
        ("TALK_S", "1,5"),
        ("TALK_S", "99999999999999999999"),
        ("RETRY_DELAYS_S", "120,300,600,60,60"),
        ("RETRY_DELAYS_S", "soon"),
        ("RETRY_DELAYS_S", "120,soon"),
        ("RETRY_DELAYS_S", "120,300,soon"),
        ("RETRY_DELAYS_S", "120,-1"),
        ("RETRY_DELAYS_S", "120,0"),
        ("RING_S", "0"),
        ("RETRY_DELAYS_S", "120,604801"),
        ("RETRY_DELAYS_S", ",300"),
        ("RETRY_DELAYS_S", "120,"),
        ("RETRY_DELAYS_S", "120,,300"),
        ("RETRY_DELAYS_S", "120 300"),
    ] {
        let error = format!("{:#}", read_with(name, value).unwrap_err());
        assert!(error.starts_with(&format!("{name}: expected ")), "{error}");
        assert!(error.contains(&format!("found {value:?}")), "{error}");
    }
}

#[test]
fn a_malformed_service_number_is_not_quoted_in_the_error() {
    for name in ["SERVICE_NUMBER", "SECOND_SERVICE_NUMBER"] {
        let error = format!("{:#}", read_with(name, "13105550177").unwrap_err());
        assert!(error.starts_with(&format!("{name}: expected a number")), "{error}");
        assert!(!error.contains("13105550177") && error.contains("found another value of length 11"), "{error}");
    }
}

#[test]
fn times_that_contradict_each_other_are_refused() {
    for (name, value, named) in [
        ("CARRIER_TIMEOUT_S", "20", "FUNCTION_TIMEOUT_S"),
        ("DIALING_S", "20", "DIALING_S"),
        ("VISIBILITY_S", "119", "VISIBILITY_S"),
        ("MAX_LATENESS_S", "901", "MAX_LATENESS_S"),
        ("RETRY_DELAYS_S", "901", "RETRY_DELAYS_S"),
        ("RETRY_DELAYS_S", "120,901", "RETRY_DELAYS_S"),
        ("RETRY_DELAYS_S", "120,300,600,901", "RETRY_DELAYS_S"),
        ("STORE_S", "17", "STORE_S"),
        ("RECOVERY_BACKOFF_S", "901", "RECOVERY_BACKOFF_S"),
    ] {
        let error = format!("{:#}", read_with(name, value).unwrap_err());
        assert!(error.contains(named), "{error}");
    }
}
