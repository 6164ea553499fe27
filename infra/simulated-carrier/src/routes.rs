//! Maps the public URLs of webhooks to the URLs that are requested.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::config::Route;

/// The known routes.
#[derive(Debug)]
pub(super) struct Routes {
    known: Mutex<Vec<Route>>,
}

impl Routes {
    pub(super) fn new(known: Vec<Route>) -> Self {
        Self { known: Mutex::new(known) }
    }

    /// Adds a route, or replaces the route with the same public URL.
    pub(super) fn set(&self, route: Route) {
        let mut known = self.lock();
        known.retain(|other| other.public != route.public);
        known.push(route);
    }

    /// Returns the URL to request for a public URL. The longest matching route is applied. An `http` URL on loopback
    /// that no route matches is returned unchanged. Returns `None` for any other URL: it must not be requested.
    pub(super) fn target(&self, url: &str) -> Option<String> {
        let known = self.lock();
        let routed = known.iter().filter_map(|route| Some((route.public.len(), apply(route, url)?)));
        match routed.max_by_key(|(length, _)| *length) {
            Some((_, target)) => Some(target),
            None => is_loopback(url).then(|| url.to_owned()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Route>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Applies a route to a URL. Returns `None` if the URL is not below the route's public URL.
fn apply(route: &Route, url: &str) -> Option<String> {
    let rest = url.strip_prefix(route.public.trim_end_matches('/'))?;
    let at_boundary = rest.is_empty() || rest.starts_with('/') || rest.starts_with('?');
    at_boundary.then(|| format!("{}{rest}", route.base.trim_end_matches('/')))
}

fn is_loopback(url: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(url) else { return false };
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let address = host.parse::<std::net::IpAddr>();
    url.scheme() == "http" && (host == "localhost" || address.is_ok_and(|address| address.is_loopback()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(public: &str, base: &str) -> Route {
        Route { public: public.to_owned(), base: base.to_owned() }
    }

    #[test]
    fn the_longest_route_that_matches_whole_path_segments_is_applied() {
        let routes = Routes::new(vec![
            route("https://sixthirty.example", "http://127.0.0.1:1/_aws/execute-api/x/$default"),
            route("https://sixthirty.example/calls", "http://127.0.0.1:2"),
        ]);
        let sms = "http://127.0.0.1:1/_aws/execute-api/x/$default/sms?a=1".to_owned();
        assert_eq!(routes.target("https://sixthirty.example/sms?a=1"), Some(sms));
        assert_eq!(routes.target("https://sixthirty.example/calls/a"), Some("http://127.0.0.1:2/a".to_owned()));
        assert_eq!(routes.target("https://sixthirty.example.evil.example/"), None);
        routes.set(route("https://sixthirty.example/calls", "http://127.0.0.1:3"));
        assert_eq!(routes.target("https://sixthirty.example/calls?a"), Some("http://127.0.0.1:3?a".to_owned()));
    }

    #[test]
    fn without_a_route_only_http_urls_on_this_machine_are_requested() {
        let routes = Routes::new(Vec::new());
        for url in ["http://127.0.0.1:9/a", "http://localhost:9/a", "http://[::1]:9/a"] {
            assert_eq!(routes.target(url).as_deref(), Some(url));
        }
        for url in ["https://sixthirty.example/", "http://10.0.0.1/", "http://localhost.example/", "no url"] {
            assert_eq!(routes.target(url), None, "{url}");
        }
    }
}
