//! P11: every class of data goes on its date, everything held about a person can be handed out,
//! and what is erased is gone.

use super::future_draw::{contains, written};
use super::verified::{comes, lisbon, meet};
use crate::support::{Cast, Company, Database, START};
use muster::acts::personal_data::{self, Erasing};
use muster::acts::{draw_audit, manual};
use muster::engine::sweeps::purge;
use muster_domain::id::PersonId;
use muster_domain::judging::evidence::{ClaimStatus, Point};
use muster_domain::judging::judge::{Judgement, JudgingInput};
use muster_domain::retention::{DataClass, retention};
use muster_domain::time::{DAY_MS, UtcMillis};
use muster_store::entities::{check_in, person};
use muster_store::holdings::{self, HOLDINGS, Whose};
use muster_store::{StoreError, check_ins, people};
use sea_orm::{ConnectionTrait, Statement};
use std::collections::{BTreeMap, BTreeSet};

const DAY: i64 = 24 * 60;

async fn rows_of(company: &Company, sql: &str) -> Vec<sea_orm::QueryResult> {
    let db = company.store().read();
    let statement = Statement::from_string(db.get_database_backend(), sql);
    db.query_all_raw(statement).await.unwrap()
}

/// The tables of the schema, asked of the database itself.
async fn tables(company: &Company) -> BTreeSet<String> {
    let sql = match company.store().is_shared() {
        true => "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public'",
        false => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    };
    let rows = rows_of(company, sql).await;
    let names = rows.iter().map(|row| row.try_get::<String>("", "name").unwrap());
    names.filter(|name| name != "seaql_migrations").collect()
}

async fn count(company: &Company, table: &str) -> i64 {
    let rows = rows_of(company, &format!("SELECT count(*) AS n FROM \"{table}\"")).await;
    rows[0].try_get("", "n").unwrap()
}

async fn counts(company: &Company) -> BTreeMap<String, i64> {
    let mut found = BTreeMap::new();
    for table in tables(company).await {
        found.insert(table.clone(), count(company, &table).await);
    }
    found
}

async fn days_pass(company: &Company, days: i64) {
    company.clock.set(company.context.now().plus_minutes(days * DAY));
    purge(&company.engine).await.unwrap();
}

/// Maria shares her place, meets Jo, and is verified.
async fn a_verified_check_in(company: &Company) -> (Cast, check_in::Model) {
    let cast = company.usual_cast().await;
    company.declare_place(cast.maria, 38.72, -9.14).await;
    let row = company.first_check_in(cast.maria, "drawn").await;
    comes(company, &row, ClaimStatus::Ok, lisbon()).await;
    (cast, meet(company, &row, "live_person_seen").await)
}

async fn get(company: &Company, id: PersonId) -> person::Model {
    people::get(company.store().read(), id).await.unwrap()
}

/// Takes somebody off the roster, as an import does.
async fn leaves(company: &Company, id: PersonId) {
    let mut row = get(company, id).await;
    row.state = "left".to_owned();
    row.left_ms = Some(company.context.now().0);
    let tx = company.store().begin().await.unwrap();
    muster_store::save(&tx, row).await.unwrap();
    tx.commit().await.unwrap();
}

crate::on_both_databases! {
    async fn every_table_of_the_schema_is_in_the_list_with_columns_that_exist(company: Company) {
        let listed: BTreeSet<String> = HOLDINGS.iter().map(|h| h.table.to_owned()).collect();
        assert_eq!(listed.len(), HOLDINGS.len(), "a table stands in the list twice");
        assert_eq!(tables(&company).await, listed);
        for holding in HOLDINGS {
            let (Whose::Person(owner) | Whose::CheckIn(owner) | Whose::Case(owner) | Whose::Pseudonym(owner)) =
                holding.whose else { continue };
            let sealed = holding.sealed.iter().flat_map(|s| [s.column, s.row]);
            let columns: Vec<&str> = std::iter::once(owner).chain(sealed)
                .chain(holding.others.iter().copied()).chain(holding.kept_in.iter().copied()).collect();
            let sql = format!("SELECT {} FROM \"{}\" LIMIT 1", columns.join(", "), holding.table);
            rows_of(&company, &sql).await;
        }
    }

    async fn each_class_goes_on_its_date_and_what_is_for_the_whole_employment_stays(company: Company) {
        let (cast, row) = a_verified_check_in(&company).await;
        company.pass_to(company.context.now().plus_minutes(DAY)).await;
        let told = company.mails_to("maria@muster.example").len();
        assert!(told >= 2, "an invitation and a receipt");
        let before = counts(&company).await;
        for table in ["attestation", "attendance_event", "drawn_challenge", "receipt", "judgement", "verifier_form", "notification"] {
            assert!(before[table] > 0, "{table}: the story leaves something behind");
        }

        days_pass(&company, 88).await;
        assert_eq!(count(&company, "attestation").await, 1, "the area is still there on day 89");
        days_pass(&company, 3).await;
        assert_eq!(count(&company, "attestation").await, 0, "after 90 days no place is left");
        assert_eq!(count(&company, "attendance_event").await, before["attendance_event"]);

        days_pass(&company, 91).await;
        for table in ["attendance_event", "drawn_challenge", "notification"] {
            assert_eq!(count(&company, table).await, 0, "{table} after 180 days");
        }
        assert_eq!(count(&company, "judgement").await, before["judgement"]);
        let notes = rows_of(&company, "SELECT notes FROM verifier_form WHERE notes IS NOT NULL").await;
        assert!(notes.is_empty(), "the verifier's notes are gone, the form is not");

        days_pass(&company, 560).await;
        for holding in HOLDINGS {
            let dated = matches!(holding.class, DataClass::ExactPlace | DataClass::PlaceArea
                | DataClass::SessionDetail | DataClass::Decision | DataClass::DrawRecord
                | DataClass::PastCircumstances | DataClass::BusyTimes);
            if dated {
                assert_eq!(count(&company, holding.table).await, 0, "{} after two years", holding.table);
            }
        }
        let from = START.date_in(&jiff::tz::TimeZone::UTC);
        let wanted = draw_audit::Wanted { from, to: from, hash_other_entries: false };
        let audited = draw_audit::export(&company.context, wanted, draw_audit::trust(), &mut Vec::new(), |_, _| {}).await;
        let refused = audited.unwrap_err().to_string();
        assert!(refused.contains("deleted 730 days after"), "{refused}");
        assert_eq!(get(&company, cast.maria).await.name, "Maria Olsen");
        assert!(count(&company, "audit_entry").await >= before["audit_entry"], "the log stays");
        assert_eq!(count(&company, "work_place").await, 1, "a work place without an end is hers while she is employed");
        assert!(muster_store::check_ins::find(company.store().read(), row.check_in_id()).await.unwrap().is_none());
    }

    async fn an_exact_place_does_not_live_on_in_the_judgement_after_it(company: Company) {
        let (cast, first) = a_verified_check_in(&company).await;
        manual::order(&company.context, cast.hr, cast.maria, "a second look was asked for").await.unwrap();
        let second = company.pass_until("the ordered check-in", 7 * DAY, async || {
            company.check_ins(cast.maria).await.into_iter().find(|row| row.kind == "manual")
        }).await;
        comes(&company, &second, ClaimStatus::Ok, lisbon()).await;
        meet(&company, &second, "live_person_seen").await;
        let kept = async || {
            let db = company.store().read();
            let kept = check_ins::judgement::<JudgingInput, Judgement>(company.store(), db, &second).await.unwrap();
            kept.unwrap().0
        };
        let before = kept().await.surroundings.previous.expect("it was compared with the first");
        assert_eq!(Some(before.point), lisbon());
        assert_eq!(before.accuracy_metres, Some(30));

        let apart = second.start_ms - first.start_ms;
        company.clock.set(UtcMillis(first.start_ms + 30 * DAY_MS + apart / 2));
        purge(&company.engine).await.unwrap();
        let after = kept().await;
        assert_eq!(after.claim.unwrap().point, lisbon(), "its own place is not 30 days old");
        let previous = after.surroundings.previous.unwrap();
        assert_eq!((previous.point, previous.accuracy_metres), (lisbon().unwrap().coarse(), None));
        company.clock.set(UtcMillis(first.start_ms + 90 * DAY_MS + apart / 2));
        purge(&company.engine).await.unwrap();
        assert_eq!(kept().await.surroundings.previous, None);
    }

    async fn nothing_goes_while_a_case_is_open_or_a_hold_stands(company: Company) {
        let (cast, row) = a_verified_check_in(&company).await;
        let review = company.context.now().plus_minutes(300 * DAY).date_in(&jiff::tz::TimeZone::UTC);
        let reason = "the court of our seat asked";
        let place = async |actor| personal_data::place(&company.context, actor, cast.maria, reason, review).await;
        assert!(place(Some(cast.maria)).await.is_err(), "nobody holds their own data");
        place(Some(cast.security)).await.unwrap();
        assert!(place(None).await.is_err(), "one stands already");

        days_pass(&company, 800).await;
        for table in ["attestation", "attendance_event", "judgement", "check_in", "notification"] {
            assert!(count(&company, table).await > 0, "{table} is held");
        }
        let kept = muster_store::evidence::attestation(company.store().read(), row.check_in_id()).await.unwrap();
        assert!(!kept.unwrap().coarse, "the exact place is held too");

        personal_data::release(&company.context, None, cast.maria, "the case has ended now").await.unwrap();
        purge(&company.engine).await.unwrap();
        for table in ["attestation", "attendance_event", "judgement", "check_in", "notification"] {
            assert_eq!(count(&company, table).await, 0, "{table} is let go");
        }
    }

    async fn a_case_that_is_open_keeps_what_it_stands_on(company: Company) {
        let cast = company.usual_cast().await;
        let row = company.first_check_in(cast.maria, "drawn").await;
        company.nobody_comes(&row).await;
        company.pass_until("the case", 5 * DAY, async || company.cases().await.into_iter().next()).await;
        days_pass(&company, 800).await;
        assert_eq!(company.check_in(row.check_in_id()).await.outcome.as_deref(), Some("missed"));
        for table in ["judgement", "cases", "case_event", "notification"] {
            assert!(count(&company, table).await > 0, "{table} while the case is open");
        }
    }

    async fn an_export_holds_everything_of_one_person_and_nobody_else(company: Company) {
        let (cast, row) = a_verified_check_in(&company).await;
        company.pass_to(company.context.now().plus_minutes(DAY)).await;
        let maria = get(&company, cast.maria).await;
        let data = personal_data::mine(&company.context, &maria).await.unwrap();
        let records: Vec<(&str, &serde_json::Map<String, serde_json::Value>)> =
            data.classes.iter().flat_map(|c| &c.rows).map(|r| (r.record, &r.fields)).collect();

        // Every row of hers in the database is in it, counted by the database.
        for holding in HOLDINGS {
            let owner = match holding.whose {
                Whose::Person(column) => format!("{column} = (SELECT id FROM person WHERE name = 'Maria Olsen')"),
                Whose::CheckIn(column) => format!("{column} IN (SELECT id FROM check_in WHERE person_id = (SELECT id FROM person WHERE name = 'Maria Olsen'))"),
                Whose::Pseudonym(column) => format!("{column} = (SELECT pseudonym FROM person WHERE name = 'Maria Olsen')"),
                Whose::Case(_) | Whose::Nobody => continue,
            };
            let sql = format!("SELECT count(*) AS n FROM \"{}\" WHERE {owner}", holding.table);
            let rows: i64 = rows_of(&company, &sql).await[0].try_get("", "n").unwrap();
            let exported = records.iter().filter(|(table, _)| *table == holding.table).count();
            assert_eq!(exported as i64, rows, "{}", holding.table);
        }
        let attestation = records.iter().find(|(table, _)| *table == "attestation").unwrap().1;
        let point = Point::from_degrees(38.72, -9.14).unwrap();
        assert_eq!(attestation["claim"]["point"]["latitude_e6"], point.latitude_e6, "sealed columns are opened");
        let sent = records.iter().filter(|(table, fields)| *table == "notification" && fields.contains_key("message")).count();
        assert_eq!(sent, company.mails_to("maria@muster.example").len());

        // Nobody else, but in mails that she was sent herself.
        let mut others = data.clone();
        others.classes.iter_mut().flat_map(|c| &mut c.rows).for_each(|row| {
            row.fields.remove("message");
            row.fields.remove("leaf"); // as it was hashed; it has pseudonyms, which name nobody
        });
        let text = serde_json::to_string(&others).unwrap();
        for other in people::all(company.store().read()).await.unwrap() {
            if other.id == maria.id { continue }
            for trace in [other.name, other.email, other.id.to_string(), other.pseudonym.to_string()] {
                assert!(!text.contains(&trace), "the export names {trace}");
            }
        }
        assert!(text.contains("another person") && !text.contains("token_hash"));
        let page = muster_messages::pages::my_data::PersonalDataFile::of(&serde_json::to_value(&data).unwrap());
        assert!(page.classes.iter().any(|class| class.kept == "30 days after the check-in"));
        assert!(text.contains(&row.code));
    }

    async fn what_security_still_looks_into_is_in_the_offices_export_only(company: Company) {
        let cast = company.usual_cast().await;
        company.declare_place(cast.maria, 38.72, -9.14).await;
        let row = company.first_check_in(cast.maria, "drawn").await;
        comes(&company, &row, ClaimStatus::Ok, lisbon()).await;
        meet(&company, &row, "different_person").await;
        let maria = get(&company, cast.maria).await;
        let office = |actor| personal_data::hand_out(&company.context, Some(actor), &maria);
        assert!(office(cast.security).await.is_err(), "a right of HR alone");
        let looked = "SELECT count(*) AS n FROM audit_entry WHERE kind = 'personal-data-handed-out'";
        let entries = async || rows_of(&company, looked).await[0].try_get::<i64>("", "n").unwrap();
        assert_eq!(entries().await, 0, "a refusal is no look");
        let office = serde_json::to_string(&office(cast.hr).await.unwrap()).unwrap();
        assert_eq!(entries().await, 1, "that somebody looked is in the log");
        let theirs = personal_data::mine(&company.context, &maria).await.unwrap();
        let theirs = serde_json::to_string(&theirs).unwrap();
        for trace in ["different_person", "escalated", "case-opened", &row.id.to_string()] {
            assert!(office.contains(trace), "{trace} is held, so the office hands it out");
            assert!(!theirs.contains(trace), "{trace} would tell what security has not shared");
        }
    }

    async fn who_has_left_is_erased_after_the_wait_and_nothing_of_them_is_left(company: Company) {
        let (cast, row) = a_verified_check_in(&company).await;
        let erase = async |actor, erasing| {
            personal_data::erase(&company.context, actor, cast.maria, "asked for it by letter", erasing).await
        };
        assert!(erase(Some(cast.security), Erasing::Done).await.unwrap_err().to_string().contains("roles"));
        let refused = erase(None, Erasing::Done).await.unwrap_err().to_string();
        assert!(refused.contains("on the roster"), "{refused}");
        leaves(&company, cast.maria).await;
        let refused = erase(None, Erasing::Done).await.unwrap_err().to_string();
        assert!(refused.contains("less than 30 days ago"), "{refused}");

        days_pass(&company, i64::from(retention(DataClass::FormerEmployee).minimum_days) + 1).await;
        let would = erase(Some(cast.hr), Erasing::Tried).await.unwrap();
        assert_eq!(get(&company, cast.maria).await.name, "Maria Olsen", "a try changes nothing");
        let maria = get(&company, cast.maria).await;
        assert_eq!(erase(Some(cast.hr), Erasing::Done).await.unwrap(), would);
        assert!(would > 10);

        let gone = get(&company, cast.maria).await;
        assert!(holdings::is_erased(&gone) && gone.draw_token != maria.draw_token);
        let error = holdings::of_person(company.store(), &gone).await.unwrap_err();
        assert!(matches!(error, StoreError::Erased), "{error}");
        assert!(muster_store::check_ins::find(company.store().read(), row.check_in_id()).await.unwrap().is_none());
        assert!(erase(None, Erasing::Done).await.is_err(), "once");

        // In no file of the database, its write-ahead log included, and in no row.
        for (place, bytes) in written(&company).await {
            for trace in ["Maria Olsen", "maria@muster.example"] {
                assert!(!contains(&bytes, trace.as_bytes()), "{place} still holds {trace}");
            }
        }
        company.ends_well().await;
    }

    async fn a_former_employee_is_erased_when_the_days_are_over_but_not_under_a_hold(company: Company) {
        let (cast, _) = a_verified_check_in(&company).await;
        leaves(&company, cast.maria).await;
        let review = company.context.now().plus_minutes(300 * DAY).date_in(&jiff::tz::TimeZone::UTC);
        personal_data::place(&company.context, Some(cast.hr), cast.maria, "a claim of hers is pending", review).await.unwrap();
        days_pass(&company, 731).await;
        assert_eq!(get(&company, cast.maria).await.name, "Maria Olsen");
        personal_data::release(&company.context, Some(cast.hr), cast.maria, "the claim was settled").await.unwrap();
        purge(&company.engine).await.unwrap();
        assert!(holdings::is_erased(&get(&company, cast.maria).await));
        assert!(!holdings::is_erased(&get(&company, cast.hr).await));
    }
}
