//! The operator's tool, for a deployed stack on AWS or on any endpoint with the AWS API.

pub mod access;
mod api;
mod carrier;
pub mod dead_letters;
pub mod dialing;
pub mod doctor;
mod event_sources;
#[cfg(test)]
mod fake_aws;
mod http;
pub mod person;
pub mod reminder;
pub mod report;
pub mod stack;
mod table;
