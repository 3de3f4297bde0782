//! What programs post, beside people's pages: the keys of independent holders (a key proves itself, so
//! nobody signs in), and observations for linkage and reports of other systems, under a token. How often one address may try is
//! bounded.

mod external_findings;
mod observations;

use crate::acts::holders::{self, Delivered};
use crate::web::errors::{Answer, Fail};
use crate::web::router::{Access, Route};
use crate::web::session::Visitor;
use crate::web::session::proxy::rate_subject;
use crate::web::state::Web;
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use muster_domain::draw::Release;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// A release is about 200 bytes.
const RELEASE_BYTES_MAX: usize = 1_024;
/// Tries one address has in a minute: a holder needs one a day.
const TRIES_PER_MINUTE: u32 = 20;
const MINUTE_MS: i64 = 60_000;
/// Addresses remembered; beyond that all are forgotten, which only gives them a new minute.
const ADDRESSES_MAX: usize = 10_000;

pub(super) fn routes() -> Vec<Route> {
    let tries = Arc::new(Tries::default());
    let release = move |State(web): State<Web>, visitor: Visitor, body: Bytes| {
        let tries = tries.clone();
        async move { take_release(&tries, &web, &visitor, &body).await }
    };
    let tries = Arc::new(Tries::default());
    let observations =
        move |State(web): State<Web>, visitor: Visitor, head: HeaderMap, body: Body| {
            let tries = tries.clone();
            async move { observations::take(&tries, &web, &visitor, &head, body).await }
        };
    let tries = Arc::new(Tries::default());
    let external = move |State(web): State<Web>, visitor: Visitor, head: HeaderMap, body: Body| {
        let tries = tries.clone();
        async move { external_findings::take(&tries, &web, &visitor, &head, body).await }
    };
    vec![
        Route::post("/api/external-findings", Access::Machine, external),
        Route::post("/api/holders/releases", Access::Machine, release),
        Route::post("/api/observations", Access::Machine, observations),
    ]
}

/// `POST /api/holders/releases`: `{"chain", "label", "key"}`. Answers once the key is kept.
async fn take_release(tries: &Tries, web: &Web, visitor: &Visitor, body: &[u8]) -> Answer {
    let now_ms = web.context.store.clock().monotonic_ms();
    if !tries.take(rate_subject(visitor.client()), now_ms) {
        return Err(Fail::TooMany("Too many tries. Wait a minute.".to_owned()));
    }
    if body.len() > RELEASE_BYTES_MAX {
        return Err(Fail::bad("A release is shorter than this."));
    }
    let release: Release = serde_json::from_slice(body).map_err(|_| {
        Fail::bad("This is not a release: `muster holder release` prints one as JSON.")
    })?;
    let delivered = holders::deliver(&web.context, &release).await?;
    let result = if delivered == Delivered::Kept { "kept" } else { "known" };
    let body = serde_json::json!({
        "chain": release.chain, "label": release.label.to_string(), "result": result
    });
    Ok(Json(body).into_response())
}

/// Tries by address within the running minute of each.
#[derive(Debug, Default)]
struct Tries(Mutex<HashMap<String, (i64, u32)>>);

impl Tries {
    fn take(&self, client: String, now_ms: i64) -> bool {
        let mut seen = self.0.lock().expect("no panic while counting");
        if seen.len() >= ADDRESSES_MAX {
            seen.clear();
        }
        let (since, count) = seen.entry(client).or_insert((now_ms, 0));
        if now_ms - *since >= MINUTE_MS {
            (*since, *count) = (now_ms, 0);
        }
        *count += 1;
        *count <= TRIES_PER_MINUTE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_twenty_tries_a_minute_and_the_next_one_its_own() {
        let tries = Tries::default();
        let passed = (0..50).filter(|_| tries.take("203.0.113.5".into(), 5)).count();
        assert_eq!(passed, 20);
        assert!(tries.take("203.0.113.6".into(), 5));
        assert!(!tries.take("203.0.113.5".into(), 60_004));
        assert!(tries.take("203.0.113.5".into(), 60_005));
    }
}
