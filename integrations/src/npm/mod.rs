//! The npm registry as a place of data packages: which version is the latest, where its file lies,
//! and by which hash to know it.

mod wire;

use crate::http::Http;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use muster_ports::{PortError, PortResult};
use reqwest::Method;
use url::Url;

/// As the list of providers has it.
pub const NAME: &str = "npm";
/// The public registry.
pub const REGISTRY: &str = "https://registry.npmjs.org/";

/// One version of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageVersion {
    pub version: String,
    /// Where the package's file lies, as the registry says.
    pub tarball: Url,
    /// SHA-512 of that file.
    pub sha512: [u8; 64],
}

/// A registry, the public one or a mirror of the company's.
#[derive(Debug, Clone)]
pub struct NpmRegistry {
    url: Url,
}

impl NpmRegistry {
    /// The registry at this address, with or without a slash at the end.
    pub fn new(mut url: Url) -> NpmRegistry {
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        NpmRegistry { url }
    }

    /// The latest version of a package.
    ///
    /// # Errors
    /// As [`Http::fetch`]; `Broken` for an answer without a file or its SHA-512.
    pub async fn latest(&self, http: &Http, package: &str) -> PortResult<PackageVersion> {
        // The whole document of a package with daily versions has megabytes; `latest` has one. The
        // slash of a scope is part of the name.
        let path = format!("{}/latest", package.replace('/', "%2f"));
        let url = self.url.join(&path).map_err(|e| PortError::Broken(e.to_string()))?;
        let request = http.request(Method::GET, url).header("accept", "application/json").build();
        let request = request.map_err(|_| PortError::Broken("request cannot be built".into()))?;
        let answer = http.fetch(request).await?;
        let version: wire::Version = serde_json::from_slice(&answer.body)
            .map_err(|e| PortError::Broken(format!("no version of a package: {e}")))?;
        let broken =
            |what: &str| PortError::Broken(format!("{package} {}: {what}", version.version));
        let sha512 = sha512(&version.dist.integrity).ok_or_else(|| broken("no SHA-512"))?;
        let tarball = version.dist.tarball.parse().map_err(|_| broken("no address of its file"))?;
        Ok(PackageVersion { version: version.version, tarball, sha512 })
    }
}

/// The SHA-512 out of Subresource Integrity metadata (W3C SRI: hashes with spaces between).
fn sha512(integrity: &str) -> Option<[u8; 64]> {
    let hash = integrity.split_whitespace().find_map(|word| word.strip_prefix("sha512-"))?;
    STANDARD.decode(hash.split('?').next()?).ok()?.try_into().ok()
}
