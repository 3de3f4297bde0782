//! drand's chain quicknet, through the relays the operator names. One round is one request;
//! whatever a relay answers is checked against the chain's public key before anybody believes it,
//! so a relay can be down or lie, and cannot choose.

mod wire;

use crate::fault::{Fault, Faults};
use crate::http::Http;
use async_trait::async_trait;
use muster_domain::draw::beacon::QUICKNET_CHAIN;
use muster_domain::draw::{BeaconKind, BeaconRound};
use muster_ports::{BeaconPort, PortError, PortResult};
use reqwest::Method;
use serde::Deserialize;
use std::time::Duration;
use url::Url;

/// As configuration writes it.
pub const NAME: &str = "drand";
/// One relay may take so long; all of them together stay under half a work lease.
const RELAY_TIMEOUT: Duration = Duration::from_secs(4);
/// Relays that are asked one after another.
const RELAYS_MAX: usize = 3;

/// Which beacon is mixed into the draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// None: every day is a single lock.
    #[default]
    None,
    Drand,
    Test,
}

/// The section `beacon`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BeaconConfig {
    pub kind: Kind,
    /// Relays of drand, asked in this order. Nothing is fetched from anywhere else.
    pub urls: Vec<Url>,
    /// Whether the test beacon, which protects nothing, is meant.
    pub test_is_meant: bool,
}

impl BeaconConfig {
    /// Every fault, by dotted key below `section`.
    pub fn validate(&self, section: &str) -> Vec<Fault> {
        let mut faults = Faults::of(section);
        let count = self.urls.len();
        match self.kind {
            Kind::Drand => {
                let are_web = self
                    .urls
                    .iter()
                    .all(|u| matches!(u.scheme(), "http" | "https") && u.has_host());
                let accepted = "one to three http or https addresses of drand relays, such as \
                                https://drand.acme.example";
                faults.expect((1..=RELAYS_MAX).contains(&count) && are_web, "urls", accepted);
            }
            Kind::None | Kind::Test => {
                faults.expect(count == 0, "urls", "nothing, unless beacon.kind is \"drand\"");
            }
        }
        let accepted = "true where the test beacon, which protects nothing, is meant";
        faults.expect(self.kind != Kind::Test || self.test_is_meant, "test_is_meant", accepted);
        faults.found()
    }
}

/// The drand provider.
pub struct Drand {
    relays: Vec<Url>,
    http: Http,
}

impl Drand {
    /// A provider that has asked nobody yet.
    pub fn new(relays: Vec<Url>, http: Http) -> Drand {
        Drand { relays, http }
    }

    async fn ask(&self, relay: &Url, round: u64) -> PortResult<BeaconRound> {
        let mut url = relay.clone();
        let round_text = round.to_string();
        url.path_segments_mut()
            .map_err(|()| PortError::Broken("a relay's address takes no path".into()))?
            .pop_if_empty()
            .extend([QUICKNET_CHAIN, "public", &round_text]);
        let request = self.http.request(Method::GET, url).timeout(RELAY_TIMEOUT).build();
        let request = request.map_err(|_| PortError::Broken("cannot be asked".into()))?;
        let answer = match self.http.fetch(request).await {
            // Relays say so of a round that is still to come.
            Err(PortError::Gone) => Err(PortError::TryLater {
                not_before: None,
                detail: "the relay does not have the round yet".into(),
            }),
            other => other,
        }?;
        let answer = wire::read(&answer.body)?;
        let checked = BeaconKind::DrandQuicknet.verify(round, &answer);
        checked.map_err(|fault| PortError::Broken(fault.to_string()))?;
        Ok(answer)
    }
}

#[async_trait]
impl BeaconPort for Drand {
    fn kind(&self) -> BeaconKind {
        BeaconKind::DrandQuicknet
    }

    /// Asks relay after relay until one has the round.
    async fn round(&self, round: u64) -> PortResult<BeaconRound> {
        let mut last = PortError::Broken("no relay is configured".into());
        for relay in &self.relays {
            match self.ask(relay, round).await {
                Ok(answer) => return Ok(answer),
                Err(error) => last = error,
            }
        }
        Err(last)
    }
}
