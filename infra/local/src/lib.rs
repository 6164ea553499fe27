//! Runs the real template and binaries on this machine, on an emulated AWS and with a simulated carrier.

pub mod build;
pub mod chaos_minute;
pub mod crowd;
pub mod demo;
pub mod deploy;
pub mod emulator;
pub mod endpoint;
pub mod function_logs;
pub mod handset;
pub mod instance_lock;
pub mod kills;
pub mod local_paths;
pub mod parameters;
pub mod people;
pub mod phone;
pub mod processes;
pub mod progress;
pub mod shutdown;
pub mod stack;
pub mod subprocess;
pub mod talk;
pub mod tools;

/// The error of a port that another program uses, which is usually another `cargo local`.
pub(crate) fn port_in_use(port: u16) -> String {
    format!("could not listen on port {port}; is `cargo local` already running? If not, end the program that uses it")
}
