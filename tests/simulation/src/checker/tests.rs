//! Tests the judge with histories made by hand. For each rule, one history keeps it and another history breaks it.

use jiff::civil::Time;
use reminder::ids::{CallId, MessageId, ReminderKey, SentTextId};
use reminder::ports::UndeliveredCause;
use reminder::wire::CallRoute;

use self::samples::*;
use self::story::{START, Story, Talk, text_route};
use self::verdicts::{breaks, broken, held, keeps};
use super::{Judgement, judge};
use crate::fakes::{Costs, PostponedCall, Resumed, number};
use crate::faults::Fault;
use crate::history::{AnswerRoute, Observation, PickedUpBy, RequestOutcome, SentText};
use crate::people::{Bound, Due, Meaning, OptOutWord, Place, Rhythm};
use crate::world::{HandledText, StoredReminder};

mod acknowledged;
mod answers;
mod call_limits;
mod called;
mod calls;
mod cancelled;
mod consent;
mod copies;
mod corrections;
mod costs;
mod delays;
mod frozen;
mod handled;
mod isolation;
mod moves;
mod moves_along;
mod no_calls_left;
mod not_restored;
mod pauses;
mod postponed_calls;
mod questions;
mod refusals;
mod restore;
mod samples;
mod series;
mod settled;
mod story;
mod texts;
mod undo;
mod verdicts;
mod zones;
