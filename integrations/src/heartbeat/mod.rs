//! An address outside that is called while all is well; a watcher there raises the alarm when the
//! calls stop. Nothing about us or anybody is sent.

use crate::fault::{Fault, Faults};
use crate::http::Http;
use async_trait::async_trait;
use muster_ports::{Heartbeat, PortError, PortResult};
use serde::Deserialize;
use url::Url;

/// As configuration writes it.
pub const NAME: &str = "heartbeat";

/// How the address wants to be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    #[default]
    Get,
    /// With an empty body.
    Post,
}

/// The section `heartbeat`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeartbeatConfig {
    /// http or https. It usually holds a token, so it is treated as a secret and never logged.
    pub url: Url,
    #[serde(default)]
    pub method: Method,
}

impl HeartbeatConfig {
    /// Every fault, by dotted key below `section`.
    pub fn validate(&self, section: &str) -> Vec<Fault> {
        let mut faults = Faults::of(section);
        let web = matches!(self.url.scheme(), "http" | "https") && self.url.has_host();
        faults.expect(web, "url", "an http or https address");
        faults.found()
    }
}

/// The heartbeat provider.
pub struct HttpHeartbeat {
    config: HeartbeatConfig,
    http: Http,
}

impl HttpHeartbeat {
    /// A provider that has not called yet. `config` must be valid.
    pub fn new(config: HeartbeatConfig, http: Http) -> HttpHeartbeat {
        HttpHeartbeat { config, http }
    }
}

#[async_trait]
impl Heartbeat for HttpHeartbeat {
    async fn beat(&self) -> PortResult<()> {
        let method = match self.config.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
        };
        let request = self.http.request(method, self.config.url.clone()).build();
        let request = request.map_err(|_| PortError::Broken("cannot be called".into()))?;
        self.http.fetch(request).await.map(|_| ())
    }
}
