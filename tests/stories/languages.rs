//! Mails follow the language that their reader chose, whoever caused them; what is kept of a
//! judgement is worded by whoever reads it, and the audit log stays as it is.

use super::verified::comes;
use crate::support::{Company, Database};
use muster::acts::language;
use muster_domain::judging::evidence::{ClaimStatus, Point};
use muster_domain::judging::finding::Family;
use muster_domain::judging::judge::{Judgement, JudgingInput};
use muster_messages::language::{Language, say, within};
use muster_store::{check_ins, people};

/// Words that every German mail of ours has and no English one.
fn is_german(text: &str) -> bool {
    text.contains(" Sie ") && !text.contains(" you ")
}

crate::on_both_databases! {
    async fn a_person_is_written_to_in_the_language_they_chose(company: Company) {
        let cast = company.usual_cast().await;
        company.declare_place(cast.maria, 38.72, -9.14).await;
        language::choose(&company.context, cast.maria, Language::German).await.unwrap();
        let row = company.first_check_in(cast.maria, "drawn").await;
        let invitation = company.mails_to("maria@muster.example").pop().expect("an invitation");
        assert!(is_german(&invitation.text), "{}", invitation.text);
        assert!(invitation.subject.starts_with("Video-Check-in "), "{}", invitation.subject);
        assert!(invitation.html.contains("lang=\"de\""), "{}", invitation.html);
        let calendar = invitation.calendar.expect("a calendar entry");
        assert!(calendar.ics.contains("SUMMARY:Video-Check-in"), "{}", calendar.ics);

        // Berlin is far from Lisbon: what is found is kept once and read in two languages.
        comes(&company, &row, ClaimStatus::Ok, Point::from_degrees(52.5, 13.4)).await;
        let judged = company.nobody_comes(&row).await;
        let kept = check_ins::judgement::<JudgingInput, Judgement>(company.store(), company.store().read(), &judged).await.unwrap();
        let (_, judgement) = kept.expect("a kept judgement");
        let found = judgement.findings.iter().find(|found| found.family == Family::Place).expect("a finding about the place");
        let english = found.sentence_employee.to_string();
        let german = within(Language::German, || say(&found.sentence_employee));
        assert!(english.contains("place") && german.contains("Ort"), "{english}\n{german}");

        // Her manager has chosen nothing, and is told of her in English.
        let recheck = company.first_check_in(cast.maria, "recheck").await;
        company.nobody_comes(&recheck).await;
        company.pass_until("her manager to be told", 3 * 24 * 60, async || company.mails_to("mads@muster.example").pop()).await;
        for mail in company.mails_to("mads@muster.example") {
            assert!(!is_german(&mail.text), "{}", mail.text);
        }
        let hers = company.mails_to("maria@muster.example");
        assert!(hers.iter().all(|mail| is_german(&mail.text)), "{:?}", hers.iter().map(|m| &m.subject).collect::<Vec<_>>());

        // She changes her mind.
        language::choose(&company.context, cast.maria, Language::English).await.unwrap();
        let maria = people::get(company.store().read(), cast.maria).await.unwrap();
        assert_eq!(language::of_person(&company.context, &maria), Language::English);
        company.ends_well().await;
    }
}
