//! The operator's tool: looks after a deployed stack on any endpoint that speaks the AWS API.

pub mod access;
pub mod dead_letters;
