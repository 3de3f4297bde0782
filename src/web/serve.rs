//! Listening. Everything else is in the router.

use super::peer::Peer;
use super::router::router;
use super::state::Web;
use tokio::net::TcpListener;

/// Serves until `shutdown` completes, then lets open requests end. Drain the hub first: sockets
/// of rooms live as long as their pages.
pub async fn serve(
    web: Web,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let service = router(web).into_make_service_with_connect_info::<Peer>();
    axum::serve(listener, service).with_graceful_shutdown(shutdown).await
}
