//! A statement that is put together from parts: its text so far and its values.

use crate::StoreResult;
use sea_orm::{ConnectionTrait, DatabaseBackend, Statement, Value};
use uuid::Uuid;

/// See the module.
pub(crate) struct Query {
    pub sql: String,
    values: Vec<Value>,
}

impl Query {
    pub fn new(sql: &str) -> Query {
        Query { sql: sql.to_owned(), values: Vec::new() }
    }

    /// Takes a value and answers what stands for it in the text.
    pub fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// The same for several, with commas between them.
    pub fn bind_all<T: Clone + Into<Value>>(&mut self, values: &[T]) -> String {
        values.iter().map(|value| self.bind(value.clone())).collect::<Vec<_>>().join(", ")
    }

    /// ` AND column IN (...)`; nothing is in an empty list.
    pub fn and_in(&mut self, column: &str, ids: &[Uuid]) {
        match ids {
            [] => self.sql += " AND 1 = 0",
            ids => {
                let ids = self.bind_all(ids);
                self.sql += &format!(" AND {column} IN ({ids})");
            }
        }
    }

    pub fn on(self, db: &impl ConnectionTrait) -> Statement {
        Statement::from_sql_and_values(db.get_database_backend(), self.sql, self.values)
    }

    /// The one number it asks for; 0 where it finds none.
    pub async fn number(self, db: &impl ConnectionTrait) -> StoreResult<u64> {
        let row = db.query_one_raw(self.on(db)).await?;
        let number: Option<i64> = row.map(|row| row.try_get_by_index(0)).transpose()?;
        Ok(number.unwrap_or_default() as u64)
    }

    /// The same for two.
    pub async fn two_numbers(self, db: &impl ConnectionTrait) -> StoreResult<(u64, u64)> {
        let Some(row) = db.query_one_raw(self.on(db)).await? else { return Ok((0, 0)) };
        let number = |at| row.try_get_by_index::<i64>(at);
        Ok((number(0)? as u64, number(1)? as u64))
    }
}

/// `column` has the pattern in it, in any case: SQLite's `LIKE` looks at no case by itself, of ASCII.
pub(crate) fn is_like(db: &impl ConnectionTrait, column: &str, pattern: &str) -> String {
    let like = match db.get_database_backend() {
        DatabaseBackend::Postgres => "ILIKE",
        _ => "LIKE",
    };
    format!("{column} {like} {pattern} ESCAPE '!'")
}

/// For [`is_like`]: a text that contains `part`. A letter outside ASCII stands for any letter, as the
/// two databases do not agree on their capitals.
pub(crate) fn containing(part: &str) -> String {
    let mut pattern = "%".to_owned();
    for letter in part.to_lowercase().chars() {
        match letter {
            '%' | '_' | '!' => pattern.extend(['!', letter]),
            letter if letter.is_ascii() => pattern.push(letter),
            _ => pattern.push('_'),
        }
    }
    pattern + "%"
}
