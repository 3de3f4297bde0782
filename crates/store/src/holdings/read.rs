//! Everything that is held about one person, opened.

use super::{HOLDINGS, Holding, SealedColumn, Whose};
use crate::entities::person;
use crate::sealed::{DataKey, Owner, Place};
use crate::{Sealed, Store, StoreError, StoreResult};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use muster_domain::id::PersonId;
use muster_domain::retention::DataClass;
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, IntoCondition, Query};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What stands where a row names somebody else.
const SOMEBODY_ELSE: &str = "another person";

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldRow {
    pub table: &'static str,
    pub class: DataClass,
    /// Column by column, sealed ones opened, other people's ids replaced by words.
    pub fields: Map<String, Value>,
}

/// Every row about this person, in the order of the list.
///
/// # Errors
/// [`StoreError::Erased`] where the person's key is destroyed: then nothing can be opened.
pub async fn of_person(store: &Store, person: &person::Model) -> StoreResult<Vec<HeldRow>> {
    let key = store.data_key(store.read(), Owner::Person(PersonId(person.id))).await?;
    let mut held = Vec::new();
    for holding in HOLDINGS {
        let Some(theirs) = theirs(holding.whose, person) else { continue };
        for row in (holding.read)(store.read(), theirs).await? {
            let Value::Object(row) = row else { unreachable!("a row has columns") };
            let fields = opened(holding, row, &key, person.id)?;
            held.push(HeldRow { table: holding.table, class: holding.class, fields });
        }
    }
    name_nobody_else(store, person, &mut held).await?;
    Ok(held)
}

/// Replaces ids and pseudonyms of other people wherever they stand, also inside sealed values.
async fn name_nobody_else(
    store: &Store,
    person: &person::Model,
    held: &mut [HeldRow],
) -> StoreResult<()> {
    let mut ids = BTreeSet::new();
    for row in &mut *held {
        row.fields.values_mut().for_each(|value| {
            each_text(value, &mut |text| {
                ids.extend(text.parse::<Uuid>().ok());
            })
        });
    }
    ids.remove(&person.id);
    ids.remove(&person.pseudonym);
    let others: BTreeSet<String> = crate::people::among(store.read(), ids.into_iter().collect())
        .await?
        .into_iter()
        .flat_map(|(id, pseudonym)| [id.to_string(), pseudonym.to_string()])
        .collect();
    for row in held {
        row.fields.values_mut().for_each(|value| {
            each_text(value, &mut |text| {
                if others.contains(text) {
                    *text = SOMEBODY_ELSE.to_owned();
                }
            })
        });
    }
    Ok(())
}

fn each_text(value: &mut Value, look: &mut impl FnMut(&mut String)) {
    match value {
        Value::String(text) => look(text),
        Value::Array(items) => items.iter_mut().for_each(|item| each_text(item, look)),
        Value::Object(fields) => fields.values_mut().for_each(|field| each_text(field, look)),
        _ => {}
    }
}

/// The condition under which a row is this person's; None for what is nobody's.
pub(super) fn theirs(whose: Whose, person: &person::Model) -> Option<Condition> {
    let column = |name| Expr::col(Alias::new(name));
    let of = |table| {
        Query::select()
            .column(Alias::new("id"))
            .from(Alias::new(table))
            .and_where(column("person_id").eq(person.id))
            .to_owned()
    };
    Some(match whose {
        Whose::Person(name) => column(name).eq(person.id).into_condition(),
        Whose::CheckIn(name) => column(name).in_subquery(of("check_in")).into_condition(),
        Whose::Case(name) => column(name).in_subquery(of("cases")).into_condition(),
        Whose::Pseudonym(name) => column(name).eq(person.pseudonym).into_condition(),
        Whose::Nobody => return None,
    })
}

fn opened(
    holding: &Holding,
    mut row: Map<String, Value>,
    key: &DataKey,
    person: Uuid,
) -> StoreResult<Map<String, Value>> {
    for sealed in holding.sealed {
        let place = place(holding.table, sealed, &row)?;
        let opened = match row.get(sealed.column) {
            None | Some(Value::Null) => continue,
            Some(value) => open(key, place, value)?,
        };
        row.insert(sealed.column.to_owned(), opened);
    }
    for other in holding.others {
        let named = row.get(*other).and_then(Value::as_str).map(str::to_owned);
        if named.is_some_and(|id| id != person.to_string()) {
            row.insert((*other).to_owned(), json!(SOMEBODY_ELSE));
        }
    }
    for column in holding.kept_in {
        row.remove(*column);
    }
    // What is left of bytes is an id of the draw.
    for value in row.values_mut() {
        if let Some(bytes) = bytes(value) {
            *value = json!(hex::encode(bytes));
        }
    }
    Ok(row)
}

fn place(
    table: &'static str,
    sealed: &SealedColumn,
    row: &Map<String, Value>,
) -> StoreResult<Place<'static>> {
    let id = row.get(sealed.row).and_then(Value::as_str).and_then(|id| id.parse().ok());
    let id = id.ok_or(StoreError::Sealed("the row it is bound to has no id"))?;
    Ok(Place { table, column: sealed.column, row: id })
}

/// A sealed column lies as bytes, or as base64 in a column of text.
fn open(key: &DataKey, place: Place, value: &Value) -> StoreResult<Value> {
    let sealed = match value {
        Value::String(text) => STANDARD.decode(text).ok(),
        value => bytes(value),
    };
    let sealed = sealed.ok_or(StoreError::Sealed("it is neither bytes nor base64"))?;
    Sealed::<Value>::from(sealed).open(key, place)
}

fn bytes(value: &Value) -> Option<Vec<u8>> {
    let numbers = value.as_array().filter(|numbers| !numbers.is_empty())?;
    numbers.iter().map(|n| n.as_u64().and_then(|n| u8::try_from(n).ok())).collect()
}
