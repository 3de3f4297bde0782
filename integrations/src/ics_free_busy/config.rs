//! The section `calendar.free_busy`: where one person's busy times are, and how we sign in there.

use crate::fault::{Fault, Faults, is_private_transport};
use secrecy::SecretString;
use serde::Deserialize;
use std::path::PathBuf;
use url::Url;

/// The section `calendar.free_busy`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FreeBusyConfig {
    /// An address with `{email}`, or with `{local}` and `{domain}`, of one person's calendar.
    pub url: Option<String>,
    /// A folder with a file `ADDRESS.ics` a person, in small letters; instead of `url`.
    pub folder: Option<PathBuf>,
    /// The header `Authorization` as the server wants it, e.g. `Bearer ...` or `Basic ...`.
    pub authorization: Option<SecretString>,
    /// Hours after which a reading that could not be renewed is used no longer.
    #[serde(default = "max_age_hours")]
    pub max_age_hours: u16,
}

const fn max_age_hours() -> u16 {
    36
}

/// Where calendars are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    Url(String),
    Folder(PathBuf),
}

impl FreeBusyConfig {
    /// Every fault, by dotted key below `section`.
    pub fn validate(&self, section: &str) -> Vec<Fault> {
        let mut faults = Faults::of(section);
        faults.expect(
            self.url.is_some() != self.folder.is_some(),
            "url",
            "exactly one of url and folder",
        );
        if let Some(template) = &self.url {
            let has_place = template.contains("{email}") || template.contains("{local}");
            faults.expect(has_place, "url", "an address with {email}, or {local} and {domain}");
            let url = placed(template, "name@example.org");
            // Where a whole company's calendars travel in the open, anybody on the way reads them.
            faults.expect(
                url.as_ref().is_some_and(is_private_transport),
                "url",
                "https://..., or http:// on this machine",
            );
            let host_is_fixed = url.as_ref().and_then(Url::host_str)
                == placed(template, "other@another.example").as_ref().and_then(Url::host_str);
            faults.expect(host_is_fixed, "url", "a host that is the same for everybody");
        }
        let is_in_range = (1..=24 * 14).contains(&self.max_age_hours);
        faults.expect(is_in_range, "max_age_hours", "hours from 1 to 336");
        faults.found()
    }

    /// Where calendars are. The configuration must be valid.
    pub fn source(&self) -> Source {
        match (&self.url, &self.folder) {
            (Some(url), _) => Source::Url(url.clone()),
            (None, folder) => Source::Folder(folder.clone().unwrap_or_default()),
        }
    }
}

/// The template with one person's address in it, each part percent-encoded.
pub(super) fn placed(template: &str, address: &str) -> Option<Url> {
    let (local, domain) = address.rsplit_once('@')?;
    let filled = template
        .replace("{email}", &encoded(address))
        .replace("{local}", &encoded(local))
        .replace("{domain}", &encoded(domain));
    Url::parse(&filled).ok()
}

/// Everything but unreserved characters and `@` (RFC 3986 section 3.3) as `%XX`, so that no address
/// adds a path, a query or a host of its own.
fn encoded(text: &str) -> String {
    let is_plain =
        |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~' | b'@');
    let dots_only = text.bytes().all(|b| b == b'.');
    text.bytes()
        .map(|b| match is_plain(b) && !dots_only {
            true => char::from(b).to_string(),
            false => format!("%{b:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> FreeBusyConfig {
        toml::from_str(text).unwrap()
    }

    fn faults(text: &str) -> Vec<String> {
        let faults = config(text).validate("calendar.free_busy");
        faults.into_iter().map(|(key, accepted)| format!("{key}: {accepted}")).collect()
    }

    #[test]
    fn an_address_stays_where_the_template_puts_it() {
        let at = |address: &str| {
            placed("https://calendar.example/{email}/busy.ics?u={local}", address)
                .unwrap()
                .to_string()
        };
        assert_eq!(
            at("maria@muster.example"),
            "https://calendar.example/maria@muster.example/busy.ics?u=maria"
        );
        assert_eq!(
            at("a/../b?c#d@muster.example"),
            "https://calendar.example/a%2F..%2Fb%3Fc%23d@muster.example/busy.ics?u=a%2F..%2Fb%3Fc%23d"
        );
        assert!(placed("https://calendar.example/{email}", "no address").is_none());
    }

    #[test]
    fn every_fault_is_named_with_what_would_be_accepted() {
        assert!(faults("url = 'https://calendar.example/{email}.ics'").is_empty());
        assert!(faults("folder = '/srv/calendars'").is_empty());
        assert!(faults("")[0].contains("exactly one of url and folder"));
        let both = "url = 'https://calendar.example/{email}'\nfolder = '/srv'";
        assert!(faults(both)[0].contains("exactly one"));
        assert!(faults("url = 'https://calendar.example/all.ics'")[0].contains("{email}"));
        assert!(faults("url = 'http://calendar.example/{email}'")[0].contains("https://"));
        assert!(
            faults("url = 'https://{domain}/{local}.ics'")[0].contains("the same for everybody")
        );
        let age = "folder = '/srv'\nmax_age_hours = 0";
        assert!(faults(age)[0].contains("hours from 1 to 336"));
        assert!(toml::from_str::<FreeBusyConfig>("link = 'x'").is_err());
    }
}
