//! A request of the run, and who it claims to be from.

use fastrand::Rng;
use twilio::AuthToken;
use twilio::signature::sign_form;

use local::deploy::{AUTH_TOKEN, SECOND_AUTH_TOKEN};
use local::parameters::PUBLIC_URL;

/// A request to the API of the stack.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// The fault of the request, for the report.
    pub(crate) description: String,
    pub(crate) method: reqwest::Method,
    /// The path and the query.
    pub(crate) path: String,
    /// The content type. Empty for none.
    pub(crate) content_type: &'static str,
    /// The values of the signature's header.
    pub(crate) signatures: Vec<String>,
    pub(crate) body: Vec<u8>,
    pub(crate) expected: Expected,
}

/// The effect that a request may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Expected {
    /// It is not signed by the carrier, so it is refused and stores nothing.
    Refused,
    /// It is signed by the carrier, but must not change a row.
    NoRow,
    /// It is a text. It may store its record and the rows of its sender.
    Text {
        /// The id of the text at the carrier.
        id: String,
        /// The number of the sender, in E.164 form.
        from: String,
    },
}

/// How a signature is forged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Forgery {
    None,
    Empty,
    NoBase64,
    TooShort,
    Random,
    OtherBody,
    OtherPath,
    OtherHost,
    OtherScheme,
    OtherToken,
    SecondAccount,
    WithoutBody,
    Twice,
    LowerCase,
    InJson,
}

impl Forgery {
    pub(crate) const ALL: [Self; 15] = [
        Self::None,
        Self::Empty,
        Self::NoBase64,
        Self::TooShort,
        Self::Random,
        Self::OtherBody,
        Self::OtherPath,
        Self::OtherHost,
        Self::OtherScheme,
        Self::OtherToken,
        Self::SecondAccount,
        Self::WithoutBody,
        Self::Twice,
        Self::LowerCase,
        Self::InJson,
    ];

    /// Returns the values of the signature's header. None of them is the right signature of the request.
    pub(crate) fn signatures(self, rng: &mut Rng, path: &str, body: &[u8]) -> Vec<String> {
        let other_body = [body, b"&x=1"].concat();
        let random = std::iter::repeat_with(|| rng.alphanumeric()).take(27).collect::<String>() + "=";
        let url = format!("{PUBLIC_URL}{path}");
        match self {
            Self::None => vec![],
            Self::Empty => vec![String::new()],
            Self::NoBase64 => vec!["%00' OR 1=1 --".to_owned()],
            Self::TooShort => vec!["bm8=".to_owned()],
            Self::Random => vec![random],
            Self::OtherBody => vec![by(AUTH_TOKEN, &url, &other_body)],
            Self::OtherPath => vec![by(AUTH_TOKEN, &format!("{url}/x"), body)],
            Self::OtherHost => vec![by(AUTH_TOKEN, &format!("https://evil.example{path}"), body)],
            Self::OtherScheme => vec![by(AUTH_TOKEN, &url.replacen("https", "http", 1), body)],
            Self::OtherToken => vec![by("0123456789abcdef0123456789abcdef", &url, body)],
            Self::SecondAccount => vec![by(SECOND_AUTH_TOKEN, &url, body)],
            // The signature of a form without fields is the signature of its URL alone.
            Self::WithoutBody if body.is_empty() => vec![],
            Self::WithoutBody => vec![by(AUTH_TOKEN, &url, b"")],
            Self::Twice => vec![random.clone(), random],
            Self::LowerCase => vec![by(AUTH_TOKEN, &url, body).to_lowercase()],
            Self::InJson => vec![format!("{{\"signature\":\"{}\"}}", by(AUTH_TOKEN, &url, body))],
        }
    }
}

/// Returns the carrier's signature of a request.
pub(crate) fn signature(path: &str, body: &[u8]) -> String {
    by(AUTH_TOKEN, &format!("{PUBLIC_URL}{path}"), body)
}

fn by(token: &str, url: &str, body: &[u8]) -> String {
    AuthToken::new(token).map(|token| sign_form(&token, url, body)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_forgery_makes_the_right_signature() {
        let mut rng = Rng::with_seed(1);
        for body in [&b""[..], b"Body=hi", b"%ff&&a"] {
            let right = signature("/sms", body);
            for forgery in Forgery::ALL {
                assert!(!forgery.signatures(&mut rng, "/sms", body).contains(&right), "{forgery:?}");
            }
        }
    }
}
