//! Key files, which live outside the database and outside its backups: the master key, the
//! monthly epoch keys it wraps, the seed that signs checkpoints, and the tips of draw chains.
//!
//! Whoever has the database alone can open nothing sealed and compute no draw.

use crate::sealed::{open_bytes, seal_bytes};
use crate::{StoreError, StoreResult};
use muster_ports::Entropy;
use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::RwLock;
use zeroize::Zeroizing;

const MASTER: &str = "master.key";
const SIGNING: &str = "audit-signing.key";

/// A 32-byte key that is wiped when dropped.
pub type Key = Zeroizing<[u8; 32]>;

/// The key files of one installation.
pub struct KeyRing {
    dir: PathBuf,
    /// Where a service manager lays opened credentials down; tips are looked for here first.
    credentials: Option<PathBuf>,
    master: Key,
    signing_seed: Key,
    epochs: RwLock<HashMap<String, Key>>,
}

impl KeyRing {
    /// Makes the folder, master key and signing seed of a new installation. Refuses to overwrite.
    pub fn create(dir: &Path, entropy: &dyn Entropy) -> StoreResult<KeyRing> {
        std::fs::create_dir_all(dir).map_err(|e| file_error(dir, e))?;
        write_key(&dir.join(MASTER), &Zeroizing::new(entropy.bytes()))?;
        write_key(&dir.join(SIGNING), &Zeroizing::new(entropy.bytes()))?;
        KeyRing::open(dir)
    }

    /// Reads the key files of an installation.
    pub fn open(dir: &Path) -> StoreResult<KeyRing> {
        Ok(KeyRing {
            dir: dir.to_owned(),
            credentials: None,
            master: read_key(&dir.join(MASTER))?,
            signing_seed: read_key(&dir.join(SIGNING))?,
            epochs: RwLock::default(),
        })
    }

    /// Also looks for tips in a folder of opened credentials (systemd: `$CREDENTIALS_DIRECTORY`),
    /// under the names their files have in the folder of keys.
    pub fn with_credentials(mut self, dir: Option<PathBuf>) -> KeyRing {
        self.credentials = dir;
        self
    }

    /// Whether this folder already has a master key.
    pub fn exists(dir: &Path) -> bool {
        dir.join(MASTER).exists()
    }

    /// Seed of the Ed25519 key that signs checkpoints.
    pub fn signing_seed(&self) -> &[u8; 32] {
        &self.signing_seed
    }

    /// The epoch key of this name (`YYYY-MM`), if its file still exists.
    pub(crate) fn epoch(&self, name: &str) -> StoreResult<Key> {
        if let Some(key) = self.epochs.read().expect("no panic while held").get(name) {
            return Ok(key.clone());
        }
        let path = self.epoch_path(name);
        let text = std::fs::read_to_string(&path).map_err(|e| file_error(&path, e))?;
        let wrapped = hex::decode(text.trim()).map_err(|e| file_error(&path, e))?;
        let plain =
            open_bytes(&self.master, epoch_aad(name).as_bytes(), &wrapped).map_err(|_| {
                file_error(&path, "the master key does not open it; is it of another installation?")
            })?;
        let key = to_key(&plain).ok_or_else(|| file_error(&path, "not 32 bytes"))?;
        self.epochs.write().expect("no panic while held").insert(name.to_owned(), key.clone());
        Ok(key)
    }

    /// The epoch key of this name, made if there is none yet.
    pub(crate) fn epoch_or_create(&self, name: &str, entropy: &dyn Entropy) -> StoreResult<Key> {
        let path = self.epoch_path(name);
        if !path.exists() {
            let key: Key = Zeroizing::new(entropy.bytes());
            let wrapped = seal_bytes(&self.master, epoch_aad(name).as_bytes(), &*key, entropy);
            write_secret(&path, &hex::encode(wrapped))?;
        }
        self.epoch(name)
    }

    /// The key of one linkage epoch, made if there is none yet.
    pub fn link_key(&self, epoch: i64, entropy: &dyn Entropy) -> StoreResult<Key> {
        let name = link_name(epoch);
        let path = self.dir.join(&name);
        if !path.exists() {
            let key: Key = Zeroizing::new(entropy.bytes());
            let wrapped = seal_bytes(&self.master, link_aad(epoch).as_bytes(), &*key, entropy);
            match write_secret(&path, &hex::encode(wrapped)) {
                // another instance was first: its key counts
                Err(_) if path.exists() => {}
                written => written?,
            }
        }
        let text = std::fs::read_to_string(&path).map_err(|e| file_error(&path, e))?;
        let wrapped = hex::decode(text.trim()).map_err(|e| file_error(&path, e))?;
        let plain = open_bytes(&self.master, link_aad(epoch).as_bytes(), &wrapped)
            .map_err(|()| file_error(&path, "the master key does not open it"))?;
        to_key(&plain).ok_or_else(|| file_error(&path, "not 32 bytes"))
    }

    /// Destroys the keys of linkage epochs before this one. Answers how many there were.
    pub fn destroy_link_keys_before(&self, epoch: i64) -> StoreResult<usize> {
        let mut destroyed = 0;
        for entry in std::fs::read_dir(&self.dir).map_err(|e| file_error(&self.dir, e))? {
            let path = entry.map_err(|e| file_error(&self.dir, e))?.path();
            let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
            let number = name.strip_prefix("link-").and_then(|n| n.strip_suffix(".key"));
            if number.and_then(|n| n.parse::<i64>().ok()).is_some_and(|n| n < epoch) {
                std::fs::remove_file(&path).map_err(|e| file_error(&path, e))?;
                destroyed += 1;
            }
        }
        Ok(destroyed)
    }

    /// Stores the tip of a draw chain. Refuses to overwrite.
    pub fn keep_tip(&self, chain: uuid::Uuid, tip: &Key) -> StoreResult<()> {
        write_key(&self.tip_path(chain), tip)
    }

    /// The tip of a draw chain, from a credential or from the folder of keys.
    pub fn tip(&self, chain: uuid::Uuid) -> StoreResult<Key> {
        match self.tip_credential(chain) {
            Some(path) => read_key(&path),
            None => read_key(&self.tip_path(chain)),
        }
    }

    /// Whether the tip comes as a credential, so that its file need not lie in the folder of keys.
    pub fn is_tip_a_credential(&self, chain: uuid::Uuid) -> bool {
        self.tip_credential(chain).is_some()
    }

    fn tip_credential(&self, chain: uuid::Uuid) -> Option<PathBuf> {
        let path = self.credentials.as_ref()?.join(tip_name(chain));
        path.exists().then_some(path)
    }

    fn epoch_path(&self, name: &str) -> PathBuf {
        self.dir.join(format!("epoch-{name}.key"))
    }

    fn tip_path(&self, chain: uuid::Uuid) -> PathBuf {
        self.dir.join(tip_name(chain))
    }
}

fn tip_name(chain: uuid::Uuid) -> String {
    format!("draw-tip-{chain}.key")
}

fn link_name(epoch: i64) -> String {
    format!("link-{epoch}.key")
}

fn link_aad(epoch: i64) -> String {
    format!("muster/link/v1|{epoch}")
}

fn epoch_aad(name: &str) -> String {
    format!("muster/epoch/v1|{name}")
}

fn to_key(bytes: &[u8]) -> Option<Key> {
    <[u8; 32]>::try_from(bytes).ok().map(Zeroizing::new)
}

fn read_key(path: &Path) -> StoreResult<Key> {
    let text = Zeroizing::new(std::fs::read_to_string(path).map_err(|e| file_error(path, e))?);
    let bytes = Zeroizing::new(
        hex::decode(text.trim())
            .map_err(|_| file_error(path, "expected 64 hexadecimal digits and nothing else"))?,
    );
    to_key(&bytes)
        .ok_or_else(|| file_error(path, "expected 64 hexadecimal digits and nothing else"))
}

fn write_key(path: &Path, key: &Key) -> StoreResult<()> {
    write_secret(path, &Zeroizing::new(hex::encode(**key)))
}

/// Writes a file that only its owner can read, never over an existing one, and waits for the disk.
fn write_secret(path: &Path, text: &str) -> StoreResult<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path).map_err(|e| file_error(path, e))?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    written.map_err(|e| file_error(path, e))
}

fn file_error(path: &Path, detail: impl ToString) -> StoreError {
    StoreError::KeyFile { file: path.display().to_string(), detail: detail.to_string() }
}
