//! How long the way to the page takes, measured while a question of place is open.
//!
//! The server sends random bytes over a WebSocket, the page sends them back, and the server keeps the
//! time: what the browser's clock says does not matter, and nobody can answer before asked. Delay can
//! be added and never taken away, so the shortest of many counts. Beside it stands the shortest round
//! trip of the TCP connection itself, which ends earlier where something in between takes it.

mod kernel;

use super::peer::Peer;
use super::router::Access;
use crate::acts::check_in as acts;
use crate::web::room::socket::is_same_origin;
use crate::web::session::{Id, SignedIn};
use crate::web::{Answer, Fail, Route, Web};
use axum::Extension;
use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{ConnectInfo, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use muster_domain::access::Act;
use muster_domain::id::CheckInId;
use muster_domain::judging::surroundings::RoundTrips;
use muster_store::evidence;
use serde::Deserialize;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout, timeout_at};

/// Round trips tried, and how many must come back for the shortest to count.
const TRIPS: usize = 24;
const TRIPS_MIN: usize = 20;
/// Between two of them, so that one queue on the way does not meet all.
const PAUSE: Duration = Duration::from_millis(40);
/// One round trip may take this long, all of them together this.
const ONE: Duration = Duration::from_secs(3);
const ALL: Duration = Duration::from_secs(25);
/// Bytes sent and sent back.
const NONCE_BYTES: usize = 16;

pub(super) fn route() -> Route {
    Route::get("/check-ins/{id}/place/line", Access::Act(Act::ViewOwnCheckIn), line)
}

#[derive(Debug, Deserialize)]
struct Asked {
    nonce: String,
}

async fn line(
    State(web): State<Web>,
    me: SignedIn,
    id: Id,
    query: Result<Query<Asked>, QueryRejection>,
    peer: Option<Extension<ConnectInfo<Peer>>>,
    headers: HeaderMap,
    request: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Answer {
    let check_in = CheckInId(id.0);
    let db = web.context.store.read();
    Fail::unless_found(acts::own(db, me.id(), check_in).await?)?;
    let request = request.map_err(|_| Fail::bad("This address is for the page's socket."))?;
    let Ok(Query(Asked { nonce })) = query else {
        return Err(Fail::bad("The question's name is missing."));
    };
    let not_before = web.context.now().plus_minutes(-acts::NONCE_MINUTES);
    if !evidence::is_open_nonce(db, &nonce, check_in, not_before).await? {
        return Err(Fail::Conflict("This question is not open any more.".to_owned()));
    }
    if !is_same_origin(&headers) {
        return Ok((StatusCode::FORBIDDEN, "this socket is for our own pages").into_response());
    }
    let peer = peer.map(|Extension(ConnectInfo(peer))| peer);
    Ok(request.max_message_size(1_024).on_upgrade(async move |socket| {
        measure(socket, &web, check_in, &nonce, peer).await;
    }))
}

/// Measures, keeps, and closes. A line that breaks meanwhile leaves nothing, and the person goes on.
async fn measure(
    mut socket: WebSocket,
    web: &Web,
    check_in: CheckInId,
    nonce: &str,
    peer: Option<Peer>,
) {
    let app_min_us = shortest(&mut socket, web).await;
    let ends = peer.and_then(|peer| Some((peer.local?, peer.remote)));
    let tcp_min_us = match ends {
        Some((local, remote)) => {
            let asked = move || kernel::min_round_trip_us(local, remote);
            tokio::task::spawn_blocking(asked).await.unwrap_or_default()
        }
        None => None,
    };
    let trips = RoundTrips { tcp_min_us, app_min_us };
    if let Err(error) = acts::keep_round_trips(&web.context, check_in, nonce, trips).await {
        tracing::warn!(%error, "round trips were not kept");
    }
    // The page goes on when the socket closes.
    let _ = timeout(ONE, socket.send(Message::Close(None))).await;
    let _ = timeout(ONE, async { while let Some(Ok(_)) = socket.recv().await {} }).await;
}

/// The shortest of the round trips in microseconds; `None` where too few came back.
async fn shortest(socket: &mut WebSocket, web: &Web) -> Option<u32> {
    let (end, mut took) = (Instant::now() + ALL, Vec::with_capacity(TRIPS));
    for _ in 0..TRIPS {
        let bytes = web.context.store.entropy().bytes::<NONCE_BYTES>();
        let deadline = end.min(Instant::now() + ONE);
        match timeout_at(deadline, echo(socket, Bytes::copy_from_slice(&bytes))).await {
            Ok(Some(duration)) => took.push(duration),
            // Late answers would be taken for those of the next question.
            Ok(None) | Err(_) => break,
        }
        sleep(PAUSE).await;
    }
    shortest_of(&took)
}

fn shortest_of(took: &[Duration]) -> Option<u32> {
    let shortest = took.iter().min().filter(|_| took.len() >= TRIPS_MIN)?;
    u32::try_from(shortest.as_micros()).ok()
}

/// One question and its answer. `None`: the line is gone, or something else came back.
async fn echo(socket: &mut WebSocket, bytes: Bytes) -> Option<Duration> {
    let asked_at = Instant::now();
    socket.send(Message::Binary(bytes.clone())).await.ok()?;
    loop {
        match socket.recv().await?.ok()? {
            Message::Binary(answer) => return (answer == bytes).then(|| asked_at.elapsed()),
            Message::Ping(_) | Message::Pong(_) => {}
            Message::Text(_) | Message::Close(_) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_counts_and_only_of_twenty() {
        let ms = |n: u64| Duration::from_millis(n);
        let mut took: Vec<Duration> = (0..19).map(|n| ms(90 + n)).collect();
        assert_eq!(shortest_of(&took), None);
        took.push(ms(81));
        assert_eq!(shortest_of(&took), Some(81_000));
    }
}
