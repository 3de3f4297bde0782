//! `[organisation]`: who speaks in pages and mails, and whom people can ask.

use super::Fault;
use muster_messages::language::Language;
use serde::Deserialize;

/// `[organisation]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// As people know it, e.g. `Acme Instruments`.
    pub name: String,
    /// Sender and organizer of everything: an address that can receive replies.
    pub mail_from: String,
    /// Whom to ask, as shown at the end of every mail: a name, a phone number, an address.
    pub contact: String,
    /// The language of pages and mails where a person has chosen none: `en` or `de`.
    #[serde(default)]
    pub language: Option<String>,
}

impl Organisation {
    /// The domain of Message-IDs and calendar ids.
    pub fn mail_domain(&self) -> &str {
        self.mail_from.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// See [`Organisation::language`]; English if the key is missing.
    pub fn language(&self) -> Language {
        self.language.as_deref().and_then(Language::from_code).unwrap_or_default()
    }

    pub(super) fn check(&self, faults: &mut Vec<Fault>) {
        for (key, value) in [("name", &self.name), ("contact", &self.contact)] {
            if value.trim().is_empty() {
                faults.push(Fault::new(&format!("organisation.{key}"), "is empty", "a short text"));
            }
        }
        let is_ours = |code: &String| Language::from_code(code).is_some();
        if !self.language.as_ref().is_none_or(is_ours) {
            let accepted = Language::ALL.map(Language::code).join(" or ");
            faults.push(Fault::new("organisation.language", "is no language of ours", &accepted));
        }
        let is_address = self.mail_from.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && muster_messages::mail::MailDomain::parse(domain).is_ok()
        });
        if !is_address {
            let accepted = "an e-mail address such as check-ins@acme.example";
            faults.push(Fault::new("organisation.mail_from", "is not an e-mail address", accepted));
        }
    }
}
