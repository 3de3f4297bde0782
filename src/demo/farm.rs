//! A laptop farm among the fictional people, so that security has something to look into. Sign-ins of the
//! two weeks before the visitor comes are imported as any identity provider's would be, one system
//! reports what it saw, and the night compares for itself: nothing is inserted.

use super::{World, company};
use crate::acts::external_findings;
use crate::acts::observations::{self, Importer};
use crate::acts::tokens;
use crate::engine::sweeps;
use muster_domain::external::{ExternalKind, Signature};
use muster_domain::id::PersonId;
use muster_domain::judging::Severity;
use muster_domain::person::TokenScope;
use muster_domain::time::DAY_MS;
use muster_store::entities::check_in;
use muster_store::{StoreResult, check_ins, people};
use std::fmt::Write as _;
use std::io::Cursor;

/// Their laptops stand in one house, though their homes lie in three cities; one operator answers for them.
pub(super) const FARM: [&str; 3] = ["e1169", "e1172", "e1189"];
/// The one whose laptop was seen with a second keyboard.
const SEEN: &str = "e1172";
const FARM_LINE: &str = "203.0.113.5,64496,residential,41.0,-75.0,20,";
/// Everybody else signs in from a line and a machine of their own: `e1101` to `e1160` but for the farm.
const OTHERS: std::ops::RangeInclusive<u32> = 1101..=1160;
/// Days before the visitor's on which people sign in.
const DAYS: [i64; 8] = [1, 2, 5, 6, 7, 8, 9, 12];

impl World {
    /// What other systems know of the company on the evening before the visitor comes.
    pub(super) async fn hear_of_others(&self) -> anyhow::Result<()> {
        let has_heard = !muster_store::tokens::list(self.context.store.read()).await?.is_empty();
        if has_heard {
            return Ok(());
        }
        let file = Cursor::new(sign_ins().into_bytes());
        let report = observations::import(&self.context, Importer::Person(None), file).await?;
        anyhow::ensure!(report.faults.is_empty(), "the demo's sign-ins: {:?}", report.faults);
        self.report_a_keyboard().await?;
        // No cron wakes the demo: the comparison of the coming night is planned here.
        sweeps::all(&self.engine).await?;
        Ok(())
    }

    /// One operator sits before the farm's laptops, and cannot be in two calls.
    pub(super) async fn is_operator_elsewhere(&self, row: &check_in::Model) -> StoreResult<bool> {
        let db = self.context.store.read();
        for employee_id in FARM {
            let Some(other) = people::by_employee_id(db, employee_id).await? else { continue };
            let theirs = check_ins::of_person(db, PersonId(other.id), 5).await?;
            let is_met = |c: &check_in::Model| c.start_ms == row.start_ms && c.read_ms.is_some();
            if other.id != row.person_id && theirs.iter().any(is_met) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn report_a_keyboard(&self) -> anyhow::Result<()> {
        let (context, scope) = (&self.context, TokenScope::ExternalFindings);
        let token = tokens::create(context, None, "endpoint protection", scope, 365).await?;
        let now = context.now();
        let body = serde_json::json!({
            "id": "demo-1",
            "employee_id": SEEN,
            "kind": ExternalKind::KvmHint.code(),
            "severity": Severity::High.code(),
            "at": now.plus_ms(-DAY_MS / 4).timestamp().to_string(),
            "detail": "made up for the demo: a second keyboard, over the network",
        });
        let body = body.to_string();
        let key = token.signing_key.as_deref().unwrap_or_default();
        let signed = Signature::sign(key, now.0.div_euclid(1_000), body.as_bytes()).to_string();
        external_findings::take(context, &token.row, &signed, body.as_bytes()).await?;
        Ok(())
    }
}

/// As an identity provider would export them.
fn sign_ins() -> String {
    let mut text = "employee_id,at,ip,asn,ip_class,lat,lon,accuracy_m,device_key\n".to_owned();
    for days in DAYS {
        let at = company::EVENING.plus_ms(-days * DAY_MS).timestamp();
        for id in FARM {
            let _ = writeln!(text, "{id},{at},{FARM_LINE}");
        }
        for n in OTHERS {
            let line = n - OTHERS.start() + 1;
            let _ =
                writeln!(text, "e{n},{at},198.51.100.{line},64497,residential,,,,demo-machine-{n}");
        }
    }
    text
}
