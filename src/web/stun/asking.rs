//! Asks a STUN responder where we come from, as a browser does: for `muster doctor`.

use super::message::{Transaction, mapped_in, request};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::net::UdpSocket;

/// Datagrams get lost: asked so often, with so long a wait for each.
const TRIES: u32 = 3;
const WAIT: Duration = Duration::from_millis(700);

/// The address a responder sees us at; `None` where no good answer came in time.
///
/// # Errors
/// There is no way to it, or nothing listens there.
pub async fn mapped(
    server: SocketAddr,
    transaction: Transaction,
) -> io::Result<Option<SocketAddr>> {
    let ours: IpAddr = match server {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((ours, 0)).await?;
    // Only answers from there are heard, and a closed port is told as one.
    socket.connect(server).await?;
    let mut answer = [0; 1_500];
    for _ in 0..TRIES {
        socket.send(&request(transaction)).await?;
        let Ok(heard) = tokio::time::timeout(WAIT, socket.recv(&mut answer)).await else {
            continue;
        };
        if let Some(found) = mapped_in(&answer[..heard?], transaction) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Where this machine reaches what listens there: at itself, for what listens everywhere.
pub fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}
