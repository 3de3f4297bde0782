//! Who hears of a link group: security, outside the group and its lines. Where nobody is left there,
//! those who give roles hear that somebody must be named. A mail says how many people, and no names.

use super::readers;
use crate::acts::notify::{self, About, Notice};
use crate::acts::office::holders_of;
use crate::acts::{ActResult, Context};
use muster_domain::access::Act;
use muster_domain::id::PersonId;
use muster_messages::mail::{LinkGroupNotice, LinkGroupWhy};
use muster_store::entities::link_group;
use muster_store::work::Lane;
use muster_store::{Tx, links};

/// Tells of a group once under this step.
pub(super) async fn tell(
    context: &Context,
    tx: &Tx,
    row: &link_group::Model,
    members: &[PersonId],
    why: LinkGroupWhy,
) -> ActResult<()> {
    let mut recipients = readers(tx, members).await?;
    let nobody = recipients.is_empty();
    if nobody {
        let those: Vec<Option<PersonId>> = members.iter().copied().map(Some).collect();
        recipients = holders_of(tx, Act::ConfirmRole, &those).await?;
    }
    let step = format!("link-{}", row.turn);
    for recipient in &recipients {
        let page = if nobody { "/".to_owned() } else { format!("/links/{}", row.no) };
        let message = notify::worded(context, recipient, || LinkGroupNotice {
            frame: context.frame(recipient),
            number: row.no as u64,
            people: row.people as u32,
            why: if nobody { LinkGroupWhy::NobodyCanOpenIt } else { why },
            page: context.page(&page),
        });
        let notice = Notice {
            about: About::Office(row.id),
            step: &step,
            is_first: row.turn == 1,
            recipient,
            every_channel: false,
            lane: Lane::Escalation,
            even_in_shadow: false,
        };
        notify::queue(context, tx, &notice, &message).await?;
    }
    let detail = recipients.len().to_string();
    Ok(links::tell(tx, row.id, links::event::TOLD, None, None, &detail).await?)
}
