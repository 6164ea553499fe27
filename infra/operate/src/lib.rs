//! The operator's tool, for a deployed stack on AWS or on any endpoint with the AWS API.

pub mod access;
mod api;
pub mod dead_letters;
#[cfg(test)]
mod fake_aws;
mod http;
pub mod person;
pub mod reminder;
pub mod report;
pub mod stack;
mod table;
