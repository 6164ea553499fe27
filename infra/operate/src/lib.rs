//! The operator's tool, for a deployed stack on AWS or on any endpoint with the AWS API.

pub mod access;
mod api;
mod backups;
mod carrier;
pub mod cost;
pub mod dead_letters;
pub mod dialing;
pub mod doctor;
pub mod erase;
mod event_sources;
pub mod export;
#[cfg(test)]
mod fake_aws;
mod http;
pub mod person;
pub mod reminder;
pub mod report;
pub mod restore_aside;
pub mod rotate_token;
pub mod stack;
mod table;
