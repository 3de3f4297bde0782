//! `Sealed<T>`: personal values as AES-256-GCM ciphertext under a person's or the organisation's
//! key, bound to table, column, row and key version.
//!
//! A data key is one row of `sealing_key`, wrapped by a monthly epoch key that lies outside the
//! database. Destroying the row makes everything under it unreadable at once.

use crate::entities::sealing_key;
use crate::keys::Key;
use crate::{Store, StoreError, StoreResult, Tx, Whose};
use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit, Nonce};
use muster_domain::id::PersonId;
use muster_ports::Entropy;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Serialize, de::DeserializeOwned};
use std::collections::{HashMap, HashSet};
use std::marker::PhantomData;
use uuid::Uuid;
use zeroize::Zeroizing;

const NONCE_BYTES: usize = 12;

/// Whose key seals a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner {
    Person(PersonId),
    /// Data about nobody or about several people.
    Organisation,
}

impl Owner {
    /// The row that holds the key: the person's id, or the nil id.
    pub fn id(self) -> Uuid {
        match self {
            Owner::Person(id) => id.0,
            Owner::Organisation => Uuid::nil(),
        }
    }

    /// Reads back what [`Owner::id`] wrote.
    pub fn from_id(id: Uuid) -> Owner {
        if id.is_nil() { Owner::Organisation } else { Owner::Person(PersonId(id)) }
    }
}

/// Where a sealed value lies; a value moved elsewhere does not open.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    pub table: &'a str,
    pub column: &'a str,
    pub row: Uuid,
}

/// An opened data key.
#[derive(Clone)]
pub struct DataKey {
    version: u32,
    key: Key,
}

/// A sealed value of type `T` as it lies in its column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed<T> {
    pub bytes: Vec<u8>,
    of: PhantomData<fn() -> T>,
}

impl<T> From<Vec<u8>> for Sealed<T> {
    fn from(bytes: Vec<u8>) -> Sealed<T> {
        Sealed { bytes, of: PhantomData }
    }
}

impl<T: Serialize + DeserializeOwned> Sealed<T> {
    /// Opens the value.
    pub fn open(&self, key: &DataKey, place: Place) -> StoreResult<T> {
        let plain = key.open_bytes(&self.bytes, place)?;
        serde_json::from_slice(&plain).map_err(|e| StoreError::unreadable("sealed value", e))
    }
}

impl DataKey {
    /// Seals a value for one place.
    pub fn seal<T: Serialize + DeserializeOwned>(
        &self,
        value: &T,
        place: Place,
        entropy: &dyn Entropy,
    ) -> StoreResult<Sealed<T>> {
        let plain = serde_json::to_vec(value).map_err(|e| StoreError::unreadable("value", e))?;
        Ok(self.seal_bytes(&Zeroizing::new(plain), place, entropy).into())
    }

    /// Seals bytes as they are: key version (u32, big-endian), nonce, ciphertext.
    fn seal_bytes(&self, plain: &[u8], place: Place, entropy: &dyn Entropy) -> Vec<u8> {
        let mut bytes = self.version.to_be_bytes().to_vec();
        bytes.extend(seal_bytes(&self.key, &aad(place, self.version), plain, entropy));
        bytes
    }

    pub(crate) fn open_bytes(&self, bytes: &[u8], place: Place) -> StoreResult<Zeroizing<Vec<u8>>> {
        let (version, sealed) =
            bytes.split_first_chunk::<4>().ok_or(StoreError::Sealed("it is cut off"))?;
        if u32::from_be_bytes(*version) != self.version {
            return Err(StoreError::Sealed("it is under another key version"));
        }
        open_bytes(&self.key, &aad(place, self.version), sealed)
            .map_err(|()| StoreError::Sealed("it was changed, moved, or its key is another"))
    }
}

impl Store {
    /// The newest data key of this owner. That of the organisation is read once: every boundary needs
    /// it several times, and it lives as long as the installation.
    pub async fn data_key(&self, db: &impl ConnectionTrait, owner: Owner) -> StoreResult<DataKey> {
        if owner != Owner::Organisation {
            return self.read_data_key(db, owner).await;
        }
        if let Some(key) = &*self.organisation_key.read().expect("no panic while held") {
            return Ok(key.clone());
        }
        let key = self.read_data_key(db, owner).await?;
        *self.organisation_key.write().expect("no panic while held") = Some(key.clone());
        Ok(key)
    }

    async fn read_data_key(&self, db: &impl ConnectionTrait, owner: Owner) -> StoreResult<DataKey> {
        use sealing_key::{Column, Entity};
        let row = Entity::find()
            .filter(Column::Owner.eq(owner.id()))
            .order_by_desc(Column::Version)
            .one(db)
            .await?
            .ok_or(StoreError::Erased)?;
        self.open_data_key(&row)
    }

    /// The newest data key of each who has one, by person.
    pub async fn data_keys(
        &self,
        db: &impl ConnectionTrait,
        whose: Whose<'_>,
    ) -> StoreResult<HashMap<Uuid, DataKey>> {
        use sealing_key::{Column, Entity};
        let theirs = whose.filter(Column::Owner);
        let rows = Entity::find().filter(theirs).order_by_asc(Column::Version).all(db).await?;
        rows.iter().map(|row| Ok((row.owner, self.open_data_key(row)?))).collect()
    }

    /// The newest data key of each of these who has one, by person.
    pub(crate) async fn data_keys_of(
        &self,
        db: &impl ConnectionTrait,
        people: impl Iterator<Item = Uuid>,
    ) -> StoreResult<HashMap<Uuid, DataKey>> {
        let people: HashSet<Uuid> = people.collect();
        let people: Vec<Uuid> = people.into_iter().collect();
        match people.is_empty() {
            true => Ok(HashMap::new()),
            false => self.data_keys(db, Whose::among(&people)).await,
        }
    }

    fn open_data_key(&self, row: &sealing_key::Model) -> StoreResult<DataKey> {
        let epoch = self.keys().epoch(&row.epoch)?;
        let plain = open_bytes(&epoch, &key_aad(row.owner, row.version), &row.wrapped)
            .map_err(|()| StoreError::Sealed("the epoch key is of another installation"))?;
        let key = <[u8; 32]>::try_from(plain.as_slice())
            .map_err(|_| StoreError::Sealed("the data key is damaged"))?;
        Ok(DataKey { version: row.version as u32, key: Zeroizing::new(key) })
    }

    /// Opens one column.
    pub async fn unseal<T: Serialize + DeserializeOwned>(
        &self,
        db: &impl ConnectionTrait,
        owner: Owner,
        place: Place<'_>,
        bytes: &[u8],
    ) -> StoreResult<T> {
        let key = self.data_key(db, owner).await?;
        Sealed::<T>::from(bytes.to_vec()).open(&key, place)
    }
}

impl Tx {
    /// Makes the first data key of this owner, wrapped by the epoch key of the current month.
    pub async fn create_data_key(&self, owner: Owner) -> StoreResult<()> {
        self.create_data_keys(&[owner]).await.map(|_| ())
    }

    /// Makes the first data keys of many owners and gives them back, in that order.
    pub async fn create_data_keys(&self, owners: &[Owner]) -> StoreResult<Vec<DataKey>> {
        let store = self.store();
        let name = store.clock().now().timestamp().strftime("%Y-%m").to_string();
        let epoch = store.keys().epoch_or_create(&name, store.entropy())?;
        if owners.contains(&Owner::Organisation) {
            // One that was read in a transaction without effect is none.
            *store.organisation_key.write().expect("no panic while held") = None;
        }
        let (mut rows, mut keys) = (Vec::new(), Vec::new());
        for owner in owners {
            let key: Key = Zeroizing::new(store.entropy().bytes());
            let wrapped = seal_bytes(&epoch, &key_aad(owner.id(), 1), &*key, store.entropy());
            let epoch = name.clone();
            rows.push(sealing_key::Model { owner: owner.id(), version: 1, epoch, wrapped });
            keys.push(DataKey { version: 1, key });
        }
        crate::insert_all(self, rows).await?;
        Ok(keys)
    }

    /// Seals one column.
    pub async fn seal<T: Serialize + DeserializeOwned>(
        &self,
        owner: Owner,
        place: Place<'_>,
        value: &T,
    ) -> StoreResult<Vec<u8>> {
        let key = self.store().data_key(&**self, owner).await?;
        Ok(key.seal(value, place, self.store().entropy())?.bytes)
    }

    /// Seals bytes as they are, for one column.
    pub async fn seal_bytes(
        &self,
        owner: Owner,
        place: Place<'_>,
        plain: &[u8],
    ) -> StoreResult<Vec<u8>> {
        let key = self.store().data_key(&**self, owner).await?;
        Ok(key.seal_bytes(plain, place, self.store().entropy()))
    }

    /// Opens one column.
    pub async fn unseal<T: Serialize + DeserializeOwned>(
        &self,
        owner: Owner,
        place: Place<'_>,
        bytes: &[u8],
    ) -> StoreResult<T> {
        self.store().unseal(&**self, owner, place, bytes).await
    }
}

fn aad(place: Place, version: u32) -> Vec<u8> {
    format!("muster/sealed/v1|{}|{}|{}|{version}", place.table, place.column, place.row)
        .into_bytes()
}

fn key_aad(owner: Uuid, version: i64) -> Vec<u8> {
    format!("muster/data-key/v1|{owner}|{version}").into_bytes()
}

/// Nonce and ciphertext (AES-256-GCM, NIST SP 800-38D) with a random 96-bit nonce.
pub(crate) fn seal_bytes(
    key: &[u8; 32],
    aad: &[u8],
    plain: &[u8],
    entropy: &dyn Entropy,
) -> Vec<u8> {
    let nonce: [u8; NONCE_BYTES] = entropy.bytes();
    let cipher = Aes256Gcm::new(key.into());
    let sealed = cipher.encrypt(&Nonce::from(nonce), Payload { msg: plain, aad });
    let mut out = nonce.to_vec();
    out.extend(sealed.expect("a plain text is far below the limit of GCM"));
    out
}

pub(crate) fn open_bytes(
    key: &[u8; 32],
    aad: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, ()> {
    let (nonce, msg) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(())?;
    let cipher = Aes256Gcm::new(key.into());
    let plain = cipher.decrypt(&Nonce::from(*nonce), Payload { msg, aad }).map_err(|_| ())?;
    Ok(Zeroizing::new(plain))
}
