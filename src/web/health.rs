//! Whether this process is alive, whether it can serve, and its figures. For machines of the
//! operator; says nothing about people.

use super::errors::{Answer, Fail};
use super::session::Visitor;
use super::state::Web;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;

/// `GET /healthz`: the process runs.
pub(super) async fn alive() -> &'static str {
    "alive\n"
}

/// `GET /readyz`: the database answers and is set up.
pub(super) async fn ready(State(web): State<Web>) -> Answer {
    let found = muster_store::installation::find(web.context.store.read()).await;
    Ok(match found {
        Ok(Some(_)) => (StatusCode::OK, "ready\n").into_response(),
        Ok(None) => (StatusCode::SERVICE_UNAVAILABLE, "not set up\n").into_response(),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "no database\n").into_response(),
    })
}

/// `GET /metrics`: to this machine only; a collector elsewhere comes through an exporter here.
pub(super) async fn metrics(State(web): State<Web>, visitor: Visitor) -> Answer {
    let Some(text) = web.metrics.as_ref().filter(|_| visitor.client().is_loopback()) else {
        return Err(Fail::NotFound);
    };
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    Ok((kind, text()).into_response())
}
