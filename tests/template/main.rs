//! Tests of the parts of the template that no emulator checks: permissions, alarms, the dashboard, and the agreement
//! with the code.

#![expect(clippy::unwrap_used, reason = "a panic in a helper fails the test")]

mod accepted;
mod alarms;
mod firing;
mod guide;
mod metrics;
mod reading;
mod releases;

use std::collections::{BTreeMap, BTreeSet};

use reminder::policy::rate::{PER_HOUR_MAX, PER_PERSON_MAX};
use reminder::policy::{CallsPerPerson, Policy, RETRY_DELAYS_MAX, Rate, Times};
use reminder::wire::{CallbackRoute, VOICE_PATH};
use reminder::words::ServiceName;
use serde_json::{Value, json};

use reading::{Template, invoked, list, target};

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

#[test]
fn functions_time_out_before_their_messages_become_visible_again() {
    let template = Template::read();
    let timeout: u32 = template.default_of_variable("FUNCTION_TIMEOUT_S").parse().unwrap();
    let visibility: u32 = template.default_of_variable("VISIBILITY_S").parse().unwrap();
    assert!(6 * timeout <= visibility);
    let chosen = |name: &str| json!({ "Fn::FindInMap": ["Timeouts", { "Ref": "Timeouts" }, name] });
    assert_eq!(template.globals()["Timeout"], chosen("Function"));
    for (_, mapping) in template.queue_mappings() {
        let queue = template.properties(target(&mapping["EventSourceArn"]));
        assert_eq!(queue["VisibilityTimeout"], chosen("Visibility"));
    }
}

#[test]
fn only_the_failed_message_of_a_batch_is_retried_and_then_goes_to_a_dead_letter_queue() {
    let template = Template::read();
    let mappings = template.queue_mappings();
    let functions: BTreeSet<&str> = mappings.iter().map(|(function, _)| function.as_str()).collect();
    assert_eq!(functions, BTreeSet::from(["Dialer", "Inbound"]));
    for (function, mapping) in &mappings {
        assert_eq!(mapping["FunctionResponseTypes"], json!(["ReportBatchItemFailures"]), "{function}");
        assert_eq!(mapping["ScalingConfig"]["MaximumConcurrency"], of_capacity("Queue"), "{function}");
        let queue = template.properties(target(&mapping["EventSourceArn"]));
        let dead_letters = target(&queue["RedrivePolicy"]["deadLetterTargetArn"]);
        assert!(
            template.may_send(function, dead_letters),
            "{function} must be allowed to send to its dead-letter queue: it moves messages there that it can't read"
        );
        let dead = template.properties(dead_letters);
        let kept = |queue: &Value| queue["MessageRetentionPeriod"].as_u64().unwrap();
        assert_eq!(kept(dead), 14 * 24 * 3600, "{function}");
        assert!(
            kept(queue) < kept(dead),
            "{function}: the dead-letter queue must keep messages longer, because their age is not reset when they move"
        );
    }
}

/// Lambda stops a function after about 16 invocations in one chain of messages, unless recursive loops are allowed
/// (<https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html>).
#[test]
fn recursive_loops_are_allowed_only_for_functions_that_send_to_the_queue_that_invokes_them() {
    let template = Template::read();
    let mappings = template.queue_mappings();
    let sends =
        |(function, mapping): &&(String, &Value)| template.may_send(function, target(&mapping["EventSourceArn"]));
    let loops = mappings.iter().filter(sends);
    let loops: BTreeSet<&str> = loops.map(|(function, _)| function.as_str()).collect();
    assert_eq!(loops, BTreeSet::from(["Dialer", "Inbound"]));
    assert_eq!(template.globals()["RecursiveLoop"], Value::Null, "recursive loops would be allowed for every function");
    for function in template.functions() {
        let expected = if loops.contains(function.as_str()) { json!("Allow") } else { Value::Null };
        assert_eq!(template.properties(&function)["RecursiveLoop"], expected, "{function}");
    }
}

#[test]
fn each_function_has_its_own_role_that_only_lambda_may_assume() {
    let template = Template::read();
    let functions = template.functions();
    let roles: BTreeSet<String> = functions.iter().map(|function| template.role_of(function)).collect();
    assert_eq!(roles.len(), functions.len());
    for role in roles {
        let trust = list(&template.properties(&role)["AssumeRolePolicyDocument"]["Statement"]);
        let lambda = json!({ "Effect": "Allow", "Principal": { "Service": "lambda.amazonaws.com" }, "Action": "sts:AssumeRole" });
        assert_eq!(trust, [&lambda], "{role}");
    }
}

#[test]
fn no_permission_has_a_wildcard_except_for_the_names_of_our_schedules_and_for_traces() {
    let template = Template::read();
    let statements = template.statements();
    assert!(statements.len() > 10, "{}", statements.len());
    for (holder, statement) in statements {
        assert_eq!(statement["Effect"], "Allow", "{holder}");
        for action in list(&statement["Action"]) {
            assert!(!action.as_str().unwrap().contains('*'), "{holder}: {action}");
        }
        for resource in list(&statement["Resource"]) {
            let text = resource.to_string();
            let is_for_schedules = text.contains("schedule/${Group}/sixthirty-${Id}-*");
            let is_for_traces = holder == "TracesPolicy" && resource == "*";
            assert!(is_for_schedules || is_for_traces || !text.contains('*'), "{holder}: {resource}");
            let is_of_traces =
                list(&statement["Action"]).iter().all(|action| action.as_str().unwrap().starts_with("xray:Put"));
            assert!(!is_for_traces || is_of_traces, "{holder}: {resource}");
            let is_of_scheduler =
                list(&statement["Action"]).iter().all(|action| action.as_str().unwrap().starts_with("scheduler:"));
            assert!(!is_for_schedules || is_of_scheduler, "{holder}: {resource}");
        }
    }
}

#[test]
fn schedule_names_match_the_policy_and_fit_in_64_characters() {
    let template = Template::read();
    let prefix = &template.globals()["Environment"]["Variables"]["SCHEDULE_PREFIX"]["Fn::Sub"];
    let policy = template.properties("WakeUpsPolicy").to_string();
    assert_eq!(prefix[0], "sixthirty-${Id}");
    assert!(
        policy.contains(&prefix[1]["Id"].to_string()),
        "the policy and the prefix use different parts of the stack's id"
    );
    let prefix = "sixthirty-".len() + 8;
    let (ulid, generation) = (26, u32::MAX.to_string().len());
    assert!(prefix + 1 + ulid + 1 + generation <= 64);
}

#[test]
fn only_scheduler_in_this_account_may_assume_the_schedule_role_and_only_to_send_wake_ups() {
    let template = Template::read();
    let passes: Vec<(String, Value)> =
        template.statements().into_iter().filter(|(_, statement)| statement["Action"] == "iam:PassRole").collect();
    let [(holder, pass)] = passes.as_slice() else {
        panic!("expected one statement that allows iam:PassRole, found {passes:?}")
    };
    assert_eq!(holder, "WakeUpsPolicy");
    assert_eq!(pass["Resource"], json!({ "Fn::GetAtt": "ScheduleRole.Arn" }));
    assert_eq!(pass["Condition"]["StringEquals"]["iam:PassedToService"], "scheduler.amazonaws.com");

    let role = template.properties("ScheduleRole");
    let trust = &role["AssumeRolePolicyDocument"]["Statement"][0];
    assert_eq!(trust["Principal"], json!({ "Service": "scheduler.amazonaws.com" }));
    let from = &trust["Condition"]["StringEquals"];
    assert_eq!(from["aws:SourceAccount"], json!({ "Ref": "AWS::AccountId" }));
    let [earlier, own] = list(&from["aws:SourceArn"])[..] else { panic!("expected two groups, found {from}") };
    assert!(earlier["Fn::Sub"].as_str().unwrap().ends_with("${AWS::AccountId}:schedule-group/default"));
    assert!(own["Fn::Sub"][0].as_str().unwrap().ends_with("${AWS::AccountId}:schedule-group/${Group}"));
    let group = json!({ "Fn::If": ["IsAws", { "Ref": "Schedules" }, "default"] });
    assert_eq!(own["Fn::Sub"][1]["Group"], group);
    assert_eq!(template.globals()["Environment"]["Variables"]["SCHEDULE_GROUP"], group);
    let policy = list(&template.properties("WakeUpsPolicy")["PolicyDocument"]["Statement"]);
    let create = policy.into_iter().find(|statement| statement["Action"] == "scheduler:CreateSchedule").unwrap();
    assert_eq!(create["Resource"]["Fn::Sub"][1]["Group"], group);

    let grants = list(&role["Policies"][0]["PolicyDocument"]["Statement"]);
    let arns = json!([{ "Fn::GetAtt": "DialQueue.Arn" }, { "Fn::GetAtt": "ScheduleDeadLetters.Arn" }]);
    assert_eq!(grants, [&json!({ "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": arns })]);
}

#[test]
fn the_api_may_invoke_the_function_of_a_route_only_for_that_route() {
    let template = Template::read();
    let routes: Vec<(String, String)> = template.routes();
    let functions: BTreeMap<&str, &str> = routes.iter().map(|(route, function)| (&**route, &**function)).collect();
    let expected = BTreeMap::from([
        ("POST /answers/{person}/{answered_at}/status", "Callback"),
        ("POST /calls/{person}/{reminder}/{claim}/{step}", "Callback"),
        ("POST /sms", "Inbound"),
        ("POST /texts/{person}/{text}/{try}/status", "Callback"),
        ("POST /voice", "Callback"),
        ("POST /voice/{person}/{reminder}/key", "Callback"),
    ]);
    assert_eq!(functions, expected);
    let permissions: Vec<&Value> =
        template.of_type("AWS::Lambda::Permission").map(|(_, properties)| properties).collect();
    let mut used = BTreeSet::new();
    for (route, function) in &routes {
        let wanted = route.replacen(' ', "", 1);
        let covers = |permission: &Value| {
            let arn = permission["SourceArn"]["Fn::Sub"].as_str().unwrap();
            let (_, allowed) = arn
                .split_once(":${Api}/*/")
                .unwrap_or_else(|| panic!("expected that only this API may invoke {function}, found {arn}"));
            let matches = allowed.strip_suffix('*').map_or(wanted == allowed, |begin| wanted.starts_with(begin));
            invoked(&permission["FunctionName"]) == function && matches
        };
        let found: Vec<usize> = (0..permissions.len()).filter(|index| covers(permissions[*index])).collect();
        let [index] = found[..] else { panic!("expected one permission for {route}, found {}", found.len()) };
        assert_eq!(permissions[index]["Principal"], "apigateway.amazonaws.com");
        assert_eq!(permissions[index]["Action"], "lambda:InvokeFunction");
        used.insert(index);
    }
    assert_eq!(used.len(), permissions.len(), "expected each permission to be for a route");
}

/// What the chosen capacity sets.
fn of_capacity(name: &str) -> Value {
    json!({ "Fn::FindInMap": ["Capacity", { "Ref": "Capacity" }, name] })
}

/// The choices of `Capacity`, with the most calls per second that each must be enough for.
fn capacities(template: &Template) -> Vec<(String, u64)> {
    let whole = |value: &Value| value.as_u64().unwrap();
    let rates = template.parameter("CallsPerSecond")["AllowedValues"].as_array().unwrap();
    let rates: Vec<u64> = rates.iter().map(whole).collect();
    let choices = template.parameter("Capacity")["AllowedValues"].as_array().unwrap();
    let most = |choice: &str| match choice {
        "large" => *rates.last().unwrap(),
        "medium" | "small" => {
            let rule = if choice == "small" { "SmallCapacity" } else { "MediumCapacity" };
            let accepted: Vec<u64> =
                template.accepted_by_rule(rule).iter().map(|value| value.parse().unwrap()).collect();
            assert!(rates.starts_with(&accepted), "{rule} must accept the lowest allowed values");
            *accepted.last().unwrap()
        }
        other => panic!("expected a known capacity, found {other}"),
    };
    let names = choices.iter().map(|choice| choice.as_str().unwrap());
    names.map(|choice| (choice.to_owned(), most(choice))).collect()
}

/// Strangers decide how much comes over these routes, so they must not use up the throttle of the callbacks that the
/// service asked for. The emulator does not throttle, so no end-to-end test could find this.
#[test]
fn texts_and_calls_of_strangers_have_their_own_throttles() {
    let template = Template::read();
    let stage = template.properties("ApiStage");
    let own = stage["RouteSettings"].as_object().unwrap();
    let routes = template.routes();
    let of_route = |route: &str| match route {
        "POST /sms" => "Text",
        "POST /voice" => "Voice",
        "POST /answers/{person}/{answered_at}/status" => "Answer",
        _ => "",
    };
    assert_eq!(own.len(), 3, "{own:?}");
    // The account's default throttle, which all APIs of the account share.
    for (name, suffix, of_account) in
        [("ThrottlingRateLimit", "Rate", 10_000), ("ThrottlingBurstLimit", "Burst", 5_000)]
    {
        assert_eq!(stage["DefaultRouteSettings"][name], of_capacity(suffix));
        for (route, settings) in own {
            assert_eq!(settings[name], of_capacity(&format!("{}{suffix}", of_route(route))), "{route}");
        }
        for (capacity, _) in capacities(&template) {
            let limit = |of: &str| template.mapped("Capacity", &capacity, &format!("{of}{suffix}"));
            // Reports about answers follow texts, so a flood of texts that is accepted must leave them enough.
            assert!(limit("Answer") >= 3 * limit("Text"), "{capacity}: {name}");
            let all: u64 = routes.iter().map(|(route, _)| limit(of_route(route))).sum();
            assert!(all < of_account / 2, "{capacity}: {name} of all routes is {all}");
        }
    }
}

/// CloudFormation has no arithmetic, so its rules list the rates for which each capacity is enough.
#[test]
fn each_capacity_is_enough_for_the_calls_per_second_that_its_rule_accepts() {
    /// Two reports of its status, the speech, three keys, the verdict, the message.
    const CALLBACKS_OF_A_CALL: u64 = 8;
    let template = Template::read();
    for (capacity, calls_per_second) in capacities(&template) {
        let value = |name: &str| template.mapped("Capacity", &capacity, name);
        let callbacks = CALLBACKS_OF_A_CALL * calls_per_second;
        assert!(value("Rate") >= callbacks, "{capacity}");
        // A callback takes at most 200 ms, and a request for a call at most half a second, if nothing fails.
        assert!(value("ReservedCallback") >= callbacks / 5, "{capacity}");
        assert!(2 * value("ReservedDialer") >= calls_per_second, "{capacity}");
        // A queue that starts more functions than are reserved would use up receives for throttled invocations.
        assert!(value("ReservedDialer") >= value("Queue"), "{capacity}");
    }
    for function in ["Dialer", "Callback"] {
        let reserved =
            json!({ "Fn::If": ["Reserves", of_capacity(&format!("Reserved{function}")), { "Ref": "AWS::NoValue" }] });
        assert_eq!(template.properties(function)["ReservedConcurrentExecutions"], reserved);
    }
    // A new account has 10 concurrent executions in all, so nothing is reserved by default.
    assert_eq!(template.parameter("ReserveConcurrency")["Default"], "DISABLED");
}

#[test]
fn the_stage_is_created_after_the_routes_that_its_settings_name() {
    let template = Template::read();
    let before: Vec<&Value> = list(&template.resource("ApiStage")["DependsOn"]);
    let named = template.properties("ApiStage")["RouteSettings"].as_object().unwrap();
    let routes: BTreeMap<&str, &str> = template
        .of_type("AWS::ApiGatewayV2::Route")
        .map(|(name, route)| (route["RouteKey"].as_str().unwrap(), name))
        .collect();
    assert_eq!(before.len(), named.len());
    for route in named.keys() {
        let resource = routes.get(&**route).unwrap_or_else(|| panic!("expected a route {route}, found none"));
        assert!(before.contains(&&json!(resource)), "{resource}");
    }
}

/// Checks the paths that the code gives to the carrier.
#[test]
fn the_template_has_a_route_for_every_callback() {
    let routes = Template::read().routes();
    let person = "0123456789abcdef0123456789abcdef";
    let ulid = "01JZ0000000000000000000000";
    for path in [
        &*format!("/calls/{person}/{ulid}/{ulid}/answered-by"),
        &format!("/texts/{person}/{ulid}/3/status"),
        &format!("/answers/{person}/1800000000123/status"),
        VOICE_PATH,
        &format!("/voice/{person}/{ulid}/key"),
    ] {
        assert!(CallbackRoute::parse(path).is_ok(), "{path}");
        let matches = |route: &str| {
            let parts = |path: &str| path.split('/').map(str::to_owned).collect::<Vec<_>>();
            let (wanted, found) = (parts(route.trim_start_matches("POST ")), parts(path));
            wanted.len() == found.len() && wanted.iter().zip(&found).all(|(w, f)| w.starts_with('{') || w == f)
        };
        assert!(routes.iter().any(|(route, _)| matches(route)), "{path}");
    }
}

#[test]
fn every_parameter_has_a_description() {
    let template = Template::read();
    for name in template.parameters() {
        assert!(template.parameter(&name)["Description"].is_string(), "{name}");
    }
}

#[test]
fn machine_detection_is_enabled_by_default_and_can_be_disabled() {
    let template = Template::read();
    assert_eq!(template.default_of_variable("MACHINE_DETECTION"), "ENABLED");
    assert_eq!(template.parameter("MachineDetection")["AllowedValues"], json!(["ENABLED", "DISABLED"]));
}

#[test]
fn stored_data_is_encrypted_and_the_table_and_the_secret_are_retained() {
    let template = Template::read();
    let table = template.properties("Table");
    assert_eq!(table["SSESpecification"]["SSEEnabled"], true);
    assert_eq!(table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], true);
    assert_eq!(table["TimeToLiveSpecification"], json!({ "AttributeName": "expires", "Enabled": true }));
    assert_eq!(table["DeletionProtectionEnabled"], true);
    // A protected table can't be deleted, so the rollback of a failed first deploy must not try to.
    for (resource, policy) in [("Table", "Retain"), ("Secret", "RetainExceptOnCreate")] {
        assert_eq!(template.resource(resource)["DeletionPolicy"], policy, "{resource}");
        assert_eq!(template.resource(resource)["UpdateReplacePolicy"], "Retain", "{resource}");
    }
    for (name, queue) in template.of_type("AWS::SQS::Queue") {
        assert_eq!(queue["SqsManagedSseEnabled"], true, "{name}");
    }
}

#[test]
fn every_parameter_that_cargo_local_sets_is_in_the_template() {
    let template = Template::read();
    let local = local::parameters::Parameters::of_this_machine()
        .with_sweeper(local::parameters::Sweeper::ByHand)
        .with_short_times();
    for name in local.overrides().map(|text| text.split('=').next().unwrap_or("").to_owned()) {
        assert!(template.parameter(&name).is_object(), "{name}");
    }
}
