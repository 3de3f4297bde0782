//! Private blocks on the page of the one who declares them.

use super::office::Office;
use axum::http::StatusCode;

#[tokio::test]
async fn private_blocks_are_declared_kept_as_typed_and_taken_back_by_their_owner_alone() {
    let office = Office::open("blocks").await;
    let mut maria = office.browser(office.maria).await;
    let path = "/me/private-blocks";
    assert!(maria.get("/").await.text.contains(path));
    let wrong = [("when", "1"), ("date", ""), ("from", "15:00"), ("to", "14:00")];
    let answer = maria.post(path, &wrong).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text.contains("value=\"15:00\"") && answer.text.contains("href=\"#to\""));
    assert!(answer.text.contains("ends before it begins"), "{}", answer.text);
    let fine = [("when", "1"), ("date", ""), ("from", "14:00"), ("to", "15:00")];
    assert_eq!(maria.post(path, &fine).await.leads_to(), path);
    let page = maria.get(path).await;
    assert!(page.text.contains("every Tuesday 14:00-15:00"), "{}", page.text);
    assert!(page.text.contains("60 of 120 minutes"), "{}", page.text);
    let id = page.text.split("/me/private-blocks/").nth(1).unwrap().split('/').next().unwrap();
    let remove = format!("{path}/{id}/remove");
    office.browser(office.dana).await.post(&remove, &[]).await;
    assert!(maria.get(path).await.text.contains("every Tuesday"), "not by somebody else");
    maria.post(&remove, &[]).await;
    maria.post(&remove, &[]).await;
    assert!(!maria.get(path).await.text.contains("every Tuesday"));
    let dana = office.browser(office.dana).await.get(path).await;
    assert!(dana.text.contains("You are in no policy") && !dana.text.contains("Add this block"));
}
