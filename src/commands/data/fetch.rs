//! Files that are fetched for `muster data update`: to a place on disk, checked while they come.

use super::progress::Progress;
use anyhow::{Context as _, ensure};
use jiff::civil::Date;
use muster_integrations::download::Download;
use muster_integrations::http::Http;
use muster_integrations::npm::PackageVersion;
use muster_ports::PortError;
use sha2::{Digest, Sha512};
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use url::Url;

/// The largest npm package or pack that is fetched; the largest known one has 64 MB.
const FILE_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// The largest list of ranges.
const LIST_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// The largest manifest.
const MANIFEST_BYTES_MAX: u64 = 256 * 1024;

/// What to do when an address cannot be reached.
const ADVICE: &str = "check network, firewall and [packs]; or fetch the packs on another machine and take them from a \
     folder: muster data update --from DIR";

/// A sentence around a failure of the outside.
pub fn explained(error: PortError, what: &str) -> anyhow::Error {
    anyhow::Error::new(error).context(format!("{what} could not be fetched; {ADVICE}"))
}

/// Fetches a package into `file`, unless it lies there already, whole.
///
/// # Errors
/// It cannot be fetched or written, or is not the file the registry names.
pub async fn package(
    http: &Http,
    version: &PackageVersion,
    file: &Path,
    progress: &mut Progress,
) -> anyhow::Result<()> {
    if file.exists() && sha512_of(file)? == version.sha512 {
        return Ok(());
    }
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let aside = file.with_extension("part");
    let mut hash = Sha512::new();
    to_file(http, version.tarball.clone(), &aside, &name, progress, |piece| hash.update(piece))
        .await?;
    let is_the_one = hash.finalize()[..] == version.sha512;
    if !is_the_one {
        std::fs::remove_file(&aside)?;
    }
    ensure!(
        is_the_one,
        "{name} is not the file the registry describes (its SHA-512 differs): it was changed on the way or the \
         mirror is broken. Try again, or set packs.registry to another registry"
    );
    std::fs::rename(&aside, file).with_context(|| format!("cannot write {}", file.display()))
}

/// Fetches a pack's file.
///
/// # Errors
/// It cannot be fetched or written.
pub async fn pack(
    http: &Http,
    url: Url,
    file: &Path,
    progress: &mut Progress,
) -> anyhow::Result<()> {
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    to_file(http, url, file, &name, progress, |_| {}).await
}

async fn to_file(
    http: &Http,
    url: Url,
    file: &Path,
    name: &str,
    progress: &mut Progress,
    mut seen: impl FnMut(&[u8]),
) -> anyhow::Result<()> {
    let unreadable = || format!("cannot write {}", file.display());
    let mut download =
        Download::begin(http, url, FILE_BYTES_MAX).await.map_err(|e| explained(e, name))?;
    let mut to = File::create(file).with_context(unreadable)?;
    let mut done = 0;
    progress.begin();
    while let Some(piece) = download.piece().await.map_err(|e| explained(e, name))? {
        seen(&piece);
        to.write_all(&piece).with_context(unreadable)?;
        done += piece.len() as u64;
        progress.bytes(name, done, download.length());
    }
    to.sync_all().with_context(unreadable)
}

/// A list of ranges and the day its server says it is of.
///
/// # Errors
/// It cannot be fetched.
pub async fn list(http: &Http, url: &Url) -> anyhow::Result<(Vec<u8>, Option<Date>)> {
    let trouble = |error| explained(error, url.as_str());
    let download = Download::begin(http, url.clone(), LIST_BYTES_MAX).await.map_err(trouble)?;
    let date = download.last_modified();
    Ok((download.whole().await.map_err(trouble)?, date))
}

/// A manifest; `None` where there is none.
///
/// # Errors
/// It cannot be fetched.
pub async fn manifest(http: &Http, url: &Url) -> anyhow::Result<Option<Vec<u8>>> {
    let trouble = |error| explained(error, url.as_str());
    match Download::begin(http, url.clone(), MANIFEST_BYTES_MAX).await {
        Ok(download) => Ok(Some(download.whole().await.map_err(trouble)?)),
        Err(PortError::Gone) => Ok(None),
        Err(error) => Err(trouble(error)),
    }
}

fn sha512_of(file: &Path) -> anyhow::Result<[u8; 64]> {
    let unreadable = || format!("cannot read {}", file.display());
    let mut from = File::open(file).with_context(unreadable)?;
    let (mut hash, mut piece) = (Sha512::new(), vec![0; 1 << 16]);
    loop {
        match from.read(&mut piece).with_context(unreadable)? {
            0 => return Ok(hash.finalize().into()),
            count => hash.update(&piece[..count]),
        }
    }
}
