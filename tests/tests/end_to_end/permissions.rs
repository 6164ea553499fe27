//! The functions have no permission that they do not use. The emulator enforces the other way: what a function uses
//! without a permission fails.

use libtest_mimic::{Failed, Trial};
use tests::Permissions;

/// Permissions that no request of a function uses, or none in these tests, by a part of their names, with the reason.
const EXCEPTIONS: [(&str, &str); 6] = [
    ("logs:CreateLogStream", "Lambda writes the logs"),
    ("logs:PutLogEvents", "Lambda writes the logs"),
    ("sqs:ReceiveMessage", "Lambda polls the queue"),
    ("sqs:DeleteMessage", "Lambda polls the queue"),
    ("sqs:GetQueueAttributes", "Lambda polls the queue"),
    ("iam:PassRole", "EventBridge Scheduler checks it, and the emulator does not"),
];

/// The check of the permissions that all tests together have used.
pub(crate) fn trial(permissions: Permissions) -> Trial {
    Trial::test("permissions::each_permission_is_used", move || {
        let is_excepted = |permission: &&str| EXCEPTIONS.iter().any(|(name, _)| permission.contains(name));
        let unused: Vec<_> = permissions.unused().filter(|permission| !is_excepted(permission)).collect();
        eprintln!("{} permissions used", permissions.used());
        if unused.is_empty() { Ok(()) } else { Err(Failed::from(format!("no request used: {unused:#?}"))) }
    })
}
