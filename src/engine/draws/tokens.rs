//! A verifier's token can change between two boundaries. Sessions that were planned before it did
//! are that verifier's all the same.

use super::Engine;
use muster_domain::draw::{BoundaryInputs, Taken};
use muster_domain::person::DrawToken;
use muster_store::{draw_tokens, people};
use std::collections::{HashMap, HashSet};

/// The same sessions, each under the token that its verifier has in these rows.
pub(super) async fn in_use(
    engine: &Engine,
    mut taken: Taken,
    inputs: &BoundaryInputs,
) -> anyhow::Result<Taken> {
    let rows: HashSet<DrawToken> = inputs.verifiers().iter().map(|row| row.verifier).collect();
    let db = engine.context.store.read();
    let mut known: HashMap<DrawToken, DrawToken> = HashMap::new();
    for session in taken.sessions.iter_mut().filter(|s| !rows.contains(&s.verifier)) {
        let old = session.verifier;
        if let Some(new) = known.get(&old) {
            session.verifier = *new;
            continue;
        }
        let mut new = old;
        if draw_tokens::find(db, old).await?.is_some()
            && let Some(person) = people::by_token(db, old).await?
        {
            let now = super::rows::token_of(&person);
            new = if rows.contains(&now) { now } else { old };
        }
        known.insert(old, new);
        session.verifier = new;
    }
    Ok(taken)
}
