//! Area codes of countries with more than one zone, other than the United States and Canada. If a country's mobile
//! numbers have no area code, they get the zone of most of its people.

use super::AreaCodes;

/// Returns those area codes of a country that are in another zone than most of its people.
pub(super) fn area_codes(country: &str) -> AreaCodes {
    match country {
        "AU" => AUSTRALIA,
        "BR" => BRAZIL,
        "ES" => SPAIN,
        "ID" => INDONESIA,
        "MX" => MEXICO,
        "PT" => PORTUGAL,
        "RU" => RUSSIA,
        _ => &[],
    }
}

/// Victoria and Tasmania; Queensland, which has no daylight saving time; South Australia; Northern Territory; Western
/// Australia.
const AUSTRALIA: AreaCodes = &[
    ("Australia/Melbourne", "3"),
    ("Australia/Brisbane", "7"),
    ("Australia/Adelaide", "82 87 88"),
    ("Australia/Darwin", "879 889"),
    ("Australia/Perth", "85 86 89"),
];

/// Mobile numbers have area codes here. Code 97, the west of Amazonas, gets the zone of Manaus, because most of its
/// people live in that zone.
const BRAZIL: AreaCodes = &[
    ("America/Bahia", "71 73 74 75 77"),
    ("America/Maceio", "79 82"),
    ("America/Recife", "81 87"),
    ("America/Fortaleza", "83 84 85 86 88 89 98 99"),
    ("America/Belem", "91 94 96"),
    ("America/Santarem", "93"),
    ("America/Araguaina", "63"),
    ("America/Cuiaba", "65 66"),
    ("America/Campo_Grande", "67"),
    ("America/Manaus", "92 97"),
    ("America/Boa_Vista", "95"),
    ("America/Porto_Velho", "69"),
    ("America/Rio_Branco", "68"),
];

/// Area codes of the Canary Islands.
const SPAIN: AreaCodes = &[("Atlantic/Canary", "822 828 922 928")];

/// Bali, the southern islands, Sulawesi and the south and east of Kalimantan; the Moluccas and Papua.
const INDONESIA: AreaCodes =
    &[("Asia/Makassar", "36 37 38 4 511 512 517 518 526 527 54 55"), ("Asia/Jayapura", "90 91 92 93 94 95 96 97 98")];

/// Mobile numbers have area codes here. Only area codes whose clock differs from the capital's are listed, including
/// those at the border, which have daylight saving time.
const MEXICO: AreaCodes = &[
    ("America/Tijuana", "616 646 658 661 663 664 665 686"),
    ("America/Hermosillo", "621 622 623 631 632 633 634 637 638 641 642 643 644 645 647 651 653 662"),
    ("America/Mazatlan", "311 319 323 324 325 327 389 612 613 615 624 667 668 669 672 673 687 694 695 696 697 698"),
    ("America/Ciudad_Juarez", "656 657"),
    ("America/Ojinaga", "626"),
    ("America/Matamoros", "867 868 877 878 891 894 897 899"),
    ("America/Cancun", "983 984 987 998"),
];

/// Madeira; the Azores.
const PORTUGAL: AreaCodes = &[("Atlantic/Madeira", "291"), ("Atlantic/Azores", "292 295 296")];

const RUSSIA: AreaCodes = &[
    ("Europe/Kaliningrad", "401"),
    ("Europe/Samara", "341 846 848"),
    ("Europe/Ulyanovsk", "842"),
    ("Europe/Saratov", "845"),
    ("Europe/Astrakhan", "851"),
    ("Asia/Yekaterinburg", "342 343 345 346 347 349 351 352 353"),
    ("Asia/Omsk", "381"),
    ("Asia/Novosibirsk", "383"),
    ("Asia/Tomsk", "382"),
    ("Asia/Barnaul", "385 388"),
    ("Asia/Novokuznetsk", "384"),
    ("Asia/Krasnoyarsk", "390 391 394"),
    ("Asia/Irkutsk", "301 395"),
    ("Asia/Chita", "302"),
    ("Asia/Yakutsk", "411 416"),
    ("Asia/Vladivostok", "421 423 426"),
    ("Asia/Sakhalin", "424"),
    ("Asia/Magadan", "413"),
    ("Asia/Kamchatka", "415 427"),
];
