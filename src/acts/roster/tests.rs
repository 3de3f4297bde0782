use super::*;
use crate::acts::test_support::{Office, PEOPLE, SENSITIVE, STANDARD};
use muster_store::entities::{absence, work_place};
use muster_store::people;
use sea_orm::{EntityTrait, PaginatorTrait};

/// The example people with one line changed.
fn edited(id: &str, edit: impl Fn(&str) -> String) -> String {
    let line = |line: &str| match line.starts_with(&format!("{id},")) {
        true => edit(line),
        false => line.to_owned(),
    };
    PEOPLE.lines().map(line).filter(|l| !l.is_empty()).map(|l| l + "\n").collect()
}

#[tokio::test]
async fn two_hundred_people_come_in_with_places_absences_and_pending_roles() {
    let office = Office::acme().await;
    let db = office.context.store.read();
    assert_eq!(people::active(db).await.unwrap().len(), 200);
    let [jo, anna] = [office.person("jo").await, office.person("anna").await];
    assert_eq!((jo.languages.as_str(), jo.baseline.as_str()), ("en de", "passed"));
    assert_ne!(jo.draw_token, anna.draw_token);
    let role = people::role(db, PersonId(jo.id), Role::Verifier).await.unwrap().unwrap();
    assert_eq!(role.state, "pending");
    let places = people::places(&office.context.store, db, PersonId(anna.id)).await.unwrap();
    assert!(!places.is_empty() && places.iter().all(|p| p.detail.country == "DE"));
    assert!(absence::Entity::find().count(db).await.unwrap() > 40);
    assert_eq!(office.logged("roster-imported").await, 1);
    let requested = people::pending_roles(db).await.unwrap().len();
    assert_eq!(office.logged("role-requested").await, requested);
}

#[tokio::test]
async fn the_administrator_made_by_hand_becomes_the_one_in_the_file() {
    let office = Office::acme().await;
    let admin = office.person("admin").await;
    assert_eq!((admin.zone.as_str(), admin.name.as_str()), ("Europe/Berlin", "Ade Fasholarin"));
    assert!(!attributes_of(&admin).unwrap().contains_key(BY_HAND));
    let roles = people::roles(office.context.store.read(), PersonId(admin.id)).await.unwrap();
    assert!(roles.contains(&Role::Admin), "the role stays in force");
}

#[tokio::test]
async fn the_same_files_again_change_nothing() {
    let office = Office::acme().await;
    let report = office.import(PEOPLE).await.unwrap();
    assert!(report.diff.is_empty(), "{}", report.diff);
    assert_eq!((report.applied, report.diff.unchanged), (false, 200));
    assert_eq!(office.logged("roster-imported").await, 1);
}

#[tokio::test]
async fn a_dry_run_changes_nothing_and_says_what_would() {
    let office = Office::acme().await;
    let text = edited("anna", |l| l.replace("Europe/Berlin", "Europe/Lisbon"));
    let bytes = RosterBytes { people: text.as_bytes(), work_places: None, absences: None };
    let options = ImportOptions { dry_run: true, ..ImportOptions::default() };
    let report = import(&office.context, None, bytes, options).await.unwrap();
    assert_eq!((report.applied, report.diff.changed.len()), (false, 1));
    assert_eq!(office.person("anna").await.zone, "Europe/Berlin");
    let by_anna = import(&office.context, Some(office.id("anna").await), bytes, options).await;
    assert!(matches!(by_anna, Err(ActError::Forbidden(_))), "not even to look");
    office.import(&text).await.unwrap();
    assert_eq!(office.person("anna").await.zone, "Europe/Lisbon");
}

#[tokio::test]
async fn a_leaver_is_out_of_the_pool_and_keeps_token_and_pseudonym_on_return() {
    let office = Office::acme().await;
    let texts = [STANDARD, SENSITIVE];
    crate::acts::policy::activate_first(&office.context, None, &texts).await.unwrap();
    let (before, db) = (office.person("maria").await, office.context.store.read());
    let places = work_place::Entity::find().count(db).await.unwrap();
    office.import(&edited("maria", |_| String::new())).await.unwrap();
    let left = office.person("maria").await;
    assert_eq!(left.state, "left");
    let sign_in = people::by_email(db, &left.email).await.unwrap();
    assert!(sign_in.is_none(), "nobody signs in with this address");
    assert!(left.left_ms.is_some());
    let member = muster_store::policies::membership_of(db, PersonId(left.id)).await.unwrap();
    assert!(member.is_none());

    office.import(PEOPLE).await.unwrap();
    let back = office.person("maria").await;
    assert_eq!((back.state.as_str(), back.id), ("active", before.id));
    assert_eq!((back.draw_token, back.pseudonym), (before.draw_token, before.pseudonym));
    assert_eq!(work_place::Entity::find().count(db).await.unwrap(), places, "none stands twice");
    let member = muster_store::policies::membership_of(db, PersonId(left.id)).await.unwrap();
    assert!(member.unwrap().why.starts_with("You are in the policy"));
}

#[tokio::test]
async fn addresses_may_change_hands_in_one_import() {
    let office = Office::acme().await;
    let [anna, maria] = [office.person("anna").await.email, office.person("maria").await.email];
    let text = edited("anna", |l| l.replace(&anna, "swap@acme.example"));
    let text = text.replace(&maria, &anna).replace("swap@acme.example", &maria);
    office.import(&text).await.unwrap();
    assert_eq!(
        [office.person("anna").await.email, office.person("maria").await.email],
        [maria, anna]
    );
}

#[tokio::test]
async fn a_file_that_would_take_everybody_or_the_last_administrator_away_is_refused() {
    let office = Office::acme().await;
    let small: String = PEOPLE
        .lines()
        .take(1)
        .chain(PEOPLE.lines().filter(|l| l.starts_with("e1001,")))
        .map(|l| format!("{l}\n"))
        .collect();
    let report = office.import(&small).await.unwrap();
    let codes: Vec<&str> = report.diff.refusals.iter().map(|r| r.code).collect();
    assert_eq!((report.applied, codes), (false, vec!["too-many-leavers", "no-administrator-left"]));
    let no_admin = edited("admin", |l| l.replacen(",admin,", ",,", 1));
    let report = office.import(&no_admin).await.unwrap();
    assert_eq!(report.diff.refusals[0].code, "no-administrator-left");
    assert_eq!(people::active(office.context.store.read()).await.unwrap().len(), 200);
}

#[tokio::test]
async fn faults_name_file_line_and_column() {
    let office = Office::acme().await;
    let text = edited("anna", |l| l.replace("Europe/Berlin", "Europe/Berln"));
    let Err(ActError::Invalid(faults)) = office.import(&text).await else { panic!("taken") };
    assert_eq!(faults[0].0, "people");
    assert!(
        faults[0].1.contains("column zone") && faults[0].1.contains("Europe/Berlin"),
        "{faults:?}"
    );
}

#[tokio::test]
async fn a_role_needs_a_second_person_who_may_confirm_it() {
    let office = Office::acme().await;
    let context = &office.context;
    let [admin, hr, jo] = [office.id("admin").await, office.id("hr").await, office.id("jo").await];
    let by_anna = confirm_role(context, office.id("anna").await, jo, Role::Verifier).await;
    assert!(matches!(by_anna, Err(ActError::Forbidden(_))));
    confirm_role(context, admin, jo, Role::Verifier).await.unwrap();
    let twice = confirm_role(context, admin, jo, Role::Verifier).await;
    assert!(matches!(twice, Err(ActError::Conflict(_))));
    reject_role(context, admin, hr, Role::Hr).await.unwrap();
    let held = people::roles(context.store.read(), hr).await.unwrap();
    assert!(!held.contains(&Role::Hr));
    let held = people::roles(context.store.read(), jo).await.unwrap();
    assert!(held.contains(&Role::Verifier));
    assert_eq!(
        (office.logged("role-confirmed").await, office.logged("role-rejected").await),
        (1, 1)
    );
}

#[tokio::test]
async fn nobody_confirms_a_role_he_asked_for_or_would_hold() {
    let office = Office::acme().await;
    let context = &office.context;
    office.confirm("hr", Role::Hr).await;
    office.confirm("security", Role::Security).await;
    let (hr, security) = (office.id("hr").await, office.id("security").await);
    // HR imports, and asks for a further role for security and one for themselves.
    let text = edited("security", |l| l.replacen(",security,en", ",security auditor,en", 1));
    assert_ne!(text, edited("security", str::to_owned), "the line was found");
    let bytes = RosterBytes { people: text.as_bytes(), work_places: None, absences: None };
    let report = import(context, Some(hr), bytes, ImportOptions::default()).await.unwrap();
    assert_eq!(report.diff.roles_requested.len(), 1);
    let own = confirm_role(context, security, security, Role::Auditor).await;
    assert!(matches!(own, Err(ActError::Forbidden(_))), "would hold it");
    let by_hr = confirm_role(context, hr, security, Role::Auditor).await;
    assert!(matches!(by_hr, Err(ActError::Forbidden(_))), "asked for it");
    confirm_role(context, office.id("admin").await, security, Role::Auditor).await.unwrap();
}

#[tokio::test]
async fn postgresql_takes_the_same_imports() {
    let office = Office::on_postgresql("office_roster").await.with_acme().await;
    let db = office.context.store.read();
    assert_eq!(people::active(db).await.unwrap().len(), 200);
    assert!(!office.import(PEOPLE).await.unwrap().applied, "nothing changes the second time");
    let texts = [STANDARD, SENSITIVE];
    crate::acts::policy::activate_first(&office.context, None, &texts).await.unwrap();
    office.import(&edited("maria", |_| String::new())).await.unwrap();
    office.import(&edited("anna", |l| l.replace("Europe/Berlin", "Europe/Lisbon"))).await.unwrap();
    // Whoever is in a pool moves with the next boundary of the old zone.
    let anna = office.person("anna").await;
    assert_eq!(
        (anna.zone.as_str(), anna.next_zone.as_deref()),
        ("Europe/Berlin", Some("Europe/Lisbon"))
    );
    assert!(
        !office
            .import(&edited("anna", |l| l.replace("Europe/Berlin", "Europe/Lisbon")))
            .await
            .unwrap()
            .applied
    );
    assert_eq!(office.person("maria").await.state, "active");
    assert_eq!(muster_store::policies::memberships(db).await.unwrap().len(), 200);
    crate::acts::mode::resume(
        &office.context,
        None,
        "the pilot begins today",
        &crate::acts::policy::Scope::AsBefore,
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn an_import_that_was_read_before_another_one_is_refused() {
    let office = Office::acme().await;
    let store = &office.context.store;
    let before = snapshot::load(store).await.unwrap();
    let is_current = async || {
        let tx = store.begin().await.unwrap();
        before.is_current(&tx).await
    };
    is_current().await.unwrap();
    office.import(&edited("maria", |_| String::new())).await.unwrap();
    assert!(matches!(is_current().await, Err(ActError::Conflict(_))));
}
