//! The operator's tool, for a deployed stack on AWS or on any endpoint with the AWS API.

pub mod access;
pub mod dead_letters;
