//! Observations over HTTP, and link groups as people of each role see them, or do not.

use super::company::{Company, Page};
use crate::acts::links::nightly;
use crate::acts::tokens;
use axum::body::Body;
use axum::http::Method;
use muster_domain::id::PersonId;
use muster_domain::person::{Role, TokenScope};
use serde_json::{Value, json};

async fn post(company: &Company, token: &str, kind: &str, body: String) -> Page {
    let mut browser = company.browser();
    let request = browser
        .request(Method::POST, "/api/observations")
        .header("content-type", kind)
        .header("authorization", format!("Bearer {token}"));
    browser.send(request.body(Body::from(body)).unwrap()).await
}

async fn token(company: &Company) -> String {
    let scope = TokenScope::Observations;
    tokens::create(company.context(), None, "identity provider", scope, 30).await.unwrap().secret
}

struct Cast {
    boss: PersonId,
    hr: PersonId,
    security: PersonId,
    admin: PersonId,
    people: Vec<String>,
}

async fn employee_id(company: &Company, id: PersonId) -> String {
    muster_store::people::get(company.context().store.read(), id).await.unwrap().employee_id
}

async fn hire(company: &Company) -> Cast {
    let boss = company.person("Dana Weiss", None, &[]).await;
    let hr = company.person("Ravi Rao", None, &[Role::Hr]).await;
    let security = company.person("Siri Watch", None, &[Role::Security]).await;
    let admin = company.person("Ada Berg", None, &[Role::Admin]).await;
    let mut people = Vec::new();
    for name in ["Lee Um", "Max Dois", "Sam Tres"] {
        let id = company.person(name, Some(boss), &[]).await;
        people.push(employee_id(company, id).await);
    }
    Cast { boss, hr, security, admin, people }
}

/// The farm's three with one device key between them, as JSON.
fn farm(company: &Company, people: &[String]) -> Value {
    let at = company.context().now().plus_minutes(-60).timestamp().to_string();
    let row =
        |id: &String| json!({"employee_id": id, "at": at, "ip": "203.0.113.5", "device_key": "k1"});
    json!({ "observations": people.iter().map(row).collect::<Vec<_>>() })
}

async fn night(company: &Company) {
    let report = nightly::compare(company.context()).await.unwrap();
    let tx = company.context().store.begin().await.unwrap();
    nightly::keep(company.context(), &tx, &report).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_program_posts_observations_with_a_token_and_reads_what_became_of_them() {
    let company = Company::open("observations_api").await;
    let cast = hire(&company).await;
    let secret = token(&company).await;
    let rows = farm(&company, &cast.people).to_string();
    let refused = post(&company, "muster_nothing", "application/json", rows.clone()).await;
    assert_eq!(refused.status.as_u16(), 401, "{}", refused.text);
    assert!(refused.text.contains("about:blank#no-token"), "{}", refused.text);

    let told = |page: &Page| serde_json::from_str::<Value>(&page.text).unwrap();
    let taken = post(&company, &secret, "application/json", rows.clone()).await;
    assert_eq!(taken.status.as_u16(), 200, "{}", taken.text);
    assert_eq!(told(&taken)["taken"], 3);
    let again = told(&post(&company, &secret, "application/json; charset=utf-8", rows).await);
    assert_eq!((&again["taken"], &again["known"]), (&0.into(), &3.into()));

    let mixed = json!({"observations": [
        {"employee_id": cast.people[0], "at": "2026-11-30T08:00:00Z", "ip": "203.0.113.6"},
        {"employee_id": cast.people[1], "at": "2026-11-30T08:00:00Z", "ip": "203.0.113.256"},
        {"employee_id": "nobody", "at": "2026-11-30T08:00:00Z", "ip": "203.0.113.6"},
    ]});
    let mixed = told(&post(&company, &secret, "application/json", mixed.to_string()).await);
    assert_eq!(mixed["taken"], 1, "{mixed}");
    let refused: Vec<(u64, &str)> = mixed["refused"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (r["index"].as_u64().unwrap(), r["code"].as_str().unwrap()))
        .collect();
    assert_eq!(refused, [(1, "bad-address"), (2, "unknown-person")]);

    let csv = format!("employee_id,at,ip\n{},2026-11-30T09:00:00Z,203.0.113.7\n", cast.people[0]);
    assert_eq!(told(&post(&company, &secret, "text/csv", csv).await)["taken"], 1);
    for (kind, body, status, code) in [
        ("text/csv", "employee_id,at\nnobody,2026-11-30T09:00:00Z\n", 422, "nothing-taken"),
        ("text/csv", "what\n", 422, "nothing-taken"),
        ("application/json", "{}", 400, "bad-request"),
        ("application/xml", "<a/>", 415, "unknown-type"),
    ] {
        let page = post(&company, &secret, kind, body.to_owned()).await;
        assert_eq!(page.status.as_u16(), status, "{body}: {}", page.text);
        let value = told(&page);
        assert_eq!(value["type"], format!("about:blank#{code}"));
        assert_eq!(value["status"], status);
        assert!(value["title"].is_string() && value["instance"].is_string());
    }
}

#[tokio::test]
async fn managers_hr_and_admins_see_no_difference_where_a_farm_was_found() {
    let company = Company::open("links_unseen").await;
    let cast = hire(&company).await;
    let secret = token(&company).await;
    let paths = [
        "/",
        "/people",
        "/cases",
        "/cases?show=closed",
        "/coverage",
        "/roster",
        "/policies",
        "/audit",
        "/system",
        "/links",
        "/links/1",
        "/links/search",
        "/me/data",
        "/about/data",
    ];
    let mut browsers = Vec::new();
    for who in [cast.boss, cast.hr, cast.admin] {
        browsers.push(company.signed_in(who).await);
    }
    let look = async || {
        let mut seen = Vec::new();
        for browser in &browsers {
            let mut browser = browser.clone();
            for path in paths {
                let page = browser.get(path).await;
                let mut text = page.text.clone();
                if text.contains("name=\"csrf\"") {
                    text = text.replace(&page.hidden("csrf"), "TOKEN");
                }
                if let Some(id) = page.headers.get("x-request-id") {
                    text = text.replace(id.to_str().unwrap(), "REQUEST");
                }
                seen.push((path, page.status, text));
            }
        }
        seen
    };
    let before = look().await;
    let rows = farm(&company, &cast.people).to_string();
    assert_eq!(post(&company, &secret, "application/json", rows).await.status.as_u16(), 200);
    night(&company).await;
    let groups = muster_store::links::standing(company.context().store.read()).await.unwrap();
    assert_eq!(groups.len(), 1, "there is something to hide");
    let after = look().await;
    for (one, two) in before.iter().zip(&after) {
        // How much work waits and how long the log is, an administrator sees; not of what.
        let is_system = one.0 == "/system" && one.1.is_success();
        assert!(is_system || one == two, "{}: {}", two.0, two.2);
    }
}

#[tokio::test]
async fn security_opens_a_group_asks_who_was_seen_and_closes_it() {
    let company = Company::open("links_pages").await;
    let cast = hire(&company).await;
    let secret = token(&company).await;
    let mut browser = company.signed_in(cast.security).await;
    let empty = browser.get("/links").await;
    assert!(empty.text.contains("No group was found"), "{}", empty.text);
    let rows = farm(&company, &cast.people).to_string();
    post(&company, &secret, "application/json", rows).await;
    night(&company).await;

    let list = browser.get("/links").await;
    assert!(list.text.contains("Group 1, 3 people") && !list.text.contains("Lee Um"));
    let page = browser.get("/links/1").await;
    for part in [
        "Lee Um",
        "the key of one device",
        "a machine that was handed on",
        "<svg",
        "edge-3",
        "I have this",
    ] {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    assert!(!page.text.contains("203.0.113"));

    let asked = browser.get("/links/search").await;
    let csrf = asked.hidden("csrf");
    let list = "203.0.113.5\ndevice:k1\n203.0.113.0/24\nwhat";
    let answer = browser.post("/links/search", &[("csrf", &csrf), ("indicators", list)]).await;
    assert_eq!(answer.text.matches("Lee Um").count(), 3, "{}", answer.text);
    assert!(answer.text.contains("These lines were not understood"));

    let csrf = page.hidden("csrf");
    let wrong = browser
        .post(
            "/links/1/resolve",
            &[("csrf", &csrf), ("resolution", "household"), ("resolution_reason", "ok")],
        )
        .await;
    assert_eq!(wrong.status.as_u16(), 422, "{}", wrong.text);
    assert!(wrong.text.contains("at least three words"));
    browser.post("/links/1/acknowledge", &[("csrf", &csrf)]).await;
    for _ in 0..2 {
        let comment = [("csrf", csrf.as_str()), ("comment", "HR knows the house.")];
        browser.post("/links/1/comment", &comment).await;
    }
    let told = browser.get("/links/1").await.text.matches("HR knows the house.").count();
    assert_eq!(told, 1, "sent twice, it stands once");
    let reason = "the machine was handed on in May";
    let fields = [
        ("csrf", csrf.as_str()),
        ("resolution", "device_handed_on"),
        ("resolution_reason", reason),
    ];
    let done = browser.post("/links/1/resolve", &fields).await;
    assert_eq!(done.status.as_u16(), 303, "{}", done.text);
    let page = browser.get("/links/1").await;
    for part in ["HR knows the house.", reason, "closed"] {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    assert_eq!(browser.get("/links/7").await.status.as_u16(), 404);
}
