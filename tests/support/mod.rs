//! What the stories share: a small company on a real database with a clock that is moved.

pub mod authenticator;
pub mod browser_key;
mod company;
mod draws;
mod log;
pub mod mutants;
pub mod program;
pub mod vectors;

pub use company::{Cast, Company, Database, START, Somebody};
pub use draws::{logged, recompute};
pub use log::Log;

/// Tells one story on both databases.
#[macro_export]
macro_rules! on_both_databases {
    ($($(#[$meta:meta])* async fn $name:ident($company:ident: Company) $body:block)+) => {
        $crate::on_both_databases! { by Company::open; $($(#[$meta])* async fn $name($company: Company) $body)+ }
    };
    (by $open:path; $($(#[$meta:meta])* async fn $name:ident($company:ident: Company) $body:block)+) => { $(
        mod $name {
            use super::*;

            #[allow(clippy::redundant_async_block, reason = "the body is given by the story")]
            async fn story($company: Company) $body

            $(#[$meta])*
            #[tokio::test]
            async fn on_sqlite() {
                let company = $open(Database::Sqlite, stringify!($name)).await;
                story(company).await;
            }

            $(#[$meta])*
            #[tokio::test]
            async fn on_postgresql() {
                let company = $open(Database::Postgresql, stringify!($name)).await;
                story(company).await;
            }
        }
    )+ };
}
