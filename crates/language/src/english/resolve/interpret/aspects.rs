//! The aspects of the time that a piece gives: the day, the time of day, how often, and so on.

use crate::english::grammar::{
    dates::day::{Day, Grain},
    piece::Piece,
};

/// The aspects of the time that a piece can give, as bits. Two pieces that give the same aspect are usually not
/// combined.
pub(crate) mod aspect {
    pub(crate) const DAY: u16 = 1;
    pub(crate) const CLOCK: u16 = 2;
    pub(crate) const PART: u16 = 4;
    pub(crate) const EVERY: u16 = 8;
    pub(crate) const START: u16 = 16;
    pub(crate) const END: u16 = 32;
    pub(crate) const OFFSET: u16 = 64;
    pub(crate) const ZONE: u16 = 128;
    pub(crate) const NOW: u16 = 256;
    /// A week, a month or a year, within which a day may be named.
    pub(crate) const SPAN: u16 = 512;
    /// The aspects that are a time by themselves.
    pub(crate) const WHEN: u16 = DAY | CLOCK | PART | EVERY | START | OFFSET | NOW | SPAN;
}

/// Returns the aspects of the time that a piece gives.
pub(crate) fn aspects(piece: &Piece) -> u16 {
    match piece {
        Piece::Every(every) if every.part.is_some() => aspect::EVERY | aspect::PART,
        Piece::Every(_) => aspect::EVERY,
        Piece::Start(_) => aspect::START,
        Piece::Until(_) | Piece::UntilTime(_) | Piece::Lasting(_) | Piece::Count(_) | Piece::Except(_) => aspect::END,
        Piece::FromNow(amount) | Piece::BareAmount(amount) if amount.is_of_days() => aspect::NOW | aspect::DAY,
        Piece::FromNow(_) | Piece::BareAmount(_) => aspect::NOW | aspect::DAY | aspect::CLOCK | aspect::PART,
        Piece::Offset(..) => aspect::OFFSET,
        Piece::Day(Day { grain: Grain::Week | Grain::Month | Grain::Year, .. }) => aspect::SPAN,
        Piece::Day(day) if day.part.is_some() => aspect::DAY | aspect::PART,
        Piece::Day(_) | Piece::NoSuchDay | Piece::OtherWeekday(_) => aspect::DAY,
        Piece::Clock(..) | Piece::WeakClock(_) => aspect::CLOCK,
        Piece::DayPart(..) => aspect::PART,
        Piece::Zone(_) => aspect::ZONE,
    }
}
