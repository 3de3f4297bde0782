//! Times a person does not want to be met, declared by themselves ahead. What is declared today counts
//! from the next day's inputs on; it feeds no finding and nobody else reads it.

use super::context::zone_of;
use super::{ActError, ActResult, Context, policy};
use jiff::civil::Date;
use muster_domain::calendar::private_block::minutes_in_fullest_week;
use muster_domain::calendar::{BlockFault, BlockWhen, PrivateBlock};
use muster_domain::id::{PersonId, PolicyVersionId};
use muster_messages::language::say;
use muster_messages::t;
use muster_store::audit::Record;
use muster_store::entities::person;
use muster_store::private_blocks::{self, OpenBlock};
use muster_store::{Tx, people, policies};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

/// A block as it was typed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Typed<'a> {
    /// `0` (Monday) to `6` for every week, or `date`.
    pub when: &'a str,
    /// `YYYY-MM-DD`, where `when` is `date`.
    pub date: &'a str,
    pub from: &'a str,
    pub to: &'a str,
}

/// What a person has, and may have.
#[derive(Debug, Clone)]
pub struct Mine {
    /// Without those that are over, oldest first.
    pub blocks: Vec<OpenBlock>,
    /// Minutes of the fullest week.
    pub minutes: u32,
    /// `None`: no policy draws this person.
    pub minutes_max: Option<u16>,
}

/// The blocks of one person.
pub async fn of(
    context: &Context,
    db: &impl ConnectionTrait,
    me: &person::Model,
) -> ActResult<Mine> {
    let today = today(context, me);
    let mut blocks = private_blocks::of(&context.store, db, PersonId(me.id)).await?;
    blocks.retain(|open| !open.block.is_over(today));
    let plain: Vec<PrivateBlock> = blocks.iter().map(|open| open.block).collect();
    Ok(Mine {
        minutes: minutes_in_fullest_week(&plain),
        minutes_max: minutes_max(db, me).await?,
        blocks,
    })
}

/// Declares a block.
///
/// # Errors
/// `Invalid` with the field and a sentence; `Conflict` where no policy draws this person or the
/// policy allows none.
pub async fn add(context: &Context, me: PersonId, typed: &Typed<'_>) -> ActResult<PrivateBlock> {
    let block = read(typed)?;
    let tx = context.store.begin().await?;
    // Two forms sent at once are judged one after another.
    let me = people::lock(&tx, me).await?;
    let Some(minutes_max) = minutes_max(&*tx, &me).await? else {
        return Err(ActError::conflict(t!("You are in no policy, so nobody draws you.")));
    };
    if minutes_max == 0 {
        return Err(ActError::conflict(t!("Your policy has no private blocks.")));
    }
    let existing = private_blocks::of(&context.store, &*tx, PersonId(me.id)).await?;
    let existing: Vec<PrivateBlock> = existing.iter().map(|open| open.block).collect();
    block
        .check(&existing, today(context, &me), minutes_max)
        .map_err(|fault| ActError::invalid(field(&fault), &say(&fault.sentence())))?;
    private_blocks::add(&tx, PersonId(me.id), &block).await?;
    record(&tx, &me, "added", &block).await?;
    tx.commit().await?;
    Ok(block)
}

/// Takes a block of one's own back. One that is gone already is no fault.
pub async fn remove(context: &Context, me: PersonId, id: Uuid) -> ActResult<()> {
    let tx = context.store.begin().await?;
    let me = people::lock(&tx, me).await?;
    let mine = private_blocks::of(&context.store, &*tx, PersonId(me.id)).await?;
    let block = mine.into_iter().find(|open| open.id == id);
    if let Some(open) = block
        && private_blocks::remove(&tx, PersonId(me.id), id).await?
    {
        record(&tx, &me, "removed", &open.block).await?;
    }
    Ok(tx.commit().await?)
}

fn read(typed: &Typed<'_>) -> ActResult<PrivateBlock> {
    let when = match typed.when {
        "date" => {
            let date: Date = typed.date.trim().parse().map_err(|_| {
                ActError::invalid(
                    "date",
                    t!("Write the date as 2026-12-24, or choose a day of the week."),
                )
            })?;
            BlockWhen::Dated(date)
        }
        day => match day.parse::<u8>().ok().filter(|day| *day < 7) {
            Some(day) => BlockWhen::Weekly(day),
            None => {
                return Err(ActError::invalid(
                    "when",
                    t!("Choose a day of the week, or one date."),
                ));
            }
        },
    };
    PrivateBlock::read(when, typed.from, typed.to)
        .map_err(|fault| ActError::invalid(field(&fault), &say(&fault.sentence())))
}

/// The field beside which a fault stands.
const fn field(fault: &BlockFault) -> &'static str {
    match fault {
        BlockFault::Past(_) | BlockFault::FarAhead(_) => "date",
        BlockFault::Order => "to",
        BlockFault::Time
        | BlockFault::Overlap(_)
        | BlockFault::TooMuch { .. }
        | BlockFault::TooMany => "from",
    }
}

fn today(context: &Context, me: &person::Model) -> Date {
    context.now().date_in(&zone_of(me))
}

async fn minutes_max(db: &impl ConnectionTrait, me: &person::Model) -> ActResult<Option<u16>> {
    let Some(member) = policies::membership_of(db, PersonId(me.id)).await? else {
        return Ok(None);
    };
    let in_force = policy::load(db, PolicyVersionId(member.policy_version_id)).await?;
    Ok(Some(in_force.policy.allowance.private_block_minutes_per_week))
}

/// That something was changed is known; what, is committed only.
async fn record(
    tx: &Tx,
    me: &person::Model,
    change: &'static str,
    block: &PrivateBlock,
) -> ActResult<()> {
    Record::new("private-blocks-changed")
        .by(Some(me.pseudonym))
        .about(me)
        .commit("change", change)
        .commit("block", block.to_string())
        .write(tx)
        .await?;
    Ok(())
}
