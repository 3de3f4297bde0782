//! What is held about oneself: the page with its dates, both downloads, and nobody else's.

use super::company::Company;
use axum::http::StatusCode;

#[tokio::test]
async fn an_employee_reads_what_is_held_and_takes_it_along() {
    let company = Company::open("my-data").await;
    let anna = company.person("Anna Lind", None, &[]).await;
    company.person("Bo Berg", None, &[]).await;
    let mut browser = company.signed_in(anna).await;
    let page = browser.get("/me/data").await;
    assert_eq!(page.status, StatusCode::OK);
    for says in [
        "30 days after the check-in",
        "until the minute they run out",
        "/me/data.html",
        "/me/data.json",
    ] {
        assert!(page.text.contains(says), "{says}");
    }
    assert!(browser.get("/").await.text.contains("/me/data"), "the home page leads to it");

    let json = browser.get("/me/data.json").await;
    let data: serde_json::Value = serde_json::from_str(&json.text).unwrap();
    assert_eq!(data["name"], "Anna Lind");
    let records = data["classes"].as_array().unwrap().iter();
    let records: Vec<&str> = records
        .flat_map(|class| class["rows"].as_array().unwrap())
        .map(|row| row["record"].as_str().unwrap())
        .collect();
    assert!(records.contains(&"person") && records.contains(&"session"), "{records:?}");
    assert!(!json.text.contains("Bo Berg") && !json.text.contains("token_hash"));

    let readable = browser.get("/me/data.html").await;
    assert!(readable.text.contains("What is held about Anna Lind"));
    assert!(!readable.text.contains("<script"), "it needs no service and runs nothing");
    let mut stranger = company.browser();
    for path in ["/me/data", "/me/data.json", "/me/data.html"] {
        assert!(stranger.get(path).await.leads_to().starts_with("/sign-in"), "{path}");
    }
}
