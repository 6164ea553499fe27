//! Phone carriers: how each places a call, sends a text, and tells what happened.

pub mod twilio;
