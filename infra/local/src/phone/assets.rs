//! The page's files, inside the program: what is served is what was built.

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// A file of the page.
#[derive(Clone, Copy)]
pub(super) struct Asset {
    /// Where it is served.
    pub(super) path: &'static str,
    /// Its media type.
    pub(super) media_type: &'static str,
    /// What it holds.
    pub(super) text: &'static str,
}

/// A script of the page by its name.
macro_rules! script {
    ($name:literal) => {
        Asset { path: concat!("/", $name), media_type: SCRIPT, text: include_str!(concat!("page/", $name)) }
    };
}

/// All files of the page.
pub(super) const ASSETS: &[Asset] = &[
    Asset { path: "/", media_type: HTML, text: include_str!("page/index.html") },
    Asset { path: "/style.css", media_type: CSS, text: include_str!("page/style.css") },
    Asset { path: "/phone.css", media_type: CSS, text: include_str!("page/phone.css") },
    Asset { path: "/mark.svg", media_type: SVG, text: include_str!("page/mark.svg") },
    script!("theme.js"),
    script!("phone.js"),
    script!("call.js"),
    script!("carrier.js"),
    script!("dom.js"),
    script!("happened.js"),
    script!("log.js"),
    script!("people.js"),
    script!("reminders.js"),
    script!("sound.js"),
    script!("thread.js"),
    script!("times.js"),
];

/// The routes of the files.
pub(super) fn routes() -> Router {
    ASSETS.iter().fold(Router::new(), |router, asset| {
        let answer = async || ([(header::CONTENT_TYPE, asset.media_type)], asset.text).into_response();
        router.route(asset.path, get(answer))
    })
}
