//! Audit entries: inserted without a number in the transaction they record, numbered within a
//! second by one leased sequencer, covered by signed checkpoints.

use crate::entities::{audit_checkpoint, audit_entry, audit_salt, audit_tree};
use crate::sealed::{DataKey, Owner, Place};
use crate::{Store, StoreError, StoreResult, Tx};
use muster_domain::audit::{Checkpoint, Commitment, Frontier, Hash, Leaf, SigningKey, leaf_hash};
use muster_domain::id::EntryId;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Statement, Value as Bound,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

const TREE: i64 = 1;

/// What a transaction says for the record.
#[derive(Debug, Clone)]
pub struct Record {
    kind: &'static str,
    actor: Option<Uuid>,
    subject: Option<Uuid>,
    owner: Owner,
    facts: Map<String, Value>,
    personal: BTreeMap<&'static str, Personal>,
}

#[derive(Debug, Clone)]
struct Personal {
    value: Value,
    /// The audit of draws opens it: the value is kept, sealed, beside its salt.
    is_kept: bool,
}

/// What is kept, sealed, of one commitment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Kept {
    /// The salt in hexadecimal; the value lies elsewhere, or nowhere any more.
    Salt(String),
    /// All that opens the commitment.
    Opening { salt: String, value: Value },
}

impl Record {
    /// A record of this kind (kebab-case, never reused).
    pub fn new(kind: &'static str) -> Record {
        Record {
            kind,
            actor: None,
            subject: None,
            owner: Owner::Organisation,
            facts: Map::new(),
            personal: BTreeMap::new(),
        }
    }

    /// Who did it, by log pseudonym. Absent: the service itself.
    pub fn by(mut self, actor: Option<Uuid>) -> Record {
        self.actor = actor;
        self
    }

    /// Whom it is about, by log pseudonym; salts go under that person's key.
    pub fn about(mut self, person: &crate::entities::person::Model) -> Record {
        self.subject = Some(person.pseudonym);
        self.owner = Owner::Person(muster_domain::id::PersonId(person.id));
        self
    }

    /// Whom it is about, by log pseudonym, where the person's key goes in the same transaction:
    /// salts stay under the organisation's key.
    pub fn about_erased(mut self, pseudonym: Uuid) -> Record {
        self.subject = Some(pseudonym);
        self
    }

    /// Something that is not personal.
    pub fn fact(mut self, name: &'static str, value: impl Into<Value>) -> Record {
        self.facts.insert(name.to_owned(), value.into());
        self
    }

    /// Something personal: the log keeps only a salted commitment to it.
    pub fn commit(mut self, name: &'static str, value: impl Into<Value>) -> Record {
        self.personal.insert(name, Personal { value: value.into(), is_kept: false });
        self
    }

    /// The same for what the audit of draws has to open later: the value is kept beside its salt,
    /// sealed under the person's key.
    pub fn commit_to_open(mut self, name: &'static str, value: impl Into<Value>) -> Record {
        self.personal.insert(name, Personal { value: value.into(), is_kept: true });
        self
    }

    /// Writes the entry in the transaction that makes it true.
    pub async fn write(self, tx: &Tx) -> StoreResult<EntryId> {
        let key = match self.personal.is_empty() {
            true => None,
            false => Some(tx.store().data_key(&**tx, self.owner).await?),
        };
        tx.mark_entries();
        let written = self.prepare(tx.store(), key.as_ref())?;
        let id = written.entry.id;
        crate::insert(tx, written.entry).await?;
        if let Some(salts) = written.salts {
            crate::insert(tx, salts).await?;
        }
        Ok(EntryId(id))
    }

    fn prepare(self, store: &Store, key: Option<&DataKey>) -> StoreResult<Written> {
        let id = EntryId::from_random(store.entropy().bytes());
        let mut leaf = Leaf::new(store.clock().now(), self.kind);
        leaf.actor = self.actor;
        leaf.subject = self.subject;
        leaf.facts = self.facts;
        let mut kept = BTreeMap::new();
        for (name, Personal { value, is_kept }) in self.personal {
            let commitment = Commitment::to(&value, store.entropy().bytes())
                .map_err(muster_domain::audit::LeafError::from)?;
            leaf.commitments.insert(name.to_owned(), hex::encode(commitment.mac).into());
            let salt = hex::encode(commitment.salt);
            let opens = if is_kept { Kept::Opening { salt, value } } else { Kept::Salt(salt) };
            kept.insert(name.to_owned(), opens);
        }
        let bytes = leaf.to_bytes()?;
        let entry = audit_entry::Model {
            id: id.0,
            seq: None,
            at_ms: leaf.at_ms.0,
            kind: leaf.kind.clone(),
            subject: leaf.subject,
            leaf_hash: hex::encode(leaf_hash(&bytes)),
            leaf: String::from_utf8(bytes).expect("canonical JSON is UTF-8"),
        };
        let salts = match kept.is_empty() {
            true => None,
            false => {
                let key = key.ok_or(StoreError::Erased)?;
                let sealed = key.seal(&kept, salts_column(id.0), store.entropy())?;
                Some(audit_salt::Model {
                    entry_id: id.0,
                    owner: self.owner.id(),
                    salts: sealed.bytes,
                })
            }
        };
        Ok(Written { entry, salts })
    }
}

struct Written {
    entry: audit_entry::Model,
    salts: Option<audit_salt::Model>,
}

/// Writes many entries at once, in this order, with the data keys of their owners.
pub async fn write_all(
    tx: &Tx,
    records: Vec<Record>,
    keys: &HashMap<Uuid, DataKey>,
) -> StoreResult<Vec<EntryId>> {
    tx.mark_entries();
    let (mut entries, mut salts) = (Vec::new(), Vec::new());
    for record in records {
        let key = keys.get(&record.owner.id());
        let written = record.prepare(tx.store(), key)?;
        entries.push(written.entry);
        salts.extend(written.salts);
    }
    let ids = entries.iter().map(|e| EntryId(e.id)).collect();
    crate::insert_all(tx, entries).await?;
    crate::insert_all(tx, salts).await?;
    Ok(ids)
}

fn salts_column(entry: Uuid) -> Place<'static> {
    Place { table: "audit_salt", column: "salts", row: entry }
}

/// What is kept of the commitments of one entry; nothing where the key is destroyed.
pub async fn opened(
    store: &Store,
    db: &impl ConnectionTrait,
    entry: Uuid,
) -> StoreResult<BTreeMap<String, Kept>> {
    let Some(row) = audit_salt::Entity::find_by_id(entry).one(db).await? else {
        return Ok(BTreeMap::new());
    };
    match store.data_key(db, Owner::from_id(row.owner)).await {
        Ok(key) => crate::Sealed::from(row.salts).open(&key, salts_column(entry)),
        Err(StoreError::Erased) => Ok(BTreeMap::new()),
        Err(error) => Err(error),
    }
}

/// Whether an entry commits to this text under this name; never where its salt is gone.
pub async fn commits_to(
    store: &Store,
    db: &impl ConnectionTrait,
    entry: &audit_entry::Model,
    name: &str,
    text: &str,
) -> StoreResult<bool> {
    let kept = opened(store, db, entry.id).await?;
    let Some(Kept::Salt(salt) | Kept::Opening { salt, .. }) = kept.get(name) else {
        return Ok(false);
    };
    let mut bytes = [0; 32];
    if hex::decode_to_slice(salt, &mut bytes).is_err() {
        return Ok(false);
    }
    let again = Commitment::to(&text, bytes).map_err(muster_domain::audit::LeafError::from)?;
    let leaf: Value = serde_json::from_str(&entry.leaf).unwrap_or_default();
    Ok(leaf["commitments"][name] == hex::encode(again.mac))
}

/// Numbered entries from `from` on, at most `limit`, in order of their numbers, each with what
/// is kept of its commitments (nothing where the person's key is destroyed).
pub async fn opened_page(
    db: &impl ConnectionTrait,
    keys: &HashMap<Uuid, DataKey>,
    from: u64,
    limit: u64,
) -> StoreResult<Vec<(audit_entry::Model, BTreeMap<String, Kept>)>> {
    let entries = audit_entry::Entity::find()
        .filter(audit_entry::Column::Seq.gte(from as i64))
        .order_by_asc(audit_entry::Column::Seq)
        .limit(limit)
        .all(db)
        .await?;
    let ids: Vec<Uuid> = entries.iter().map(|e| e.id).collect();
    let salts = audit_salt::Entity::find().filter(audit_salt::Column::EntryId.is_in(ids));
    let mut kept = HashMap::new();
    for row in salts.all(db).await? {
        let Some(key) = keys.get(&row.owner) else { continue };
        let sealed = crate::Sealed::<BTreeMap<String, Kept>>::from(row.salts);
        kept.insert(row.entry_id, sealed.open(key, salts_column(row.entry_id))?);
    }
    Ok(entries
        .into_iter()
        .map(|entry| {
            let opened = kept.remove(&entry.id).unwrap_or_default();
            (entry, opened)
        })
        .collect())
}

/// Numbers committed entries, grows the tree and signs a checkpoint. Answers the new checkpoint,
/// or nothing where there was nothing to number. Call it under the sequencer's lease only.
pub async fn sequence(tx: &Tx, key: &SigningKey, limit: u64) -> StoreResult<Option<Checkpoint>> {
    let rows: Vec<(Uuid, String)> = audit_entry::Entity::find()
        .select_only()
        .column(audit_entry::Column::Id)
        .column(audit_entry::Column::LeafHash)
        .filter(audit_entry::Column::Seq.is_null())
        .order_by_asc(audit_entry::Column::AtMs)
        .order_by_asc(audit_entry::Column::Id)
        .limit(limit)
        .into_tuple()
        .all(&**tx)
        .await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let mut frontier = frontier(&**tx).await?;
    let mut numbers = Vec::with_capacity(rows.len());
    for (id, hash) in rows {
        numbers.push((id, frontier.size() as i64));
        frontier.push(read_hash(&hash)?);
    }
    number(tx, &numbers).await?;
    keep_frontier(tx, &frontier).await?;
    let checkpoint = key.sign(frontier.size(), frontier.root());
    let row = audit_checkpoint::Model {
        size: checkpoint.size as i64,
        root: hex::encode(checkpoint.root),
        note: checkpoint.note.clone(),
        at_ms: tx.store().clock().now().0,
    };
    crate::insert(tx, row).await?;
    Ok(Some(checkpoint))
}

/// Writes the numbers of these entries.
async fn number(tx: &Tx, numbers: &[(Uuid, i64)]) -> StoreResult<()> {
    for some in numbers.chunks(crate::LISTED_MAX) {
        let places: Vec<String> =
            (0..some.len()).map(|n| format!("(${}, ${})", 2 * n + 1, 2 * n + 2)).collect();
        // Both databases call the columns of such a list `column1` and so on.
        let sql = format!(
            "UPDATE audit_entry SET seq = numbers.column2 FROM (VALUES {}) AS numbers \
             WHERE audit_entry.id = numbers.column1",
            places.join(", ")
        );
        let values = some.iter().flat_map(|(id, number)| [Bound::from(*id), Bound::from(*number)]);
        let update = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
        let updated = tx.execute_raw(update).await?.rows_affected();
        if updated != some.len() as u64 {
            return Err(StoreError::unreadable("log", "entries vanished while they were numbered"));
        }
    }
    Ok(())
}

async fn frontier(db: &impl ConnectionTrait) -> StoreResult<Frontier> {
    let Some(row) = audit_tree::Entity::find_by_id(TREE).one(db).await? else {
        return Ok(Frontier::default());
    };
    let peaks = row.frontier.split_whitespace().map(read_hash).collect::<StoreResult<Vec<_>>>()?;
    Frontier::restore(row.size as u64, peaks)
        .ok_or_else(|| StoreError::unreadable("audit tree", "frontier and size disagree"))
}

async fn keep_frontier(tx: &Tx, frontier: &Frontier) -> StoreResult<()> {
    let peaks: Vec<String> = frontier.peaks().iter().map(hex::encode).collect();
    let row =
        audit_tree::Model { id: TREE, size: frontier.size() as i64, frontier: peaks.join(" ") };
    crate::save_all(tx, vec![row]).await
}

fn read_hash(text: &str) -> StoreResult<Hash> {
    let mut hash = [0; 32];
    hex::decode_to_slice(text, &mut hash).map_err(|e| StoreError::unreadable("leaf hash", e))?;
    Ok(hash)
}

/// The newest checkpoint.
pub async fn checkpoint(db: &impl ConnectionTrait) -> StoreResult<Option<Checkpoint>> {
    let row = audit_checkpoint::Entity::find()
        .order_by_desc(audit_checkpoint::Column::Size)
        .one(db)
        .await?;
    row.map(|row| {
        Ok(Checkpoint { size: row.size as u64, root: read_hash(&row.root)?, note: row.note })
    })
    .transpose()
}

/// The numbers of these entries in the log; an entry that no checkpoint covers has none.
pub async fn numbers(
    db: &impl ConnectionTrait,
    entries: &[Uuid],
) -> StoreResult<HashMap<Uuid, u64>> {
    let mut numbers = HashMap::new();
    for some in entries.chunks(crate::LISTED_MAX) {
        let rows: Vec<(Uuid, Option<i64>)> = audit_entry::Entity::find()
            .select_only()
            .column(audit_entry::Column::Id)
            .column(audit_entry::Column::Seq)
            .filter(audit_entry::Column::Id.is_in(some.iter().copied()))
            .into_tuple()
            .all(db)
            .await?;
        numbers.extend(rows.into_iter().filter_map(|(id, seq)| Some((id, seq? as u64))));
    }
    Ok(numbers)
}

/// Whether a checkpoint covers this entry: only then does what it records count as an input.
pub async fn is_covered(db: &impl ConnectionTrait, entry: EntryId) -> StoreResult<bool> {
    let row = audit_entry::Entity::find_by_id(entry.0).one(db).await?;
    Ok(row.is_some_and(|row| row.seq.is_some()))
}

/// What re-deriving the tree from the leaves found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Derived {
    /// Every leaf hashes to its hash, numbers have no gap, and the root is the signed one.
    Same {
        size: u64,
    },
    Different {
        detail: String,
    },
}

/// Re-derives the tree from the leaves' bytes and compares it with the newest checkpoint.
///
/// `from` is what an earlier call of this process has already derived (or nothing); on `Same`
/// it has grown to the checkpoint.
pub async fn derive(store: &Store, from: &mut Frontier) -> StoreResult<Derived> {
    // An entry is a kilobyte or two while it is looked at, and every process that begins looks at all.
    const PAGE: u64 = 500;
    let db = store.read();
    let Some(checkpoint) = checkpoint(db).await? else {
        return Ok(Derived::Same { size: 0 });
    };
    if checkpoint.size < from.size() {
        return Ok(different(format!("the log shrank to {} entries", checkpoint.size)));
    }
    let mut grown = from.clone();
    while grown.size() < checkpoint.size {
        let page = audit_entry::Entity::find()
            .filter(audit_entry::Column::Seq.gte(grown.size() as i64))
            .filter(audit_entry::Column::Seq.lt(checkpoint.size as i64))
            .order_by_asc(audit_entry::Column::Seq)
            .limit(PAGE)
            .all(db)
            .await?;
        if page.is_empty() {
            return Ok(different(format!("entry {} is missing", grown.size())));
        }
        for row in page {
            if row.seq != Some(grown.size() as i64) {
                return Ok(different(format!("entry {} is missing", grown.size())));
            }
            let hash = leaf_hash(row.leaf.as_bytes());
            if hex::encode(hash) != row.leaf_hash {
                return Ok(different(format!("entry {} was changed", grown.size())));
            }
            grown.push(hash);
        }
    }
    if checkpoint.root != grown.root() {
        return Ok(different("the signed root is another".into()));
    }
    *from = grown;
    Ok(Derived::Same { size: checkpoint.size })
}

fn different(detail: String) -> Derived {
    Derived::Different { detail }
}

/// Entries of the log, newest first.
pub async fn list(
    db: &impl ConnectionTrait,
    page: u64,
    page_size: u64,
) -> StoreResult<Vec<audit_entry::Model>> {
    Ok(audit_entry::Entity::find()
        .order_by_desc(audit_entry::Column::AtMs)
        .paginate(db, page_size)
        .fetch_page(page)
        .await?)
}

/// Entries about one person, newest first.
pub async fn about(
    db: &impl ConnectionTrait,
    pseudonym: Uuid,
) -> StoreResult<Vec<audit_entry::Model>> {
    Ok(audit_entry::Entity::find()
        .filter(audit_entry::Column::Subject.eq(pseudonym))
        .order_by_desc(audit_entry::Column::AtMs)
        .limit(500)
        .all(db)
        .await?)
}

/// How many entries are not yet numbered.
pub async fn unsequenced(db: &impl ConnectionTrait) -> StoreResult<u64> {
    Ok(audit_entry::Entity::find().filter(audit_entry::Column::Seq.is_null()).count(db).await?)
}
