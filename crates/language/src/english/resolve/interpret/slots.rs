//! Which question about the time a piece answers: the day, the time of day, how often, and so on.

use crate::english::grammar::{
    dates::day::{Day, Grain},
    piece::Piece,
};

/// What a piece says something about. Two that say the same do not go together.
pub(crate) mod slot {
    pub(crate) const DAY: u16 = 1;
    pub(crate) const CLOCK: u16 = 2;
    pub(crate) const PART: u16 = 4;
    pub(crate) const EVERY: u16 = 8;
    pub(crate) const START: u16 = 16;
    pub(crate) const END: u16 = 32;
    pub(crate) const OFFSET: u16 = 64;
    pub(crate) const ZONE: u16 = 128;
    pub(crate) const NOW: u16 = 256;
    /// A week or month, which a weekday or a day of the month may tell more of.
    pub(crate) const SPAN: u16 = 512;
    /// What makes a time by itself.
    pub(crate) const WHEN: u16 = DAY | CLOCK | PART | EVERY | START | OFFSET | NOW | SPAN;
}

pub(crate) fn slots(piece: &Piece) -> u16 {
    match piece {
        Piece::Every(every) if every.part.is_some() => slot::EVERY | slot::PART,
        Piece::Every(_) => slot::EVERY,
        Piece::Start(_) => slot::START,
        Piece::Until(_) | Piece::UntilTime(_) | Piece::For(_) | Piece::Count(_) => slot::END,
        Piece::In(amount) | Piece::Bare(amount) if amount.is_of_days() => slot::NOW | slot::DAY,
        Piece::In(_) | Piece::Bare(_) => slot::NOW | slot::DAY | slot::CLOCK | slot::PART,
        Piece::Offset(..) => slot::OFFSET,
        Piece::Day(Day { grain: Grain::Week | Grain::Month | Grain::Year, .. }) => slot::SPAN,
        Piece::Day(day) if day.part.is_some() => slot::DAY | slot::PART,
        Piece::Day(_) | Piece::NoSuchDay => slot::DAY,
        Piece::Clock(..) | Piece::Weak(_) => slot::CLOCK,
        Piece::Part(..) => slot::PART,
        Piece::Zone(_) => slot::ZONE,
    }
}
