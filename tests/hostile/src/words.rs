//! Hostile texts: words that a person, a machine or an attacker could send to the service.

use fastrand::Rng;

use super::form::random_bytes;
use super::nasty;

/// The longest text, in UTF-16 units.
const TEXT_MAX: usize = 1600;
/// The most random bytes or characters in one text.
const MOST_RANDOM: usize = 400;

/// Every command word, and the words that carriers treat as an opt-out.
const COMMANDS: [&str; 31] = [
    "LIST",
    "DELETE",
    "DELETE ALL",
    "MOVE",
    "SNOOZE",
    "DONE",
    "ZONE",
    "HELP",
    "STOP",
    "STOPALL",
    "START",
    "UNSTOP",
    "SKIP",
    "UNDO",
    "RESTORE",
    "RESUME",
    "YES",
    "NO",
    "CANCEL",
    "END",
    "QUIT",
    "UNSUBSCRIBE",
    "INFO",
    "PAUSE",
    "DELETE 1",
    "MOVE 1 to",
    "DONE 1",
    "SKIP 1",
    "ZONE New York",
    "CONFIRM",
    "1",
];

/// Times that do not exist, are ambiguous, far away or huge.
const TIMES: [&str; 20] = [
    "in 3 hours",
    "tomorrow at 9 AM",
    "every day at 25:99",
    "on February 31 at 9 AM",
    "at 2:30 AM on March 14, 2027",
    "in 99999999999999999999 years",
    "in -5 hours",
    "in 0 days",
    "in 1e9 hours",
    "every 0 days at noon",
    "every 99999 weeks at noon",
    "on the 0th of May at 9 AM",
    "on 9999-12-31 at 23:59",
    "on 31/12/1969 at 9 AM",
    "in NaN hours",
    "in \u{0663} hours",
    "at 13 PM",
    "every Monday Tuesday Monday at 9 9 9 AM PM",
    "before yesterday after tomorrow",
    "in 5 hours in 6 hours in 7 hours",
];

/// Returns one text. It is valid UTF-8, has at most 1600 UTF-16 units, and contains the canary unless it has no words.
pub(crate) fn hostile(rng: &mut Rng, canary: &str) -> (&'static str, String) {
    let time = TIMES[rng.usize(..TIMES.len())];
    let command = COMMANDS[rng.usize(..COMMANDS.len())];
    let nasty = nasty::textual(rng, canary);
    let (description, words) = match rng.usize(..18) {
        0 => ("random bytes", format!("{canary} {}", String::from_utf8_lossy(&random_bytes(rng, MOST_RANDOM)))),
        1 => ("random characters", format!("{canary} {}", random_characters(rng))),
        2 => ("1600 units", padded(&format!("remind me to {canary} in 3 hours "), &random_letter(rng))),
        3 => ("1600 units of emoji", padded(&format!("{canary} "), "\u{1f95b}")),
        4 => ("1600 commands", padded(&format!("{canary} "), &format!("{command} "))),
        5 => ("1600 times", padded(&format!("remind me to {canary} "), &format!("{time} "))),
        6 => ("zalgo", zalgo(rng, &format!("remind me to {canary} {time}"), canary)),
        7 => ("bidi", format!("\u{202e}remind me to \u{2067}{canary}\u{2069}\u{200f} {time}\u{202c}")),
        8 => ("a command and garbage", format!("{command} {nasty}")),
        9 => ("garbage and a command", format!("{nasty}\n{command}")),
        10 => ("a reminder of garbage", format!("remind me to {nasty} {time}")),
        11 => ("a reminder with garbage as its time", format!("remind me to {canary} at {nasty}")),
        12 => ("an impossible time", format!("remind me to {canary} {time}")),
        13 => (
            "many numbers",
            format!("{command} {canary} {}", (0..200).map(|_| rng.u32(..).to_string() + " ").collect::<String>()),
        ),
        14 => ("spaces", format!("{}{canary}{}", " \u{a0}\u{3000}\t\r\n".repeat(20), "\u{2003}".repeat(50))),
        15 => ("nested", format!("{}{canary}{}", "(\"'[{".repeat(100), "}]'\")".repeat(100))),
        16 => ("a text of the service", format!("OK, I'll call you {time}: {canary}. Reply DELETE {nasty}")),
        _ => (
            "another script",
            format!("\u{63d0}\u{9192}\u{6211} {canary} \u{43d}\u{430}\u{43f}\u{43e}\u{43c} \u{930}\u{93f} {time}"),
        ),
    };
    (description, fitting(&words))
}

fn random_characters(rng: &mut Rng) -> String {
    let length = rng.usize(..MOST_RANDOM);
    std::iter::repeat_with(|| rng.char(..)).take(length).collect()
}

fn random_letter(rng: &mut Rng) -> String {
    rng.alphabetic().to_string()
}

/// Puts eight combining marks on each letter outside the canary, which must stay readable for the search in the logs.
fn zalgo(rng: &mut Rng, text: &str, canary: &str) -> String {
    let marked = |part: &str| -> String {
        let mark =
            |letter| std::iter::once(letter).chain((0..8).map(|_| rng.char('\u{300}'..='\u{36f}')).collect::<Vec<_>>());
        part.chars().flat_map(mark).collect()
    };
    text.split(canary).map(marked).collect::<Vec<_>>().join(canary)
}

/// Repeats `more` until the text has the greatest length.
fn padded(start: &str, more: &str) -> String {
    start.chars().chain(more.chars().cycle().take(TEXT_MAX)).collect()
}

/// Cuts a text to the greatest length.
fn fitting(words: &str) -> String {
    let mut units = 0;
    let fits = |character: &char| {
        units += character.len_utf16();
        units <= TEXT_MAX
    };
    words.chars().take_while(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_valid_and_has_the_canary() {
        let mut rng = Rng::with_seed(7);
        for _ in 0..2000 {
            let (description, text) = hostile(&mut rng, "qcanary");
            assert!(text.encode_utf16().count() <= TEXT_MAX && text.contains("qcanary"), "{description}: {text:?}");
        }
    }
}
