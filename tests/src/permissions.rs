//! Which permissions the functions have and use.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::stage::Stage;

/// The permissions of the stacks' roles, each with whether a request has used it.
#[derive(Debug, Default)]
pub struct Permissions(BTreeMap<String, bool>);

impl Permissions {
    /// Adds the permissions of another stack.
    pub fn add(&mut self, other: Self) {
        for (permission, is_used) in other.0 {
            *self.0.entry(permission).or_default() |= is_used;
        }
    }

    /// The permissions that no request has used, as texts of role, action and resource.
    pub fn unused(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|(_, is_used)| !**is_used).map(|(permission, _)| permission.as_str())
    }

    /// Whether a role with this ending has used a permission.
    pub fn has_used(&self, role: &str) -> bool {
        self.0.iter().any(|(permission, is_used)| {
            *is_used && permission.split(' ').next().is_some_and(|name| name.ends_with(role))
        })
    }
}

impl Stage {
    /// The permissions of the roles that have sent requests so far. Only the emulator that `cargo local` starts records
    /// them.
    ///
    /// # Errors
    /// Fails if the emulator does not answer, or if its answer is not as expected.
    pub async fn permissions(&self) -> Result<Permissions> {
        let url = format!("{}/_sixthirty/permissions", self.stack.endpoint().url());
        let found: BTreeMap<String, bool> = self.http.get(url).send().await?.error_for_status()?.json().await?;
        let mut permissions = Permissions::default();
        for (permission, is_used) in found {
            permissions.add(Permissions(BTreeMap::from([(without_random_parts(&permission), is_used)])));
        }
        Ok(permissions)
    }
}

/// Takes the random parts from the names of a permission, so that it has one name in all stacks: every part between
/// hyphens that has at least eight hexadecimal digits and nothing else.
fn without_random_parts(permission: &str) -> String {
    let is_random = |part: &&str| part.len() >= 8 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let names = permission.split(' ').map(|name| {
        let parts: Vec<&str> = name.split('-').filter(|part| !is_random(part)).collect();
        parts.join("-")
    });
    names.collect::<Vec<_>>().join(" ")
}
