//! Prints each kind of TwiML document as one line of JSON. The contract test checks them against Twilio's own library.

use std::io::{self, Write};

use reminder::words::Spoken;
use serde_json::json;
use twilio::twiml;

fn main() -> io::Result<()> {
    let spoken = |words: &str| Spoken::english(words.to_owned().into());
    let strange = "milk & <bread> \"now\", it's 6:30\u{7} 🥛\nand cheese";
    let key = "https://sixthirty.example/calls/p/r/c/key#rc=2&rp=all";
    let status = "https://sixthirty.example/answers/0123456789abcdef0123456789abcdef/1800000000123/status#rc=2&rp=all";
    let documents = [
        ("empty", "messaging", twiml::empty()),
        ("message", "messaging", twiml::message(strange, status)),
        ("messages", "messaging", twiml::messages(&["one", strange], status)),
        ("reminder", "voice", twiml::reminder(&spoken(strange), key, &spoken("Goodbye."))),
        ("menu", "voice", twiml::menu(&spoken(strange), key, &spoken("Goodbye."))),
        ("mailbox_message", "voice", twiml::mailbox_message(&spoken(strange))),
        ("say_and_hang_up", "voice", twiml::say_and_hang_up(&spoken("Thank you. Goodbye."))),
    ];
    let mut out = io::stdout().lock();
    for (name, kind, twiml) in documents {
        writeln!(out, "{}", json!({ "name": name, "kind": kind, "twiml": twiml }))?;
    }
    Ok(())
}
