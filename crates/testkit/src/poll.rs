//! Waiting for something observable, with a deadline that fails. Tests never sleep for a while
//! and hope.

use anyhow::{Result, bail};
use std::future::Future;
use std::net::TcpListener;
use std::time::{Duration, Instant};

/// How long `eventually` waits between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Looks again and again until `look` gives something.
///
/// # Errors
/// If `deadline` passes first; the message names what was waited for.
pub async fn eventually<T, F>(
    what: &str,
    deadline: Duration,
    mut look: impl FnMut() -> F,
) -> Result<T>
where
    F: Future<Output = Option<T>>,
{
    let begun = Instant::now();
    loop {
        if let Some(seen) = look().await {
            return Ok(seen);
        }
        if begun.elapsed() > deadline {
            bail!("waited {deadline:?} in vain for {what}");
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// A TCP port of the loopback interface that was free a moment ago.
///
/// # Errors
/// If the machine gives none.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
