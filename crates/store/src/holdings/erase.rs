//! Erasure: the key that opens everything about a person is destroyed, every row that is theirs
//! goes, and a nameless row of the roster stays, so that what others did with them still points
//! somewhere. The log keeps its leaves, which name nobody; without salts they say nothing.

use super::purge::execute;
use super::read::theirs;
use super::{Ends, HOLDINGS};
use crate::entities::person;
use crate::{StoreResult, Tx};
use sea_orm::sea_query::{Alias, Query};

/// What stands in `person.name` afterwards.
const NAME: &str = "Former employee";
/// `person.employee_id` of somebody who was erased begins with this.
const ID: &str = "erased-";

/// Whether this is what erasure left.
pub fn is_erased(person: &person::Model) -> bool {
    person.employee_id.starts_with(ID) && person.name == NAME
}

/// Erases a person. Answers how many rows went.
pub async fn erase(tx: &Tx, person: &person::Model) -> StoreResult<u64> {
    let mut rows = 0;
    for holding in HOLDINGS {
        let stays = holding.table == "person" || holding.ends.contains(&Ends::Never);
        let Some(theirs) = theirs(holding.whose, person).filter(|_| !stays) else { continue };
        let table = Alias::new(holding.table);
        let delete = Query::delete().from_table(table).cond_where(theirs).to_owned();
        rows += execute(tx, &delete).await?;
    }
    let nameless = person::Model {
        employee_id: format!("{ID}{}", person.pseudonym),
        draw_token: tx.store().entropy().bytes::<32>().to_vec(),
        name: NAME.to_owned(),
        email: String::new(),
        second_email: None,
        manager_id: None,
        zone: "UTC".to_owned(),
        next_zone: None,
        hours: String::new(),
        holidays: None,
        languages: String::new(),
        chosen_language: None,
        attributes: "{}".to_owned(),
        accommodations: String::new(),
        joined_ms: 0,
        left_ms: Some(0),
        ..person.clone()
    };
    crate::save(tx, nameless).await?;
    Ok(rows)
}
