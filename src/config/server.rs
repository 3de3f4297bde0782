//! `[server]`, `[database]`, `[log]`.

use super::Fault;
use muster_domain::judging::evidence::Point;
use serde::Deserialize;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

/// `[server]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// Where to listen. TLS is left to a reverse proxy.
    pub listen: SocketAddr,
    /// What people type: `https://...`, or `http://` on loopback.
    pub public_url: String,
    /// Addresses of reverse proxies whose `X-Forwarded-For` is believed, rightmost first.
    pub trusted_proxies: Vec<IpAddr>,
    /// Database (where it is SQLite), keys and lock file.
    pub data_dir: PathBuf,
    /// Where this server stands, in degrees: both or none. Without it round trips say nothing about
    /// distances.
    pub latitude: Option<f64>,
    pub longitude: Option<f64>,
}

impl Default for Server {
    fn default() -> Server {
        Server {
            listen: ([127, 0, 0, 1], 8080).into(),
            public_url: "http://localhost:8080".to_owned(),
            trusted_proxies: Vec::new(),
            data_dir: PathBuf::from("data"),
            latitude: None,
            longitude: None,
        }
    }
}

impl Server {
    /// The host people type, without port.
    pub fn public_host(&self) -> String {
        let url = url::Url::parse(&self.public_url).ok();
        url.and_then(|u| u.host_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Whether cookies must be `Secure`.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// Where it stands, if that is known.
    pub fn place(&self) -> Option<Point> {
        let (latitude, longitude) = self.latitude.zip(self.longitude)?;
        Point::from_degrees(latitude, longitude)
    }

    pub(super) fn check(&self, faults: &mut Vec<Fault>) {
        let is_some = self.latitude.is_some() || self.longitude.is_some();
        if is_some && self.place().is_none() {
            let accepted =
                "both server.latitude (-90 to 90) and server.longitude (-180 to 180), or none";
            faults.push(Fault::new("server.latitude", "is no place", accepted));
        }
        let accepted = "https://host, or http://localhost for a trial: browsers give camera and place to secure pages only";
        let Ok(url) = url::Url::parse(&self.public_url) else {
            faults.push(Fault::new("server.public_url", "is not a URL", accepted));
            return;
        };
        let host = url.host_str().unwrap_or_default();
        let is_loopback = host == "localhost"
            || host.ends_with(".localhost")
            || host == "127.0.0.1"
            || host == "[::1]";
        if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback) {
            faults.push(Fault::new("server.public_url", "is not a secure address", accepted));
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            faults.push(Fault::new(
                "server.public_url",
                "has a path",
                "scheme, host and port only",
            ));
        }
    }
}

/// `[database]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// `sqlite://FILE` or `postgres://...`; absent: SQLite in the data folder.
    pub url: Option<String>,
}

impl Database {
    pub(super) fn check(&self, faults: &mut Vec<Fault>) {
        let Some(url) = &self.url else { return };
        let known = ["sqlite://", "postgres://", "postgresql://"];
        if !known.iter().any(|scheme| url.starts_with(scheme)) {
            let accepted = "sqlite://FILE or postgres://user@host/database";
            faults.push(Fault::new("database.url", "is of an unknown kind", accepted));
        }
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Json,
    Text,
}

/// `[log]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    pub format: LogFormat,
    /// A filter as in `info,muster=debug`.
    pub filter: String,
}

impl Default for Log {
    fn default() -> Log {
        Log { format: LogFormat::Json, filter: "info".to_owned() }
    }
}
