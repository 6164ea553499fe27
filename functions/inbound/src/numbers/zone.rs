//! Guesses the zone of a number's owner: the zone of the number's area code if it is listed, or else the zone of most
//! people in the country.

mod countries;
mod elsewhere;
mod north_america;

use language::Country;
use reminder::record::Zone;

/// Zones, each with its area codes, separated by spaces. An area code is the first digits after the country code.
type AreaCodes = &'static [(&'static str, &'static str)];

/// Returns the zone of a number from its country and the digits after the country code. Returns nothing for an unknown
/// country.
pub(super) fn guess(country: Country, national: &str) -> Option<Zone> {
    let by_area = by_area_code(area_codes(country.as_str()), national);
    Zone::named(by_area.or_else(|| of_most(country.as_str()))?).ok()
}

fn area_codes(country: &str) -> AreaCodes {
    match country {
        "US" | "CA" => north_america::AREA_CODES,
        _ => elsewhere::area_codes(country),
    }
}

/// Returns the zone of the longest area code that the number begins with.
fn by_area_code(areas: AreaCodes, national: &str) -> Option<&'static str> {
    let all = areas.iter().flat_map(|(zone, codes)| codes.split(' ').map(move |code| (code, *zone)));
    all.filter(|(code, _)| national.starts_with(code)).max_by_key(|(code, _)| code.len()).map(|(_, zone)| zone)
}

fn of_most(country: &str) -> Option<&'static str> {
    let index = countries::ZONES.binary_search_by_key(&country, |(code, _)| code).ok()?;
    Some(countries::ZONES[index].1)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberType, Region};

    use super::*;

    const WITH_AREA_CODES: [&str; 9] = ["US", "CA", "AU", "BR", "ES", "ID", "MX", "PT", "RU"];

    #[test]
    fn every_listed_zone_exists() {
        let by_area = WITH_AREA_CODES.iter().flat_map(|country| area_codes(country)).map(|(zone, _)| *zone);
        for name in countries::ZONES.iter().map(|(_, zone)| *zone).chain(by_area) {
            assert_eq!(Zone::named(name).map(|zone| zone.name().to_owned()), Ok(name.to_owned()));
        }
    }

    #[test]
    fn each_country_is_listed_once_and_in_order() {
        assert!(countries::ZONES.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn every_region_with_numbers_has_a_zone() {
        let regions: Vec<Region> = PHONE_NUMBER_UTIL.get_supported_regions().collect();
        assert!(regions.len() >= 240, "{}", regions.len());
        for region in regions {
            assert!(of_most(region.as_region_str().as_str()).is_some(), "{region}");
        }
    }

    #[test]
    fn each_area_code_of_a_country_is_listed_once() {
        for country in WITH_AREA_CODES {
            let codes: Vec<&str> = area_codes(country).iter().flat_map(|(_, codes)| codes.split(' ')).collect();
            let distinct: BTreeSet<&str> = codes.iter().copied().collect();
            assert_eq!(codes.len(), distinct.len(), "{country}");
            assert!(distinct.iter().all(|code| !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit())));
        }
    }

    #[test]
    fn every_assigned_area_code_of_the_united_states_and_canada_is_known() {
        let mut assigned = 0;
        for area in 200..1000 {
            // In some area codes only a few exchanges are in use, so several numbers are tried.
            let numbers = ["2345678", "5550142", "7654321", "4225555"].map(|rest| format!("+1{area}{rest}"));
            let geographic =
                numbers.iter().filter_map(|number| PHONE_NUMBER_UTIL.parse(number, None).ok()).any(|number| {
                    PHONE_NUMBER_UTIL.get_number_type(&number) == PhoneNumberType::FixedLineOrMobile
                        && matches!(PHONE_NUMBER_UTIL.get_region_for_number(&number), Some(Region::US | Region::CA))
                });
            if geographic {
                assigned += 1;
                assert!(by_area_code(north_america::AREA_CODES, &format!("{area}5550142")).is_some(), "{area}");
            }
        }
        assert!(assigned > 400, "{assigned}");
    }
}
