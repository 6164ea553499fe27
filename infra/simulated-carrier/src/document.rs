//! TwiML documents as they come over HTTP: which answers are read as one, and where its relative URLs lead.

use super::webhook::Reply;

/// Kinds of content that Twilio reads as TwiML.
const XML: [&str; 3] = ["text/xml", "application/xml", "text/html"];

/// The XML of an answer that has some.
pub(super) fn xml(reply: &Reply) -> Result<&str, String> {
    if !(200..300).contains(&reply.status) {
        return Err(format!("expected a status of the 200s, found {}", reply.status));
    }
    let content_type = reply.content_type.as_deref().unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if XML.contains(&essence) {
        Ok(&reply.body)
    } else {
        Err(format!("expected a content type of {}, found {content_type:?}", XML.join(", ")))
    }
}

/// A URL in a document may be relative to where the document came from. One that is not stays exactly as it is: it is
/// what will be signed.
pub(super) fn absolute(address: &str, url: &str) -> String {
    if url.contains("://") {
        return url.to_owned();
    }
    let base = address.split('#').next().unwrap_or_default();
    match reqwest::Url::parse(base).and_then(|base| base.join(url)) {
        Ok(joined) => joined.to_string(),
        Err(_) => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_url_is_beside_its_document_and_an_absolute_one_stays_as_it_is() {
        let at = "https://sixthirty.example/calls/a/b/c/twiml?x=1#rc=2";
        for (url, expected) in [
            ("key", "https://sixthirty.example/calls/a/b/c/key"),
            ("/key?y=2", "https://sixthirty.example/key?y=2"),
            ("https://sixthirty.example", "https://sixthirty.example"),
        ] {
            assert_eq!(absolute(at, url), expected);
        }
    }
}
