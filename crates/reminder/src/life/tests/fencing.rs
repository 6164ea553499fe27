//! Guards that only the handlers ask, at their edges.

use super::*;

#[test]
fn of_two_words_about_leaving_the_one_received_later_counts() {
    for (received_s, since, expected) in
        [(5, None, true), (5, Some(t(4)), true), (5, Some(t(5)), true), (5, Some(t(6)), false)]
    {
        assert_eq!(guard::is_newer(t(received_s), since), expected, "{since:?}");
    }
}

#[test]
fn a_text_is_about_what_was_there_before_it_was_received() {
    for (made_s, expected) in [(4, true), (5, false), (6, false)] {
        assert_eq!(guard::is_known_by(t(made_s), t(5)), expected, "{made_s}");
    }
}
