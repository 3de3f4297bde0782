//! What every handler has at hand, and what the demo may add.

use super::previews::Previews;
use super::room::{Hub, IceSettings};
use super::router::Route;
use super::session::Visitor;
use super::stun::Stun;
use crate::acts::Context;
use async_trait::async_trait;
use muster_domain::id::PersonId;
use muster_domain::passkey::RelyingParty;
use muster_messages::Renderer;
use muster_messages::pages::DemoBar;
use std::net::IpAddr;
use std::sync::Arc;

/// Settings of the HTTP side.
#[derive(Debug, Clone)]
pub struct WebSettings {
    /// What people type, e.g. `https://muster.acme.example`; scheme, host and port only.
    pub public_url: String,
    /// Addresses of reverse proxies whose `X-Forwarded-For` is believed, rightmost first.
    pub trusted_proxies: Vec<IpAddr>,
    /// STUN and TURN for the built-in room.
    pub ice: IceSettings,
}

impl WebSettings {
    /// Whether cookies carry `Secure` and the `__Host-` prefix.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// Host and, where it is not the scheme's own, port: what `Host` must say.
    pub fn authority(&self) -> &str {
        self.public_url.split_once("://").map_or("", |(_, rest)| rest.trim_end_matches('/'))
    }
}

/// What the demo adds. In `serve` there is none.
#[async_trait]
pub trait DemoHooks: Send + Sync + 'static {
    /// Whether this `Host` (with port) is one of the demo's.
    fn knows_host(&self, host: &str) -> bool;

    /// Who is signed in on this host without a code. `None`: a host nobody is signed in on.
    async fn persona(&self, host: &str) -> Option<PersonId>;

    /// Zone of the pages of a visitor who is nobody yet.
    fn home_zone(&self) -> &'static str {
        "UTC"
    }
    /// The bar above every page of this host, its clock in the reader's zone.
    async fn bar(&self, host: &str, zone: &str) -> DemoBar;

    /// The demo's own pages.
    fn routes(&self) -> Vec<Route>;
}

/// See the module.
#[derive(Clone)]
pub struct Web {
    pub context: Context,
    pub renderer: Arc<Renderer>,
    pub hub: Arc<Hub>,
    pub settings: Arc<WebSettings>,
    /// Previews of draft policies under way.
    pub previews: Previews,
    /// Our own STUN responder, where one is configured.
    pub stun: Option<Arc<Stun>>,
    pub demo: Option<Arc<dyn DemoHooks>>,
    /// The text `/metrics` answers with, where metrics are kept.
    pub metrics: Option<Arc<dyn Fn() -> String + Send + Sync>>,
}

impl Web {
    /// Whom a passkey on this page is bound to: our scheme, and the host that was asked and accepted.
    pub(super) fn relying_party(&self, visitor: &Visitor) -> RelyingParty {
        RelyingParty::new(self.settings.is_https(), visitor.host())
    }

    /// A key of our own for one purpose, from the installation's signing seed.
    pub(super) fn key(&self, purpose: &str) -> [u8; 32] {
        use sha2::{Digest, Sha256};
        Sha256::new()
            .chain_update("muster/web/v1/")
            .chain_update(purpose)
            .chain_update(self.context.store.keys().signing_seed())
            .finalize()
            .into()
    }

    /// Whether requests for this `Host` are ours.
    pub(super) fn serves_host(&self, host: &str) -> bool {
        host.eq_ignore_ascii_case(self.settings.authority())
            || self.demo.as_ref().is_some_and(|demo| demo.knows_host(host))
    }
}
