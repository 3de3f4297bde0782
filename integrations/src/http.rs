//! The one HTTP client: TLS by rustls on ring, time-outs, no redirects, no proxy taken from the
//! environment, answers of bounded size. Nothing else in the tree builds a client.

use muster_domain::time::UtcMillis;
use muster_ports::{Clock, PortError, PortResult};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Method, Request, StatusCode};
use std::sync::Arc;
use std::time::Duration;

/// Reaching the other side at all. A healthy server on another continent needs half a second.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The whole exchange; well under half a work lease.
pub const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(20);
/// Answers longer than this are a provider's fault, not data.
pub const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;
/// A provider's wish for the next attempt is honoured up to this; then we ask again.
const RETRY_AFTER_MS_MAX: i64 = 6 * muster_domain::time::HOUR_MS;

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// The client. Cheap to clone; all clones share one pool of connections.
#[derive(Clone)]
pub struct Http {
    client: reqwest::Client,
    clock: Arc<dyn Clock>,
}

impl Http {
    /// The client with our limits.
    ///
    /// # Errors
    /// `Broken` if the machine's certificate store cannot be read.
    pub fn new(clock: Arc<dyn Clock>) -> PortResult<Http> {
        // A second call finds it installed already, which is just as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        #[expect(clippy::disallowed_methods, reason = "the one place that builds an HTTP client")]
        let client = reqwest::Client::builder()
            .user_agent(concat!("muster/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(EXCHANGE_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .build()
            .map_err(|error| PortError::Broken(format!("no HTTP client: {}", class(&error))))?;
        Ok(Http { client, clock })
    }

    /// A request to this address, to be filled and handed to [`Http::exchange`].
    pub fn request(&self, method: Method, url: url::Url) -> reqwest::RequestBuilder {
        self.client.request(method, url)
    }

    /// A request that posts JSON and wants JSON back.
    ///
    /// # Errors
    /// `Broken` if the address cannot be asked.
    pub fn post_json(&self, url: url::Url, json: String) -> PortResult<Request> {
        let request = self.request(Method::POST, url).header("accept", "application/json");
        let request = request.header("content-type", "application/json").body(json).build();
        request.map_err(|error| PortError::Broken(class(&error).into()))
    }

    /// Sends the request and reads the whole answer, whatever its status.
    ///
    /// # Errors
    /// `TryLater` when nothing or not everything came back; `Broken` when it is too long or the
    /// request cannot be sent as it is.
    pub async fn exchange(&self, request: Request) -> PortResult<Answer> {
        let mut response = self.client.execute(request).await.map_err(|e| trouble(&e))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|e| trouble(&e))? {
            if body.len() + chunk.len() > BODY_BYTES_MAX {
                return Err(PortError::Broken(format!(
                    "answer of more than {BODY_BYTES_MAX} bytes"
                )));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, headers, body })
    }

    /// Sends the request and leaves the answer's body to be read piece by piece ([`crate::download`]).
    pub(crate) async fn begin(&self, request: Request) -> PortResult<reqwest::Response> {
        self.client.execute(request).await.map_err(|e| trouble(&e))
    }

    /// As [`Http::exchange`], and any status but 2xx becomes the failure it stands for.
    ///
    /// # Errors
    /// Also `Reconnect` (401, 403), `Gone` (404, 410), `TryLater` (408, 425, 429, 5xx), `Refused`
    /// (other 4xx), `Broken` (everything else: redirects are not followed).
    pub async fn fetch(&self, request: Request) -> PortResult<Answer> {
        let answer = self.exchange(request).await?;
        match failure(answer.status, &answer.headers, self.clock.now()) {
            Some(error) => Err(error),
            None => Ok(answer),
        }
    }

    /// The clock by which `Retry-After` and token ages are read.
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }
}

/// What an HTTP status means for us; `None` for success.
pub fn failure(status: StatusCode, headers: &HeaderMap, now: UtcMillis) -> Option<PortError> {
    let said = format!("HTTP {}", status.as_u16());
    match status.as_u16() {
        200..=299 => None,
        401 | 403 => Some(PortError::Reconnect(said)),
        404 | 410 => Some(PortError::Gone),
        408 | 425 | 429 | 500..=599 => {
            Some(PortError::TryLater { not_before: retry_after(headers, now), detail: said })
        }
        400..=499 => Some(PortError::Refused(said)),
        _ => Some(PortError::Broken(said)),
    }
}

/// The provider's wish for the next attempt (RFC 9110 section 10.2.3: seconds or an HTTP date).
pub fn retry_after(headers: &HeaderMap, now: UtcMillis) -> Option<UtcMillis> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wished = match text.parse::<i64>() {
        Ok(seconds) => now.plus_ms(seconds.checked_mul(1000)?),
        Err(_) => UtcMillis::from(jiff::fmt::rfc2822::parse(text).ok()?.timestamp()),
    };
    Some(wished.clamp(now, now.plus_ms(RETRY_AFTER_MS_MAX)))
}

fn trouble(error: &reqwest::Error) -> PortError {
    if error.is_builder() {
        return PortError::Broken(class(error).into());
    }
    PortError::TryLater { not_before: None, detail: class(error).into() }
}

/// The kind of failure without address or content, which may be secret or personal.
fn class(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        return "time-out";
    }
    if error.is_connect() {
        return "cannot connect";
    }
    if error.is_builder() {
        return "request cannot be built";
    }
    if error.is_body() || error.is_decode() {
        return "answer broke off";
    }
    "connection lost"
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UtcMillis = UtcMillis(784_111_777_000); // 1994-11-06T08:49:37Z, as in RFC 9110

    fn headers(retry: &str) -> HeaderMap {
        HeaderMap::from_iter([(RETRY_AFTER, retry.parse().unwrap())])
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_and_never_in_the_past() {
        let read = |text: &str| retry_after(&headers(text), NOW);
        assert_eq!(read("120"), Some(NOW.plus_ms(120_000)));
        assert_eq!(read("Sun, 06 Nov 1994 08:50:37 GMT"), Some(NOW.plus_ms(60_000)));
        assert_eq!(read("Sun, 06 Nov 1994 08:00:00 GMT"), Some(NOW));
        assert_eq!(read("99999999"), Some(NOW.plus_ms(RETRY_AFTER_MS_MAX)));
        assert_eq!(read("soon"), None);
        assert_eq!(retry_after(&HeaderMap::new(), NOW), None);
    }

    #[test]
    fn every_status_becomes_one_of_the_five_answers() {
        let read = |status: u16| failure(StatusCode::from_u16(status).unwrap(), &headers("1"), NOW);
        assert_eq!(read(204), None);
        assert!(matches!(read(302), Some(PortError::Broken(_))));
        assert!(matches!(read(401), Some(PortError::Reconnect(_))));
        assert_eq!(read(410), Some(PortError::Gone));
        assert!(matches!(read(422), Some(PortError::Refused(_))));
        for status in [408, 429, 500, 503] {
            let wish = Some(NOW.plus_ms(1000));
            let Some(PortError::TryLater { not_before, .. }) = read(status) else {
                panic!("{status}")
            };
            assert_eq!(not_before, wish);
        }
    }
}
