//! One WebSocket: frames in and out, the heartbeat, and the close code. Decides nothing about
//! seats; the hub does.

use super::hub::{Connection, Hub, Joined, Outgoing, Seat};
use super::protocol::{CloseCode, PageId, ServerMessage};
use super::sighting::LeftBy;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

/// How often the page is pinged and told the time.
pub const BEAT_SECONDS: u64 = 5;
/// After this long without any frame (a pong counts) the page is gone.
pub const SILENCE_SECONDS: u64 = 12;
/// A frame that cannot be written for this long means a dead line.
const WRITE_SECONDS: u64 = 5;
/// The transport's own limit, above ours so that our close code can be sent.
const TRANSPORT_BYTES_MAX: usize = 256 * 1024;

/// Query of the socket's address.
#[derive(Debug, Clone, Deserialize)]
pub struct SocketQuery {
    pub page: PageId,
}

/// Turns an authorised request into a seated socket. Browsers let any site open a WebSocket to
/// ours with our cookie, so the `Origin` must be our own; a proxy must pass `Host` on.
pub fn upgrade(
    request: WebSocketUpgrade,
    headers: &HeaderMap,
    hub: Arc<Hub>,
    seat: Seat,
) -> Response {
    if !is_same_origin(headers) {
        return (StatusCode::FORBIDDEN, "this socket is for our own pages").into_response();
    }
    request
        .max_message_size(TRANSPORT_BYTES_MAX)
        .max_frame_size(TRANSPORT_BYTES_MAX)
        .on_upgrade(move |socket| serve(socket, hub, seat))
}

/// Whether `Origin` names the host this request was sent to.
pub fn is_same_origin(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let (Some(origin), Some(host)) = (text(header::ORIGIN), text(header::HOST)) else {
        return false;
    };
    let authority = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    authority.is_some_and(|a| a.eq_ignore_ascii_case(host))
}

async fn serve(mut socket: WebSocket, hub: Arc<Hub>, seat: Seat) {
    let Joined { mut connection, mut outbox } = match hub.join(seat).await {
        Ok(joined) => joined,
        Err(code) => return close(&mut socket, code).await,
    };
    let ending = converse(&mut socket, &hub, &mut connection, &mut outbox).await;
    hub.leave(&connection, ending.left_by()).await;
    if let Ending::Close(code) = ending {
        close(&mut socket, code).await;
    }
}

/// How a conversation ends.
enum Ending {
    /// The line is gone; there is nobody to tell.
    Line,
    Close(CloseCode),
}

impl Ending {
    fn left_by(&self) -> LeftBy {
        match self {
            Ending::Line => LeftBy::Drop,
            Ending::Close(CloseCode::Bye) => LeftBy::Choice,
            Ending::Close(CloseCode::Silent) => LeftBy::Silence,
            Ending::Close(CloseCode::Replaced) => LeftBy::Replaced,
            Ending::Close(CloseCode::Ended | CloseCode::GoingAway) => LeftBy::Closed,
            Ending::Close(_) => LeftBy::Protocol,
        }
    }
}

async fn converse(
    socket: &mut WebSocket,
    hub: &Hub,
    connection: &mut Connection,
    outbox: &mut mpsc::Receiver<Outgoing>,
) -> Ending {
    let mut beat = interval(Duration::from_secs(BEAT_SECONDS));
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut heard_at = Instant::now();
    loop {
        let sent = tokio::select! {
            item = outbox.recv() => match item {
                Some(Outgoing::Message(message)) => send(socket, &message).await,
                Some(Outgoing::Close(code)) => return Ending::Close(code),
                None => return Ending::Close(CloseCode::TooSlow),
            },
            frame = socket.recv() => {
                heard_at = Instant::now();
                match frame {
                    Some(Ok(Message::Text(text))) => {
                        if let Err(code) = hub.receive(connection, &text).await {
                            return Ending::Close(code);
                        }
                        true
                    }
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => true,
                    Some(Ok(Message::Binary(_))) => {
                        return Ending::Close(CloseCode::NotUnderstood);
                    }
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return Ending::Line,
                }
            },
            _ = beat.tick() => {
                if heard_at.elapsed() >= Duration::from_secs(SILENCE_SECONDS) {
                    return Ending::Close(CloseCode::Silent);
                }
                let message = ServerMessage::Beat { now_ms: hub.now_ms() };
                write(socket, Message::Ping(Vec::new().into())).await && send(socket, &message).await
            }
        };
        if !sent {
            return Ending::Line;
        }
    }
}

async fn send(socket: &mut WebSocket, message: &ServerMessage) -> bool {
    match serde_json::to_string(message) {
        Ok(text) => write(socket, Message::Text(text.into())).await,
        Err(_) => false,
    }
}

async fn write(socket: &mut WebSocket, message: Message) -> bool {
    let written = timeout(Duration::from_secs(WRITE_SECONDS), socket.send(message)).await;
    matches!(written, Ok(Ok(())))
}

async fn close(socket: &mut WebSocket, code: CloseCode) {
    let frame = CloseFrame { code: code.number(), reason: code.word().into() };
    if write(socket, Message::Close(Some(frame))).await {
        // Reads until the browser answered the close, so that it sees the code and not a reset.
        let answered = async { while let Some(Ok(_)) = socket.recv().await {} };
        let _ = timeout(Duration::from_secs(WRITE_SECONDS), answered).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(origin: Option<&str>, host: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        headers
    }

    #[test]
    fn only_our_own_pages_may_open_the_socket() {
        let ours = "anna.localhost:8080";
        assert!(is_same_origin(&headers(Some("http://anna.localhost:8080"), ours)));
        assert!(is_same_origin(&headers(Some("https://Muster.example"), "muster.example")));
        for origin in [
            None,
            Some("null"),
            Some("http://manager.localhost:8080"),
            Some("http://anna.localhost:8081"),
            Some("http://anna.localhost:8080.evil.example"),
        ] {
            assert!(!is_same_origin(&headers(origin, ours)), "{origin:?}");
        }
    }
}
