//! The files of the page, embedded in the program.

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
    /// Path in the URL.
    pub(super) path: &'static str,
    /// Value of the header `content-type`.
    pub(super) media_type: &'static str,
    /// Content of the file.
    pub(super) text: &'static str,
}

/// Embeds a script of the page.
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
    Asset { path: "/system.css", media_type: CSS, text: include_str!("page/system.css") },
    Asset { path: "/talk.css", media_type: CSS, text: include_str!("page/talk.css") },
    Asset { path: "/timeline.css", media_type: CSS, text: include_str!("page/timeline.css") },
    Asset { path: "/mark.svg", media_type: SVG, text: include_str!("page/mark.svg") },
    script!("theme.js"),
    script!("phone.js"),
    script!("breaking.js"),
    script!("call.js"),
    script!("calling.js"),
    script!("carrier.js"),
    script!("chaos.js"),
    script!("dom.js"),
    script!("flow.js"),
    script!("happened.js"),
    script!("life.js"),
    script!("log.js"),
    script!("people.js"),
    script!("reminders.js"),
    script!("sound.js"),
    script!("talk.js"),
    script!("thread.js"),
    script!("timeline.js"),
    script!("times.js"),
    script!("totals.js"),
];

/// Returns the routes of all files.
pub(super) fn routes() -> Router {
    ASSETS.iter().fold(Router::new(), |router, asset| {
        let answer = async || ([(header::CONTENT_TYPE, asset.media_type)], asset.text).into_response();
        router.route(asset.path, get(answer))
    })
}
