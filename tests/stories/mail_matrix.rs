//! Everything a mail server does, over a real socket: whatever it is, each message is taken or known
//! to be refused, none is lost, and none is taken twice but where the server fell silent after it had the
//! mail; then both have one Message-ID. The server is scripted (a fake); OpenSMTPD is in `real_mail`.

use super::real_mail::smtp;
use crate::support::Company;
use muster_domain::check_in::CheckInState;
use muster_store::entities::notification;
use muster_store::notifications::state;
use muster_testkit::scripted_smtp::{ScriptedSmtp, SmtpAnswer};
use sea_orm::EntityTrait;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How the server is while the check-in is announced.
enum Server {
    /// Nobody listens for so many minutes.
    Down(i64),
    /// Each mail is answered so for so many minutes.
    Answers(SmtpAnswer, i64),
    /// The next mails are answered so, one each.
    Next(Vec<SmtpAnswer>),
}

/// What a story came to.
struct Ended {
    outcome: String,
    /// By Message-ID: how often the server took it.
    taken: BTreeMap<String, usize>,
    rows: Vec<notification::Model>,
}

async fn announced_to(server: Server) -> Ended {
    let mut smtpd = ScriptedSmtp::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (database, mail) = (Company::sqlite_in(folder.path()), Arc::new(smtp(smtpd.port())));
    let company = Company::in_folder(folder.path(), &database, mail, None, true).await;
    let cast = company.usual_cast().await;
    // Until the day is planned; what was said so far went through.
    let (minutes, is_down) = match &server {
        Server::Down(minutes) => (*minutes, true),
        Server::Answers(_, minutes) => (*minutes, false),
        Server::Next(_) => (0, false),
    };
    match server {
        Server::Down(_) => smtpd.down().await,
        Server::Answers(answer, _) => smtpd.answer_always(answer),
        Server::Next(answers) => answers.into_iter().for_each(|answer| smtpd.answer_next(answer)),
    }
    let check_in = company.first_check_in(cast.maria, "drawn").await;
    company.pass_to(check_in.clocks().announce.plus_minutes(minutes)).await;
    smtpd.answer_always(SmtpAnswer::Take);
    if is_down {
        smtpd.up().await.unwrap();
    }
    let judged = company.nobody_comes(&check_in).await;
    assert_eq!(judged.life(), CheckInState::Closed);
    // Long enough for every retry of what may still go out.
    company.pass_to(company.context.now().plus_minutes(180)).await;
    let mut taken = BTreeMap::new();
    for mail in smtpd.taken() {
        *taken.entry(mail.message_id().expect("a Message-ID")).or_default() += 1;
    }
    let rows = notification::Entity::find().all(company.store().read()).await.unwrap();
    company.ends_well().await;
    Ended { outcome: judged.outcome.unwrap_or_default(), taken, rows }
}

impl Ended {
    /// Nothing is lost, nothing was taken that is not known, and nothing more than `most` times.
    fn is_whole(&self, name: &str, most: usize) {
        let known: BTreeMap<&str, &str> =
            self.rows.iter().map(|row| (row.message_id.as_str(), row.state.as_str())).collect();
        for row in &self.rows {
            let times = self.taken.get(&row.message_id).copied().unwrap_or_default();
            let (step, state) = (&row.step, row.state.as_str());
            match state {
                state::ACCEPTED => assert!(
                    (1..=most).contains(&times),
                    "{name}: {step} is accepted and was taken {times} times"
                ),
                state::REFUSED => assert_eq!(times, 0, "{name}: {step} is refused and was taken"),
                // Too late to be of use; it may have gone out before its answer was lost.
                state::WITHDRAWN => assert!(times <= most, "{name}: {step} taken {times} times"),
                _ => panic!("{name}: {step} is {state} after three hours"),
            }
        }
        for id in self.taken.keys() {
            assert!(known.contains_key(id.as_str()), "{name}: {id} was sent and is not known");
        }
        let invitations = self.rows.iter().filter(|row| row.step == "invitation").count();
        assert!(invitations > 0, "{name}: nobody was invited");
    }
}

fn later(code: u16, text: &str) -> SmtpAnswer {
    SmtpAnswer::AtRecipient(code, text.to_owned())
}

#[tokio::test]
async fn a_server_that_works_is_the_measure_of_the_others() {
    let ended = announced_to(Server::Next(vec![])).await;
    ended.is_whole("works", 1);
    assert_eq!(ended.outcome, "missed", "she was told in time and did not come");
}

#[tokio::test]
async fn a_server_that_is_down_or_puts_off_costs_time_and_no_mail() {
    for (name, server) in [
        ("down for an hour", Server::Down(60)),
        ("4xx at the recipient", Server::Answers(later(450, "4.2.1 mailbox busy"), 60)),
        (
            "4xx after the data",
            Server::Answers(SmtpAnswer::AtData(452, "4.3.1 no space".into()), 60),
        ),
        ("hangs up", Server::Answers(SmtpAnswer::HangUp, 60)),
    ] {
        let ended = announced_to(server).await;
        ended.is_whole(name, 1);
        assert_eq!(ended.outcome, "void", "{name}: told too late, so it is nobody's miss");
    }
}

#[tokio::test]
async fn greylisting_is_waited_out() {
    let grey = later(451, "4.7.1 greylisted, come back in a minute");
    let ended = announced_to(Server::Next(vec![grey; 3])).await;
    ended.is_whole("greylisting", 1);
    assert!(ended.rows.iter().any(|row| row.attempts > 1), "it came back");
    assert!(ended.rows.iter().all(|row| row.state != state::REFUSED));
}

#[tokio::test]
async fn a_refusal_is_final_and_no_miss() {
    for (name, answer) in [
        ("5xx at the recipient", later(550, "5.1.1 no such mailbox")),
        ("5xx after the data", SmtpAnswer::AtData(554, "5.7.1 content refused".into())),
    ] {
        let ended = announced_to(Server::Answers(answer, 30)).await;
        ended.is_whole(name, 1);
        assert_eq!(ended.outcome, "void", "{name}");
        let invitation = ended.rows.iter().find(|row| row.step == "invitation").unwrap();
        assert_eq!((invitation.state.as_str(), invitation.attempts), (state::REFUSED, 1), "{name}");
        assert!(invitation.bounced_ms.is_some(), "{name}");
    }
}

#[tokio::test]
async fn silence_after_the_data_may_double_a_mail_and_never_loses_it() {
    let taken = announced_to(Server::Next(vec![SmtpAnswer::TakeSilently])).await;
    taken.is_whole("taken in silence", 2);
    let doubled = taken.taken.values().filter(|times| **times == 2).count();
    assert_eq!(doubled, 1, "one went out twice under one Message-ID");
    let lost = announced_to(Server::Next(vec![SmtpAnswer::LoseSilently])).await;
    lost.is_whole("lost in silence", 1);
    // The client waits five seconds of real time for an answer that never comes.
    let hangs = announced_to(Server::Next(vec![SmtpAnswer::Hang])).await;
    hangs.is_whole("no answer at all", 1);
}
