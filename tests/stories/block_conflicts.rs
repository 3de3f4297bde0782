//! A calendar that does not take a slot, under the block horizon: the check-in stays in the block that
//! drew it, on the next of its committed slots, or the day is shielded and no later block
//! draws the person again.

use crate::support::{Company, Database, START, logged, recompute};
use jiff::civil::date;
use muster::acts::draw_audit::{self, Wanted};
use muster_domain::calendar::Window;
use muster_domain::draw::{BLOCK_MS, Horizon, REFUSALS_MAX, Selection, slot_order};
use muster_domain::id::PersonId;
use muster_domain::time::UtcMillis;
use muster_store::{busy, draws};

const DAY: i64 = 24 * 60;
const ZONE: &str = "Europe/Lisbon";
const LABEL: &str = "2026-12-02";
const MARIA: &str = "maria@muster.example";

/// What the story knows of the block that has drawn Maria, from every key.
struct Drawn {
    n: u8,
    /// The announcements that the block may hold.
    span: Window,
    hit: Selection,
    /// The slots committed for her in that block, in their keyed order.
    slots: Vec<UtcMillis>,
}

/// Passes to the plan of the block of Wednesday that draws Maria.
async fn planned(company: &Company) -> Drawn {
    for n in 0..12 {
        company.pass_to(START.plus_minutes(DAY + n * 120 + 3)).await;
        let Some(block) = recompute(company, ZONE, LABEL).await.pop() else { continue };
        let Horizon::Block(n) = block.inputs.boundary().horizon else { continue };
        let Some(hit) = block.plan.selections.first().cloned() else { continue };
        assert!(hit.transaction_due() > company.context.now(), "not announced yet");
        let t = block.inputs.boundary().t;
        let ranges = &block.inputs.person(&hit.token).unwrap().slots;
        let slots = slot_order(&block.key, &hit.token, ranges);
        assert_eq!(slots[0], hit.slot, "a hit has the first slot of its block");
        return Drawn { n, span: Window { start: t, end: t.plus_ms(BLOCK_MS) }, hit, slots };
    }
    panic!("no block of {LABEL} has drawn Maria");
}

/// One hit for the label, whatever became of it, and an audit of its draws that complains of nothing.
async fn counts_once_and_audits_clean(company: &Company, maria: PersonId) {
    company.pass_to(START.plus_minutes(13 * DAY)).await;
    company.pass_to(START.plus_minutes(13 * DAY + 5)).await;
    let of_label = company.check_ins(maria).await.into_iter();
    let drawn = of_label.filter(|c| c.label == LABEL && c.kind == "drawn");
    assert_eq!(drawn.count(), 1, "no later block has drawn her again");
    let closed = logged(company, "draw-label-closed").await;
    let closed = closed.iter().find(|entry| entry["label"] == LABEL).unwrap();
    assert_eq!((&closed["hit"], &closed["shielded"]), (&1.into(), &0.into()));
    let days = draws::days(company.store().read(), maria).await.unwrap();
    assert!(days.iter().any(|day| day.label == LABEL && day.result == "hit"), "{days:?}");

    let (from, to) = (date(2026, 12, 2), date(2026, 12, 3));
    let wanted = Wanted { from, to, hash_other_entries: false };
    let (mut bytes, told) = (Vec::new(), |_, _| {});
    let audited =
        draw_audit::export(&company.context, wanted, draw_audit::trust(), &mut bytes, told).await;
    let report = audited.unwrap().expect("the bundle is whole");
    assert!(report.is_clean() && report.not_yet_public.is_empty(), "{report:#?}");
}

crate::on_both_databases! { by Company::open_in_blocks;
    async fn a_conflict_after_the_announcement_takes_the_next_free_slot_of_that_block(company: Company) {
        let company = company.reading_calendars().await;
        let maria = company.usual_cast().await.maria;
        let drawn = planned(&company).await;
        // A meeting that was not there when everybody's calendar was read.
        let hit = &drawn.hit;
        let meeting = Window { start: hit.slot.plus_minutes(-10), end: hit.slot.plus_minutes(20) };
        company.calendars.show(MARIA, &[meeting]);
        company.pass_to(hit.transaction_due()).await;
        let moved = company.check_ins(maria).await.pop().expect("announced");

        // The same key, the same committed slots: anybody finds the same next one.
        let talk_ms = 5 * 60_000;
        let earliest = hit.transaction_due().plus_minutes(i64::from(hit.notice_minutes));
        let to_come: Vec<_> = drawn.slots[1..].iter().filter(|slot| **slot >= earliest).collect();
        let is_taken = |slot: UtcMillis| slot < meeting.end && meeting.start < slot.plus_ms(talk_ms);
        let refused = to_come.iter().take_while(|slot| is_taken(***slot)).count();
        assert!(to_come.len() >= 4 && refused < REFUSALS_MAX, "the seed of this story leaves slots: {}", to_come.len());
        assert_eq!(moved.start_ms, to_come[refused].0, "the next smallest that the calendar takes");
        assert!(drawn.span.start.0 <= moved.announce_ms && moved.announce_ms < drawn.span.end.0 + 15 * 60_000, "block {}", drawn.n);
        let kept = busy::refusals(company.store().read(), moved.check_in_id()).await.unwrap();
        assert_eq!((kept.len(), kept[0].start_ms), (refused + 1, hit.slot.0));
        let entries = logged(&company, "check-in-slot-refused").await;
        assert_eq!(entries.len(), refused + 1);
        assert!(entries.iter().all(|entry| entry["label"] == LABEL && entry["kind"] == "drawn"));
        assert_eq!(logged(&company, "check-in-slot-changed").await.len(), 1);
        company.pass_to(company.context.now().plus_minutes(2)).await;
        let update = company.mails_to(MARIA).into_iter().find(|m| m.text.contains("NEW TIME"));
        assert!(update.expect("an updated invitation").calendar.unwrap().ics.contains("SEQUENCE:1"));

        // Everything after goes by the new time.
        company.calendars.show(MARIA, &[]);
        let missed = company.nobody_comes(&moved).await;
        assert_eq!(missed.outcome.as_deref(), Some("missed"), "{:?}", missed.cause);
        company.ends_well().await;
        counts_once_and_audits_clean(&company, maria).await;
    }

    async fn a_block_without_a_slot_that_the_calendar_takes_shields_the_day_and_later_blocks_leave_it(company: Company) {
        let company = company.reading_calendars().await;
        let maria = company.usual_cast().await.maria;
        let drawn = planned(&company).await;
        // Busy over every slot of this block, free for the rest of the day.
        let last = *drawn.slots.iter().max().unwrap();
        let meeting = Window { start: drawn.span.start, end: last.plus_minutes(5) };
        company.calendars.show(MARIA, &[meeting]);
        company.pass_to(drawn.hit.transaction_due().plus_minutes(1)).await;
        let over = company.check_ins(maria).await.pop().expect("announced");
        assert_eq!(over.outcome.as_deref(), Some("excused"), "{over:?}");
        assert_eq!(logged(&company, "check-in-shielded").await.len(), 1);
        assert!(company.mails_to(MARIA).iter().any(|m| m.text.contains("no free time left")));
        company.calendars.show(MARIA, &[]);
        counts_once_and_audits_clean(&company, maria).await;
        company.ends_well().await;
    }
}
