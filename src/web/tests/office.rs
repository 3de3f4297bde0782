//! Stories of the pages of managers, HR, security and the operator: who gets which page,
//! what it says, and what is done when a form is sent twice, late or wrong.

use super::company::{Browser, Company};
use crate::acts::cases::fixtures::{self, case, check_in, finding};
use axum::http::StatusCode;
use muster_domain::case::CaseCause;
use muster_domain::check_in::{Outcome, Presence};
use muster_domain::id::{CaseId, PersonId, PolicyVersionId};
use muster_domain::judging::finding::Family;
use muster_domain::person::Role;
use muster_store::entities::membership;
use muster_store::work::{Lane, NewWork};
use muster_store::{cases, people, work};

const HOSTILE: &str = "<script>alert(1)</script>";

pub(super) struct Office {
    pub company: Company,
    pub policy: PolicyVersionId,
    pub dana: PersonId,
    pub maria: PersonId,
    pub ravi: PersonId,
    pub sam: PersonId,
    pub ines: PersonId,
    pub alex: PersonId,
    pub jo: PersonId,
    pub uma: PersonId,
}

impl Office {
    pub(super) async fn open(name: &str) -> Office {
        let company = Company::open(name).await;
        let dana = company.person("Dana Weiss", None, &[]).await;
        let uma = company.person("Uma Stranger", None, &[]).await;
        company.person("Rep Stranger", Some(uma), &[]).await;
        let maria = company.person("Maria Olsen", Some(dana), &[]).await;
        let policy = fixtures::policy(company.context()).await;
        let tx = company.context().store.begin().await.unwrap();
        let member = membership::Model {
            person_id: maria.0,
            policy_version_id: policy.0,
            why: "You are in the policy Standard because your access is normal.".into(),
            since_ms: company.context().now().0,
        };
        muster_store::insert(&tx, member).await.unwrap();
        tx.commit().await.unwrap();
        Office {
            ravi: company.person("Ravi Rao", None, &[Role::Hr]).await,
            sam: company.person("Sam Okoye", None, &[Role::Security]).await,
            ines: company.person("Ines Prado", None, &[Role::Auditor]).await,
            alex: company.person("Alex Berg", None, &[Role::Admin]).await,
            jo: company.person("Jo Park", None, &[Role::Verifier]).await,
            company,
            policy,
            dana,
            maria,
            uma,
        }
    }

    /// A fresh browser in which this person is signed in.
    pub(super) async fn browser(&self, person: PersonId) -> Browser {
        let context = self.company.context();
        self.is_swept().await;
        let token = hex::encode(context.store.entropy().bytes::<16>());
        crate::acts::sign_in::be_persona(context, person, &token).await.unwrap();
        let mut browser = self.company.browser();
        browser.cookies.insert("muster".into(), token);
        browser
    }

    /// What an import, which the fixtures are not, and a sweep do for coverage.
    async fn is_swept(&self) {
        let context = self.company.context();
        let tx = context.store.begin().await.unwrap();
        muster_store::coverage::follow_memberships(&tx).await.unwrap();
        tx.commit().await.unwrap();
        crate::acts::coverage::refresh(context).await.unwrap();
    }

    pub(super) async fn missed(&self, first: bool) -> CaseId {
        let c = self.company.context();
        let about = check_in(c, self.maria, self.policy, Outcome::Missed, None).await;
        case(c, about, CaseCause::Missed, first).await
    }

    pub(super) async fn met(
        &self,
        outcome: Outcome,
        cause: CaseCause,
        presence: Presence,
    ) -> CaseId {
        let c = self.company.context();
        let about = check_in(c, self.maria, self.policy, outcome, Some((self.jo, presence))).await;
        finding(c, self.maria, about, Family::Place, "The point lies 310 km outside").await;
        finding(c, self.maria, about, Family::Path, "The line ends at a relay").await;
        case(c, about, cause, false).await
    }
}

#[tokio::test]
async fn a_manager_reads_a_missed_case_and_takes_it_on() {
    let office = Office::open("take-on").await;
    let id = office.missed(true).await;
    let mut dana = office.browser(office.dana).await;
    let list = dana.get("/cases").await;
    assert!(list.text.contains("Maria Olsen missed a check-in"), "{}", list.text);
    let path = format!("/cases/{id}");
    let page = dana.get(&path).await;
    for said in [
        "Maria Olsen missed a check-in",
        "Nobody has this yet",
        "I have this",
        "Excuse it",
        "Their page was not opened before the join window ended.",
        "If nobody acts, the manager will be told today 15:00 (in 2 h).",
        "It is read by HR and security, not by the line of management.",
    ] {
        assert!(page.text.contains(said), "{said} is missing in {}", page.text);
    }
    assert!(!page.text.contains("Open the evidence"), "a manager is not offered it");
    for _ in 0..2 {
        let done = dana.post(&format!("{path}/acknowledge"), &[]).await;
        assert_eq!((done.status, done.leads_to()), (StatusCode::SEE_OTHER, path.as_str()));
    }
    let page = dana.get(&path).await;
    assert!(page.text.contains("You have this") && !page.text.contains(">I have this<"));
    assert_eq!(page.text.matches("You took it on.").count(), 1);
    let late = office.browser(office.ravi).await.post(&format!("{path}/acknowledge"), &[]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.text.contains("Dana Weiss has this case already."), "{}", late.text);
    let people = dana.get("/people").await;
    assert!(people.text.contains("1 person; 1 case is open."), "{}", people.text);
}

#[tokio::test]
async fn a_reason_that_is_too_short_comes_back_as_it_was_typed() {
    let office = Office::open("typed").await;
    let id = office.missed(true).await;
    let mut dana = office.browser(office.dana).await;
    let path = format!("/cases/{id}/excuse");
    let answer = dana.post(&path, &[("excuse", "work"), ("excuse_reason", "ok then")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text.contains("ok then</textarea>"), "{}", answer.text);
    assert!(answer.text.contains("href=\"#excuse_reason\""), "{}", answer.text);
    let long = "Held the talk with the customer until noon";
    for _ in 0..2 {
        let done = dana.post(&path, &[("excuse", "work"), ("excuse_reason", long)]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
    }
    let page = dana.get(&format!("/cases/{id}")).await;
    assert!(page.text.contains("closed: excused") && page.text.contains(long), "{}", page.text);
    let late = dana.post(&format!("/cases/{id}/comment"), &[("comment", "And more")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.text.contains("And more"), "what was typed is not lost");
    let closed = dana.get("/cases?show=closed").await;
    assert!(closed.text.contains("Maria Olsen missed a check-in"));
}

#[tokio::test]
async fn every_page_answers_each_role_with_itself_or_with_words() {
    let office = Office::open("table").await;
    let case = office.missed(true).await;
    let (case, maria) = (format!("/cases/{case}"), format!("/people/{}", office.maria));
    let policy = format!("/policies/{}", office.policy);
    let who = [
        office.maria,
        office.jo,
        office.dana,
        office.uma,
        office.ravi,
        office.sam,
        office.ines,
        office.alex,
    ];
    //                         maria jo  dana uma  ravi sam  ines alex
    let table: [(&str, [u16; 8]); 13] = [
        ("/cases", [403, 403, 200, 200, 200, 200, 200, 403]),
        (&case, [403, 403, 200, 404, 200, 200, 200, 403]),
        ("/people", [403, 403, 200, 200, 200, 200, 200, 403]),
        (&maria, [403, 403, 403, 403, 200, 403, 403, 403]),
        ("/coverage", [403, 403, 403, 403, 200, 200, 200, 403]),
        ("/policies", [403, 403, 200, 200, 200, 200, 200, 403]),
        ("/policies/draft", [403, 403, 403, 403, 200, 403, 403, 403]),
        (&policy, [403, 403, 200, 200, 200, 200, 200, 403]),
        ("/roster", [404, 404, 404, 404, 200, 200, 404, 200]),
        ("/audit", [403, 403, 403, 403, 403, 403, 200, 403]),
        ("/audit/checkpoint", [403, 403, 403, 403, 403, 403, 200, 403]),
        ("/system", [403, 403, 403, 403, 403, 403, 403, 200]),
        ("/cases?show=nothing", [403, 403, 404, 404, 404, 404, 404, 403]),
    ];
    for (path, expected) in table {
        for (person, status) in who.iter().zip(expected) {
            let page = office.browser(*person).await.get(path).await;
            let name = people::get(office.company.context().store.read(), *person).await.unwrap();
            assert_eq!(page.status.as_u16(), status, "{path} as {}", name.name);
            let words = match status {
                403 => "This page is not for you",
                404 => "There is no such page",
                _ => "</main>",
            };
            assert!(page.text.contains(words), "{path} as {}", name.name);
        }
    }
}

#[tokio::test]
async fn evidence_is_opened_by_an_act_and_never_reaches_the_line() {
    let office = Office::open("evidence").await;
    let id = office.met(Outcome::NeedsReview, CaseCause::NeedsReview, Presence::Confirmed).await;
    let path = format!("/cases/{id}");
    let (place, path_of) = ("The point lies 310 km outside", "The line ends at a relay");
    let mut ravi = office.browser(office.ravi).await;
    let page = ravi.get(&path).await;
    assert!(page.text.contains("Open the evidence first") && !page.text.contains(place));
    let early = [("resolution", "explained_travel"), ("resolution_reason", "The trip is known")];
    let refused = ravi.post(&format!("{path}/resolve"), &early).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    for _ in 0..2 {
        let opened = ravi.post(&format!("{path}/evidence"), &[]).await;
        assert_eq!(opened.status, StatusCode::SEE_OTHER);
    }
    let page = ravi.get(&path).await;
    assert!(page.text.contains(place) && !page.text.contains(path_of), "HR reads no network");
    ravi.post(&format!("{path}/comment"), &[("comment", "It is 310 km, by train")]).await;
    let mut sam = office.browser(office.sam).await;
    sam.post(&format!("{path}/evidence"), &[]).await;
    let page = sam.get(&path).await;
    assert!(page.text.contains(place) && page.text.contains(path_of));
    let mut dana = office.browser(office.dana).await;
    let refused = dana.post(&format!("{path}/evidence"), &[]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let page = dana.get(&path).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.text.contains("310 km") && !page.text.contains("relay"), "{}", page.text);
    assert!(page.text.contains("added a note for those who read the evidence"), "{}", page.text);
    let views = cases::views_of(office.company.context().store.read(), office.maria).await.unwrap();
    assert_eq!(views.len(), 2, "the person can see both");
    let done = ravi.post(&format!("{path}/resolve"), &early).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
}

/// What these people read on these pages, without the tokens of their forms.
async fn everything(office: &Office, people: &[PersonId], paths: &[&str]) -> Vec<String> {
    let mut seen = Vec::new();
    for person in people {
        for path in paths {
            let page = office.browser(*person).await.get(path).await;
            let request = page.headers["x-request-id"].to_str().unwrap();
            seen.push(page.text.replace(&page.hidden("csrf"), "").replace(request, ""));
        }
    }
    seen
}

#[tokio::test]
async fn what_security_looks_at_first_shows_on_no_page_of_anybody_else() {
    let office = Office::open("blind").await;
    let before = [office.dana, office.ravi, office.ines];
    let pages = ["/people", "/cases", "/coverage"];
    let seen = everything(&office, &before, &pages).await;
    let id = office.met(Outcome::Escalated, CaseCause::Escalated, Presence::DifferentPerson).await;
    assert_eq!(everything(&office, &before, &pages).await, seen, "not even a count");
    for person in before {
        assert_eq!(
            office.browser(person).await.get(&format!("/cases/{id}")).await.status,
            StatusCode::NOT_FOUND
        );
        let history = office.browser(person).await.get(&format!("/people/{}", office.maria)).await;
        assert!(!history.text.contains("escalated"), "{}", history.text);
    }
    // A day later the label is over everywhere, and still nothing shows.
    office.company.clock.advance_minutes(26 * 60);
    for person in before {
        for page in pages {
            let text = office.browser(person).await.get(page).await.text;
            assert!(!text.contains("state-urgent"), "{page}: {text}");
            assert!(!text.contains("Findings that do not fit"), "{page}: {text}");
        }
    }
    let mut sam = office.browser(office.sam).await;
    let list = sam.get("/cases?show=escalated").await;
    assert!(list.text.contains("Findings that do not fit in one check-in with Maria Olsen"));
    let page = sam.get(&format!("/cases/{id}")).await;
    assert!(page.text.contains("Take the second look"), "{}", page.text);
    let look = [("second_look", "different_person"), ("second_look_how", "Met them on a call")];
    let done = sam.post(&format!("/cases/{id}/second-look"), &look).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let hr = office.browser(office.ravi).await.get(&format!("/cases/{id}")).await;
    assert_eq!(hr.status, StatusCode::OK, "now HR hears of it");
    let manager = office.browser(office.dana).await.get(&format!("/cases/{id}")).await;
    assert_eq!(manager.status, StatusCode::NOT_FOUND, "the line does not");
}

#[tokio::test]
async fn no_name_and_no_text_becomes_markup() {
    let office = Office::open("markup").await;
    let c = office.company.context();
    let boss = office.company.person("Boss Person", None, &[]).await;
    let mallory = office.company.person(&format!("Mallory {HOSTILE}"), Some(boss), &[]).await;
    let about = check_in(c, mallory, office.policy, Outcome::Missed, None).await;
    let id = case(c, about, CaseCause::Missed, true).await;
    let mut browser = office.browser(boss).await;
    let path = format!("/cases/{id}");
    browser.post(&format!("{path}/comment"), &[("comment", HOSTILE)]).await;
    let wrong = [("proposal", HOSTILE), ("proposal_reason", HOSTILE)];
    let bad = browser
        .post(&format!("{path}/excuse"), &[("excuse", HOSTILE), ("excuse_reason", HOSTILE)])
        .await;
    let mut hr = office.browser(office.ravi).await;
    let typed = hr.post(&format!("{path}/propose"), &wrong).await;
    let mut pages = vec![bad, typed];
    for place in [path.as_str(), "/cases", "/people"] {
        pages.push(browser.get(place).await);
    }
    let query = "q=%3Cscript%3Ealert(1)%3C/script%3E";
    let person = format!("/people/{mallory}");
    for place in
        [&format!("/coverage?{query}&policy=%3Cscript%3E"), &format!("/roster?{query}"), &person]
    {
        pages.push(hr.get(place).await);
    }
    let kind = "/audit?kind=%3Cscript%3Ealert(1)%3C/script%3E";
    pages.push(office.browser(office.ines).await.get(kind).await);
    for page in &pages {
        assert!(!page.text.contains(HOSTILE), "{}", page.text);
        assert!(!page.status.is_server_error());
    }
    assert!(pages[2].text.contains("&lt;script&gt;"), "it is shown as text");
}

#[tokio::test]
async fn coverage_sorts_and_says_nothing_of_a_day_that_still_runs() {
    let office = Office::open("coverage").await;
    let c = office.company.context();
    check_in(c, office.maria, office.policy, Outcome::Verified, None).await;
    let mut ravi = office.browser(office.ravi).await;
    let today = ravi.get("/coverage?q=maria").await;
    assert!(
        today.text.contains("none yet") && !today.text.contains("<span>once</span>"),
        "{}",
        today.text
    );
    office.company.clock.advance_minutes(26 * 60);
    let mut ravi = office.browser(office.ravi).await;
    let later = ravi.get("/coverage?q=maria").await;
    assert!(
        later.text.contains("verified") && later.text.contains("<span>once</span>"),
        "{}",
        later.text
    );
    let sorted = ravi.get("/coverage?sort=year&order=desc").await;
    assert!(sorted.text.contains("aria-sort=\"descending\""));
    let at = |name: &str| sorted.text.find(name).unwrap_or_else(|| panic!("{name} is missing"));
    assert!(at("Maria Olsen") < at("Alex Berg"), "most often met first");
    let by_name = ravi.get("/coverage?sort=name&order=asc").await;
    assert!(by_name.text.find("Alex Berg") < by_name.text.find("Maria Olsen"));
    let only = ravi.get("/coverage?policy=Standard").await;
    assert!(only.text.contains("Maria Olsen") && !only.text.contains("Alex Berg<"));
    assert!(only.text.contains("1 to 1 of 1"), "{}", only.text);
}

#[tokio::test]
async fn an_escalated_outcome_stands_in_coverage_for_those_who_may_know_it() {
    let office = Office::open("graver").await;
    let c = office.company.context();
    check_in(c, office.maria, office.policy, Outcome::Inconclusive, None).await;
    office.company.clock.advance_minutes(5 * 24 * 60);
    check_in(c, office.maria, office.policy, Outcome::Escalated, None).await;
    office.company.clock.advance_minutes(2 * 24 * 60);
    for query in ["q=maria", "q=maria&sort=outcome", "q=maria&sort=outcome&order=desc"] {
        let path = format!("/coverage?{query}");
        // No case was opened, so security alone may know of it; a number would tell, too.
        let security = office.browser(office.sam).await.get(&path).await.text;
        assert!(security.contains("escalated"), "{security}");
        assert!(security.contains("<dd>2<small>check-ins with an outcome"), "{security}");
        let hr = office.browser(office.ravi).await.get(&path).await.text;
        assert!(hr.contains("inconclusive") && !hr.contains("escalated"), "{hr}");
        assert!(hr.contains("<dd>1<small>check-ins with an outcome"), "{hr}");
    }
}

#[tokio::test]
async fn coverage_searches_names_in_any_case_and_takes_signs_as_they_are() {
    let office = Office::open("search").await;
    office.company.person("Östen Ärlig", None, &[]).await;
    office.company.person("Hundred % Sure_Thing", None, &[]).await;
    let mut ravi = office.browser(office.ravi).await;
    for (query, found) in [
        ("%C3%B6sten", "Östen Ärlig"),
        ("%C3%84RLIG", "Östen Ärlig"),
        ("100%25", ""),
        ("d+%25+s", "Hundred % Sure_Thing"),
        ("sure_t", "Hundred % Sure_Thing"),
        ("sur__t", ""),
        ("!", ""),
    ] {
        let page = ravi.get(&format!("/coverage?q={query}")).await.text;
        match found {
            "" => assert!(page.contains("Nobody fits"), "{query}: {page}"),
            name => {
                assert!(page.contains(name) && page.contains("1 to 1 of 1"), "{query}: {page}");
            }
        }
    }
}

#[tokio::test]
async fn hr_orders_a_check_in_with_a_reason_and_not_without() {
    let office = Office::open("order").await;
    let mut ravi = office.browser(office.ravi).await;
    let page = ravi.get(&format!("/people/{}", office.maria)).await;
    for said in ["Standard, version 1", "because your access is normal", "Order a check-in by hand"]
    {
        assert!(page.text.contains(said), "{said}: {}", page.text);
    }
    let path = format!("/people/{}/check-ins", office.maria);
    let short = ravi.post(&path, &[("reason", "just so")]).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(short.text.contains("just so</textarea>"));
    let reason = [("reason", "The asset tag could not be read")];
    assert_eq!(ravi.post(&path, &reason).await.status, StatusCode::SEE_OTHER);
    let twice = ravi.post(&path, &reason).await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
    assert!(twice.text.contains("ordered already"));
    let manager = office.browser(office.dana).await.post(&path, &reason).await;
    assert_eq!(manager.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_operator_decides_about_dead_work() {
    let office = Office::open("dead").await;
    let store = &office.company.context().store;
    let now = office.company.context().now();
    let tx = store.begin().await.unwrap();
    for key in ["one", "two"] {
        let new = NewWork {
            kind: "open-room",
            key: key.into(),
            lane: Lane::Booking,
            due: now,
            payload: "{}".into(),
        };
        work::add(&tx, new).await.unwrap();
    }
    tx.commit().await.unwrap();
    let owner = muster_domain::id::InstanceId::from_random([7; 16]);
    let claims = work::claim(store, owner, now, Lane::Booking, 10).await.unwrap();
    let tx = store.begin().await.unwrap();
    for claim in claims {
        work::bury(&tx, &claim, "the provider says no").await.unwrap();
    }
    tx.commit().await.unwrap();
    let dead = work::dead(store.read()).await.unwrap();
    let mut alex = office.browser(office.alex).await;
    let page = alex.get("/system").await;
    assert!(page.text.contains("Work waits for your decision.") && page.text.contains("booking"));
    let (one, two) = (&dead[0], &dead[1]);
    let path = format!("/system/work/{}", one.id);
    assert!(alex.get(&path).await.text.contains("the provider says no"));
    assert_eq!(alex.post(&format!("{path}/retry"), &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(alex.post(&format!("{path}/retry"), &[]).await.status, StatusCode::CONFLICT);
    let path = format!("/system/work/{}/resolve", two.id);
    let short = alex.post(&path, &[("reason", "no")]).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    let reason = [("reason", "The room was opened by hand")];
    assert_eq!(alex.post(&path, &reason).await.status, StatusCode::SEE_OTHER);
    assert_eq!(alex.post(&path, &reason).await.status, StatusCode::CONFLICT);
    assert!(work::dead(store.read()).await.unwrap().is_empty());
    let hr = office.browser(office.ravi).await.post(&path, &reason).await;
    assert_eq!(hr.status, StatusCode::FORBIDDEN);
}
