//! Tests of the admission of senders: the normal form of a number, its country and its zone.

use super::*;

const SERVICE: &str = "+12125550100";

fn number(text: &str) -> Number {
    text.parse().unwrap()
}

fn countries(list: &str) -> Countries {
    Countries(list.split_terminator(',').map(|country| country.parse().unwrap()).collect())
}

fn admitted(from: &str, served: &str) -> Admission {
    admit(from, &[number(SERVICE)], &countries(served))
}

/// Returns the country and the zone of a number if every country is served.
fn country_and_zone(from: &str) -> (String, String) {
    let everywhere: Vec<Country> =
        PHONE_NUMBER_UTIL.get_supported_regions().map(|region| region.as_region_str().parse().unwrap()).collect();
    match admit(from, &[number(SERVICE)], &Countries(everywhere)) {
        Admission::Served { number, country, zone } => {
            assert_eq!(number.as_str(), from);
            (country.to_string(), zone.name().to_owned())
        }
        refused => panic!("{from}: {refused:?}"),
    }
}

#[test]
fn a_number_gets_the_zone_of_its_area_code_or_of_most_people_in_its_country() {
    for (from, country, zone) in [
        ("+12125550142", "US", "America/New_York"),
        ("+13125550142", "US", "America/Chicago"),
        ("+13035550142", "US", "America/Denver"),
        ("+16025550142", "US", "America/Phoenix"),
        ("+14155550142", "US", "America/Los_Angeles"),
        ("+19075550142", "US", "America/Anchorage"),
        ("+18085550142", "US", "Pacific/Honolulu"),
        ("+18505550142", "US", "America/Chicago"),
        ("+19155550142", "US", "America/Denver"),
        ("+14165550142", "CA", "America/Toronto"),
        ("+17095550142", "CA", "America/St_Johns"),
        ("+13065550142", "CA", "America/Regina"),
        ("+16045550142", "CA", "America/Vancouver"),
        ("+17875550142", "PR", "America/Puerto_Rico"),
        ("+18765550142", "JM", "America/Jamaica"),
        ("+16715550142", "GU", "Pacific/Guam"),
        ("+4915112345678", "DE", "Europe/Berlin"),
        ("+442079460142", "GB", "Europe/London"),
        ("+390612345678", "IT", "Europe/Rome"),
        ("+919876543210", "IN", "Asia/Kolkata"),
        ("+819012345678", "JP", "Asia/Tokyo"),
        ("+61412345678", "AU", "Australia/Sydney"),
        ("+61731234567", "AU", "Australia/Brisbane"),
        ("+61892345678", "AU", "Australia/Perth"),
        ("+61889123456", "AU", "Australia/Darwin"),
        ("+61882345678", "AU", "Australia/Adelaide"),
        ("+5511961234567", "BR", "America/Sao_Paulo"),
        ("+5592961234567", "BR", "America/Manaus"),
        ("+5568961234567", "BR", "America/Rio_Branco"),
        ("+525512345678", "MX", "America/Mexico_City"),
        ("+526641234567", "MX", "America/Tijuana"),
        ("+529981234567", "MX", "America/Cancun"),
        ("+74951234567", "RU", "Europe/Moscow"),
        ("+74232345678", "RU", "Asia/Vladivostok"),
        ("+79123456789", "RU", "Europe/Moscow"),
        ("+77172580141", "KZ", "Asia/Almaty"),
        ("+62361123456", "ID", "Asia/Makassar"),
        ("+6281212345678", "ID", "Asia/Jakarta"),
        ("+34928123456", "ES", "Atlantic/Canary"),
        ("+34612345678", "ES", "Europe/Madrid"),
        ("+351291123456", "PT", "Atlantic/Madeira"),
        ("+351912345678", "PT", "Europe/Lisbon"),
    ] {
        assert_eq!(country_and_zone(from), (country.to_owned(), zone.to_owned()), "{from}");
    }
}

#[test]
fn a_sender_that_is_not_a_telephone_number_gets_no_answer() {
    for from in ["", "SIXTHIRTY", "12345", "+12345", "12125550142", "whatsapp:+12125550142", "+1 212 555 0142", "+１２"]
    {
        assert_eq!(admitted(from, "US"), Admission::NotANumber, "{from}");
    }
}

#[test]
fn the_service_does_not_answer_itself() {
    assert_eq!(admitted(SERVICE, "US"), Admission::Own);
    assert_eq!(admitted(SERVICE, "CA"), Admission::Own);
    let own = [number("+442079460100")];
    // The same number with the trunk prefix that is dialed inside the country. Some networks pass the prefix on.
    assert_eq!(admit("+4402079460100", &own, &countries("GB")), Admission::Own);
}

#[test]
fn an_admitted_number_is_in_its_normal_form() {
    let admission = admit("+4402079460142", &[], &countries("GB"));
    assert!(
        matches!(&admission, Admission::Served { number, .. } if number.as_str() == "+442079460142"),
        "{admission:?}"
    );
}

#[test]
fn only_numbers_of_served_countries_are_served() {
    for (from, served, is_served) in [
        ("+12125550142", "", true),
        ("+12125550142", "US", true),
        ("+12125550142", "CA,DE", false),
        ("+14165550142", "", false),
        ("+14165550142", "US,CA", true),
        ("+18765550142", "US,CA", false),
        ("+4915112345678", "", false),
        ("+4915112345678", "DE", true),
        ("+77172580141", "RU", false),
    ] {
        match admitted(from, served) {
            Admission::Served { .. } => assert!(is_served, "{from} {served}"),
            refused => assert_eq!((refused, is_served), (Admission::CountryNotServed { number: number(from) }, false)),
        }
    }
}

#[test]
fn a_service_abroad_serves_its_own_country() {
    let own = [number("+442079460100")];
    assert!(matches!(admit("+442079460142", &own, &countries("")), Admission::Served { .. }));
    assert!(matches!(admit("+12125550142", &own, &countries("")), Admission::CountryNotServed { .. }));
}

#[test]
fn a_number_that_is_not_an_ordinary_telephone_is_not_served() {
    for (from, why) in [
        ("+19005550142", "premium"),
        ("+18005550142", "toll-free"),
        ("+15005550006", "personal"),
        ("+449098790142", "premium"),
        ("+448451234567", "shared cost"),
        ("+447012345678", "personal"),
        ("+12125550", "too short"),
        ("+121255501421", "too long"),
        ("+11115550142", "no such area code"),
        ("+9990000000", "no such country"),
        ("+870773111632", "a satellite"),
        ("+979123456789", "international premium"),
    ] {
        assert_eq!(admitted(from, "US,GB"), Admission::NotCallable { number: number(from) }, "{from}: {why}");
    }
}

/// The test tries numbers of each length, with various first digits.
#[test]
fn a_number_of_any_length_is_admitted_or_refused() {
    for beginning in 100..1000 {
        for length in 7..=15 {
            let from = format!("+{beginning}{}", &"550142360142"[..length - 3]);
            match admit(&from, &[], &countries("US,GB,DE,MX,IT,AR,AU,BR")) {
                Admission::NotCallable { .. } | Admission::CountryNotServed { .. } => {}
                Admission::Served { number, country, .. } => {
                    // The normal form of a number is admitted unchanged.
                    let again = admit(number.as_str(), &[], &Countries(vec![country]));
                    assert!(matches!(&again, Admission::Served { number: same, .. } if *same == number), "{from}");
                }
                other => panic!("{from}: {other:?}"),
            }
        }
    }
}
