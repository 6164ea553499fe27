//! The service's texts to the person of a story.

use super::*;

impl Story {
    /// The service requests a text to the person. `heard` is the outcome that it learns from the carrier's response.
    pub(in crate::checker::tests) fn requests(&mut self, second: i64, body: &str, heard: RequestOutcome) -> &mut Self {
        let route = self.route_of(body);
        self.request(second, route, body, 90, heard)
    }

    /// The service requests a text to the person. It learns this outcome `after_ms` milliseconds later.
    pub(in crate::checker::tests) fn request(
        &mut self,
        second: i64,
        route: TextRoute,
        body: &str,
        after_ms: i64,
        heard: RequestOutcome,
    ) -> &mut Self {
        let (to, body) = (number(0), body.to_owned());
        self.at(second, 0, Observation::TextRequested { route: route.clone(), to: to.clone(), body: body.clone() });
        self.at(second, after_ms, Observation::TextRequestOutcome { route, to, body, heard });
        self
    }

    /// The next request with this body is the first try of a new text.
    pub(in crate::checker::tests) fn tries_anew(&mut self, body: &str) -> &mut Self {
        self.tries.push((body.to_owned(), 0));
        self
    }

    /// The route of the next try of the newest text with this body.
    fn route_of(&mut self, body: &str) -> TextRoute {
        let Some(place) = self.tries.iter().rposition(|(of, _)| of == body) else {
            return self.tries_anew(body).route_of(body);
        };
        self.tries[place].1 += 1;
        text_route(100 + u32::try_from(place).unwrap(), self.tries[place].1)
    }

    /// The carrier accepts this try of a text to the person.
    pub(in crate::checker::tests) fn accepts(&mut self, second: i64, text: SentText, route: TextRoute, body: &str) {
        let (to, body) = (number(0), body.to_owned());
        self.at(second, 50, Observation::TextAccepted { text, route, to, body });
    }

    /// The service sends the person a text, which the carrier accepts and may report as undelivered.
    pub(in crate::checker::tests) fn sends(
        &mut self,
        second: i64,
        body: &str,
        undelivered: Option<UndeliveredCause>,
    ) -> &mut Self {
        let (to, body) = (number(0), body.to_owned());
        let text = SentText::Sent(SentTextId::new("twilio", &format!("SM{second}")).unwrap());
        let route = self.route_of(&body);
        self.request(second, route.clone(), &body, 90, RequestOutcome::Accepted);
        self.accepts(second, text.clone(), route, &body);
        if let Some(cause) = undelivered {
            self.at(second + 30, 0, Observation::TextUndelivered { text, to, body, code: 30034, cause });
        }
        self
    }
}
