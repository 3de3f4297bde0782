//! Private blocks, own calendars, a change of zone, and why a day was what it was.

use crate::support::{Company, Database, START};
use muster::acts::private_blocks::{self, Typed};
use muster::acts::{ActError, explain, holidays};
use muster_domain::calendar::IneligibleClass;
use muster_domain::draw::explanation::DrawTold;
use muster_domain::id::PersonId;
use muster_domain::time::{UtcMillis, zone};
use muster_store::entities::{check_in, person};
use muster_store::{audit, draws, people};

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

async fn drawn(company: &Company, person: PersonId, label: &str) -> Option<check_in::Model> {
    let all = company.check_ins(person).await;
    all.into_iter().find(|c| c.label == label && c.kind == "drawn")
}

async fn change(company: &Company, id: PersonId, edit: impl FnOnce(&mut person::Model)) {
    let tx = company.store().begin().await.unwrap();
    let mut row = people::get(&*tx, id).await.unwrap();
    edit(&mut row);
    muster_store::save(&tx, row).await.unwrap();
    tx.commit().await.unwrap();
}

async fn logged(company: &Company, kind: &str) -> Vec<String> {
    let entries = audit::list(company.store().read(), 0, 5_000).await.unwrap();
    entries.into_iter().filter(|e| e.kind == kind).map(|e| e.leaf).collect()
}

fn typed<'a>(when: &'a str, date: &'a str, from: &'a str, to: &'a str) -> Typed<'a> {
    Typed { when, date, from, to }
}

crate::on_both_databases! {
    async fn a_private_block_counts_from_the_next_day_and_takes_its_slots(company: Company) {
        let maria = company.usual_cast().await.maria;
        // Her hours become 09:00 to 11:30 so that the two hours she may block leave little.
        change(&company, maria, |row| row.hours = "Mon-Fri 09:00-11:30".into()).await;
        company.pass_to(START.plus_minutes(3)).await;
        // Tuesday has begun: a block of every Tuesday counts from next week on.
        private_blocks::add(&company.context, maria, &typed("1", "", "09:00", "10:30")).await.unwrap();
        private_blocks::add(&company.context, maria, &typed("date", "2026-12-03", "10:30", "11:00")).await.unwrap();
        let too_much = private_blocks::add(&company.context, maria, &typed("2", "", "09:00", "09:05")).await;
        assert!(matches!(&too_much, Err(ActError::Invalid(faults)) if faults[0].1.contains("125 minutes in one week")), "{too_much:?}");
        assert_eq!(logged(&company, "private-blocks-changed").await.len(), 2);

        company.pass_to(START.plus_minutes(3 * DAY)).await;
        let told = explain::explain(&company.context, &people::get(company.store().read(), maria).await.unwrap(), "2026-12-01".parse().unwrap()).await.unwrap();
        let reasons = told.day.unwrap().reasons.unwrap();
        assert_eq!(reasons.beside_private_blocks, reasons.open, "not on the day it was declared");
        let told = explain::explain(&company.context, &people::get(company.store().read(), maria).await.unwrap(), "2026-12-03".parse().unwrap()).await.unwrap();
        let day = told.day.unwrap();
        let reasons = day.reasons.unwrap();
        assert!(day.class.is_none() && reasons.beside_private_blocks + 6 == reasons.open, "{reasons:?}");
        if let Some(thursday) = drawn(&company, maria, "2026-12-03").await {
            let start = UtcMillis(thursday.start_ms).in_zone(&zone("Europe/Lisbon").unwrap());
            let minute = i64::from(start.hour()) * 60 + i64::from(start.minute());
            assert!(!(626..660).contains(&minute), "{start}");
        }
        // Next Tuesday nothing is left.
        company.pass_to(START.plus_minutes(7 * DAY + 10)).await;
        let told = explain::explain(&company.context, &people::get(company.store().read(), maria).await.unwrap(), "2026-12-08".parse().unwrap()).await.unwrap();
        let day = told.day.unwrap();
        assert!(day.free_slots < day.reasons.unwrap().open);
    }

    async fn a_calendar_of_the_operators_own_counts_from_the_next_boundary(company: Company) {
        let maria = company.usual_cast().await.maria;
        change(&company, maria, |row| row.holidays = Some("ACME".into())).await;
        company.pass_to(START.plus_minutes(10 * HOUR)).await;
        let bytes = b"date,name\n2026-12-01,Too late\n2026-12-02,Founder's day\n";
        let mut import = holidays::Import { code: "ACME", base: Some("PT"), bytes, dry_run: true };
        let would = holidays::import(&company.context, None, &import).await.unwrap();
        assert!(!would.applied && would.people == 1 && would.added.contains(&"2026-12-02 Founder's day".to_owned()), "{would:?}");
        import.dry_run = false;
        assert!(holidays::import(&company.context, None, &import).await.unwrap().applied);
        for (code, base, bytes, says) in [
            ("DE", None, &b"date,name\n2026-12-02,x\n"[..], "ships with Muster"),
            ("ACME", Some("XX"), b"date,name\n2026-12-02,x\n", "no holiday calendar `XX`"),
            ("ACME", Some("ACME"), b"date,name\n2026-12-02,x\n", "no holiday calendar `ACME`"),
            ("ACME", None, b"date,name\nsoon,x\n", "line 2"),
            ("ACME", None, b"\xff\xfe", "UTF-8"),
        ] {
            let import = holidays::Import { code, base, bytes, dry_run: false };
            let fault = holidays::import(&company.context, None, &import).await.unwrap_err().to_string();
            assert!(fault.contains(says), "{fault}");
        }
        company.pass_to(START.plus_minutes(2 * DAY)).await;
        assert!(drawn(&company, maria, "2026-12-01").await.is_some(), "that date had begun");
        assert!(drawn(&company, maria, "2026-12-02").await.is_none());
        let me = people::get(company.store().read(), maria).await.unwrap();
        let told = explain::explain(&company.context, &me, "2026-12-02".parse().unwrap()).await.unwrap();
        assert_eq!(told.day.as_ref().unwrap().class, Some(IneligibleClass::Holiday));
        assert!(told.sentences().join(" ").contains("(Founder's day)"));
        assert_eq!(logged(&company, "holiday-calendar-imported").await.len(), 1);
    }

    async fn a_day_is_explained_as_far_as_its_time_has_come(company: Company) {
        let maria = company.usual_cast().await.maria;
        let me = people::get(company.store().read(), maria).await.unwrap();
        let label = "2026-12-02".parse().unwrap();
        let ahead = explain::look(&company.context, None, maria, label).await.unwrap();
        assert!(!ahead.is_committed && ahead.draw == DrawTold::NotCommitted && ahead.count.is_none());
        company.pass_to(START.plus_minutes(DAY + 18 * HOUR)).await;
        let announced = drawn(&company, maria, "2026-12-02").await.expect("everybody is hit");
        let today = explain::look(&company.context, None, maria, label).await.unwrap();
        assert!(today.is_committed && today.draw == DrawTold::Open);
        assert_eq!(today.count, None, "k is nobody's before the label has closed");
        assert!(!today.sentences().join(" ").contains("threshold"));

        company.pass_to(START.plus_minutes(2 * DAY + 10)).await;
        let closed = explain::look(&company.context, None, maria, label).await.unwrap();
        assert_eq!(closed.count.map(|c| (c.k, c.chance_ppm)), Some((1, 1_000_000)));
        let DrawTold::KeyNotPublic { public_ms: Some(public) } = closed.draw else { panic!("{:?}", closed.draw) };
        assert!(closed.sentences().join(" ").contains("becomes public on 2026-12-10"), "{:?}", closed.sentences());

        company.pass_to(public.plus_minutes(DAY)).await;
        let revealed = explain::look(&company.context, Some(maria), maria, label).await.unwrap();
        let DrawTold::Revealed(draw) = &revealed.draw else { panic!("{:?}", revealed.draw) };
        let check_in = draw.check_in.as_ref().unwrap();
        assert!(draw.is_hit && draw.u <= draw.threshold && check_in.start_ms.0 == announced.start_ms);
        assert_eq!((check_in.rank, draw.slots[0]), (Some(1), check_in.start_ms), "nobody competes");
        // Looks at somebody else are on record, one's own is not.
        let looks = audit::about(company.store().read(), me.pseudonym).await.unwrap();
        assert_eq!(looks.iter().filter(|e| e.kind == "draw-day-explained").count(), 3);
        let refused = explain::look(&company.context, Some(maria), PersonId(me.manager_id.unwrap()), label).await;
        assert!(matches!(refused, Err(ActError::Forbidden(_))));
    }

    async fn a_new_zone_counts_from_the_next_boundary_and_no_date_is_drawn_twice(company: Company) {
        company.usual_cast().await;
        for zone in ["Asia/Tokyo", "Pacific/Honolulu", "Pacific/Kiritimati"] {
            company.verifier_with_hours(&format!("V{} Verifier", zone.len()), zone, "Mon-Sun 00:00-24:00").await;
        }
        let hours = "Mon-Sun 00:00-24:00";
        let east = company.person_with_hours("East Example", "Europe/Lisbon", hours).await;
        let line = company.person_with_hours("Line Example", "Pacific/Kiritimati", hours).await;
        company.pass_to(START.plus_minutes(DAY + 12 * HOUR)).await;
        change(&company, east, |row| row.next_zone = Some("Asia/Tokyo".into())).await;
        change(&company, line, |row| row.next_zone = Some("Pacific/Honolulu".into())).await;
        company.pass_to(START.plus_minutes(DAY + 13 * HOUR)).await;
        let now = people::get(company.store().read(), east).await.unwrap();
        assert_eq!(now.zone, "Europe/Lisbon", "the running date is the old zone's");
        company.pass_to(START.plus_minutes(7 * DAY)).await;
        let now = people::get(company.store().read(), east).await.unwrap();
        assert_eq!((now.zone.as_str(), now.next_zone), ("Asia/Tokyo", None));

        let labels = |all: &[check_in::Model]| -> Vec<String> {
            all.iter().filter(|c| c.kind == "drawn").map(|c| c.label.clone()).collect()
        };
        // Lisbon's Wednesday was drawn; Thursday had begun in Tokyo and was skipped.
        let of_east = labels(&company.check_ins(east).await);
        assert!(of_east.contains(&"2026-12-02".into()) && !of_east.contains(&"2026-12-03".into()), "{of_east:?}");
        assert!(of_east.contains(&"2026-12-04".into()), "{of_east:?}");
        // Kiritimati's Thursday comes again in Honolulu.
        let of_line = labels(&company.check_ins(line).await);
        assert_eq!(of_line.iter().filter(|l| *l == "2026-12-03").count(), 1, "{of_line:?}");
        assert!(of_line.contains(&"2026-12-04".into()), "{of_line:?}");
        for row in company.check_ins(east).await.iter().chain(&company.check_ins(line).await) {
            let of: Vec<_> = draws::boundaries_of(company.store().read(), &row.label).await.unwrap();
            let zones: Vec<_> = of.iter().filter_map(|b| zone(&b.zone)).collect();
            assert!(zones.iter().any(|z| UtcMillis(row.start_ms).date_in(z).to_string() == row.label));
        }
        let changes = logged(&company, "zone-changed").await;
        assert_eq!(changes.len(), 2);
        assert!(changes.iter().any(|leaf| leaf.contains("\"counted\":1") && leaf.contains("\"skipped\":1")), "{changes:?}");
        assert!(changes.iter().any(|leaf| leaf.contains("\"skipped\":0")), "{changes:?}");
    }
}
