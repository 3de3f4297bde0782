//! Reports of other systems, one a request, under a token and a signature. Nothing is read back but
//! what became of it.

use super::Tries;
use crate::acts::ActError;
use crate::acts::external_findings::{self, Taken};
use crate::acts::tokens;
use crate::web::errors::{Answer, Fail, problem};
use crate::web::session::Visitor;
use crate::web::session::proxy::rate_subject;
use crate::web::state::Web;
use axum::Json;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use muster_domain::external::BODY_BYTES_MAX;
use muster_domain::person::TokenScope;
use serde_json::{Map, json};

/// `POST /api/external-findings`
pub(super) async fn take(
    tries: &Tries,
    web: &Web,
    visitor: &Visitor,
    headers: &HeaderMap,
    body: Body,
) -> Answer {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let too_often = || {
        let now_ms = web.context.store.clock().monotonic_ms();
        !tries.take(rate_subject(visitor.client()), now_ms)
    };
    let bearer = text(header::AUTHORIZATION.as_str());
    let bearer = bearer.strip_prefix("Bearer ").unwrap_or_default().trim();
    let token = match tokens::check(&web.context, bearer, TokenScope::ExternalFindings).await {
        Ok(token) => token,
        Err(ActError::Forbidden(_)) if too_often() => {
            return Err(Fail::TooMany("Too many tries. Wait a minute.".to_owned()));
        }
        Err(ActError::Forbidden(_)) => return Err(Fail::NoToken),
        Err(error) => return Err(error.into()),
    };
    let answer = |status, code, title: &str, more| Ok(problem(status, code, title, visitor, more));
    let Ok(bytes) = to_bytes(body, BODY_BYTES_MAX).await else {
        let title = "A report holds at most 8 KiB.";
        return answer(StatusCode::PAYLOAD_TOO_LARGE, "too-long", title, Map::new());
    };
    let taken =
        external_findings::take(&web.context, &token, text("muster-signature"), &bytes).await;
    match taken {
        Ok(Taken::New(id)) => {
            let body = Json(json!({ "result": "taken", "report": id }));
            Ok((StatusCode::CREATED, body).into_response())
        }
        Ok(Taken::Known(id)) => {
            Ok(Json(json!({ "result": "known", "report": id })).into_response())
        }
        Ok(Taken::Faulty(faults)) => {
            let mut more = Map::new();
            more.insert("faults".to_owned(), json!(faults));
            let title = "This report cannot be taken.";
            answer(StatusCode::UNPROCESSABLE_ENTITY, "not-a-report", title, more)
        }
        Err(ActError::Forbidden(_)) if too_often() => {
            Err(Fail::TooMany("Too many tries. Wait a minute.".to_owned()))
        }
        Err(ActError::Forbidden(sentence)) => {
            answer(StatusCode::FORBIDDEN, "signature", &sentence, Map::new())
        }
        Err(ActError::Conflict(sentence)) => {
            answer(StatusCode::CONFLICT, "seen-before", &sentence, Map::new())
        }
        Err(error) => Err(error.into()),
    }
}
