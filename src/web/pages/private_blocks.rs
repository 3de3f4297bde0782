//! One's own private blocks: seen, added, taken back. Nobody else has such a page.

use crate::acts::ActError;
use crate::acts::private_blocks::{self, Typed};
use crate::web::guard::see;
use crate::web::session::{Id, Posted, SignedIn};
use crate::web::{Access, Answer, Fail, Route, Web, with_flash};
use axum::extract::State;
use axum::http::StatusCode;
use muster_domain::calendar::private_block::BLOCKS_MAX;
use muster_messages::language::say;
use muster_messages::pages::FlashTone;
use muster_messages::pages::private_blocks::{BlockForm, BlockLine, PrivateBlocks};
use muster_messages::t;

const PATH: &str = "/me/private-blocks";
const FIELDS: [&str; 4] = ["when", "date", "from", "to"];

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get(PATH, Access::SignedIn, list),
        Route::post(PATH, Access::SignedIn, add),
        Route::post("/me/private-blocks/{id}/remove", Access::SignedIn, remove),
    ]
}

async fn list(State(web): State<Web>, me: SignedIn) -> Answer {
    web.page(&page(&web, &me, BlockForm::empty(), None).await?)
}

async fn add(State(web): State<Web>, me: SignedIn, form: Posted) -> Answer {
    let typed = FIELDS.map(|field| form.text_within(field, 40));
    let [when, date, from, to] = typed.each_ref().map(String::as_str);
    let asked = Typed { when, date, from, to };
    match private_blocks::add(&web.context, me.id(), &asked).await {
        Ok(block) => {
            let told = t!(
                "Declared: {block}. It counts from tomorrow on.",
                block = say(&block.sentence())
            );
            Ok(with_flash(&web, see(PATH), FlashTone::Done, &told))
        }
        Err(ActError::Invalid(faults)) => {
            let fault = faults.first().map(|(field, says)| (*field, says.as_str()));
            let kept = BlockForm::typed([when, date, from, to], fault);
            let page = page(&web, &me, kept, fault).await?;
            web.page_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

async fn remove(State(web): State<Web>, me: SignedIn, Id(id): Id) -> Answer {
    private_blocks::remove(&web.context, me.id(), id).await?;
    Ok(with_flash(
        &web,
        see(PATH),
        FlashTone::Done,
        t!("Removed. It counts until the end of today."),
    ))
}

async fn page(
    web: &Web,
    me: &SignedIn,
    form: BlockForm,
    fault: Option<(&str, &str)>,
) -> Result<PrivateBlocks, Fail> {
    let mine = private_blocks::of(&web.context, web.context.store.read(), &me.person).await?;
    let mut frame = web.frame(&me.visitor, t!("Private blocks"), "/").await;
    if let Some((field, says)) = fault {
        // A question links to its first answer.
        let at = if field == "when" { "when-1" } else { field };
        frame = frame.with_problem(at, says);
    }
    let allowance = match mine.minutes_max {
        None => t!("You are in no policy, so nobody draws you.").to_owned(),
        Some(0) => t!("Your policy has no private blocks.").to_owned(),
        Some(max) => t!("You use {minutes} of {max} minutes a week.", max, minutes = mine.minutes),
    };
    let may_add = mine.minutes_max.is_some_and(|max| max > 0) && mine.blocks.len() < BLOCKS_MAX;
    let lines = mine.blocks.iter();
    let lines = lines.map(|b| BlockLine { id: b.id.to_string(), text: say(&b.block.sentence()) });
    Ok(PrivateBlocks {
        frame,
        blocks: lines.collect(),
        allowance,
        counts_from: t!("A change counts from tomorrow on.").to_owned(),
        form: may_add.then_some(form),
    })
}
