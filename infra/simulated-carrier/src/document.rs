//! TwiML documents over HTTP: checks that a response can be a document, and resolves the relative URLs of documents.

use super::webhook::Reply;

/// Content types that Twilio reads as TwiML.
const XML: [&str; 3] = ["text/xml", "application/xml", "text/html"];

/// Returns the body of a response. Fails if its status or its content type is not that of a TwiML document.
pub(super) fn xml(reply: &Reply) -> Result<&str, String> {
    if !(200..300).contains(&reply.status) {
        return Err(format!("expected a 2xx status, found {}", reply.status));
    }
    let content_type = reply.content_type.as_deref().unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if XML.contains(&essence) {
        Ok(&reply.body)
    } else {
        Err(format!("expected a content type of {}, found {content_type:?}", XML.join(", ")))
    }
}

/// Resolves a URL relative to the URL of its document. An absolute URL stays exactly as it is, because it will be
/// signed.
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
    fn a_relative_url_is_resolved_and_an_absolute_one_stays_as_it_is() {
        let document_url = "https://sixthirty.example/calls/a/b/c/twiml?x=1#rc=2";
        for (url, expected) in [
            ("key", "https://sixthirty.example/calls/a/b/c/key"),
            ("/key?y=2", "https://sixthirty.example/key?y=2"),
            ("https://sixthirty.example", "https://sixthirty.example"),
        ] {
            assert_eq!(absolute(document_url, url), expected);
        }
    }
}
