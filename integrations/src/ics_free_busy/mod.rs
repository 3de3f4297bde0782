//! Busy times from iCalendar: an address made from a template a person, or a folder of files (for
//! air-gapped sites and tests). VFREEBUSY and VEVENT are read by `muster_domain::ics`, whose limits
//! hold; titles, places and guests are never looked at and never leave this module.

mod config;

pub use config::{FreeBusyConfig, Source};

use crate::http::Http;
use async_trait::async_trait;
use config::placed;
use muster_domain::ics::busy_times;
use muster_domain::time::{UtcMillis, zone};
use muster_ports::{BusyAnswer, BusyQuestion, FreeBusy, PortError, PortResult};
use reqwest::header::{ACCEPT, AUTHORIZATION};
use secrecy::ExposeSecret;
use std::path::Path;
use std::time::Duration;

/// As configuration writes it.
pub const NAME: &str = "ics-free-busy";

/// Calendars read beside each other: polite to one server, and a batch ends in time.
const BESIDE: usize = 8;
/// One calendar. A server that needs longer is asked again by the next reading.
const ONE_TIMEOUT: Duration = Duration::from_secs(6);
/// A whole batch; below half a work lease.
const BATCH_TIMEOUT: Duration = Duration::from_secs(13);

/// The provider.
pub struct IcsFreeBusy {
    config: FreeBusyConfig,
    http: Http,
}

impl IcsFreeBusy {
    /// A provider that has not asked yet. `config` must be valid.
    pub fn new(config: FreeBusyConfig, http: Http) -> IcsFreeBusy {
        IcsFreeBusy { config, http }
    }

    async fn one(
        &self,
        who: &BusyQuestion,
        from: UtcMillis,
        to: UtcMillis,
    ) -> PortResult<BusyAnswer> {
        let bytes = match self.config.source() {
            Source::Url(template) => self.fetch(&template, &who.address).await?,
            Source::Folder(folder) => read_file(&folder, &who.address).await?,
        };
        let text = String::from_utf8(bytes)
            .map_err(|_| PortError::Broken("the calendar is not UTF-8 text".into()))?;
        let owner = zone(&who.zone).unwrap_or(jiff::tz::TimeZone::UTC);
        // Reading is bounded, but may take a while: other people's answers must not wait for it.
        let reading =
            tokio::task::spawn_blocking(move || busy_times(&text, &owner, from, to)).await;
        let reading =
            reading.map_err(|_| PortError::Broken("reading the calendar failed".into()))?;
        // The sentence names lines, never content.
        let reading = reading.map_err(|fault| PortError::Broken(sentence(&fault)))?;
        Ok(BusyAnswer { busy: reading.busy, not_understood: reading.not_understood })
    }

    async fn fetch(&self, template: &str, address: &str) -> PortResult<Vec<u8>> {
        let url = placed(template, address)
            .ok_or_else(|| PortError::Broken("the address makes no URL".into()))?;
        let mut request =
            self.http.request(reqwest::Method::GET, url).header(ACCEPT, "text/calendar");
        if let Some(authorization) = &self.config.authorization {
            request = request.header(AUTHORIZATION, authorization.expose_secret());
        }
        let request = request.build().map_err(|_| PortError::Broken("cannot be called".into()))?;
        Ok(self.http.fetch(request).await?.body)
    }
}

/// A fault may quote what stands in a line, and a line may hold a title: only its kind is kept.
fn sentence(fault: &muster_domain::ics::IcsFault) -> String {
    use muster_domain::ics::IcsFault;
    match fault {
        IcsFault::Line { line, .. } => format!("the calendar cannot be read at line {line}"),
        other => other.to_string(),
    }
}

async fn read_file(folder: &Path, address: &str) -> PortResult<Vec<u8>> {
    let address = address.to_lowercase();
    let is_name = !address.starts_with('.') && !address.contains(['/', '\\', '\0']);
    if !is_name {
        return Err(PortError::Gone);
    }
    let path = folder.join(format!("{address}.ics"));
    let size = tokio::fs::metadata(&path).await.map(|meta| meta.len());
    if size.is_ok_and(|size| size > crate::http::BODY_BYTES_MAX as u64) {
        return Err(PortError::Broken("the file is too long".into()));
    }
    match tokio::fs::read(&path).await {
        Ok(bytes) => Ok(bytes),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(PortError::Gone),
        Err(error) => {
            Err(PortError::TryLater { not_before: None, detail: error.kind().to_string() })
        }
    }
}

#[async_trait]
impl FreeBusy for IcsFreeBusy {
    async fn busy(
        &self,
        who: &[BusyQuestion],
        from: UtcMillis,
        to: UtcMillis,
    ) -> Vec<PortResult<BusyAnswer>> {
        let late = || Err(PortError::TryLater { not_before: None, detail: "time-out".into() });
        let until = tokio::time::Instant::now() + BATCH_TIMEOUT;
        let mut answers = Vec::with_capacity(who.len());
        for few in who.chunks(BESIDE) {
            let limit = until.min(tokio::time::Instant::now() + ONE_TIMEOUT);
            let asked =
                few.iter().map(|one| tokio::time::timeout_at(limit, self.one(one, from, to)));
            let few = futures_util::future::join_all(asked).await;
            answers.extend(few.into_iter().map(|answer| answer.unwrap_or_else(|_| late())));
        }
        answers
    }
}
