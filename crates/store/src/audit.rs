//! Audit entries: inserted without a number in the transaction they record, numbered within a
//! second by one leased sequencer, covered by signed checkpoints.

use crate::entities::{audit_checkpoint, audit_entry, audit_salt, audit_tree};
use crate::sealed::{Owner, Place};
use crate::{Store, StoreError, StoreResult, Tx};
use muster_domain::audit::{Checkpoint, Commitment, Frontier, Hash, Leaf, SigningKey, leaf_hash};
use muster_domain::id::EntryId;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
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
    personal: BTreeMap<&'static str, Value>,
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

    /// Something that is not personal.
    pub fn fact(mut self, name: &'static str, value: impl Into<Value>) -> Record {
        self.facts.insert(name.to_owned(), value.into());
        self
    }

    /// Something personal: the log keeps only a salted commitment to it.
    pub fn commit(mut self, name: &'static str, value: impl Into<Value>) -> Record {
        self.personal.insert(name, value.into());
        self
    }

    /// Writes the entry in the transaction that makes it true.
    pub async fn write(self, tx: &Tx) -> StoreResult<EntryId> {
        let store = tx.store();
        let id = EntryId::from_random(store.entropy().bytes());
        let mut leaf = Leaf::new(store.clock().now(), self.kind);
        leaf.actor = self.actor;
        leaf.subject = self.subject;
        leaf.facts = self.facts;
        let mut salts = BTreeMap::new();
        for (name, value) in &self.personal {
            let commitment = Commitment::to(value, store.entropy().bytes())
                .map_err(muster_domain::audit::LeafError::from)?;
            leaf.commitments.insert((*name).to_owned(), hex::encode(commitment.mac).into());
            salts.insert((*name).to_owned(), hex::encode(commitment.salt));
        }
        let bytes = leaf.to_bytes()?;
        let row = audit_entry::Model {
            id: id.0,
            seq: None,
            at_ms: leaf.at_ms.0,
            kind: leaf.kind.clone(),
            subject: leaf.subject,
            leaf_hash: hex::encode(leaf_hash(&bytes)),
            leaf: String::from_utf8(bytes).expect("canonical JSON is UTF-8"),
        };
        crate::insert(tx, row).await?;
        if !salts.is_empty() {
            let place = Place { table: "audit_salt", column: "salts", row: id.0 };
            let salts = tx.seal(self.owner, place, &salts).await?;
            let row = audit_salt::Model { entry_id: id.0, owner: self.owner.id(), salts };
            crate::insert(tx, row).await?;
        }
        Ok(id)
    }
}

/// Numbers committed entries, grows the tree and signs a checkpoint. Answers the new checkpoint,
/// or nothing where there was nothing to number. Call it under the sequencer's lease only.
pub async fn sequence(tx: &Tx, key: &SigningKey, limit: u64) -> StoreResult<Option<Checkpoint>> {
    let rows = audit_entry::Entity::find()
        .filter(audit_entry::Column::Seq.is_null())
        .order_by_asc(audit_entry::Column::AtMs)
        .order_by_asc(audit_entry::Column::Id)
        .limit(limit)
        .all(&**tx)
        .await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let mut frontier = frontier(&**tx).await?;
    for mut row in rows {
        row.seq = Some(frontier.size() as i64);
        frontier.push(read_hash(&row.leaf_hash)?);
        crate::save(tx, row).await?;
    }
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
    match audit_tree::Entity::find_by_id(TREE).one(&**tx).await? {
        Some(_) => crate::save(tx, row).await,
        None => crate::insert(tx, row).await,
    }
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
    const PAGE: u64 = 5_000;
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
