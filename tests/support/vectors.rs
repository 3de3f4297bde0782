//! Published bundles with what an audit of them says, under `docs/verify/vectors`. A story that made
//! one writes it anew with MUSTER_BLESS=1; programs in any language are held to them.

use muster_domain::draw_audit::Report;
use std::path::{Path, PathBuf};

pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/verify/vectors")
}

/// Keeps a bundle and its report under this name, if asked to.
pub fn bless(name: &str, bundle: &[u8], report: &Report) {
    if std::env::var_os("MUSTER_BLESS").is_none() {
        return;
    }
    std::fs::create_dir_all(folder()).unwrap();
    std::fs::write(folder().join(format!("{name}.ndjson")), bundle).unwrap();
    let report = serde_json::to_string_pretty(report).unwrap() + "\n";
    std::fs::write(folder().join(format!("{name}.json")), report).unwrap();
}
