//! The fictional company of the demo, from `examples/acme`: imported by the same acts as a real
//! roster. The demo confirms its own roles and policies, which a real one never may.

use crate::acts::roster::ImportOptions;
use crate::acts::{self, Context};
use muster_domain::roster::RosterBytes;
use muster_domain::time::UtcMillis;
use muster_store::entities::person_role;
use muster_store::{installation, people};
use rust_embed::RustEmbed;

/// `examples/acme` of the tree.
#[derive(RustEmbed)]
#[folder = "examples/acme"]
struct Example;

/// Name of the company in pages and mails.
pub const ORGANISATION: &str = "Acme Instruments";

/// Where the company has its seat; visitors who are nobody yet read its time.
pub const HOME_ZONE: &str = "Europe/Berlin";

/// The evening before the demo's working morning: Tuesday 1 December 2026, 12:00 UTC. From here
/// the clock is stepped through every zone's midnight, so that the day is drawn for real.
pub const EVENING: UtcMillis = UtcMillis(1_796_126_400_000);
/// Wednesday 2 December 2026, 08:50 in Berlin.
pub const MORNING: UtcMillis = UtcMillis(1_796_197_800_000);

fn example(name: &str) -> anyhow::Result<Vec<u8>> {
    let file =
        Example::get(name).ok_or_else(|| anyhow::anyhow!("examples/acme/{name} is missing"))?;
    Ok(file.data.into_owned())
}

/// Founds the company in an empty database.
pub async fn found(context: &Context) -> anyhow::Result<()> {
    acts::setup::create_installation(context, ORGANISATION, installation::mode::LIVE, true).await?;
    let (people_csv, places, absences) =
        (example("people.csv")?, example("work_places.csv")?, example("absences.csv")?);
    let bytes =
        RosterBytes { people: &people_csv, work_places: Some(&places), absences: Some(&absences) };
    acts::roster::import(context, None, bytes, ImportOptions::default()).await?;
    confirm_roles(context).await?;
    let files = Example::iter().filter(|f| f.starts_with("policies/"));
    let texts =
        files.map(|f| Ok(String::from_utf8(example(&f)?)?)).collect::<anyhow::Result<Vec<_>>>()?;
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    acts::policy::activate_first(context, None, &texts).await?;
    Ok(())
}

/// Roles wait for a second person; the demo has none, and says so.
async fn confirm_roles(context: &Context) -> anyhow::Result<()> {
    let tx = context.store.begin().await?;
    for pending in people::pending_roles(&*tx).await? {
        let confirmed = person_role::Model {
            state: people::role_state::ACTIVE.to_owned(),
            confirmed_ms: Some(context.now().0),
            ..pending
        };
        muster_store::save(&tx, confirmed).await?;
    }
    muster_store::audit::Record::new("demo-roles-confirmed").write(&tx).await?;
    tx.commit().await?;
    Ok(())
}
