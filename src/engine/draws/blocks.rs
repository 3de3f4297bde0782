//! Rows of people under the block horizon. Block 0 has everybody whose policy says so; later blocks
//! have exactly the same people, so that nobody enters or leaves a label that is being drawn.

use super::Engine;
use super::rows::{Roster, token};
use crate::acts::policy::PolicyInForce;
use muster_domain::calendar::{DayReasons, IneligibleClass};
use muster_domain::draw::{BlockShare, Blocks, Boundary, BoundaryInputs, Horizon, PersonRow};
use muster_domain::policy;
use muster_domain::time::UtcMillis;
use muster_store::drawable::Drawable;
use muster_store::draws;
use std::collections::HashMap;

/// Whether a policy draws in blocks.
pub(super) fn is_in_blocks(policy: &PolicyInForce) -> bool {
    policy.policy.draw.horizon == policy::Horizon::Block
}

/// The rows of block n of a label. `first` is the label's first instant, at which its slots are
/// asked for, so that shares count the whole label.
pub(super) async fn people(
    engine: &Engine,
    roster: &Roster,
    zone: &str,
    boundary: &Boundary,
    blocks: Blocks,
    first: UtcMillis,
) -> anyhow::Result<Vec<(PersonRow, DayReasons)>> {
    let Horizon::Block(n) = boundary.horizon else { return Ok(Vec::new()) };
    let row_of = |person: &Drawable| -> Option<(PersonRow, DayReasons)> {
        let policy = roster.policy_of(person.id).filter(|p| is_in_blocks(p))?;
        let (day, reasons) = roster.person_row(engine, person, boundary, first)?;
        let (slots, share) = blocks.share(n, &day.slots, policy.terms().lead_ms());
        Some((PersonRow { block: Some(share), slots, ..day }, reasons))
    };
    let here = roster.in_zone(zone);
    if n == 0 {
        return Ok(here.filter_map(row_of).collect());
    }
    let store = &engine.context.store;
    let label = boundary.label.to_string();
    let row = draws::boundary(store.read(), zone, &label, Horizon::Block(0)).await?;
    let row = row.ok_or_else(|| anyhow::anyhow!("block 0 of {label} is not committed"))?;
    let json = draws::boundary_inputs(store, store.read(), &row).await?;
    let began_with = BoundaryInputs::from_json(&json)?;
    let here: HashMap<_, _> = here.map(|p| (token(p), p)).collect();
    let rows = began_with.people().map(|row| {
        let person = here.get(&row.token);
        let gone = || (gone(row, person.is_some()), DayReasons::default());
        person.and_then(|p| row_of(p)).unwrap_or_else(gone)
    });
    Ok(rows.collect())
}

/// Somebody of block 0 who is no longer drawn in blocks here.
fn gone(row: &PersonRow, is_here: bool) -> PersonRow {
    let class = if is_here { IneligibleClass::NotInPool } else { IneligibleClass::Left };
    PersonRow {
        block: Some(BlockShare { before: 0, here: 0, total: 0 }),
        class: Some(class),
        slots: Vec::new(),
        ..row.clone()
    }
}
