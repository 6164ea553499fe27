//! Commands and answers: everything that is not a new reminder.
//!
//! ```text
//! opt-out = "stop" | "unsubscribe" | … alone, or "stop calling me"       opt-in = "start" | "unstop"
//! list    = "list" | "what's next" | …                                   help   = "help" | "?" | …
//! done    = ("done"|"finished") [target]
//! skip    = "skip" [target] [day] | "skip" day "'s" words                resume = "resume" [target]
//! undo    = "undo" | "take that back" | …                                restore = "restore" | "bring them back" | …
//! yes     = "yes" | "sure" | …     no = "no" | …                         (only if the open question takes yes or no)
//! choice  = "yes" | weekday | day | month | "the first" | "the second" | clock | date      (candidate.rs)
//! delete  = ("delete"|"drop"|"forget"|"cancel"|…) target | "never mind" | …
//! move    = ("move"|"change"|"push"|"make"|…) target ["back"|"by"] ["to"|"until"|"for"] time | correction
//! snooze  = "snooze" [("for"|"until"|"till")] [time] | "later" | "again" [time] | number "more minutes"
//! zone    = ("zone"|"timezone") name | "i'm in" place | "it's" clock "here"
//! target  = ["#"] number {[","|"and"] number} | "all" | "the last one" | "it" | "the next one" | words
//! ```
//! Carriers take some words for an opt-out if they stand alone. Except for the opt-out, no command consists of such a
//! word alone.

pub(crate) mod answer;
pub(crate) mod candidate;
pub(crate) mod code;
pub(crate) mod done_or_delete;
pub(crate) mod keyword;
pub(crate) mod location;
pub(crate) mod new_time;
pub(crate) mod pleasantry;
pub(crate) mod politeness;
pub(crate) mod reschedule;
pub(crate) mod skip;
pub(crate) mod snooze;
pub(crate) mod target;
pub(crate) mod yes_or_no;
