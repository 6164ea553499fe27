//! The requests that a person's text can make, and the words of the text.

use jiff::civil::Time;

/// The request that a person's text makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// Create a reminder.
    Remind {
        /// Its task. No other person in the world has the same task. The person may ask for several calls about it.
        task: String,
        /// When the person wants to be called.
        due: Due,
    },
    /// Create a reminder without saying when it is due. The service has to ask.
    RemindSometime {
        /// Its task, unique in a world.
        task: String,
    },
    /// Delete the reminder of this number.
    Delete(u32),
    /// Delete every reminder.
    DeleteAll,
    /// Acknowledge the reminder that rang.
    Done,
    /// Acknowledge the reminder of this number.
    DoneWith(u32),
    /// Call again in so many minutes about the reminder that rang.
    Snooze(i64),
    /// Move the reminder of this number to so many minutes from now.
    Move(u32, i64),
    /// Leave out the next occurrence of the reminder of this number, and nothing else.
    Skip(u32),
    /// Let the paused series of this number ring again.
    Resume(u32),
    /// Take back the last deletion, move or skip.
    Undo,
    /// Answer yes to the open question.
    Yes,
    /// Answer no to the open question.
    No,
    /// Name the city where the person is. If their zone was only guessed, the reminders read in it move to the city's
    /// zone, unless their new time has passed.
    Zone(Place),
    /// Reply with this code of six digits, to confirm the number.
    Code(u32),
    /// List the open reminders.
    List,
    /// Opt out of calls and texts.
    OptOut,
    /// A word that the carrier takes for an opt-out, texted by mistake.
    OptOutByMistake(OptOutWord),
    /// Opt in again after an opt-out.
    OptIn,
    /// After an opt-in: bring back the reminders that the opt-out ended.
    Restore,
    /// Words that the service does not understand.
    Noise,
}

/// A word that Twilio takes for an opt-out before the service sees it, and that means something else to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptOutWord {
    /// CANCEL, which people text to cancel one reminder.
    Cancel,
    /// END, which people text to end a conversation.
    End,
    /// QUIT, which people text to leave a menu.
    Quit,
}

impl OptOutWord {
    /// Every such word.
    pub const ALL: [Self; 3] = [Self::Cancel, Self::End, Self::Quit];

    fn text(self) -> &'static str {
        match self {
            Self::Cancel => "CANCEL",
            Self::End => "END",
            Self::Quit => "QUIT",
        }
    }
}

/// A city whose time zone is not the zone of the person's area code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Its name, as people text it.
    pub city: &'static str,
    /// Its time zone, by its IANA name.
    pub zone: &'static str,
}

impl Place {
    /// Some cities east and west of [`ZONE`](crate::world::ZONE).
    pub const ALL: [Self; 5] = [
        Self { city: "Los Angeles", zone: "America/Los_Angeles" },
        Self { city: "Chicago", zone: "America/Chicago" },
        Self { city: "Phoenix", zone: "America/Phoenix" },
        Self { city: "London", zone: "Europe/London" },
        Self { city: "Tokyo", zone: "Asia/Tokyo" },
    ];
}

/// When a person wants to be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// In so many minutes.
    In(i64),
    /// At this time of the day.
    At(Time),
    /// Repeatedly at this time of the day.
    Each(Rhythm, Time),
    /// Repeatedly at this interval, in minutes. The first call is due one interval after the text.
    Every(i64, Bound),
}

/// Days on which a reminder repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rhythm {
    /// On every day.
    Day,
    /// From Monday to Friday.
    Weekday,
}

/// When a series with an interval in minutes ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// It has no end.
    None,
    /// After so many occurrences.
    Times(u8),
    /// So many hours after the text.
    Hours(i64),
}

impl Meaning {
    /// The body of the text.
    pub fn text(&self) -> String {
        match self {
            Self::Remind { task, due } => remind(task, *due),
            Self::RemindSometime { task } => format!("remind me to {task}"),
            Self::Delete(number) => format!("delete {number}"),
            Self::DeleteAll => "DELETE ALL".to_owned(),
            Self::Done => "done".to_owned(),
            Self::DoneWith(number) => format!("done {number}"),
            Self::Snooze(minutes) => format!("snooze {minutes} minutes"),
            Self::Move(number, minutes) => format!("move {number} to in {minutes} minutes"),
            Self::Skip(number) => format!("skip {number}"),
            Self::Resume(number) => format!("resume {number}"),
            Self::Undo => "undo".to_owned(),
            Self::Yes => "yes".to_owned(),
            Self::No => "no".to_owned(),
            Self::Zone(place) => format!("ZONE {}", place.city),
            Self::Code(code) => format!("{code:06}"),
            Self::List => "list".to_owned(),
            Self::OptOut => "STOP".to_owned(),
            Self::OptOutByMistake(word) => word.text().to_owned(),
            Self::OptIn => "START".to_owned(),
            Self::Restore => "restore".to_owned(),
            Self::Noise => "the quick brown fox".to_owned(),
        }
    }

    /// Whether the text may change reminders that were made before: end, skip, move, resume or restore them. An opt-in
    /// counts as such a change too.
    pub fn changes(&self) -> bool {
        match self {
            Self::Remind { .. } | Self::RemindSometime { .. } | Self::Code(_) | Self::List | Self::Noise => false,
            Self::Delete(_)
            | Self::DeleteAll
            | Self::Done
            | Self::DoneWith(_)
            | Self::Snooze(_)
            | Self::Move(..)
            | Self::Skip(_)
            | Self::Resume(_)
            | Self::Undo
            | Self::Yes
            | Self::No
            | Self::Zone(_)
            | Self::OptOut
            | Self::OptOutByMistake(_)
            | Self::OptIn
            | Self::Restore => true,
        }
    }

    /// Whether the carrier takes the text for an opt-out.
    pub fn opts_out(&self) -> bool {
        matches!(self, Self::OptOut | Self::OptOutByMistake(_))
    }

    /// Whether the carrier takes the text for an opt-in. YES is one of the carrier's words for an opt-in. From a person
    /// who has not opted out, the word changes nothing at the carrier.
    pub fn opts_in(&self) -> bool {
        matches!(self, Self::OptIn | Self::Yes)
    }
}

fn remind(task: &str, due: Due) -> String {
    match due {
        Due::In(minutes) => format!("Remind me to {task} in {minutes} minutes"),
        Due::At(time) => format!("remind me to {task} at {}", clock(time)),
        Due::Each(Rhythm::Day, time) => format!("remind me to {task} every day at {}", clock(time)),
        Due::Each(Rhythm::Weekday, time) => format!("remind me to {task} every weekday at {}", clock(time)),
        Due::Every(minutes, Bound::None) => format!("remind me to {task} every {minutes} minutes"),
        Due::Every(minutes, Bound::Times(times)) => {
            format!("remind me to {task} every {minutes} minutes {times} times")
        }
        Due::Every(minutes, Bound::Hours(hours)) => {
            format!("remind me to {task} every {minutes} minutes for {hours} hours")
        }
    }
}

/// Formats a time as in "6:05 PM".
fn clock(time: Time) -> String {
    time.strftime("%-I:%M %p").to_string()
}
