//! The functions have no permission that they do not use, except [`EXCEPTIONS`]. The emulator enforces the other way: what a function uses
//! without a permission fails.

use libtest_mimic::{Failed, Trial};
use tests::Permissions;

/// The roles of the functions. Each sends requests in these tests, so the emulator knows its permissions.
const ROLES: [&str; 4] = ["InboundRole", "DialerRole", "CallbackRole", "SweeperRole"];

/// The permissions that no request of a function uses, with the reason: parts of their role, action and resource.
const EXCEPTIONS: [(&str, &[&str], &str, &str); 4] = [
    ("Role", &["logs:CreateLogStream", "logs:PutLogEvents"], "log-group:/aws/lambda/", "Lambda writes the logs"),
    ("InboundRole", &POLLING, "InboundQueue", "Lambda polls the queue"),
    ("DialerRole", &POLLING, "DialQueue", "Lambda polls the queue"),
    ("Role", &["iam:PassRole"], "ScheduleRole", "EventBridge Scheduler checks it, and the emulator does not"),
];

const POLLING: [&str; 3] = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];

/// The check of the permissions that the tests on shared stacks have used.
pub(crate) fn trial(permissions: Permissions) -> Trial {
    Trial::test("permissions::each_permission_is_used", move || {
        let missing: Vec<_> = ROLES.into_iter().filter(|role| !permissions.has_used(role)).collect();
        let unused: Vec<_> = permissions.unused().filter(|permission| !is_excepted(permission)).collect();
        if missing.is_empty() && unused.is_empty() {
            return Ok(());
        }
        Err(Failed::from(format!("no request used: {unused:#?}; roles without any used permission: {missing:?}")))
    })
}

fn is_excepted(permission: &str) -> bool {
    let [role, action, resource] = permission.splitn(3, ' ').collect::<Vec<_>>()[..] else { return false };
    EXCEPTIONS
        .iter()
        .any(|(of, actions, on, _)| role.ends_with(of) && actions.contains(&action) && resource.contains(on))
}
