//! One fault in a provider's configuration, named by its dotted key, saying what is accepted.
//! Validation gives all of them at once.

/// Key and what would be accepted.
pub type Fault = (String, String);

/// Collects faults below one section.
#[derive(Debug)]
pub struct Faults<'a> {
    section: &'a str,
    found: Vec<Fault>,
}

impl<'a> Faults<'a> {
    /// Nothing found yet in `section`, e.g. `mail.smtp`.
    pub fn of(section: &'a str) -> Faults<'a> {
        Faults { section, found: Vec::new() }
    }

    /// Notes a fault of `section.key` unless it is `fine`.
    pub fn expect(&mut self, fine: bool, key: &str, accepted: impl Into<String>) {
        if !fine {
            self.found.push((format!("{}.{key}", self.section), accepted.into()));
        }
    }

    /// Takes over the faults of a section within this one.
    pub fn extend(&mut self, faults: Vec<Fault>) {
        self.found.extend(faults);
    }

    /// Everything found.
    pub fn found(self) -> Vec<Fault> {
        self.found
    }
}

/// Whether this machine alone can be meant: `localhost` or a loopback address.
pub fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || host.ends_with(".localhost")
        || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whether secrets may travel to this address: https, or plain http that stays on this machine.
pub fn is_private_transport(url: &url::Url) -> bool {
    match url.scheme() {
        "https" => url.host_str().is_some(),
        "http" => url.host_str().is_some_and(is_loopback),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_counts_as_loopback() {
        for host in ["localhost", "anna.localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["localhost.example", "128.0.0.1", "mail.acme.example", ""] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn plain_http_is_private_on_this_machine_only() {
        let private = |text: &str| is_private_transport(&text.parse().unwrap());
        assert!(private("https://beat.example/x") && private("http://[::1]:8080/"));
        assert!(!private("http://beat.example/x") && !private("file:///etc/hostname"));
    }
}
