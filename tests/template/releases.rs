//! Rule: tracing and canary deployments are complete when they are switched on, and cost nothing before.

use std::collections::BTreeSet;

use serde_json::json;

use super::reading::{Template, list, target};

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
