//! Tests of the parts of the template that no emulator checks: permissions, alarms, the dashboard, and the agreement
//! with the code.

#![expect(clippy::unwrap_used, reason = "a panic in a helper fails the test")]

mod accepted;
mod alarms;
mod capacity;
mod defaults;
mod firing;
mod guide;
mod metrics;
mod permissions;
mod queues;
mod reading;
mod releases;
mod routes;

use serde_json::json;

use reading::Template;

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
