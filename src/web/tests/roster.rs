//! The roster by pages: everybody found and sorted, one person changed by hand, two tabs, places whose
//! view is logged, absences; and who sees none of it.

use super::office::Office;
use axum::http::StatusCode;
use muster_store::{audit, people};

/// The form of one person as it stands on the page, with some fields typed anew.
fn typed<'a>(version: &'a str, anew: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let stored = [
        ("version", version),
        ("name", "Maria Olsen"),
        ("email", "maria@acme.example"),
        ("manager_id", "dana"),
        ("zone", "Europe/Berlin"),
        ("hours", "Mon-Fri 09:00-17:30"),
        ("languages", "en"),
    ];
    let kept = stored.into_iter().filter(|(name, _)| !anew.iter().any(|(n, _)| n == name));
    kept.chain(anew.iter().copied()).collect()
}

async fn logged(office: &Office, kind: &str) -> usize {
    let db = office.company.context().store.read();
    let maria = people::get(db, office.maria).await.unwrap().pseudonym;
    let about = audit::about(db, maria).await.unwrap();
    about.iter().filter(|entry| entry.kind == kind).count()
}

#[tokio::test]
async fn hr_finds_sorts_and_filters_everybody() {
    let office = Office::open("roster-list").await;
    let mut ravi = office.browser(office.ravi).await;
    let all = ravi.get("/roster").await;
    assert_eq!(all.status, StatusCode::OK, "{}", all.text);
    assert!(all.text.contains("1 to 9 of 9"), "{}", all.text);
    let found = ravi.get("/roster?q=MARIA").await.text;
    assert!(found.contains("Maria Olsen") && !found.contains("Jo Park</a>"), "{found}");
    let of_dana = ravi.get("/roster?show=no-policy&sort=manager&order=desc").await.text;
    assert!(!of_dana.contains("Maria Olsen</a>"), "Maria is in a policy");
    assert!(of_dana.find("Rep Stranger</a>") < of_dana.find("Alex Berg</a>"), "by manager");
    assert_eq!(ravi.get("/roster?show=nothing").await.status, StatusCode::NOT_FOUND);
    let confirms = office.browser(office.sam).await.get("/roster").await;
    assert_eq!(confirms.status, StatusCode::OK);
    assert!(!confirms.text.contains("Maria Olsen"), "who confirms roles sees no people");
}

#[tokio::test]
async fn one_person_is_changed_and_every_fault_stands_beside_its_field() {
    let office = Office::open("edit").await;
    let path = format!("/people/{}/edit", office.maria);
    let mut ravi = office.browser(office.ravi).await;
    let version = ravi.get(&path).await.hidden("version");
    let wrong = [
        ("zone", "Europe/Berln"),
        ("hours", "all day"),
        ("manager_id", "rep"),
        ("name", ""),
        ("second_email", "dana@acme.example"),
    ];
    let answer = ravi.post(&path, &typed(&version, &wrong)).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for says in [
        "did you mean &#x27;Europe/Berlin&#x27;?",
        "value=\"all day\"",
        "id=\"hours-error\"",
        "id=\"name-error\"",
    ] {
        assert!(answer.text.contains(says), "{says}: {}", answer.text);
    }
    // Rep is a colleague elsewhere, and no fault; a line that leads back to Maria would be one.
    assert!(!answer.text.contains("id=\"manager_id-error\""), "{}", answer.text);
    let own = ravi.post(&path, &typed(&version, &[("manager_id", "maria")])).await;
    assert!(own.text.contains("the line would lead back to itself"), "{}", own.text);
    let taken = ravi.post(&path, &typed(&version, &[("email", "dana@acme.example")])).await;
    assert!(taken.text.contains("Somebody else on the roster has this address"), "{}", taken.text);

    let done = ravi
        .post(&path, &typed(&version, &[("name", "Maria Olsen-Dahl"), ("department", "Sales")]))
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = ravi.get(done.leads_to()).await.text;
    assert!(page.contains("Maria Olsen-Dahl") && page.contains("Sales"), "{page}");
    assert_eq!(logged(&office, "person-edited").await, 1);

    // A second tab, opened before: nothing typed is lost, and saving again works.
    let late = ravi.post(&path, &typed(&version, &[("hours", "Mon-Thu 08:00-16:00")])).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    for says in [
        "Somebody else changed this entry",
        "Name is Maria Olsen-Dahl now.",
        "value=\"Mon-Thu 08:00-16:00\"",
    ] {
        assert!(late.text.contains(says), "{says}: {}", late.text);
    }
    let again = late.hidden("version");
    let done = ravi
        .post(&path, &typed(&again, &[("hours", "Mon-Thu 08:00-16:00"), ("manager_id", "uma")]))
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert_eq!(logged(&office, "manager-changed").await, 1, "as an import says it");
}

#[tokio::test]
async fn nobody_changes_their_own_entry_and_nobody_but_hr_anybodys() {
    let office = Office::open("own-entry").await;
    let mut ravi = office.browser(office.ravi).await;
    let own = format!("/people/{}", office.ravi);
    assert!(!ravi.get(&own).await.text.contains("Change the entry"));
    let version = ravi.get(&format!("{own}/edit")).await.hidden("version");
    let refused = ravi.post(&format!("{own}/edit"), &typed(&version, &[])).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.text.contains("This is about you"), "{}", refused.text);
    for other in [office.dana, office.sam, office.ines, office.alex, office.maria] {
        let mut browser = office.browser(other).await;
        for page in ["edit", "places", "places/new", "absences"] {
            let page = browser.get(&format!("/people/{}/{page}", office.maria)).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN);
        }
    }
}

#[tokio::test]
async fn a_place_is_added_corrected_and_ended_and_whoever_looks_is_logged() {
    let office = Office::open("places").await;
    let list = format!("/people/{}/places", office.maria);
    let mut ravi = office.browser(office.ravi).await;
    let home = [
        ("label", "Home"),
        ("country", "PT"),
        ("lat", "38.72"),
        ("lon", "-9.14"),
        ("radius_km", "5"),
    ];
    let wrong: Vec<_> =
        home.iter().map(|(n, v)| (*n, if *n == "lat" { "387" } else { *v })).collect();
    let answer = ravi.post(&format!("{list}/new"), &wrong).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text.contains("id=\"lat-error\"") && answer.text.contains("value=\"387\""));
    let added = ravi.post(&format!("{list}/new"), &home).await;
    assert_eq!(
        (added.status, logged(&office, "work-places-viewed").await),
        (StatusCode::SEE_OTHER, 0)
    );
    let twice = ravi.post(&format!("{list}/new"), &home).await;
    assert!(twice.text.contains("stands here already"), "{}", twice.text);
    let page = ravi.get(&list).await.text;
    assert!(page.contains("38.72, -9.14"), "{page}");
    assert_eq!(logged(&office, "work-places-viewed").await, 1);
    let person = ravi.get(&format!("/people/{}", office.maria)).await.text;
    assert!(
        person.contains("Home") && !person.contains("38.72"),
        "no point where nobody asked for one"
    );

    let at = page.find(&format!("{list}/")).unwrap() + list.len() + 1;
    let place = format!("{list}/{}", &page[at..at + 36]);
    let version = ravi.get(&place).await.hidden("version");
    let ended: Vec<_> = home
        .iter()
        .copied()
        .chain([("version", version.as_str()), ("valid_to", "2026-12-31")])
        .collect();
    assert_eq!(ravi.post(&place, &ended).await.status, StatusCode::SEE_OTHER);
    assert!(ravi.get(&list).await.text.contains("until 2026-12-31"));
    let late = ravi.post(&place, &ended).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "it was corrected meanwhile");
}

#[tokio::test]
async fn an_absence_is_entered_shortened_and_taken_back() {
    let office = Office::open("absences").await;
    let path = format!("/people/{}/absences", office.maria);
    let mut ravi = office.browser(office.ravi).await;
    let wrong =
        ravi.post(&path, &[("kind", "leave"), ("from", "2026-12-10"), ("to", "2026-12-08")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("id=\"to-error\"") && wrong.text.contains("value=\"2026-12-10\""));
    let done =
        ravi.post(&path, &[("kind", "leave"), ("from", "2026-11-30"), ("to", "2026-12-08")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert!(ravi.get("/roster?show=away").await.text.contains("Maria Olsen</a>"), "away today");
    let team = office.browser(office.dana).await.get("/people").await.text;
    assert!(team.contains("Away until 8 December.") && !team.contains("leave"), "{team}");
    let db = office.company.context().store.read();
    let id = people::absences(db, office.maria).await.unwrap()[0].id.to_string();
    let (end, field) = (format!("{path}/{id}/end"), format!("last_day-{id}"));
    let early = ravi.post(&end, &[(&field, "2026-11-01")]).await;
    assert!(early.text.contains("The first day is 2026-11-30"), "{}", early.text);
    assert_eq!(ravi.post(&end, &[(&field, "2026-12-02")]).await.status, StatusCode::SEE_OTHER);
    let id = people::absences(db, office.maria).await.unwrap()[0].id;
    let end = format!("{path}/{id}/end");
    assert_eq!(ravi.post(&end, &[("act", "remove")]).await.status, StatusCode::SEE_OTHER);
    assert!(people::absences(db, office.maria).await.unwrap().is_empty());
    assert_eq!(ravi.post(&end, &[("act", "remove")]).await.status, StatusCode::CONFLICT, "twice");
    let counted =
        (logged(&office, "absence-entered").await, logged(&office, "absence-removed").await);
    assert_eq!(counted, (2, 2), "as an import says it");
}

#[tokio::test]
async fn holidays_of_a_year_are_read_by_their_calendar() {
    let office = Office::open("holidays").await;
    let mut ravi = office.browser(office.ravi).await;
    assert!(ravi.get("/holidays?q=de-be").await.text.contains("/holidays/days?calendar=DE-BE"));
    let year = ravi.get("/holidays/days?calendar=DE-BE&year=2026").await;
    assert!(
        year.text.contains("Friday 25 December") && year.text.contains("2027\" rel=\"next\""),
        "{}",
        year.text
    );
    assert_eq!(ravi.get("/holidays/days?calendar=NOWHERE").await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        office.browser(office.dana).await.get("/holidays").await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn hr_books_a_retake_on_the_page_of_one_person() {
    let office = Office::open("retake").await;
    let path = format!("/people/{}/first-session", office.maria);
    let mut ravi = office.browser(office.ravi).await;
    let list = ravi.get("/first-sessions?sort=state&order=desc").await.text;
    assert!(list.contains(&path) && list.contains("Everybody"), "{list}");
    let page = ravi.get(&path).await.text;
    assert!(
        page.contains("No session can be booked now: the notice has not reached them."),
        "{page}"
    );
    let refused = ravi.post(&path, &[("reason", "")]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    assert_eq!(ravi.get("/first-sessions?show=nothing").await.status, StatusCode::NOT_FOUND);
    assert!(ravi.get("/first-sessions?q=nobody").await.text.contains("Nobody here"));
}
