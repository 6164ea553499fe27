//! The rows of the table, before and after hostile requests.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use local::stack::Stack;
use serde_json::Value;

use super::findings::Findings;
use super::logs::Search;

/// The most characters of an attribute in a finding.
const SHOWN: usize = 40;

/// All rows of the table, by their keys, except those that hostile requests have nothing to do with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rows(BTreeMap<(String, String), Value>);

/// The partitions that are not compared: the slots of the carriers, and the rows of other people.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ignored {
    partitions: BTreeSet<String>,
    /// Beginnings of partition keys.
    beginnings: Vec<String>,
}

impl Ignored {
    /// Ignores the channels, and the texts and the partitions of honest people.
    pub(crate) fn of(message_ids: &str, people: impl IntoIterator<Item = String>) -> Self {
        let partitions = people.into_iter().map(|person| format!("PERSON#{person}")).collect();
        Self { partitions, beginnings: vec!["CARRIER#".to_owned(), format!("MSG#twilio#{message_ids}")] }
    }

    /// Ignores every partition that exists now.
    pub(crate) async fn and_existing(mut self, stack: &Stack) -> Result<Self> {
        self.partitions.extend(stack.items().await?.iter().map(|item| text(item, "pk")));
        Ok(self)
    }

    fn contains(&self, partition: &str) -> bool {
        self.partitions.contains(partition) || self.beginnings.iter().any(|start| partition.starts_with(start))
    }
}

impl Rows {
    pub(crate) async fn read(stack: &Stack, ignored: &Ignored) -> Result<Self> {
        let rows = stack.items().await?.into_iter().map(|item| ((text(&item, "pk"), text(&item, "sk")), item));
        Ok(Self(rows.filter(|((partition, _), _)| !ignored.contains(partition)).collect()))
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// Returns the rows in the partitions of these people.
    pub(crate) fn of<'a>(&self, people: impl IntoIterator<Item = &'a str>) -> Self {
        let partitions: BTreeSet<String> = people.into_iter().map(|person| format!("PERSON#{person}")).collect();
        let own = self.0.iter().filter(|((partition, _), _)| partitions.contains(partition));
        Self(own.map(|(key, row)| (key.clone(), row.clone())).collect())
    }

    /// Adds a finding for each row that was added, changed or removed.
    pub(crate) fn compare(&self, after: &Self, by: &str, findings: &mut Findings) {
        for (key, row) in &after.0 {
            match self.0.get(key) {
                None => findings.add("unexpected row", format!("{by}: {} {} = {row}", key.0, key.1)),
                Some(before) if before != row => {
                    findings.add("row changed", format!("{by}: {} {}: {}", key.0, key.1, difference(before, row)));
                }
                Some(_) => {}
            }
        }
        for key in self.0.keys().filter(|key| !after.0.contains_key(*key)) {
            findings.add("row removed", format!("{by}: {} {}", key.0, key.1));
        }
    }

    /// Adds a finding for each row since `before` that no accepted text explains.
    pub(crate) fn explain(&self, before: &Self, explained: &Explained, findings: &mut Findings) {
        for (key @ (partition, sort), row) in &self.0 {
            if before.0.contains_key(key) {
                continue;
            }
            if !explained.has(partition) {
                findings.add("unexpected row", format!("{partition} {sort} = {row}"));
            }
            if sort.starts_with("REM#")
                && partition.strip_prefix("PERSON#").is_some_and(|person| explained.uncallable.contains(person))
            {
                findings.add("a reminder of a number that can't be called", format!("{partition} {sort}"));
            }
        }
        for key in before.0.keys().filter(|key| !self.0.contains_key(*key)) {
            findings.add("row removed", format!("{} {}", key.0, key.1));
        }
    }

    /// Adds a finding for each row outside the profiles that contains one of the senders' numbers.
    pub(crate) fn check_numbers(&self, search: &Search, findings: &mut Findings) {
        for ((partition, sort), row) in &self.0 {
            // The country code and the `+` may be missing, so only the last digits are looked for.
            let digits = super::logs::digit_runs(&row.to_string());
            if sort != "PROFILE" && digits.iter().any(|run| search.has_number(run)) {
                findings.add("a number outside the profile", format!("{partition} {sort} = {row}"));
            }
        }
    }
}

/// The texts and people that explain new rows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Explained {
    /// Message ids of signed texts.
    pub(crate) ids: BTreeSet<String>,
    /// Beginnings of message ids of texts on the inbound queue.
    pub(crate) id_beginnings: Vec<&'static str>,
    /// Ids of the people who sent them.
    pub(crate) people: BTreeSet<String>,
    /// Those of these people whose numbers can't be called.
    pub(crate) uncallable: BTreeSet<String>,
}

impl Explained {
    fn has(&self, partition: &str) -> bool {
        let id = ["MSG#twilio#", "MSG#twilio2#"].iter().find_map(|start| partition.strip_prefix(start));
        match (id, partition.strip_prefix("PERSON#")) {
            (Some(id), _) => self.ids.contains(id) || self.id_beginnings.iter().any(|start| id.starts_with(start)),
            (None, Some(person)) => self.people.contains(person),
            (None, None) => false,
        }
    }
}

fn text(item: &Value, name: &str) -> String {
    item[name]["S"].as_str().unwrap_or_default().to_owned()
}

/// Lists the attributes that differ.
fn difference(before: &Value, after: &Value) -> String {
    let (Value::Object(before), Value::Object(after)) = (before, after) else { return String::new() };
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let changed = names.into_iter().filter(|name| before.get(*name) != after.get(*name));
    let show = |value: Option<&Value>| match value {
        Some(value) => value.to_string().chars().take(SHOWN).collect(),
        None => "absent".to_owned(),
    };
    changed
        .map(|name| format!("{name}: {} → {}", show(before.get(name)), show(after.get(name))))
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::numbers::Role;
    use super::*;

    fn rows(of: &[(&str, &str, &str)]) -> Rows {
        let row = |(pk, sk, state): &(&str, &str, &str)| {
            let item = json!({ "pk": { "S": pk }, "sk": { "S": sk }, "state": { "S": state } });
            (((*pk).to_owned(), (*sk).to_owned()), item)
        };
        Rows(of.iter().map(row).collect())
    }

    #[test]
    fn a_number_is_found_in_every_row_but_the_profile() {
        let (search, number) = (Search::new("qcanary".to_owned()), Role::Sender.number(3));
        for (sort, count) in [("REM#1", 1), ("PROFILE", 0)] {
            let mut findings = Findings::default();
            rows(&[("PERSON#p", sort, &number)]).check_numbers(&search, &mut findings);
            assert_eq!(findings.count(), count, "{sort}");
        }
    }

    #[test]
    fn every_added_changed_and_removed_row_is_found() {
        let before = rows(&[("a", "1", "x"), ("b", "1", "x"), ("c", "1", "x")]);
        let after = rows(&[("a", "1", "x"), ("b", "1", "y"), ("d", "1", "x")]);
        let mut findings = Findings::default();
        before.compare(&after, "test", &mut findings);
        assert_eq!(findings.count(), 3, "{findings:?}");
        let mut none = Findings::default();
        before.compare(&before, "test", &mut none);
        assert_eq!(none.count(), 0);
    }

    #[test]
    fn only_rows_of_accepted_texts_and_their_senders_are_explained() {
        let explained = Explained {
            ids: ["SM1".to_owned()].into(),
            id_beginnings: vec!["SMq"],
            people: ["p".to_owned(), "u".to_owned()].into(),
            uncallable: ["u".to_owned()].into(),
        };
        let found = |key: (&str, &str)| {
            let mut findings = Findings::default();
            rows(&[(key.0, key.1, "x")]).explain(&rows(&[]), &explained, &mut findings);
            findings.count()
        };
        for (key, expected) in [
            (("MSG#twilio#SM1", "MSG"), 0),
            (("PERSON#p", "REM#1"), 0),
            (("PERSON#u", "PROFILE"), 0),
            (("MSG#twilio2#SMqueued", "MSG"), 0),
            (("MSG#twilio#SM2", "MSG"), 1),
            (("MSG#twilio#SM1#SMqueued", "MSG"), 1),
            (("MSG#aws#SM1", "MSG"), 1),
            (("PERSON#q", "PROFILE"), 1),
            (("PERSON#u", "REM#1"), 1),
            (("OTHER", "x"), 1),
        ] {
            assert_eq!(found(key), expected, "{key:?}");
        }
    }
}
