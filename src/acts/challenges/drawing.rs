//! Drawing the tasks of one check-in (decisions 0007 and 0046).

use crate::acts::context::zone_of;
use crate::acts::{ActResult, Context, policy};
use muster_domain::challenge::{Accommodation, Occasion, draw_challenges, open_to};
use muster_domain::id::{PersonId, PolicyVersionId};
use muster_domain::judging::Point;
use muster_store::audit::Record;
use muster_store::entities::{check_in, drawn_challenge, person};
use muster_store::{Tx, challenges, check_ins, evidence, people};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Sessions whose tasks are not asked again.
const RECENT_SESSIONS: usize = 5;

/// Draws once, and answers how many then. The key is the check-in's own, fresh, and only committed
/// to, with the cards that were open: nobody could know the tasks before, and whoever is shown both
/// can recompute them.
pub async fn draw(context: &Context, tx: &Tx, row: &check_in::Model) -> ActResult<Option<usize>> {
    let policy = policy::load(&**tx, PolicyVersionId(row.policy_version_id)).await?;
    let count = usize::from(policy.policy.challenges.count);
    let is_drawn = !evidence::challenges(&**tx, row.check_in_id()).await?.is_empty();
    if count == 0 || is_drawn {
        return Ok(None);
    }
    let person = people::get(&**tx, row.person()).await?;
    let catalogue = &context.settings.challenges;
    let occasion = Occasion {
        accommodations: accommodations(&person),
        recent: recent_templates(tx, row).await?,
        retired: challenges::retired(&**tx).await?.into_iter().map(|r| r.template).collect(),
        knows_place: !declared_points(context, tx, &person).await?.is_empty(),
    };
    let open = open_to(catalogue, &occasion);
    let key: [u8; 32] = context.store.entropy().bytes();
    let mut drawn = draw_challenges(&key, &open);
    drawn.truncate(count);
    for (i, challenge) in drawn.iter().enumerate() {
        let detail = serde_json::to_string(challenge).expect("a challenge is plain data");
        let kept = drawn_challenge::Model {
            check_in_id: row.id,
            no: i as i64 + 1,
            template: challenge.template.clone(),
            class: challenge.class.code().to_owned(),
            detail,
            revealed_ms: None,
            alternative: false,
            answer: None,
            artefacts: "[]".to_owned(),
            answered_ms: None,
        };
        muster_store::insert(tx, kept).await?;
    }
    let open: Vec<&str> = open.iter().map(|card| card.id.as_str()).collect();
    Record::new("challenges-drawn")
        .about(&person)
        .fact("check_in", row.id.to_string())
        .fact("count", drawn.len() as i64)
        .fact("catalogue", catalogue.digest())
        .commit("key", hex::encode(key))
        // Which cards were kept away tells of accommodations, so it is committed to and not shown.
        .commit("open", open.join(" "))
        .write(tx)
        .await?;
    Ok(Some(drawn.len()))
}

async fn recent_templates(tx: &Tx, row: &check_in::Model) -> ActResult<BTreeSet<String>> {
    let earlier = check_ins::of_person(&**tx, row.person(), 50).await?;
    let ids: Vec<Uuid> = earlier.iter().filter(|c| c.id != row.id).map(|c| c.id).collect();
    let challenges = evidence::challenges_of(&**tx, ids.iter().copied()).await?;
    let sessions = ids.iter().filter(|id| challenges.iter().any(|c| c.check_in_id == **id));
    let recent: Vec<&Uuid> = sessions.take(RECENT_SESSIONS).collect();
    let asked = challenges.iter().filter(|c| recent.contains(&&c.check_in_id));
    Ok(asked.map(|c| c.template.clone()).collect())
}

/// The declared places that count today, travel included.
pub async fn declared_points(
    context: &Context,
    tx: &Tx,
    person: &person::Model,
) -> ActResult<Vec<Point>> {
    let today = context.now().date_in(&zone_of(person)).to_string();
    let places = people::places(&context.store, &**tx, PersonId(person.id)).await?;
    let counts = |p: &&people::OpenPlace| {
        p.row.valid_from.as_ref().is_none_or(|from| *from <= today)
            && p.row.valid_to.as_ref().is_none_or(|to| today <= *to)
    };
    let points = places.iter().filter(counts);
    Ok(points.filter_map(|p| Point::from_degrees(p.detail.lat, p.detail.lon)).collect())
}

/// What a person cannot or need not do, as it stands on the roster.
pub fn accommodations(person: &person::Model) -> Vec<Accommodation> {
    // A JSON list or words with commas: the closed list of codes decides what counts.
    let is_code = |c: char| c.is_ascii_alphanumeric() || c == '_';
    person.accommodations.split(|c| !is_code(c)).filter_map(Accommodation::from_code).collect()
}
