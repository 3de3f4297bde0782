//! One person changed by hand, as a file would change them: what was committed stays committed, an
//! absence excuses what was announced, a form that is out of date is refused.

use crate::support::{Company, Database};
use muster::acts::ActError;
use muster::acts::roster;
use muster_domain::id::PersonId;
use muster_store::{audit, people};

async fn said(company: &Company, who: PersonId, kind: &str) -> usize {
    let db = company.store().read();
    let subject = people::get(db, who).await.unwrap().pseudonym;
    let about = audit::about(db, subject).await.unwrap();
    about.iter().filter(|entry| entry.kind == kind).count()
}

/// The form of one person as it stands, with one field typed anew.
fn form(held: &roster::Held, name: &str, text: &str) -> Vec<(String, String)> {
    let person = &held.person;
    let stored = [
        ("name", person.name.clone()),
        ("email", person.email.clone()),
        ("manager_id", person.manager_id.clone().unwrap_or_default()),
        ("zone", person.zone.clone()),
        ("hours", person.hours.clone()),
        ("languages", person.languages.join(" ")),
    ];
    let anew = |(n, stored): (&str, String)| {
        (n.to_owned(), if n == name { text.to_owned() } else { stored })
    };
    stored.map(anew).to_vec()
}

crate::on_both_databases! {
    async fn a_person_is_changed_by_hand_as_a_file_would_change_them(company: Company) {
        let cast = company.usual_cast().await;
        let (context, db) = (&company.context, company.store().read());
        let held = roster::held(context, cast.maria).await.unwrap();
        let to_berlin = form(&held, "zone", "Europe/Berlin");
        for other in [cast.security, cast.maria] {
            let refused = roster::edit_person(context, other, cast.maria, &held.version, &to_berlin).await;
            assert!(matches!(refused, Err(ActError::Forbidden(_))));
        }
        assert!(roster::edit_person(context, cast.hr, cast.maria, &held.version, &to_berlin).await.unwrap());
        let maria = people::get(db, cast.maria).await.unwrap();
        assert_eq!((maria.zone.as_str(), maria.next_zone.as_deref()), ("Europe/Lisbon", Some("Europe/Berlin")), "the date that runs was committed in the old zone");
        let late = roster::edit_person(context, cast.hr, cast.maria, &held.version, &form(&held, "name", "Maria Dahl")).await;
        let Err(ActError::Invalid(faults)) = late else { panic!("an old form was taken") };
        assert_eq!(faults[0].0, "version");
        let held = roster::held(context, cast.maria).await.unwrap();
        let same = form(&held, "name", "Maria Olsen");
        assert!(!roster::edit_person(context, cast.hr, cast.maria, &held.version, &same).await.unwrap(), "nothing differs");
        assert_eq!(said(&company, cast.maria, "person-edited").await, 1);

        let place: Vec<(String, String)> = [("label", "Home"), ("lat", "38.72"), ("lon", "-9.14"), ("radius_km", "5"), ("country", "pt")]
            .map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec();
        roster::keep_place(context, cast.hr, cast.maria, None, &place).await.unwrap();
        let places = roster::open_places(context, cast.hr, cast.maria).await.unwrap();
        assert_eq!((places.len(), places[0].detail.country.as_str()), (1, "PT"));
        assert_eq!(said(&company, cast.maria, "work-places-viewed").await, 1);
    }

    async fn an_absence_entered_by_hand_excuses_what_was_announced(company: Company) {
        let cast = company.usual_cast().await;
        let context = &company.context;
        let row = company.first_check_in(cast.maria, "drawn").await;
        let days: Vec<(String, String)> = [("kind", "sickness"), ("from", &row.label), ("to", &row.label)]
            .map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec();
        assert!(roster::add_absence(context, cast.hr, cast.maria, &days).await.unwrap());
        company.engine.drain().await.unwrap();
        let excused = company.check_in(row.check_in_id()).await;
        assert_eq!(excused.outcome.as_deref(), Some("excused"));
        assert_eq!(said(&company, cast.maria, "absence-entered").await, 1);
        let id = people::absences(company.store().read(), cast.maria).await.unwrap()[0].id;
        roster::end_absence(context, cast.hr, cast.maria, id, None).await.unwrap();
        assert!(people::absences(company.store().read(), cast.maria).await.unwrap().is_empty());
        company.ends_well().await;
    }
}
