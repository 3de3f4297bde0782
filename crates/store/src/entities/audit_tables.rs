//! Audit entries, salts, tree and checkpoints.

entity! {
    /// Table `audit_entry`.
    audit_entry = "audit_entry" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        seq: Option<i64>,
        at_ms: i64,
        kind: String,
        subject: Option<Uuid>,
        leaf: String,
        leaf_hash: String,
    }
}

entity! {
    /// Table `audit_salt`.
    audit_salt = "audit_salt" {
        #[sea_orm(primary_key, auto_increment = false)] entry_id: Uuid,
        owner: Uuid,
        salts: Vec<u8>,
    }
}

entity! {
    /// Table `audit_tree`.
    audit_tree = "audit_tree" {
        #[sea_orm(primary_key, auto_increment = false)] id: i64,
        size: i64,
        frontier: String,
    }
}

entity! {
    /// Table `audit_checkpoint`.
    audit_checkpoint = "audit_checkpoint" {
        #[sea_orm(primary_key, auto_increment = false)] size: i64,
        root: String,
        note: String,
        at_ms: i64,
    }
}
