//! P2, P4, P6: the mail server is down, slow or says no.

use crate::support::{Company, Database};
use muster_ports::PortError;
use muster_simulation::MailAnswer;

fn later() -> MailAnswer {
    MailAnswer::Fail(PortError::TryLater { not_before: None, detail: "451".into() })
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
