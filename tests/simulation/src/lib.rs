//! Runs the real handlers in a simulated world: fakes with faults on virtual time, people, a carrier, and a checker
//! that shares no code with the handlers. One seed decides everything.

pub mod cases;
pub mod checker;
pub mod compare;
pub mod conformance;
pub mod engine;
pub mod events;
pub mod fakes;
pub mod fault_profile;
pub mod faults;
pub mod functions;
pub mod history;
pub mod listener;
mod pending_response;
pub mod people;
pub mod product;
pub mod tally;
pub mod transitions_seen;
pub mod twilio_forms;
pub mod usual_way;
pub mod world;
