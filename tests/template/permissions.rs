//! What functions and EventBridge Scheduler may do.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::reading::{Template, list};

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
