//! Database schema as a list of migrations: expand, migrate, contract (README.md).
//!
//! One text serves SQLite and PostgreSQL; the few type names that differ are placeholders. There
//! are no database-side time defaults and no cascades: what is deleted is deleted by a query with
//! a name. Instants are UTC milliseconds in columns that end in `_ms`.

mod m0001_main_job;
mod m0005_eligibility;
mod m0006_two_locks;
mod m0007_draw_tokens;
mod m0008_stand_by;
mod m0009_alarms;
mod m0010_disruptions;
mod m0011_retention;
mod m0012_baseline;
mod m0013_links;
mod m0014_gathered;
mod m0015_rules;
mod m0016_tasks;
mod m0017_objections;
mod m0018_passkeys;
mod m0019_hr_keys;
mod m0020_withdrawn_reports;
mod m0021_coverage;
mod m0022_delegation;
mod m0023_language;
mod m0024_second_opinion;
mod m0025_looks;
mod m0026_starts;
mod schema;

use sea_orm_migration::prelude::*;

/// Applies the list below.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_main_job::Migration),
            Box::new(m0005_eligibility::Migration),
            Box::new(m0006_two_locks::Migration),
            Box::new(m0007_draw_tokens::Migration),
            Box::new(m0008_stand_by::Migration),
            Box::new(m0009_alarms::Migration),
            Box::new(m0010_disruptions::Migration),
            Box::new(m0011_retention::Migration),
            Box::new(m0012_baseline::Migration),
            Box::new(m0013_links::Migration),
            Box::new(m0014_gathered::Migration),
            Box::new(m0015_rules::Migration),
            Box::new(m0016_tasks::Migration),
            Box::new(m0017_objections::Migration),
            Box::new(m0018_passkeys::Migration),
            Box::new(m0019_hr_keys::Migration),
            Box::new(m0020_withdrawn_reports::Migration),
            Box::new(m0021_coverage::Migration),
            Box::new(m0022_delegation::Migration),
            Box::new(m0023_language::Migration),
            Box::new(m0024_second_opinion::Migration),
            Box::new(m0025_looks::Migration),
            Box::new(m0026_starts::Migration),
        ]
    }
}

/// Names of all migrations, in order.
pub fn names() -> Vec<String> {
    Migrator::migrations().iter().map(|m| m.name().to_owned()).collect()
}
