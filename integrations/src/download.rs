//! Large files over the one HTTP client: read piece by piece, up to a size, and given up when
//! nothing comes any more. Everything else of `http` holds here too: no redirects, no proxy.

use crate::fault::is_private_transport;
use crate::http::{Http, failure};
use jiff::civil::Date;
use muster_ports::{PortError, PortResult};
use reqwest::{Method, Response};
use std::time::Duration;
use url::Url;

/// Nothing for so long is the end of a download.
pub const SILENCE_MAX: Duration = Duration::from_secs(60);
/// The longest download: 64 MB over a line of 300 kbit/s takes half an hour.
const DOWNLOAD_TIMEOUT: Duration = Duration::from_secs(6 * 60 * 60);

/// A download under way.
#[derive(Debug)]
pub struct Download {
    response: Response,
    length: Option<u64>,
    bytes_max: u64,
    bytes: u64,
}

impl Download {
    /// Asks for the file at an https address (http on loopback only).
    ///
    /// # Errors
    /// `Refused` for another scheme; else as [`Http::fetch`].
    pub async fn begin(http: &Http, url: Url, bytes_max: u64) -> PortResult<Download> {
        if !is_private_transport(&url) {
            return Err(PortError::Refused("only https addresses are asked".to_owned()));
        }
        let request = http.request(Method::GET, url).timeout(DOWNLOAD_TIMEOUT).build();
        let request = request.map_err(|_| PortError::Broken("request cannot be built".into()))?;
        let answer = tokio::time::timeout(SILENCE_MAX, http.begin(request)).await;
        let response = answer.map_err(|_| silence())??;
        if let Some(error) = failure(response.status(), response.headers(), http.clock().now()) {
            return Err(error);
        }
        // Asked later, the response tells what is left of it.
        let length = response.content_length();
        let download = Download { response, length, bytes_max, bytes: 0 };
        match length {
            Some(length) if length > bytes_max => Err(too_long(bytes_max)),
            _ => Ok(download),
        }
    }

    /// Bytes to come, where the server says so.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// The day the file is of, where the server says so (RFC 9110 section 8.8.2).
    pub fn last_modified(&self) -> Option<Date> {
        let header = self.response.headers().get(reqwest::header::LAST_MODIFIED)?;
        let moment = jiff::fmt::rfc2822::parse(header.to_str().ok()?).ok()?;
        Some(moment.timestamp().to_zoned(jiff::tz::TimeZone::UTC).date())
    }

    /// The next piece; `None` after the last.
    ///
    /// # Errors
    /// `TryLater` when it broke off or went silent, `Broken` when it is longer than allowed.
    pub async fn piece(&mut self) -> PortResult<Option<Vec<u8>>> {
        let piece = tokio::time::timeout(SILENCE_MAX, self.response.chunk()).await;
        let broke_off = |_| PortError::TryLater { not_before: None, detail: "it broke off".into() };
        let Some(piece) = piece.map_err(|_| silence())?.map_err(broke_off)? else {
            return Ok(None);
        };
        self.bytes += piece.len() as u64;
        match self.bytes > self.bytes_max {
            true => Err(too_long(self.bytes_max)),
            false => Ok(Some(piece.to_vec())),
        }
    }

    /// The whole of a small file.
    ///
    /// # Errors
    /// As [`Download::piece`].
    pub async fn whole(mut self) -> PortResult<Vec<u8>> {
        let mut all = Vec::new();
        while let Some(piece) = self.piece().await? {
            all.extend_from_slice(&piece);
        }
        Ok(all)
    }
}

fn silence() -> PortError {
    let detail = format!("nothing came for {} s", SILENCE_MAX.as_secs());
    PortError::TryLater { not_before: None, detail }
}

fn too_long(bytes_max: u64) -> PortError {
    PortError::Broken(format!("it is longer than {bytes_max} bytes"))
}
