//! What an administrator writes about the mail server.

use super::BounceAddress;
use crate::fault::{Fault, Faults, is_loopback};
use crate::oauth::OAuthConfig;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::path::PathBuf;

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Security {
    /// TLS after STARTTLS; a server that does not offer it gets no mail. Port 587.
    #[default]
    Starttls,
    /// TLS from the first byte. Port 465.
    Tls,
    /// None. Port 25; with a sign-in only on this machine.
    None,
}

/// How we sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignIn {
    /// Not at all: a relay that knows us by address.
    #[default]
    None,
    /// User and password (PLAIN, or LOGIN where the server wants that).
    Password,
    /// User and an access token (XOAUTH2).
    Oauth,
}

/// The section `smtp`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpConfig {
    pub host: String,
    /// Left out: 587, 465 or 25, by `security`.
    pub port: Option<u16>,
    #[serde(default)]
    pub security: Security,
    #[serde(default)]
    pub sign_in: SignIn,
    pub user: Option<String>,
    pub password: Option<SecretString>,
    pub oauth: Option<OAuthConfig>,
    /// Certificates (PEM) trusted besides the system's, for a server with a private authority.
    pub ca_file: Option<PathBuf>,
    /// What we call ourselves in EHLO. Left out: this machine's name.
    pub hello_name: Option<String>,
    /// Where mail that could not be delivered comes back to, read by `muster mail bounced`. Left out: to the sender,
    /// and nobody here learns of it.
    pub bounces: Option<String>,
    /// From connecting to the last answer; 1 to 60, as the work lease is longer than that.
    #[serde(default = "timeout_seconds")]
    pub timeout_seconds: u64,
}

fn timeout_seconds() -> u64 {
    20
}

impl SmtpConfig {
    /// Where mail that could not be delivered comes back to.
    pub fn bounce_address(&self) -> Option<BounceAddress> {
        self.bounces.as_deref()?.parse().ok()
    }

    /// The port that is meant.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.security {
            Security::Starttls => 587,
            Security::Tls => 465,
            Security::None => 25,
        })
    }

    /// Every fault, by dotted key below `section`.
    pub fn validate(&self, section: &str) -> Vec<Fault> {
        let mut faults = Faults::of(section);
        let host = !self.host.is_empty()
            && self.host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b));
        faults.expect(host, "host", "a host name or address, without scheme and port");
        faults.expect(self.port != Some(0), "port", "a port from 1 to 65535");
        let timeout = (1..=60).contains(&self.timeout_seconds);
        faults.expect(timeout, "timeout_seconds", "1 to 60 seconds");
        let readable = self.ca_file.as_ref().is_none_or(|file| file.is_file());
        faults.expect(readable, "ca_file", "a readable file of PEM certificates");
        if let Some(Err(accepted)) = self.bounces.as_deref().map(str::parse::<BounceAddress>) {
            faults.expect(false, "bounces", accepted);
        }
        self.validate_sign_in(&mut faults);
        if let Some(oauth) = &self.oauth {
            faults.extend(oauth.validate(&format!("{section}.oauth")));
        }
        faults.found()
    }

    fn validate_sign_in(&self, faults: &mut Faults<'_>) {
        let user = self.user.as_ref().is_some_and(|user| !user.is_empty());
        let password = self.password.as_ref().is_some_and(|p| !p.expose_secret().is_empty());
        if self.sign_in == SignIn::None {
            let nothing = self.user.is_none() && self.password.is_none() && self.oauth.is_none();
            let accepted = "`password` or `oauth`, as a user, password or oauth section is given";
            faults.expect(nothing, "sign_in", accepted);
            return;
        }
        let private = self.security != Security::None || is_loopback(&self.host);
        let accepted = "`starttls` or `tls`: a sign-in is not sent in the clear over a network";
        faults.expect(private, "security", accepted);
        faults.expect(user, "user", "the user to sign in as");
        if self.sign_in == SignIn::Password {
            faults.expect(password, "password", "the password of that user");
            let accepted = "left out: `sign_in = \"password\"` takes no token";
            faults.expect(self.oauth.is_none(), "oauth", accepted);
        } else {
            faults.expect(self.oauth.is_some(), "oauth", "a section that says where tokens are");
            let accepted = "left out: `sign_in = \"oauth\"` takes no password";
            faults.expect(self.password.is_none(), "password", accepted);
        }
    }
}
