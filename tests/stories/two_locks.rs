//! P7: a day is drawn under every lock it was committed with. The round of the beacon is asked for and
//! decided once; a holder's key is waited for; who leaves and what is lost is said.

use crate::support::{Company, Database, START, Somebody, logged, recompute};
use muster::acts::{chains as own, holders};
use muster_domain::draw::beacon::round_of;
use muster_domain::draw::{ChainKey, TipFile};
use muster_domain::time::UtcMillis;
use muster_simulation::BeaconAnswer;
use muster_store::{chains, draws};

const DAY: i64 = 24 * 60;
const ZONE: &str = "Europe/Lisbon";
const REASON: &str = "as was agreed last week";

/// Slots of a label by recomputation, and as announced.
async fn agrees(company: &Company, label: &str) -> usize {
    let planned = recompute(company, ZONE, label).await;
    let mut slots: Vec<i64> =
        planned.iter().flat_map(|r| r.plan.selections.iter().map(|s| s.slot.0)).collect();
    let from = UtcMillis(planned[0].row.t_ms);
    let to = from.plus_minutes(DAY);
    let rows = muster_store::check_ins::between(company.store().read(), from, to).await.unwrap();
    let mut announced: Vec<i64> =
        rows.iter().filter(|c| c.kind == "drawn" && c.label == label).map(|c| c.start_ms).collect();
    slots.sort_unstable();
    announced.sort_unstable();
    assert_eq!(announced, slots, "recomputed: same, {label}");
    announced.len()
}

async fn salt_of(company: &Company, label: &str) -> String {
    let rows = draws::boundaries_in(company.store().read(), ZONE, label).await.unwrap();
    rows[0].salt.clone()
}

crate::on_both_databases! { by Company::open_under_beacon;
    async fn a_day_is_drawn_with_the_round_it_was_committed_to(company: Company) {
        let cast = company.usual_cast().await;
        company.first_check_in(cast.maria, "drawn").await;
        company.pass_to(START.plus_minutes(DAY)).await;
        assert_eq!(agrees(&company, "2026-12-01").await, 1);

        let inputs = logged(&company, "draw-inputs").await;
        let rounds = logged(&company, "draw-beacon").await;
        let (input, round) = (&inputs[0], &rounds[0]);
        assert_eq!((&input["label"], &input["beacon"]), (&"2026-12-01".into(), &"test".into()));
        assert_eq!(input["round"], round_of(START), "fixed before it existed");
        assert_eq!(input["b_ms"], START.0);
        assert_eq!(round["round"], input["round"]);
        assert_eq!(company.beacon.as_ref().unwrap().asked()[0], round_of(START));
        assert!(logged(&company, "draw-single-lock").await.is_empty());
        company.ends_well().await;
    }

    async fn a_round_that_comes_within_ten_minutes_is_taken(company: Company) {
        let beacon = company.beacon.clone().unwrap();
        company.usual_cast().await;
        beacon.answer_always(BeaconAnswer::Lie);
        company.pass_to(START.plus_minutes(4)).await;
        beacon.answer_always(BeaconAnswer::Away);
        company.pass_to(START.plus_minutes(9)).await;
        assert_eq!(salt_of(&company, "2026-12-01").await, draws::salt::WAITING);
        beacon.answer_always(BeaconAnswer::Give);
        company.pass_to(START.plus_minutes(DAY)).await;
        assert_eq!(salt_of(&company, "2026-12-01").await, draws::salt::BEACON);
        assert_eq!(agrees(&company, "2026-12-01").await, 1);
        company.ends_well().await;
    }

    async fn without_a_round_a_day_is_single_lock_and_stays_so(company: Company) {
        let beacon = company.beacon.clone().unwrap();
        company.usual_cast().await;
        beacon.answer_always(BeaconAnswer::Away);
        company.pass_to(START.plus_minutes(11)).await;
        assert!(logged(&company, "draw-single-lock").await.is_empty(), "ten minutes from the round");
        company.pass_to(START.plus_minutes(13)).await;
        let single = logged(&company, "draw-single-lock").await;
        assert_eq!((single.len(), &single[0]["reason"]), (1, &"nobody answers".into()));

        // The round arrives after all, and the service is started anew: nothing changes.
        beacon.answer_always(BeaconAnswer::Give);
        let mut company = company;
        company.engine.stop().await.unwrap();
        company.engine = company.second_instance().await;
        company.pass_to(START.plus_minutes(DAY)).await;
        assert_eq!(salt_of(&company, "2026-12-01").await, draws::salt::ZEROS);
        assert_eq!(agrees(&company, "2026-12-01").await, 1);
        // The next day has two locks again.
        company.pass_to(START.plus_minutes(2 * DAY)).await;
        assert_eq!(salt_of(&company, "2026-12-02").await, draws::salt::BEACON);
        assert_eq!(agrees(&company, "2026-12-02").await, 1);
        company.ends_well().await;
    }

    async fn a_late_commitment_takes_a_round_that_nobody_knows_yet(company: Company) {
        company.usual_cast().await;
        company.pass_to(START.plus_minutes(DAY - 5)).await;
        // Away over midnight and half of the next morning.
        let back = START.plus_minutes(DAY + 6 * 60);
        company.clock.set(back);
        company.engine.drain().await.unwrap();
        let inputs = logged(&company, "draw-inputs").await;
        let late = inputs.iter().find(|i| i["label"] == "2026-12-02").unwrap();
        assert_eq!((&late["late"], &late["b_ms"]), (&true.into(), &back.0.into()));
        assert_eq!(late["round"], round_of(back));
        company.pass_to(START.plus_minutes(2 * DAY)).await;
        assert_eq!(agrees(&company, "2026-12-02").await, 1);
    }
}

/// A works council with a chain of its own, added by two persons.
pub(super) async fn works_council(company: &Company) -> (TipFile, uuid::Uuid) {
    let [hr, security] = ["hedda", "sven"].map(str::to_owned);
    let db = company.store().read();
    let mut ids = Vec::new();
    for name in [hr, security] {
        let person = muster_store::people::by_employee_id(db, &name).await.unwrap().unwrap();
        ids.push(muster_domain::id::PersonId(person.id));
    }
    let id = uuid::Uuid::from_u128(99);
    let first = "2026-11-28".parse().unwrap();
    let tip = ChainKey::from_bytes([3; 32]);
    let file = TipFile::begin("works-council", &id.to_string(), first, 400, tip).unwrap();
    holders::add(&company.context, ids[0], &file.public, REASON).await.unwrap();
    holders::confirm(&company.context, ids[1], id).await.unwrap();
    (file, id)
}

pub(super) async fn deliver(company: &Company, file: &TipFile, label: &str) {
    let release = file.release(label.parse().unwrap(), company.context.now()).unwrap();
    holders::deliver(&company.context, &release).await.unwrap();
}

async fn complaints(company: &Company) -> Vec<&'static str> {
    let audit = company.engine.audit_and_beat().await.unwrap();
    audit.complaints.iter().map(|c| c.code).collect()
}

crate::on_both_databases! {
    async fn nothing_is_drawn_without_a_holders_key_and_a_late_one_blames_nobody(company: Company) {
        let cast = company.usual_cast().await;
        let (file, id) = works_council(&company).await;
        company.pass_to(START.plus_minutes(12 * 60)).await;
        assert!(company.check_ins(cast.maria).await.is_empty(), "not silently drawn without");
        assert_eq!(complaints(&company).await, ["draw-key-missing"]);
        let row = draws::boundaries_in(company.store().read(), ZONE, "2026-12-01").await.unwrap();
        assert!(row[0].chain.contains(&id.to_string()) && row[0].chain.contains('+'));

        deliver(&company, &file, "2026-12-01").await;
        company.engine.drain().await.unwrap();
        let planned = recompute(&company, ZONE, "2026-12-01").await;
        let slot = planned[0].plan.selections[0].clone();
        company.pass_to(START.plus_minutes(DAY - 1)).await;
        let [check_in] = &company.check_ins(cast.maria).await[..] else { panic!("one") };
        assert_eq!(check_in.start_ms, slot.slot.0);
        if slot.announce < START.plus_minutes(12 * 60 - 1) {
            assert_eq!((check_in.outcome.as_deref(), check_in.fault.as_deref()), (Some("void"), Some("service")));
        }

        // In time for the next date: as if the holder were not there.
        deliver(&company, &file, "2026-12-02").await;
        company.pass_to(START.plus_minutes(2 * DAY)).await;
        assert_eq!(agrees(&company, "2026-12-02").await, 1);
        let key = file.release("2026-12-02".parse().unwrap(), company.context.now()).unwrap();
        for kind in ["draw-key-delivered", "draw-inputs", "draw-label-closed"] {
            for facts in logged(&company, kind).await {
                assert!(!serde_json::to_string(&facts).unwrap().contains(&key.key.to_hex()));
            }
        }
        deliver(&company, &file, "2026-12-03").await;
        company.ends_well().await;
    }

    async fn a_holder_who_is_gone_is_retired_by_two_and_the_lost_day_moves_nobodys_gap(company: Company) {
        let cast = company.usual_cast().await;
        let (_, id) = works_council(&company).await;
        company.pass_to(START.plus_minutes(DAY + 60)).await;
        assert_eq!(draws::open_boundaries(company.store().read()).await.unwrap().len(), 1, "the next date waits");

        holders::retire(&company.context, cast.security, id, "the council lost its file").await.unwrap();
        let ended = holders::confirm(&company.context, cast.hr, id).await.unwrap();
        assert!(matches!(ended, holders::Confirmed::Ended { dropped: 1, .. }));
        company.pass_to(START.plus_minutes(2 * DAY + 10)).await;
        let dropped = logged(&company, "draw-boundary-dropped").await;
        assert_eq!((dropped.len(), &dropped[0]["label"]), (1, &"2026-12-01".into()));
        let closed = logged(&company, "draw-label-closed").await;
        assert_eq!((&closed[0]["label"], &closed[0]["hit"], &closed[0]["not_hit"]), (&"2026-12-01".into(), &0.into(), &0.into()));
        // The second date began late, and is drawn without the holder.
        let second = logged(&company, "draw-inputs").await;
        let second = second.iter().find(|i| i["label"] == "2026-12-02").unwrap();
        assert!(second["late"] == true && !second["chain"].as_str().unwrap().contains('+'));
        let rows = company.check_ins(cast.maria).await;
        assert!(rows.iter().all(|c| c.label != "2026-12-01"));
        assert_eq!(rows.iter().filter(|c| c.label == "2026-12-02").count(), 1);
        company.ends_well().await;
    }

    async fn a_rotation_counts_from_the_next_boundary_and_both_keys_are_revealed(company: Company) {
        let cast = company.usual_cast().await;
        company.pass_to(START.plus_minutes(12 * 60)).await;
        let old = chains::anchored(company.store().read()).await.unwrap().remove(0);
        let next = own::rotate(&company.context, Some(cast.security), REASON).await.unwrap();
        company.pass_to(START.plus_minutes(2 * DAY + 5)).await;
        let inputs = logged(&company, "draw-inputs").await;
        let chain_of = |label: &str| {
            let found = inputs.iter().find(|i| i["label"] == label).unwrap();
            found["chain"].as_str().unwrap().to_owned()
        };
        assert_eq!(chain_of("2026-12-01"), old.id.to_string());
        assert_eq!(chain_of("2026-12-02"), next.id.to_string());
        assert_eq!(agrees(&company, "2026-12-01").await, 1);
        assert_eq!(agrees(&company, "2026-12-02").await, 1);

        company.pass_to(START.plus_minutes(10 * DAY)).await;
        company.pass_to(START.plus_minutes(10 * DAY + 1)).await;
        let revealed = draws::reveals(company.store().read()).await.unwrap();
        let of = |label: &str| revealed.iter().filter(|r| r.label == label).map(|r| r.chain_id).collect::<Vec<_>>();
        assert_eq!(of("2026-12-01"), [old.id]);
        assert_eq!(of("2026-12-02"), [next.id]);
        company.ends_well().await;
    }

    /// A key opens every earlier label, so none may leave while one of those is still to be drawn
    /// somewhere, however long the rest has been closed.
    async fn no_key_is_revealed_while_an_earlier_label_is_open_somewhere(company: Company) {
        company.usual_cast().await;
        let zone = "Asia/Tokyo";
        company.person(Somebody { name: "Aiko Example", zone, manager: None, roles: &[], in_pool: true }).await;
        company.pass_to(START.plus_minutes(3 * DAY)).await;
        // Tokyo's second label never closes: its row is opened again, and its next label withdrawn.
        let tx = company.store().begin().await.unwrap();
        let rows = draws::boundaries_in(&*tx, zone, "2026-12-02").await.unwrap();
        for mut row in rows {
            row.closed_ms = None;
            muster_store::save(&tx, row).await.unwrap();
        }
        tx.commit().await.unwrap();
        let last = draws::closed_labels(company.store().read()).await.unwrap();
        assert!(last.iter().all(|(label, _)| label.as_str() < "2026-12-02"), "{last:?}");
        assert!(!last.is_empty());
    }
}
