//! The ICE servers a page is given, made from the configuration. TURN credentials are short-lived
//! and computed (coturn's REST convention), so that the shared secret never reaches a browser.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use muster_domain::time::UtcMillis;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// Section `[room.ice]` of the configuration.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IceSettings {
    /// `stun:` or `stuns:` addresses. None are needed where both ends share a network.
    pub stun: Vec<String>,
    pub turn: Option<TurnSettings>,
    /// Only relayed paths, so that neither end learns the other's address. Needs `turn`.
    pub relay_only: bool,
}

/// A TURN server that shares a secret with us (`use-auth-secret` in coturn).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TurnSettings {
    /// `turn:` or `turns:` addresses.
    pub urls: Vec<String>,
    /// coturn's `static-auth-secret`.
    pub secret: SecretString,
    /// How long a credential lasts; it must outlive the page it is given to.
    #[serde(default = "credential_minutes")]
    pub credential_minutes: u32,
}

const fn credential_minutes() -> u32 {
    120
}

/// One server in the shape `RTCPeerConnection` takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IceServer {
    pub urls: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
}

impl IceSettings {
    /// Every fault at once: the key below this section and what would be accepted.
    pub fn faults(&self) -> Vec<(String, String)> {
        let mut faults = Vec::new();
        check_urls(&mut faults, "stun", &self.stun, &["stun:", "stuns:"]);
        if let Some(turn) = &self.turn {
            check_urls(&mut faults, "turn.urls", &turn.urls, &["turn:", "turns:"]);
            if turn.urls.is_empty() {
                faults.push(("turn.urls".into(), "give at least one turn: address".into()));
            }
            if turn.secret.expose_secret().is_empty() {
                faults.push(("turn.secret".into(), "give coturn's static-auth-secret".into()));
            }
            if !(10..=1440).contains(&turn.credential_minutes) {
                faults.push(("turn.credential_minutes".into(), "accepted: 10 to 1440".into()));
            }
        }
        if self.relay_only && self.turn.is_none() {
            faults.push(("relay_only".into(), "relay only needs the section turn".into()));
        }
        faults
    }

    /// The servers for one page. `now` is real time even in the demo, because the TURN server
    /// compares it with its own clock; `holder` is a random id (TURN servers log it), never a
    /// name.
    pub fn servers(&self, now: UtcMillis, holder: &str) -> Vec<IceServer> {
        let mut servers = Vec::new();
        if !self.stun.is_empty() {
            servers.push(IceServer { urls: self.stun.clone(), username: None, credential: None });
        }
        if let Some(turn) = &self.turn {
            let expires_at_s = now.0.div_euclid(1000) + i64::from(turn.credential_minutes) * 60;
            let username = format!("{expires_at_s}:{holder}");
            let credential = credential(turn.secret.expose_secret(), &username);
            servers.push(IceServer {
                urls: turn.urls.clone(),
                username: Some(username),
                credential: Some(credential),
            });
        }
        servers
    }
}

fn check_urls(faults: &mut Vec<(String, String)>, key: &str, urls: &[String], schemes: &[&str]) {
    for (index, url) in urls.iter().enumerate() {
        let host = schemes.iter().find_map(|scheme| url.strip_prefix(scheme));
        if host.is_none_or(|h| h.is_empty() || h.contains(char::is_whitespace)) {
            let accepted = schemes.join(" or ");
            faults.push((format!("{key}[{index}]"), format!("accepted: {accepted} and a host")));
        }
    }
}

/// base64(HMAC-SHA1(secret, username)), as coturn's `use-auth-secret` expects
/// (draft-uberti-behave-turn-rest-00). SHA-1 is that convention's choice, and HMAC-SHA1 is sound.
fn credential(secret: &str, username: &str) -> String {
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(secret.as_bytes())
        .expect("HMAC takes a key of any length");
    mac.update(username.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(url: &str) -> TurnSettings {
        TurnSettings {
            urls: vec![url.to_owned()],
            secret: "north".to_owned().into(),
            credential_minutes: 60,
        }
    }

    #[test]
    fn the_credential_is_the_one_of_rfc_2202() {
        // Test case 2: the digest effcdf6ae5eb2fa2d27416d5f184df9c259a7c79 in base64.
        assert_eq!(
            credential("Jefe", "what do ya want for nothing?"),
            "7/zfauXrL6LSdBbV8YTfnCWafHk="
        );
    }

    #[test]
    fn a_turn_user_name_is_its_expiry_and_the_holder() {
        let settings = IceSettings { turn: Some(turn("turn:turn.example")), ..Default::default() };
        let servers = settings.servers(UtcMillis(1_700_000_000_999), "a1");
        assert_eq!(servers[0].username.as_deref(), Some("1700003600:a1"));
        assert_eq!(
            servers[0].credential.as_deref(),
            Some(credential("north", "1700003600:a1").as_str())
        );
    }

    #[test]
    fn without_configuration_there_is_no_server() {
        let settings = IceSettings::default();
        assert!(settings.faults().is_empty());
        assert!(settings.servers(UtcMillis(0), "a1").is_empty());
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let settings = IceSettings {
            stun: vec!["turn:x".into(), "stun:".into(), "stun:ok.example:3478".into()],
            turn: Some(TurnSettings {
                urls: vec!["https://x".into()],
                secret: String::new().into(),
                credential_minutes: 1,
            }),
            relay_only: true,
        };
        let keys: Vec<String> = settings.faults().into_iter().map(|(key, _)| key).collect();
        assert_eq!(
            keys,
            ["stun[0]", "stun[1]", "turn.urls[0]", "turn.secret", "turn.credential_minutes"]
        );
        let alone = IceSettings { relay_only: true, ..Default::default() };
        assert_eq!(alone.faults()[0].0, "relay_only");
    }

    #[test]
    fn the_page_gets_the_browsers_own_shape() {
        let settings = IceSettings { stun: vec!["stun:s.example".into()], ..Default::default() };
        let json = serde_json::to_string(&settings.servers(UtcMillis(0), "a1")).unwrap();
        assert_eq!(json, r#"[{"urls":["stun:s.example"]}]"#);
    }
}
