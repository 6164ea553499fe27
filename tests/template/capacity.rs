//! The limits that a choice of `Capacity` sets.

use serde_json::{Value, json};

use super::reading::Template;

/// What the chosen capacity sets.
pub(crate) fn of_capacity(name: &str) -> Value {
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
