//! Ids, methods and paths that the carrier never uses.

use fastrand::Rng;
use reqwest::Method;

use super::numbers::Role;
use super::routes::ulid;

/// Returns an id that Twilio does not make. Most of these are not valid. Those that are valid begin with `unique`.
pub(crate) fn id(rng: &mut Rng, unique: &str) -> Vec<u8> {
    match rng.usize(..16) {
        0 => vec![],
        1 => b" ".to_vec(),
        2 => "A".repeat(10_000).into_bytes(),
        3 => format!("{unique}{}", "x".repeat(100 - unique.len())).into_bytes(),
        4 => format!("{unique}{}", "x".repeat(101 - unique.len())).into_bytes(),
        5 => format!("aws#{unique}").into_bytes(),
        6 => format!("twilio2#{unique}").into_bytes(),
        7 => format!("{unique}#MSG").into_bytes(),
        8 => format!("../{unique}").into_bytes(),
        9 => format!("{unique} x").into_bytes(),
        10 => format!("{unique}\r\nx").into_bytes(),
        11 => format!("{unique}\u{202e}").into_bytes(),
        12 => format!("{unique}'\"<&>%00\\").into_bytes(),
        13 => [unique.as_bytes(), b"\xff"].concat(),
        14 => format!("{unique}\0").into_bytes(),
        _ => format!("{{{unique}}}").into_bytes(),
    }
}

/// Returns a method that no route of the API has.
pub(crate) fn method(rng: &mut Rng) -> Method {
    let methods =
        [Method::GET, Method::PUT, Method::PATCH, Method::DELETE, Method::HEAD, Method::OPTIONS, Method::TRACE];
    methods[rng.usize(..methods.len())].clone()
}

/// Returns a path that is like this one, but is not one of the service's paths, or names a number or the canary.
pub(crate) fn path(rng: &mut Rng, path: &str, canary: &str) -> String {
    let last = path.rsplit('/').next().unwrap_or_default();
    let parent = &path[..path.len() - last.len()];
    let number = Role::Forged.number(rng.usize(..100));
    match rng.usize(..20) {
        0 => format!("{path}/"),
        1 => format!("{path}/x"),
        2 => format!("{path}?x={}", canary),
        3 => format!("{path}?bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"),
        4 => path.to_uppercase(),
        5 => path.replace('/', "%2F").replacen("%2F", "/", 1),
        6 => format!("{path}%00"),
        7 => format!("{path}%ff%fe"),
        8 => format!("{path}%0d%0aX-Twilio-Signature:%20x"),
        9 => format!("{parent}{}{last}", "x".repeat(4000)),
        10 => format!("{parent}%F0%9F%A5%9B/{last}"),
        11 => format!("/calls/{number}/{}/{}/key", ulid(rng), ulid(rng)),
        12 => format!("/calls/{}/{number}/{number}/status", canary),
        13 => {
            format!("/texts/{}/{}/{}/status", "0".repeat(32), ulid(rng), ["0", "256", "-1", "+1", "01"][rng.usize(..5)])
        }
        14 => format!(
            "/answers/{}/{}/status",
            "f".repeat(32),
            ["-1", "1e9", "99999999999999999999", "253402300800000", "%31"][rng.usize(..5)]
        ),
        15 => format!("/voice/{number}/{number}/key"),
        16 => format!("/calls/{}/REM%23x/MSG%23x/speech", "0".repeat(32)),
        17 => format!("{parent}%25{last}"),
        18 => format!("/{path}"),
        _ => format!("/{}", canary),
    }
}
