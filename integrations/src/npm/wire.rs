//! The registry's own words: one version of a package, of which we read three.

use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(super) struct Version {
    pub version: String,
    pub dist: Dist,
}

#[derive(Debug, Deserialize)]
pub(super) struct Dist {
    pub tarball: String,
    /// Missing in packages of before 2017, which then cannot be checked.
    #[serde(default)]
    pub integrity: String,
}
