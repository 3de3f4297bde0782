//! npm packages: gzipped tar files with everything under one folder. Only the files that are asked
//! for are unpacked, into memory and up to a size.

use super::{RawFile, SourceError};
use flate2::read::GzDecoder;
use std::io::{self, Read};

/// The largest file that is unpacked: four times the largest known one.
pub const UNPACKED_BYTES_MAX: u64 = 512 * 1024 * 1024;

/// The files of a package whose plain names `wanted` accepts.
///
/// # Errors
/// It is no package, is cut off, or holds a file that is too large.
pub fn unpack(
    name: &str,
    archive: impl Read,
    wanted: impl Fn(&str) -> bool,
) -> Result<Vec<RawFile>, SourceError> {
    let trouble = |detail: String| SourceError::Archive { file: name.to_owned(), detail };
    let read =
        |error: io::Error| trouble(format!("it is no whole package ({error}). Download it again"));
    let mut archive = tar::Archive::new(GzDecoder::new(archive));
    let mut files = Vec::new();
    for entry in archive.entries().map_err(read)? {
        let mut entry = entry.map_err(read)?;
        let path = entry.path().map_err(read)?.into_owned();
        let plain = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        if !entry.header().entry_type().is_file() || !wanted(&plain) {
            continue;
        }
        let size = entry.header().size().map_err(read)?;
        if size > UNPACKED_BYTES_MAX {
            return Err(trouble(format!(
                "{plain} in it has {size} bytes, more than the {UNPACKED_BYTES_MAX} that are unpacked"
            )));
        }
        let mut bytes = Vec::with_capacity(size as usize);
        entry.read_to_end(&mut bytes).map_err(read)?;
        files.push(RawFile { name: plain, bytes });
    }
    Ok(files)
}

/// Whether a file's name is one of an npm package.
pub fn is_archive(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(".tgz")
}
