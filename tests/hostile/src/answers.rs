//! Sends the requests, and checks the answers one by one.

use std::time::{Duration, Instant};

use aws::connect::OPERATION_MS;
use futures_util::stream::{self, StreamExt as _};
use reqwest::Method;
use reqwest::header::HeaderValue;

use super::findings::Findings;
use super::request::{Expected, Request};

/// Number of requests that are sent at the same time.
pub(crate) const CLIENTS: usize = 8;
const TIMEOUT: Duration = Duration::from_secs(60);
/// The most characters of an answer or a body in a finding.
const SHOWN: usize = 300;

/// Sends requests to the API of the stack.
#[derive(Debug, Clone)]
pub(crate) struct Sender {
    http: reqwest::Client,
    api_url: String,
    canary: String,
}

/// The answer to a request.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) is_xml: bool,
    pub(crate) body: Vec<u8>,
    pub(crate) took: Duration,
}

/// The statuses and durations of many answers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    pub(crate) requests: usize,
    /// Number of answers with a status of 2xx, 4xx and 5xx, and of requests without an answer.
    pub(crate) by_status: [usize; 4],
    /// Number of answers that asked for another delivery because the emulated AWS stalled.
    pub(crate) stalled: usize,
    took: Vec<Duration>,
}

impl Tally {
    fn count(&mut self, answer: Option<&Answer>) {
        let place = match answer.map(|answer| answer.status / 100) {
            Some(5) => 2,
            Some(4) => 1,
            Some(_) => 0,
            None => 3,
        };
        self.by_status[place] += 1;
        self.stalled += usize::from(answer.is_some_and(Answer::is_stalled));
        self.requests += 1;
        self.took.extend(answer.map(|answer| answer.took));
    }

    pub(crate) fn extend(&mut self, other: &Self) {
        self.requests += other.requests;
        self.stalled += other.stalled;
        self.by_status.iter_mut().zip(other.by_status).for_each(|(sum, count)| *sum += count);
        self.took.extend(&other.took);
    }

    /// Returns the duration that this share of the answers did not exceed, in milliseconds.
    pub(crate) fn percentile_ms(&self, share: f64) -> u128 {
        let mut took = self.took.clone();
        took.sort_unstable();
        let place = (took.len() as f64 * share) as usize;
        took.get(place.min(took.len().saturating_sub(1))).map_or(0, Duration::as_millis)
    }
}

impl Answer {
    /// Whether the answer asks for another delivery after an operation of AWS may have timed out. On a busy machine the
    /// emulator may take that long.
    fn is_stalled(&self) -> bool {
        self.status == 503 && self.took >= Duration::from_millis(OPERATION_MS)
    }
}

impl Sender {
    pub(crate) fn new(api_url: String, canary: String) -> Self {
        // A client without TLS settings can be built. The default client has no timeout.
        let http = reqwest::Client::builder().timeout(TIMEOUT).build().unwrap_or_default();
        Self { http, api_url, canary }
    }

    /// Sends all requests, at most `clients` at the same time, and checks each answer.
    pub(crate) async fn send(&self, requests: &[Request], clients: usize) -> (Tally, Findings, Vec<Option<Answer>>) {
        let (mut tally, mut findings) = (Tally::default(), Findings::default());
        let answers: Vec<_> =
            stream::iter(requests).map(|request| self.answer(request)).buffered(clients).collect().await;
        let mut kept = Vec::with_capacity(answers.len());
        for (request, answer) in requests.iter().zip(answers) {
            tally.count(answer.as_ref().ok());
            match answer {
                Ok(answer) => {
                    self.check(request, &answer, &mut findings);
                    kept.push(Some(answer));
                }
                Err(error) => {
                    findings.add("no answer", format!("{}: {error}", request.description));
                    kept.push(None);
                }
            }
        }
        (tally, findings, kept)
    }

    async fn answer(&self, request: &Request) -> Result<Answer, reqwest::Error> {
        let started = Instant::now();
        let url = format!("{}{}", self.api_url, request.path);
        let mut sent = self.http.request(request.method.clone(), url).body(request.body.clone());
        if let Ok(content_type) = HeaderValue::from_bytes(request.content_type.as_bytes())
            && !content_type.is_empty()
        {
            sent = sent.header("content-type", content_type);
        }
        for signature in &request.signatures {
            sent = sent.header("x-twilio-signature", signature);
        }
        let response = sent.send().await?;
        let status = response.status().as_u16();
        let content_type = response.headers().get("content-type").and_then(|value| value.to_str().ok());
        let is_xml = content_type.is_some_and(|value| value.starts_with("text/xml"));
        let body = response.bytes().await?.to_vec();
        Ok(Answer { status, is_xml, body, took: started.elapsed() })
    }

    fn check(&self, request: &Request, answer: &Answer, findings: &mut Findings) {
        let shown = || format!("{} → {} {}", request.description, answer.status, shown(&answer.body));
        let is_success = (200..300).contains(&answer.status);
        if answer.status >= 500 && !answer.is_stalled() {
            findings.add("5xx", shown());
        }
        // The API itself answers the other methods.
        if request.expected == Expected::Refused && request.method == Method::POST && is_success {
            findings.add("a forged request was accepted", shown());
        }
        if matches!(request.expected, Expected::Text { .. }) && !is_success {
            findings.add("a text was refused", shown());
        }
        if answer.is_xml {
            if let Err(reason) = check_twiml(&answer.body) {
                findings.add("bad TwiML", format!("{reason}: {}", shown()));
            }
        } else if matches!(request.expected, Expected::Text { .. }) && is_success {
            findings.add("a text was answered without TwiML", shown());
        } else if String::from_utf8_lossy(&answer.body).contains(&self.canary) {
            findings.add("an error answer quotes the request", shown());
        }
    }
}

/// Checks that a document is TwiML, and that no word in it could disturb a phone.
fn check_twiml(document: &[u8]) -> Result<(), &'static str> {
    let text = std::str::from_utf8(document).map_err(|_| "expected UTF-8")?;
    let parsed = roxmltree::Document::parse(text).map_err(|_| "expected XML")?;
    let root = parsed.root_element();
    if root.tag_name().name() != "Response" {
        return Err("expected a Response");
    }
    const VERBS: [&str; 7] = ["Response", "Message", "Say", "Gather", "Pause", "Redirect", "Hangup"];
    if root.descendants().filter(roxmltree::Node::is_element).any(|node| !VERBS.contains(&node.tag_name().name())) {
        return Err("expected only verbs of the service");
    }
    // The parser normalizes CR, so the raw text is checked.
    if text.contains(is_disturbing)
        || parsed.descendants().filter_map(|node| node.text()).any(|words| words.contains(is_disturbing))
    {
        return Err("expected no control, bidi or invisible character");
    }
    Ok(())
}

/// Whether a character must not reach a phone: a control character except a line feed, or a character that is invisible
/// or changes the direction of other characters. Joiners belong to emoji and scripts.
fn is_disturbing(character: char) -> bool {
    matches!(
        character,
        '\0'..='\u{9}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{200b}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
    )
}

pub(crate) fn shown(body: &[u8]) -> String {
    String::from_utf8_lossy(body).chars().take(SHOWN).collect::<String>().escape_debug().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twiml_is_a_response_of_known_verbs_without_disturbing_characters() {
        for good in ["<Response/>", "<Response><Message>OK, 1\n2 \u{1f468}\u{200d}\u{1f469}</Message></Response>"] {
            assert_eq!(check_twiml(good.as_bytes()), Ok(()), "{good}");
        }
        for bad in [
            "",
            "OK",
            "<Message/>",
            "<Response><Message>",
            "<Response><Dial>+19005550123</Dial></Response>",
            "<Response><Message>a\rb</Message></Response>",
            "<Response><Message>a&#13;b</Message></Response>",
            "<Response><Message>\u{202e}</Message></Response>",
            "<Response><Message>\u{200b}</Message></Response>",
            "<Response><Message>\u{85}</Message></Response>",
        ] {
            assert!(check_twiml(bad.as_bytes()).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn only_a_slow_503_is_excused() {
        let is_stalled =
            |status, ms| Answer { status, is_xml: false, body: vec![], took: Duration::from_millis(ms) }.is_stalled();
        assert!(is_stalled(503, OPERATION_MS));
        assert!(!is_stalled(503, OPERATION_MS - 1) && !is_stalled(502, OPERATION_MS) && !is_stalled(500, 60_000));
    }

    #[test]
    fn percentiles_are_of_the_durations_in_order() {
        let took = (1..=100).rev().map(Duration::from_millis).collect();
        let tally = Tally { took, ..Tally::default() };
        assert_eq!((tally.percentile_ms(0.5), tally.percentile_ms(0.99)), (51, 100));
        assert_eq!(Tally::default().percentile_ms(0.5), 0);
    }
}
