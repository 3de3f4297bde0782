//! The insider story: two worlds that differ only in the tip of their draw chain, and so in every
//! draw to come. Whatever a manager or HR can ask for is the same, byte for byte (promise P7).

use super::office::Office;
use muster_domain::check_in::Outcome;
use muster_domain::draw::{Chain, ChainKey};
use muster_store::entities::draw_chain;
use muster_store::keys::Key;
use muster_store::{chains, draws};

/// One world, and its anchor.
async fn world(tip: [u8; 32]) -> (Office, String) {
    // The same name is the same entropy: ids, keys and tokens are equal in all worlds.
    let office = Office::open("worlds").await;
    let context = office.company.context();
    let id = uuid::Uuid::from_u128(7);
    let first = context.now().date_in(&jiff::tz::TimeZone::UTC);
    let chain = Chain::begin(&id.to_string(), first, 400, ChainKey::from_bytes(tip)).unwrap();
    context.store.keys().keep_tip(id, &Key::new(tip)).unwrap();
    let anchor = chain.anchor().k0.to_hex();
    let tx = context.store.begin().await.unwrap();
    let row = draw_chain::Model {
        id,
        holder: "operator".into(),
        first_date: first.to_string(),
        length: 400,
        anchor: anchor.clone(),
        created_ms: context.now().0,
        tip: chains::tip::SERVICE.into(),
        state: chains::state::ACTIVE.into(),
        asked_by: None,
        ended_ms: None,
    };
    muster_store::insert(&tx, row).await.unwrap();
    tx.commit().await.unwrap();
    crate::acts::cases::fixtures::check_in(
        context,
        office.maria,
        office.policy,
        Outcome::Verified,
        None,
    )
    .await;
    office.missed(true).await;
    (office, anchor)
}

#[tokio::test]
async fn nothing_a_manager_or_hr_can_see_depends_on_a_draw_to_come() {
    let ((one, anchor_one), (two, anchor_two)) = (world([1; 32]).await, world([2; 32]).await);
    assert_ne!(anchor_one, anchor_two, "the worlds do differ");
    for office in [&one, &two] {
        let chains = draws::chains(office.company.context().store.read()).await.unwrap();
        assert_eq!(chains.len(), 1);
    }
    let case = {
        let store = &one.company.context().store;
        muster_store::cases::open(store.read()).await.unwrap()[0].id
    };
    let paths = [
        "/".to_owned(),
        "/about".to_owned(),
        "/people".to_owned(),
        "/cases".to_owned(),
        "/cases?show=mine".to_owned(),
        "/cases?show=closed".to_owned(),
        format!("/cases/{case}"),
        "/policies".to_owned(),
        format!("/policies/{}", one.policy),
        // What is refused tells nothing either.
        "/policies/draft".to_owned(),
        "/coverage".to_owned(),
        "/roster".to_owned(),
        "/audit".to_owned(),
        "/system".to_owned(),
        "/programme".to_owned(),
        format!("/people/{}", one.maria),
    ];
    // HR knows the policies and the people, and foresees no more.
    let hr = [
        "/programme".to_owned(),
        "/roster".to_owned(),
        "/coverage".to_owned(),
        "/first-sessions".to_owned(),
        format!("/people/{}", one.maria),
        format!("/people/{}/edit", one.maria),
    ];
    let everything = || async {
        [
            (one.browser(one.dana).await, two.browser(two.dana).await, &paths[..]),
            (one.browser(one.ravi).await, two.browser(two.ravi).await, &hr[..]),
        ]
    };
    let mut visits = everything().await;
    for minutes in [0, 5, 60, 24 * 60, 7 * 24 * 60] {
        one.company.clock.advance_minutes(minutes);
        two.company.clock.advance_minutes(minutes);
        if minutes >= 24 * 60 {
            visits = everything().await;
        }
        for (here, there, paths) in &mut visits {
            for path in *paths {
                let (a, b) = (here.get(path).await, there.get(path).await);
                assert_eq!(a.status, b.status, "{path}");
                assert_eq!(without_tokens(&a), without_tokens(&b), "{path} after {minutes} min");
            }
        }
    }
}

/// The page without what is random by design.
fn without_tokens(page: &super::company::Page) -> String {
    let mut text = page.text.clone();
    if text.contains("name=\"csrf\"") {
        text = text.replace(&page.hidden("csrf"), "TOKEN");
    }
    let request_id = page.headers.get("x-request-id").map(|v| v.to_str().unwrap().to_owned());
    match request_id {
        Some(id) => text.replace(&id, "REQUEST"),
        None => text,
    }
}
