//! One entity a table, plain: no relations (queries name what they join), no behaviour. Closed
//! words are stored as their spelling and parsed where they are used.

/// Declares the entity of one table.
macro_rules! entity {
    ($(#[$meta:meta])* $module:ident = $table:literal { $($(#[$fmeta:meta])* $field:ident : $ty:ty),+ $(,)? }) => {
        $(#[$meta])*
        pub mod $module {
            use sea_orm::entity::prelude::*;

            #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize)]
            #[sea_orm(table_name = $table)]
            pub struct Model { $($(#[$fmeta])* pub $field: $ty),+ }

            #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
            pub enum Relation {}

            impl ActiveModelBehavior for ActiveModel {}
        }
    };
}

mod access_tables;
mod audit_tables;
mod case_tables;
mod challenge_tables;
mod check_in_tables;
mod coverage_tables;
mod draw_tables;
mod eligibility_tables;
mod external_tables;
mod link_tables;
mod message_tables;
mod operation_tables;
mod policy_tables;
mod roster_tables;
mod rule_tables;

pub use access_tables::*;
pub use audit_tables::*;
pub use case_tables::*;
pub use challenge_tables::*;
pub use check_in_tables::*;
pub use coverage_tables::*;
pub use draw_tables::*;
pub use eligibility_tables::*;
pub use external_tables::*;
pub use link_tables::*;
pub use message_tables::*;
pub use operation_tables::*;
pub use policy_tables::*;
pub use roster_tables::*;
pub use rule_tables::*;
