//! P7: plans are replayed in the order in which they were made. A boundary that was committed late saw
//! what later ones had taken already, and those never saw it; the audit must see the same.

use crate::support::{Company, Database, START};
use jiff::civil::date;
use muster::acts::draw_audit::{self, Wanted};
use muster_domain::draw::{HazardTable, Threshold};
use muster_domain::draw_audit::Code;
use muster_domain::time::UtcMillis;
use muster_store::audit::Record;
use muster_store::{check_ins, draws, work};
use std::collections::HashMap;

const DAY: i64 = 24 * 60;
const LISBON: &str = "Europe/Lisbon";
const NEW_YORK: &str = "America/New_York";

/// One verifier for two zones, in three hours that both share. Everybody is drawn every day.
async fn one_desk_for_two_zones(company: Company) -> Company {
    let sure = HazardTable::new(vec![Threshold::SURE]).unwrap();
    let company = company.with_hazards(sure).await;
    company.verifier_with_hours("Jo Park", LISBON, "Mon-Fri 08:00-19:00").await;
    for n in 0..4 {
        let name = format!("L{n} Example");
        company.person_with_hours(&name, LISBON, "Mon-Fri 13:00-17:30").await;
        let name = format!("N{n} Example");
        company.person_with_hours(&name, NEW_YORK, "Mon-Fri 08:00-12:30").await;
    }
    company
}

/// Nobody is asked to be in two rooms at once.
async fn sessions_never_overlap(company: &Company, from: UtcMillis) -> usize {
    let rows = check_ins::between(company.store().read(), from, from.plus_minutes(DAY)).await;
    let mut held: HashMap<uuid::Uuid, Vec<(i64, i64)>> = HashMap::new();
    for row in rows.unwrap().iter().filter(|row| row.cause.as_deref() != Some("announced_too_late"))
    {
        let end = row.start_ms + row.session_minutes * 60_000;
        held.entry(row.verifier_id.expect("somebody meets them"))
            .or_default()
            .push((row.start_ms, end));
    }
    for sessions in held.values_mut() {
        sessions.sort_unstable();
        for pair in sessions.windows(2) {
            assert!(pair[0].1 <= pair[1].0, "one verifier in two rooms: {pair:?}");
        }
    }
    held.values().map(Vec::len).sum()
}

crate::on_both_databases! {
    async fn a_boundary_that_was_committed_late_is_replayed_after_those_made_before_it(company: Company) {
        let company = one_desk_for_two_zones(company).await;
        company.pass_to(START.plus_minutes(DAY - 5)).await;
        let label = "2026-12-02";
        // Something keeps Lisbon's date from beginning until New York's has begun and is planned.
        let tx = company.store().begin().await.unwrap();
        let until = START.plus_minutes(DAY + 6 * 60);
        work::reschedule(&tx, &format!("open-label/{LISBON}/{label}"), until).await.unwrap();
        Record::new("service-outage")
            .fact("from_ms", START.plus_minutes(DAY - 5).0)
            .fact("to_ms", until.0)
            .write(&tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        company.pass_to(START.plus_minutes(DAY + 5 * 60 + 10)).await;
        let begun = draws::boundaries_of(company.store().read(), label).await.unwrap();
        assert_eq!(begun.iter().map(|b| b.zone.as_str()).collect::<Vec<_>>(), [NEW_YORK]);
        company.pass_to(START.plus_minutes(2 * DAY + 60)).await;
        let order = draws::boundaries_of(company.store().read(), label).await.unwrap();
        assert_eq!(order.iter().map(|b| b.zone.as_str()).collect::<Vec<_>>(), [NEW_YORK, LISBON]);
        let met = sessions_never_overlap(&company, START.plus_minutes(DAY)).await;
        assert!(met >= 6, "{met} of 8");

        company.pass_to(START.plus_minutes(11 * DAY)).await;
        company.pass_to(START.plus_minutes(11 * DAY + 5)).await;
        let wanted = Wanted { from: date(2026, 12, 2), to: date(2026, 12, 2), hash_other_entries: false };
        let (context, trust, mut bytes) = (&company.context, draw_audit::trust(), Vec::new());
        let audited = draw_audit::export(context, wanted, trust, &mut bytes, |_, _| {}).await.unwrap();
        let report = audited.expect("the bundle is whole");
        assert!(report.is_clean(), "{report:#?}");
        assert_eq!(report.not_yet_public, []);
        let late: Vec<_> = report.remarks.iter().filter(|f| f.code == Code::LateAfterOutage).collect();
        assert_eq!(late[0].zone.as_deref(), Some(LISBON));
        assert_eq!(muster::commands::audit_lines(&bytes[..], draw_audit::trust()).unwrap(), Ok(report));
    }
}
