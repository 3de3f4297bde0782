//! First sessions and the practice page, by pages: who may see what, and that practice leaves nothing.

use super::company::Company;
use super::meeting::Scene;
use axum::http::StatusCode;
use muster_domain::person::Role;
use sea_orm::{ConnectionTrait, Statement};

/// Every row of every table, as text.
async fn everything(company: &Company) -> Vec<String> {
    let db = company.context().store.read();
    let ask =
        |sql: String| db.query_all_raw(Statement::from_string(db.get_database_backend(), sql));
    let names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    let mut all = Vec::new();
    for row in ask(names.to_owned()).await.unwrap() {
        let table: String = row.try_get("", "name").unwrap();
        let columns = ask(format!("SELECT name FROM pragma_table_info('{table}')")).await.unwrap();
        let columns: Vec<String> = columns.iter().map(|c| c.try_get("", "name").unwrap()).collect();
        let quoted: Vec<String> = columns.iter().map(|c| format!("quote(\"{c}\")")).collect();
        let sql = format!("SELECT {} AS line FROM \"{table}\"", quoted.join(" || ',' || "));
        for row in ask(sql).await.unwrap() {
            all.push(format!("{table}: {}", row.try_get::<String>("", "line").unwrap()));
        }
    }
    all.sort();
    all
}

#[tokio::test]
async fn practice_leaves_nothing_behind() {
    let scene = Scene::open("practice").await;
    let mut anna = scene.company.signed_in(scene.anna).await;
    anna.get("/").await;
    let before = everything(&scene.company).await;
    assert!(before.len() > 20, "the company has rows");
    let page = anna.get("/practice").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("What a real one asks") && page.text.contains("Or: "));
    assert!(!page.text.contains("<form method=\"post\" action=\"/practice"), "nothing to send");
    assert_eq!(everything(&scene.company).await, before);
    assert_eq!(scene.company.browser().get("/practice").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn hr_sees_whose_first_session_is_due_and_nobody_else_does() {
    let company = Company::open("due").await;
    let hr = company.person("Hedda People", None, &[Role::Hr]).await;
    let boss = company.person("Mads Boss", None, &[]).await;
    company.person("Maria Olsen", Some(boss), &[]).await;
    let list = company.signed_in(hr).await.get("/first-sessions").await;
    assert_eq!(list.status, StatusCode::OK, "{}", list.text);
    assert!(list.text.contains("Maria Olsen") && list.text.contains("in no cadence policy"));
    let mut boss = company.signed_in(boss).await;
    assert_eq!(boss.get("/first-sessions").await.status, StatusCode::FORBIDDEN);
    let mine = boss.get("/me/first-session").await;
    assert!(mine.text.contains("none is kept"), "{}", mine.text);
}

#[tokio::test]
async fn a_still_is_served_to_nobody_where_there_is_none() {
    let scene = Scene::open("no-still").await;
    scene.company.clock.advance_minutes(super::meeting::START_IN_MINUTES);
    let path = format!("/verifier/sessions/{}/reference-still", scene.id);
    let jo = scene.company.signed_in(scene.jo).await.get(&path).await;
    assert_eq!(jo.status, StatusCode::NOT_FOUND);
    let own = scene.company.signed_in(scene.anna).await.get("/me/reference-still").await;
    assert_eq!(own.status, StatusCode::NOT_FOUND);
}
