//! What stands above the table: how the programme is, in a sentence, and four numbers.

use crate::acts::cases::standing::{Viewer, facts_of, known_of};
use crate::acts::{coverage as kept, notices, policy};
use crate::web::{Fail, Web};
use muster_domain::check_in::Fault;
use muster_domain::id::PersonId;
use muster_domain::time::{DAY_MS, UtcMillis};
use muster_messages::pages::coverage::Figure;
use muster_messages::t;
use muster_store::{cases, check_ins, coverage, installation};

/// The sentence, and whether it asks for something to be done.
pub(super) async fn health(web: &Web, outside: u64) -> Result<(String, bool), Fail> {
    let db = web.context.store.read();
    let row = installation::find(db).await?;
    let (mode, pilot) = row.map_or((String::new(), None), |row| (row.mode, row.pilot));
    if pilot.is_some() && mode == installation::mode::LIVE {
        let (live, members) = policy::reach(db).await?;
        return Ok((
            t!(
                "The programme runs for a pilot group: {live} of {members} people in a policy.",
                live,
                members
            ),
            true,
        ));
    }
    let waits = notices::waiting(db).await?;
    if mode == installation::mode::LIVE && waits.people > 0 {
        let refused = match waits.refused {
            0 => String::new(),
            n => t!(" {n} of the mails came back: check these addresses.", n),
        };
        return Ok((
            t!(
                "The programme runs; {people} people are not drawn yet, since the notice has not reached them.{refused}",
                refused,
                people = waits.people
            ),
            true,
        ));
    }
    Ok(match (mode.as_str(), outside) {
        (installation::mode::PAUSED, _) => {
            (t!("The programme is paused: nobody is drawn.").to_owned(), true)
        }
        (installation::mode::SHADOW, _) => {
            (t!("The programme runs in shadow: it draws and sends nothing.").to_owned(), true)
        }
        (_, 0) => (t!("The programme runs, and everybody is in a policy.").to_owned(), false),
        (_, 1) => (t!("The programme runs; 1 person is in no policy.").to_owned(), true),
        (_, n) => (t!("The programme runs; {n} people are in no policy.", n), true),
    })
}

/// The numbers this viewer may know, and how many people are in no policy.
pub(super) async fn figures(
    web: &Web,
    viewer: &mut Viewer,
    everybody: u64,
    now: UtcMillis,
) -> Result<(Vec<Figure>, u64), Fail> {
    let db = web.context.store.read();
    let (quarter, month) = (now.plus_ms(-90 * DAY_MS), now.plus_ms(-30 * DAY_MS));
    let running = kept::running(now);
    let ours = [Fault::Service, Fault::Provider, Fault::Verifier].map(Fault::code);
    // The dear ones beside each other, each on a connection of its own.
    let ((in_policy, met), (mut held, failed), escalated) = tokio::try_join!(
        coverage::met_since(db, quarter),
        coverage::held_since(db, month, &running, ours),
        coverage::escalated_since(db, month, &running),
    )?;
    viewer.ask_about(db, escalated.iter().map(|row| row.person())).await?;
    held += known_of(db, viewer, &escalated).await?.len() as u64;
    let open = open_cases(web, viewer).await?;
    let figure =
        |name: &str, value: String, note: String| Figure { name: name.to_owned(), value, note };
    let figures = vec![
        figure(
            t!("Met in 90 days"),
            met.to_string(),
            t!("of {in_policy} people in a policy", in_policy),
        ),
        figure(t!("Held in 30 days"), held.to_string(), t!("check-ins with an outcome").to_owned()),
        figure(t!("Failed on our side"), failed.to_string(), t!("in the same 30 days").to_owned()),
        figure(t!("Open cases"), open.to_string(), t!("of every cause").to_owned()),
    ];
    Ok((figures, everybody.saturating_sub(in_policy)))
}

/// Only those the viewer may know of: a count tells, too.
async fn open_cases(web: &Web, viewer: &mut Viewer) -> Result<usize, Fail> {
    let db = web.context.store.read();
    let all = cases::open(db).await?;
    viewer.ask_about(db, all.iter().map(|case| PersonId(case.person_id))).await?;
    let theirs = check_ins::among(db, all.iter().map(|case| case.check_in_id).collect()).await?;
    let mut open = 0;
    for case in all {
        let Some(check_in) = theirs.get(&case.check_in_id) else { continue };
        open += usize::from(viewer.may_view(&facts_of(db, &case, check_in).await?));
    }
    Ok(open)
}
