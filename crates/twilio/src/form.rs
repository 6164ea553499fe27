//! Decodes `application/x-www-form-urlencoded` to bytes. No byte is lost, so that signatures are verified over exactly
//! the fields that were sent.

use std::borrow::Cow;

use percent_encoding::percent_decode;

/// Returns the name and the value of each parameter, in the order in which they were sent.
pub(super) fn pairs(raw: &[u8]) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
    raw.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).map(|pair| {
        let equals = pair.iter().position(|byte| *byte == b'=');
        let (name, value) = equals.map_or((pair, &b""[..]), |equals| (&pair[..equals], &pair[equals + 1..]));
        (decoded(name), decoded(value))
    })
}

fn decoded(text: &[u8]) -> Vec<u8> {
    let spaced: Cow<'_, [u8]> = if text.contains(&b'+') {
        text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect()
    } else {
        text.into()
    };
    percent_decode(&spaced).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_is_decoded() {
        for (raw, expected) in [
            ("", vec![]),
            ("a=1&b=2", vec![("a", "1"), ("b", "2")]),
            ("a=&b", vec![("a", ""), ("b", "")]),
            ("a=1=2", vec![("a", "1=2")]),
            (
                "From=%2B12125550142&Body=buy+milk%20%26+bread",
                vec![("From", "+12125550142"), ("Body", "buy milk & bread")],
            ),
            ("Body=%F0%9F%A5%9B", vec![("Body", "🥛")]),
            ("&&a=%zz%2", vec![("a", "%zz%2")]),
        ] {
            let expected: Vec<_> = expected.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
            assert_eq!(pairs(raw.as_bytes()).collect::<Vec<_>>(), expected, "{raw}");
        }
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_kept() {
        assert_eq!(pairs(b"a=%FF\xFE").collect::<Vec<_>>(), [(b"a".to_vec(), vec![0xFF, 0xFE])]);
    }
}
