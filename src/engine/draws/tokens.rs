//! A verifier's token can change between two boundaries. Sessions that were planned before it did
//! are that verifier's all the same.

use super::Engine;
use muster_domain::draw::{BoundaryInputs, Taken};
use muster_domain::id::PersonId;
use muster_domain::person::DrawToken;
use muster_store::{draw_tokens, people};
use std::collections::{HashMap, HashSet};

/// The same sessions, each under the token that its verifier has in these rows; of people met, those
/// who are verifiers here.
pub(super) async fn in_use(
    engine: &Engine,
    mut taken: Taken,
    inputs: &BoundaryInputs,
) -> anyhow::Result<Taken> {
    let rows: HashSet<DrawToken> = inputs.verifiers().iter().map(|row| row.verifier).collect();
    if taken.sessions.iter().all(|session| rows.contains(&session.verifier)) {
        return Ok(taken);
    }
    let db = engine.context.store.read();
    let tokens = people::with_tokens(db, rows.iter().copied()).await?;
    let ever = draw_tokens::of_people(db, tokens.keys().copied()).await?;
    let now_of: HashMap<DrawToken, DrawToken> = ever
        .into_iter()
        .filter_map(|t| {
            let now = tokens.get(&PersonId(t.person_id))?;
            Some((DrawToken(t.token.try_into().ok()?), *now))
        })
        .collect();
    for session in taken.sessions.iter_mut().filter(|s| !rows.contains(&s.verifier)) {
        session.verifier = now_of.get(&session.verifier).copied().unwrap_or(session.verifier);
    }
    Ok(taken.among(&rows))
}
