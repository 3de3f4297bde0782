//! P2, P4, P6: the mail server is down, slow or says no.

use crate::support::program::{done, muster, refused, write_config};
use crate::support::{Company, Database};
use muster::acts::bounces::{self, Report, Taken};
use muster_ports::PortError;
use muster_simulation::MailAnswer;
use muster_store::{evidence, notifications};

fn later() -> MailAnswer {
    MailAnswer::Fail(PortError::TryLater { not_before: None, detail: "451".into() })
}

/// The last invitation to an address is reported as undeliverable.
async fn come_back(company: &Company, address: &str) -> Taken {
    let sent = company.mails_to(address);
    let last = sent
        .iter()
        .rev()
        .find(|mail| mail.calendar.as_ref().is_some_and(|c| c.method == "REQUEST"))
        .expect("an invitation");
    let (left, _) = last.message_id.split_once('@').unwrap();
    let report = Report { mails: vec![left], status: "5.1.1", said: "550 no such mailbox" };
    bounces::take(&company.context, &report).await.unwrap()
}

/// What Postfix would hand over, for a mail that nobody here sent.
const REPORT: &str = "To: bounces+0123456789abcdef0123456789abcdef01234567@muster.example\r\n\
    Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\
    Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nAction: failed\r\n\
    Status: 5.1.1\r\n\r\n--b--\r\n";

#[tokio::test]
async fn a_mail_server_hands_reports_over_and_is_told_whether_to_try_again() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (report, holiday) = (folder.join("report.eml"), folder.join("holiday.eml"));
    std::fs::write(&report, REPORT).unwrap();
    std::fs::write(&holiday, "Subject: I am away\r\n\r\nback on Monday\r\n").unwrap();
    write_config(folder, 25, None);
    let unset = refused(folder, &["mail", "bounced", "report.eml"]).await;
    assert!(unset.contains("smtp.bounces"), "{unset}");
    let config = std::fs::read_to_string(folder.join("muster.toml")).unwrap();
    let config = config.replace("[smtp]", "[smtp]\nbounces = \"bounces@muster.example\"");
    std::fs::write(folder.join("muster.toml"), config).unwrap();
    let early = muster(folder, &["mail", "bounced", "report.eml"]).await;
    assert_eq!(early.status.code(), Some(75), "no database yet: {}", early.said);
    done(folder, &["migrate"]).await;
    let unknown = done(folder, &["mail", "bounced", "report.eml"]).await;
    assert!(unknown.contains("no mail of this installation"), "{unknown}");
    let away = done(folder, &["mail", "bounced", "holiday.eml"]).await;
    assert!(away.contains("no report of a mail server"), "{away}");
}

crate::on_both_databases! {
    async fn an_announcement_that_was_never_accepted_makes_no_miss(company: Company) {
        let cast = company.usual_cast().await;
        company.mail.answer_always(later());
        let check_in = company.first_check_in(cast.maria, "drawn").await;
        let judged = company.nobody_comes(&check_in).await;
        assert_eq!(judged.outcome.as_deref(), Some("void"), "cause {:?}", judged.cause);
        assert!(company.cases().await.is_empty());
        company.mail.answer_always(MailAnswer::Take);
        company.pass_to(company.context.now().plus_minutes(5)).await;
        company.ends_well().await;
    }

    async fn a_refused_invitation_is_a_bounce_and_no_miss(company: Company) {
        let cast = company.usual_cast().await;
        company.mail.answer_always(MailAnswer::Fail(PortError::Refused("550 no such mailbox".into())));
        let check_in = company.first_check_in(cast.maria, "drawn").await;
        let judged = company.nobody_comes(&check_in).await;
        assert_eq!((judged.outcome.as_deref(), judged.cause.as_deref()), (Some("void"), Some("bounced")));
        company.ends_well().await;
    }

    async fn a_mail_that_comes_back_later_voids_once_and_is_looked_into_the_second_time(company: Company) {
        let cast = company.usual_cast().await;
        let since = company.context.now();
        let first = company.first_check_in(cast.maria, "drawn").await;
        company.pass_to(first.clocks().start.plus_minutes(-2)).await;
        assert_eq!(come_back(&company, "maria@muster.example").await, Taken::Noted);
        assert_eq!(come_back(&company, "maria@muster.example").await, Taken::Known);
        let judged = company.nobody_comes(&first).await;
        assert_eq!((judged.outcome.as_deref(), judged.cause.as_deref()), (Some("void"), Some("bounced")));
        assert!(company.cases().await.is_empty(), "nobody is asked about the first");
        let db = company.context.store.read();
        assert_eq!(notifications::delivery(db, since).await.unwrap().bounced, 1);
        assert_eq!(notifications::came_back(db, since).await.unwrap(), [cast.maria.0]);

        let second = company.pass_until("another check-in", 40 * 24 * 60, async || {
            company.check_ins(cast.maria).await.into_iter().find(|c| c.id != first.id && c.outcome.is_none())
        }).await;
        company.pass_to(second.clocks().start.plus_minutes(-2)).await;
        assert_eq!(come_back(&company, "maria@muster.example").await, Taken::Noted);
        let judged = company.nobody_comes(&second).await;
        assert_eq!(judged.cause.as_deref(), Some("bounces_repeatedly"));
        let found = evidence::findings(company.context.store.read(), judged.check_in_id()).await.unwrap();
        assert!(found.iter().any(|f| f.rule_id == "technical-repeated"), "a human looks: {found:?}");
        company.ends_well().await;
    }

    async fn an_invitation_that_comes_back_after_a_miss_is_told_in_the_case(company: Company) {
        let cast = company.usual_cast().await;
        let first = company.first_check_in(cast.maria, "drawn").await;
        company.nobody_comes(&first).await;
        let recheck = company.first_check_in(cast.maria, "recheck").await;
        company.nobody_comes(&recheck).await;
        let case = company.cases().await.pop().expect("a case of two misses");
        assert_eq!(come_back(&company, "maria@muster.example").await, Taken::Noted);
        let story = muster_store::cases::story(&company.context.store, company.context.store.read(), &case).await.unwrap();
        assert!(story.iter().any(|line| line.row.kind == "invitation_came_back"), "{story:?}");
        company.ends_well().await;
    }

    async fn a_report_that_overtakes_the_end_of_sending_is_asked_for_again(company: Company) {
        let cast = company.usual_cast().await;
        company.mail.answer_always(MailAnswer::TakeThenFail(PortError::TryLater { not_before: None, detail: "no answer after the data".into() }));
        let check_in = company.first_check_in(cast.maria, "drawn").await;
        company.pass_to(check_in.clocks().announce.plus_minutes(1)).await;
        assert_eq!(come_back(&company, "maria@muster.example").await, Taken::OnItsWay);
        company.mail.answer_always(MailAnswer::Take);
        company.pass_to(company.context.now().plus_minutes(10)).await;
        assert_eq!(come_back(&company, "maria@muster.example").await, Taken::Noted);
        company.ends_well().await;
    }

    async fn a_report_of_a_mail_that_we_never_sent_changes_nothing(company: Company) {
        company.usual_cast().await;
        let report = Report { mails: vec!["0123456789abcdef0123456789abcdef01234567", "x' OR 1=1"], status: "5.1.1", said: "" };
        assert_eq!(bounces::take(&company.context, &report).await.unwrap(), Taken::Unknown);
        company.ends_well().await;
    }

    async fn a_case_mail_waits_for_the_server_and_arrives_once(company: Company) {
        let cast = company.usual_cast().await;
        let first = company.first_check_in(cast.maria, "drawn").await;
        company.nobody_comes(&first).await;
        let second = company.first_check_in(cast.maria, "recheck").await;
        company.nobody_comes(&second).await;
        company.mail.answer_always(later());
        let step = company.pass_until("the first step", 3 * 24 * 60, async || {
            company.cases().await.into_iter().find(|c| c.step >= 1)
        }).await;
        company.pass_to(company.context.now().plus_minutes(20)).await;
        assert!(company.mails_to("mads@muster.example").is_empty());
        company.mail.answer_always(MailAnswer::Take);
        company.pass_to(company.context.now().plus_minutes(3)).await;
        let told = company.mails_to("mads@muster.example");
        assert_eq!(told.iter().filter(|m| m.subject.contains(&format!("Case {}", step.no))).count(), 1);
        company.ends_well().await;
    }

    async fn an_ambiguous_answer_may_repeat_the_mail_but_with_the_same_message_id(company: Company) {
        let cast = company.usual_cast().await;
        company.mail.answer_next(MailAnswer::TakeThenFail(PortError::TryLater { not_before: None, detail: "no answer after the data".into() }));
        company.first_check_in(cast.maria, "drawn").await;
        company.pass_to(company.context.now().plus_minutes(1)).await;
        let mails = company.mail.taken();
        let ids: std::collections::BTreeSet<&str> = mails.iter().map(|m| m.message_id.as_str()).collect();
        assert_eq!(mails.len(), ids.len() + 1, "exactly one mail went out twice, under one id");
    }
}
