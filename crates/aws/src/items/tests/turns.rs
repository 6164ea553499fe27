//! The item of a person's turn.

use ::reminder::call_limits::CountedCalls;
use ::reminder::turn::{OccurrenceCall, PersonCalls, ToldFor, Turn};

use super::*;

#[test]
fn the_item_of_a_turn_is_read_as_it_was_written() {
    let turn = Turn {
        reminder: ULID.parse().unwrap(),
        call: Some(OccurrenceCall { due: at("2026-03-01T18:30:00Z"), attempt: 2 }),
        generation: Some(5),
        claim: "01CLAIM0000000000000000001".parse().unwrap(),
        taken_at: at("2026-03-01T18:30:00.250Z"),
        until: at("2026-03-01T18:33:00Z"),
    };
    let counted = CountedCalls::noted([at("2026-03-01T18:28:00Z"), turn.taken_at], 7);
    let told_for = turn.call.map(|call| ToldFor { reminder: turn.reminder.clone(), call });
    let code = Some("012345".parse().unwrap());
    let (replaced_at, told_at) = (at("2026-03-01T18:28:00Z"), Some(at("2026-03-01T12:00:00Z")));
    let held_by = vec!["01CLAIM0000000000000000002".parse().unwrap(), turn.claim.clone()];
    let counted_at = Some(turn.taken_at);
    let full = PersonCalls { counted_at, turn, replaced_at, held_by, counted, told_at, told_for, code };
    let counted = CountedCalls::default();
    let bare = PersonCalls {
        counted_at: None,
        held_by: vec![],
        counted,
        told_at: None,
        told_for: None,
        code: None,
        ..full.clone()
    };
    for calls in [full, bare] {
        let item = turn_item(&calls, 7);
        assert_eq!(turn::read(&item), Ok((calls, 7)));
        for name in ["reminder", "claim", "taken_ms", "until_ms"] {
            let reason = unreadable(&item, name, None, |item| turn::read(item).map(drop));
            assert!(reason.contains(&format!("{name}: expected ")), "{reason}");
        }
    }
}

/// The item after the attributes of a turn were written.
fn turn_item(calls: &PersonCalls, version: u64) -> Item {
    let attributes = turn::write(calls, version).into_iter();
    attributes.filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

#[test]
fn the_item_of_a_turn_of_a_release_before_the_limits_of_calls_has_no_calls() {
    let (taken_at, until) = (at("2026-03-01T18:30:00.250Z"), at("2026-03-01T18:33:00Z"));
    let word = |word: &str| AttributeValue::S(word.to_owned());
    let ms = |instant: Timestamp| AttributeValue::N(instant.as_millisecond().to_string());
    let item = Item::from([
        ("reminder".to_owned(), word(ULID)),
        ("claim".to_owned(), word("01CLAIM0000000000000000001")),
        ("taken_ms".to_owned(), ms(taken_at)),
        ("until_ms".to_owned(), ms(until)),
    ]);
    let claim = "01CLAIM0000000000000000001".parse().unwrap();
    let turn = Turn { reminder: ULID.parse().unwrap(), call: None, generation: None, claim, taken_at, until };
    let counted = CountedCalls::default();
    let expected = PersonCalls {
        turn,
        replaced_at: taken_at,
        counted_at: None,
        held_by: vec!["01CLAIM0000000000000000001".parse().unwrap()],
        counted,
        told_at: None,
        told_for: None,
        code: None,
    };
    assert_eq!(turn::read(&item), Ok((expected, 0)));
}
