//! Busy times: read for everybody before a day begins, left out of its slots, and looked at once more
//! after an announcement.

use super::future_draw::hits;
use crate::support::{Company, Database, START};
use muster_domain::calendar::Window;
use muster_domain::draw::REFUSALS_MAX;
use muster_domain::id::PersonId;
use muster_domain::time::UtcMillis;
use muster_store::entities::check_in;
use muster_store::{audit, busy};

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;
const MARIA: &str = "maria@muster.example";

fn between(from_hour: i64, to_hour: i64) -> Window {
    Window { start: START.plus_minutes(from_hour * HOUR), end: START.plus_minutes(to_hour * HOUR) }
}

async fn logged(company: &Company, kind: &str) -> Vec<String> {
    let entries = audit::list(company.store().read(), 0, 5_000).await.unwrap();
    entries.into_iter().filter(|e| e.kind == kind).map(|e| e.leaf).collect()
}

async fn drawn(company: &Company, person: PersonId, label: &str) -> Option<check_in::Model> {
    let all = company.check_ins(person).await;
    all.into_iter().find(|c| c.label == label && c.kind == "drawn")
}

/// Passes to the announcement of Maria's check-in on this date.
async fn announced(company: &Company, maria: PersonId, label: &str) -> check_in::Model {
    company
        .pass_until("the announcement", 3 * DAY, async || drawn(company, maria, label).await)
        .await
}

crate::on_both_databases! {
    async fn busy_times_that_were_read_before_the_day_are_left_out_of_its_slots(company: Company) {
        let company = company.reading_calendars().await;
        let maria = company.usual_cast().await.maria;
        // Wednesday: nothing is free but 12:00 to 13:30.
        company.calendars.show(MARIA, &[between(24, 36), Window { start: START.plus_minutes(37 * HOUR + 30), end: between(48, 49).start }]);
        let check_in = announced(&company, maria, "2026-12-02").await;
        let start = UtcMillis(check_in.start_ms);
        assert!(between(36, 38).start <= start && start < between(36, 38).end, "{}", start.timestamp());
        let asked = company.calendars.asked();
        let of_wednesday: Vec<_> = asked.iter().filter(|a| a.from == between(24, 25).start).collect();
        assert_eq!(of_wednesday.len(), 1, "read once: whoever was read is not read again");
        assert!(logged(&company, "busy-times-read").await[0].contains("\"failed\":0"));
        assert!(logged(&company, "check-in-slot-refused").await.is_empty(), "its own calendar takes the slot");
    }

    async fn a_provider_that_is_down_leaves_the_last_reading_and_then_none(company: Company) {
        let company = company.reading_calendars().await;
        let maria = company.usual_cast().await.maria;
        company.calendars.show(MARIA, &[between(24, 36), between(38, 5 * 24)]);
        announced(&company, maria, "2026-12-02").await;
        company.calendars.set_down(true);
        // Thursday: the reading before Wednesday is a day old and still counts: too few slots.
        company.pass_to(START.plus_minutes(3 * DAY)).await;
        assert!(drawn(&company, maria, "2026-12-03").await.is_none(), "shielded by the last reading");
        // Friday: it is too old. The draw goes on without.
        announced(&company, maria, "2026-12-04").await;
        let failed = logged(&company, "busy-times-read").await;
        assert!(failed.iter().filter(|leaf| leaf.contains("\"failed\":2")).count() >= 4, "both tries of two days: {failed:?}");
        let known = busy::of(company.store().read(), maria).await.unwrap().unwrap();
        assert!(known.failed_ms.is_some() && known.failure.contains("try later"), "{known:?}");
    }

    async fn a_slot_that_the_calendar_does_not_take_becomes_the_next_one(company: Company) {
        let company = company.reading_calendars().await;
        let maria = company.usual_cast().await.maria;
        company.pass_to(START.plus_minutes(DAY + 30)).await;
        // A meeting that was not there when everybody's calendar was read.
        let hit = hits(&company).await.pop().expect("Maria is hit on Wednesday");
        let meeting = Window { start: hit.slot.plus_minutes(-10), end: hit.slot.plus_minutes(20) };
        company.calendars.show(MARIA, &[meeting]);
        let check_in = announced(&company, maria, "2026-12-02").await;
        company.pass_to(company.context.now()).await;
        let moved = company.check_in(check_in.check_in_id()).await;
        let refused = busy::refusals(company.store().read(), moved.check_in_id()).await.unwrap();
        assert!((1..=REFUSALS_MAX).contains(&refused.len()), "{refused:?}");
        assert_eq!(refused[0].start_ms, hit.slot.0, "the drawn slot was refused first");
        let start = UtcMillis(moved.start_ms);
        assert!(start < meeting.start.plus_minutes(-4) || meeting.end <= start, "{}", start.timestamp());
        assert_eq!(moved.sequence, 1);
        assert_eq!(logged(&company, "check-in-slot-refused").await.len(), refused.len());
        assert_eq!(logged(&company, "check-in-slot-changed").await.len(), 1);
        let mails = company.mails_to(MARIA);
        let update = mails.iter().find(|m| m.text.contains("NEW TIME")).expect("an updated invitation");
        let text = update.text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains("Your calendar shows something else at the first time."), "{text}");
        assert!(update.calendar.as_ref().unwrap().ics.contains("SEQUENCE:1"));
        assert!(company.mails_to("jo@muster.example").iter().any(|m| m.subject.starts_with("Stand-by")));

        // Everything after goes by the new time.
        let missed = company.nobody_comes(&moved).await;
        assert_eq!(missed.outcome.as_deref(), Some("missed"), "{:?}", missed.cause);
        company.ends_well().await;
    }

    async fn a_full_calendar_shields_two_days_and_the_third_slot_stands(company: Company) {
        let company = company.reading_calendars().await;
        let maria = company.usual_cast().await.maria;
        let mut shielded = 0;
        for (day, label) in (1..).zip(["2026-12-02", "2026-12-03"]) {
            company.calendars.show(MARIA, &[]);
            company.pass_to(START.plus_minutes(day * DAY + 30)).await;
            company.calendars.show(MARIA, &[between(0, 30 * 24)]);
            let check_in = announced(&company, maria, label).await;
            company.pass_to(company.context.now().plus_minutes(1)).await;
            let over = company.check_in(check_in.check_in_id()).await;
            assert_eq!(over.outcome.as_deref(), Some("excused"), "{over:?}");
            shielded += 1;
            assert_eq!(logged(&company, "check-in-shielded").await.len(), shielded);
        }
        assert!(company.mails_to(MARIA).iter().any(|m| m.text.contains("no free time left")));
        let days = muster_store::draws::days(company.store().read(), maria).await.unwrap();
        assert!(days.iter().all(|d| d.result == "hit"), "a shielded day has counted: {days:?}");

        company.calendars.show(MARIA, &[]);
        company.pass_to(START.plus_minutes(3 * DAY + 30)).await;
        company.calendars.show(MARIA, &[between(0, 30 * 24)]);
        let check_in = announced(&company, maria, "2026-12-04").await;
        let third = company.nobody_comes(&check_in).await;
        assert_eq!((third.start_ms, third.sequence), (check_in.start_ms, 0), "the slot stands");
        assert_eq!(third.outcome.as_deref(), Some("missed"));
    }
}
