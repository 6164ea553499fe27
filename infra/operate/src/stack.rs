//! The deployed stack: its parameters and outputs, which name the table, the secret and the functions.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};

use crate::access::Access;
use crate::api::{Api, QueryService, pairs, text_of};

/// The parameters and outputs of a deployed stack.
#[derive(Debug, Clone, Default)]
pub struct Stack {
    /// CloudFormation's status of the stack: `UPDATE_COMPLETE`.
    pub status: String,
    outputs: BTreeMap<String, String>,
    parameters: BTreeMap<String, String>,
    advice: String,
}

impl Stack {
    /// Reads the stack from CloudFormation.
    ///
    /// # Errors
    /// Fails if the stack does not exist or can't be read.
    pub async fn find(access: &Access) -> Result<Self> {
        let name = [("StackName", access.stack())];
        let described = Api::new(access).query(QueryService::CloudFormation, "DescribeStacks", &name).await;
        let xml = described.with_context(|| {
            format!("could not read the stack {} at {}; {}", access.stack(), access.location(), access.advice())
        })?;
        Self::read(&xml, access.advice())
    }

    fn read(xml: &str, advice: String) -> Result<Self> {
        let document = roxmltree::Document::parse(xml).context("expected XML from DescribeStacks")?;
        Ok(Self {
            status: text_of(document.root(), "StackStatus").context("expected a StackStatus from DescribeStacks")?,
            outputs: pairs(xml, "OutputKey", "OutputValue")?.into_iter().collect(),
            parameters: pairs(xml, "ParameterKey", "ParameterValue")?.into_iter().collect(),
            advice,
        })
    }

    /// Returns an output of the stack.
    ///
    /// # Errors
    /// Fails if the stack has no such output: it is another stack, or one of an older release.
    pub fn output(&self, name: &str) -> Result<&str> {
        let found = self.outputs.get(name).map(String::as_str).filter(|value| !value.is_empty());
        found.with_context(|| format!("expected an output {name} of the stack, found none; {}", self.advice))
    }

    /// Returns a parameter of the stack. Absent if the stack has no such parameter, or if it is empty.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_output_is_named_with_advice() {
        let xml = "<R><StackStatus>CREATE_COMPLETE</StackStatus><Outputs><member><OutputKey>TableName</OutputKey>\
                   <OutputValue>t</OutputValue></member></Outputs></R>";
        let stack = Stack::read(xml, "is it deployed?".to_owned()).unwrap();
        assert_eq!((stack.status.as_str(), stack.output("TableName").unwrap()), ("CREATE_COMPLETE", "t"));
        let error = stack.output("SecretId").unwrap_err().to_string();
        assert_eq!(error, "expected an output SecretId of the stack, found none; is it deployed?");
        assert_eq!(stack.parameter("ServiceNumber"), None);
    }
}
