//! The holidays by name, and their dates.

use HolidayDate::{AfterNth, Easter, Nth, On, OnOrBefore};
use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

/// The date of a holiday within a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HolidayDate {
    On(i8, i8),
    /// The nth weekday of a month, counted from the end if negative: n, weekday, month.
    Nth(i8, Weekday, i8),
    /// A number of days after the nth weekday of a month: days, n, weekday, month. Black Friday is one day after the
    /// fourth Thursday. `n` is positive.
    AfterNth(i8, i8, Weekday, i8),
    /// A number of days after Easter Sunday, or before it if negative.
    Easter(i64),
    /// The last such weekday on or before a date: weekday, month, day.
    OnOrBefore(Weekday, i8, i8),
}

/// Holidays with their date in each country that [`ELSEWHERE`] does not list. If a name begins with another name, the
/// longer name is first.
pub(crate) const NAMES: &[(&str, HolidayDate)] = &[
    ("christmas eve", On(12, 24)),
    ("xmas eve", On(12, 24)),
    ("christmas day", On(12, 25)),
    ("christmas", On(12, 25)),
    ("xmas day", On(12, 25)),
    ("xmas", On(12, 25)),
    ("boxing day", On(12, 26)),
    ("new years eve", On(12, 31)),
    ("new year eve", On(12, 31)),
    ("nye", On(12, 31)),
    ("new years day", On(1, 1)),
    ("new years", On(1, 1)),
    ("new year", On(1, 1)),
    ("epiphany", On(1, 6)),
    ("groundhog day", On(2, 2)),
    ("valentines day", On(2, 14)),
    ("valentines", On(2, 14)),
    ("valentine day", On(2, 14)),
    ("womens day", On(3, 8)),
    ("pi day", On(3, 14)),
    ("st patricks day", On(3, 17)),
    ("saint patricks day", On(3, 17)),
    ("st paddys day", On(3, 17)),
    ("april fools day", On(4, 1)),
    ("april fools", On(4, 1)),
    ("earth day", On(4, 22)),
    ("may day", On(5, 1)),
    ("cinco de mayo", On(5, 5)),
    ("juneteenth", On(6, 19)),
    ("flag day", On(6, 14)),
    ("bastille day", On(7, 14)),
    ("halloween", On(10, 31)),
    ("all saints day", On(11, 1)),
    ("all souls day", On(11, 2)),
    ("guy fawkes", On(11, 5)),
    ("bonfire night", On(11, 5)),
    ("anzac day", On(4, 25)),
    ("australia day", On(1, 26)),
    ("tax day", On(4, 15)),
    ("ash wednesday", Easter(-46)),
    ("mardi gras", Easter(-47)),
    ("pancake day", Easter(-47)),
    ("palm sunday", Easter(-7)),
    ("maundy thursday", Easter(-3)),
    ("good friday", Easter(-2)),
    ("easter sunday", Easter(0)),
    ("easter monday", Easter(1)),
    ("easter", Easter(0)),
    ("ascension day", Easter(39)),
    ("pentecost", Easter(49)),
    ("whit monday", Easter(50)),
    ("martin luther king day", Nth(3, Weekday::Monday, 1)),
    ("mlk day", Nth(3, Weekday::Monday, 1)),
    ("presidents day", Nth(3, Weekday::Monday, 2)),
    ("memorial day", Nth(-1, Weekday::Monday, 5)),
    ("columbus day", Nth(2, Weekday::Monday, 10)),
    ("indigenous peoples day", Nth(2, Weekday::Monday, 10)),
    ("election day", AfterNth(1, 1, Weekday::Monday, 11)),
    ("veterans day", On(11, 11)),
    ("remembrance day", On(11, 11)),
    ("canada day", On(7, 1)),
    ("victoria day", OnOrBefore(Weekday::Monday, 5, 24)),
    ("cyber monday", AfterNth(4, 4, Weekday::Thursday, 11)),
    ("black friday", AfterNth(1, 4, Weekday::Thursday, 11)),
    ("thanksgiving day", Nth(4, Weekday::Thursday, 11)),
    ("thanksgiving", Nth(4, Weekday::Thursday, 11)),
    ("turkey day", Nth(4, Weekday::Thursday, 11)),
    ("fathers day", Nth(3, Weekday::Sunday, 6)),
    ("mothers day", Nth(2, Weekday::Sunday, 5)),
    ("mothering sunday", Easter(-21)),
    ("labor day", Nth(1, Weekday::Monday, 9)),
    ("labour day", Nth(1, Weekday::Monday, 9)),
    ("independence day", On(7, 4)),
    ("independance day", On(7, 4)),
    ("fourth of july", On(7, 4)),
];

/// Holidays that some countries have on another date.
pub(crate) const ELSEWHERE: &[(&str, &[&str], HolidayDate)] = &[
    ("thanksgiving", &["CA"], Nth(2, Weekday::Monday, 10)),
    ("thanksgiving day", &["CA"], Nth(2, Weekday::Monday, 10)),
    ("mothers day", &["GB", "IE"], Easter(-21)),
    ("mothers day", &["FR"], Nth(-1, Weekday::Sunday, 5)),
    ("mothers day", &["ES", "PT", "HU"], Nth(1, Weekday::Sunday, 5)),
    ("mothers day", &["MX"], On(5, 10)),
    ("mothers day", &["NO"], Nth(2, Weekday::Sunday, 2)),
    ("mothers day", &["SE"], Nth(-1, Weekday::Sunday, 5)),
    ("mothers day", &["PL"], On(5, 26)),
    ("fathers day", &["AU", "NZ"], Nth(1, Weekday::Sunday, 9)),
    ("fathers day", &["DE"], Easter(39)),
    ("fathers day", &["ES", "IT", "PT"], On(3, 19)),
    ("fathers day", &["DK"], On(6, 5)),
    ("fathers day", &["NO", "SE", "FI"], Nth(2, Weekday::Sunday, 11)),
    (
        "labor day",
        &["DE", "FR", "IT", "ES", "PT", "AT", "CH", "BE", "NL", "PL", "SE", "NO", "MX", "BR", "IN", "CN"],
        On(5, 1),
    ),
    (
        "labour day",
        &["DE", "FR", "IT", "ES", "PT", "AT", "CH", "BE", "NL", "PL", "SE", "NO", "MX", "BR", "IN", "CN", "GB"],
        On(5, 1),
    ),
    ("labour day", &["NZ"], Nth(4, Weekday::Monday, 10)),
    ("independence day", &["IN"], On(8, 15)),
    ("independence day", &["MX"], On(9, 16)),
    ("independence day", &["BR"], On(9, 7)),
    ("independence day", &["FI"], On(12, 6)),
    ("independence day", &["PL"], On(11, 11)),
    ("independence day", &["PH"], On(6, 12)),
    ("flag day", &["SE"], On(6, 6)),
    ("tax day", &["CA"], On(4, 30)),
];

impl HolidayDate {
    /// Returns the date in a year.
    pub(crate) fn in_year(self, year: i16) -> Option<Date> {
        match self {
            On(month, day) => Date::new(year, month, day).ok(),
            Nth(nth, weekday, month) => Date::new(year, month, 1).ok()?.nth_weekday_of_month(nth, weekday).ok(),
            AfterNth(days, nth, weekday, month) => {
                let date = Date::new(year, month, 1).ok()?.nth_weekday_of_month(nth, weekday).ok()?;
                date.checked_add(i64::from(days).days()).ok()
            }
            Easter(days) => easter(year)?.checked_add(days.days()).ok(),
            OnOrBefore(weekday, month, day) => {
                let last = Date::new(year, month, day).ok()?;
                last.checked_sub(i64::from(last.weekday().since(weekday)).days()).ok()
            }
        }
    }
}

/// Returns Easter Sunday of the Gregorian calendar, by the computation of Meeus, Jones and Butcher.
pub(crate) fn easter(year: i16) -> Option<Date> {
    let year_number = i32::from(year);
    let (a, b, c) = (year_number % 19, year_number / 100, year_number % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 19 * l) / 433;
    let month = (h + l - 7 * m + 90) / 25;
    let day = (h + l - 7 * m + 33 * month + 19) % 32;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_is_on_the_dates_of_published_tables() {
        for (year, month, day) in
            [(2024, 3, 31), (2025, 4, 20), (2026, 4, 5), (2027, 3, 28), (2038, 4, 25), (2285, 3, 22)]
        {
            assert_eq!(easter(year), Date::new(year, month, day).ok());
        }
    }
}
