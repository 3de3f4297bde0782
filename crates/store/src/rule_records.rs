//! How often each rule spoke and what people said of it; rules that were given a lower level.

use crate::entities::{finding, rule_demotion};
use crate::{StoreResult, Tx};
use muster_domain::id::CheckInId;
use muster_domain::judging::finding::Disposition;
use muster_domain::judging::record::RuleRecord;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect,
};
use std::collections::BTreeMap;

/// `finding.status` of what counted.
pub const ACTIVE: &str = "active";
/// Of what an exception kept from counting.
pub const EXCEPTED: &str = "suppressed";

#[derive(Debug, FromQueryResult)]
struct Counted {
    rule_id: String,
    status: String,
    disposition: String,
    count: i64,
}

/// The record of every rule that ever spoke, of the findings that are kept.
pub async fn records(db: &impl ConnectionTrait) -> StoreResult<BTreeMap<String, RuleRecord>> {
    use finding::Column;
    let counted: Vec<Counted> = finding::Entity::find()
        .select_only()
        .columns([Column::RuleId, Column::Status, Column::Disposition])
        .column_as(Column::Id.count(), "count")
        .group_by(Column::RuleId)
        .group_by(Column::Status)
        .group_by(Column::Disposition)
        .into_model()
        .all(db)
        .await?;
    let mut records: BTreeMap<String, RuleRecord> = BTreeMap::new();
    for row in counted {
        let record = records.entry(row.rule_id).or_default();
        let count = u32::try_from(row.count).unwrap_or(u32::MAX);
        match row.status.as_str() {
            ACTIVE => record.fired += count,
            EXCEPTED => record.excepted += count,
            _ => {}
        }
        match Disposition::from_code(&row.disposition) {
            Some(Disposition::Confirmed) => record.confirmed += count,
            Some(Disposition::Explained) => record.explained += count,
            Some(Disposition::Wrong) => record.wrong += count,
            Some(Disposition::None) | None => {}
        }
    }
    Ok(records)
}

/// What a closed case says of the findings of its check-in that counted. The last word stands.
pub async fn dispose(tx: &Tx, check_in: CheckInId, disposition: Disposition) -> StoreResult<u64> {
    use finding::Column;
    let updated = finding::Entity::update_many()
        .col_expr(Column::Disposition, Expr::value(disposition.code()))
        .filter(Column::CheckInId.eq(check_in.0))
        .filter(Column::Status.eq(ACTIVE))
        .exec(&**tx)
        .await?;
    Ok(updated.rows_affected)
}

/// Lower levels in force.
pub async fn demotions(db: &impl ConnectionTrait) -> StoreResult<Vec<rule_demotion::Model>> {
    use rule_demotion::Column;
    Ok(rule_demotion::Entity::find()
        .filter(Column::EndedMs.is_null())
        .order_by_asc(Column::RuleId)
        .all(db)
        .await?)
}
