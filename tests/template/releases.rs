//! Rule: tracing and canary deployments are complete when they are switched on, and cost nothing before.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::reading::{Template, list, target};

/// The most alarms that CodeDeploy accepts for a deployment.
const ALARMS_MAX: usize = 10;

#[test]
fn functions_are_traced_only_if_the_operator_says_so_and_may_then_send_their_traces() {
    let template = Template::read();
    assert_eq!(template.parameter("Tracing")["Default"], "DISABLED");
    assert_eq!(template.conditions()["Traces"], json!({ "Fn::Equals": [{ "Ref": "Tracing" }, "ENABLED"] }));
    assert_eq!(template.globals()["Tracing"], json!({ "Fn::If": ["Traces", "Active", "PassThrough"] }));
    assert_eq!(template.resource("TracesPolicy")["Condition"], "Traces");
    let policy = template.properties("TracesPolicy");
    let allowed = list(&policy["Roles"]).into_iter().map(|role| target(role).to_owned());
    let roles = template.functions().into_iter().map(|function| template.role_of(&function));
    assert_eq!(allowed.collect::<BTreeSet<_>>(), roles.collect());
    let actions = &policy["PolicyDocument"]["Statement"][0]["Action"];
    assert_eq!(*actions, json!(["xray:PutTraceSegments", "xray:PutTelemetryRecords"]));
}

/// A test of the routes and one of the queues check that they invoke these aliases.
#[test]
fn a_release_gets_all_invocations_at_once_unless_the_operator_wants_a_canary() {
    let template = Template::read();
    assert_eq!(template.parameter("Canary")["Default"], "DISABLED");
    assert_eq!(template.conditions()["HasCanary"], json!({ "Fn::Equals": [{ "Ref": "Canary" }, "ENABLED"] }));
    // SAM accepts only a boolean or its name.
    assert_eq!(
        *template.mapping("Canary"),
        json!({ "ENABLED": { "Enabled": "true" }, "DISABLED": { "Enabled": "false" } })
    );
    let enabled = json!({ "Fn::FindInMap": ["Canary", { "Ref": "Canary" }, "Enabled"] });
    let invoked_by_others = ["Callback", "Dialer", "Inbound"];
    for function in template.functions() {
        let (alias, preference) = (
            &template.properties(&function)["AutoPublishAlias"],
            &template.properties(&function)["DeploymentPreference"],
        );
        if !invoked_by_others.contains(&&*function) {
            assert_eq!((alias, preference), (&Value::Null, &Value::Null), "{function}");
            continue;
        }
        assert_eq!((alias, &preference["Enabled"]), (&json!("live"), &enabled), "{function}");
        assert_eq!(preference["Type"], "Canary10Percent10Minutes", "{function}");
        let alarms: BTreeSet<&str> = list(&preference["Alarms"]).into_iter().map(target).collect();
        assert!(alarms.len() == list(&preference["Alarms"]).len() && alarms.len() <= ALARMS_MAX, "{alarms:?}");
        for alarm in alarms {
            assert_eq!(template.resource(alarm)["Type"], "AWS::CloudWatch::Alarm", "{alarm}");
        }
    }
}

/// A stack with a resource that the emulator refuses is not created.
#[test]
fn cloudformation_refuses_a_canary_on_the_emulator() {
    let rule = Template::read().rule("CanaryOnAws").clone();
    assert_eq!(rule["RuleCondition"], json!({ "Fn::Equals": [{ "Ref": "Canary" }, "ENABLED"] }));
    assert_eq!(rule["Assertions"][0]["Assert"], json!({ "Fn::Equals": [{ "Ref": "Platform" }, "AWS"] }));
}
