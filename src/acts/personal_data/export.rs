//! The personal export (GDPR articles 15 and 20): every row that is held about somebody, opened,
//! by class, with what each class is for and when it goes.
//!
//! Three things stay out. Other people: a row that names one says *another person*, and of a mail
//! to somebody else only that it was sent. An order that is not announced yet: it would foretell a
//! check-in. And, where people read their own, what a case that is still open hangs on; that is
//! said of everybody's export alike, so that its absence tells nothing.

use crate::acts::links::{HOLD_DAYS, is_unresolved};
use crate::acts::office::Asker;
use crate::acts::{ActResult, Context};
use muster_domain::access::Act;
use muster_domain::id::PersonId;
use muster_domain::retention::{DataClass, RETENTION};
use muster_domain::sentence::Sentence;
use muster_domain::time::{DAY_MS, UtcMillis};
use muster_messages::language::{say, tr};
use muster_messages::t;
use muster_store::audit::Record;
use muster_store::entities::person;
use muster_store::holdings::{self, HeldRow};
use muster_store::{cases, links};
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Who reads the export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reader {
    /// The person, by themselves.
    Themselves,
    /// HR, who look through it before they hand it over.
    Office,
}

/// Everything about one person.
#[derive(Debug, Clone, Serialize)]
pub struct PersonalData {
    pub employee_id: String,
    pub name: String,
    pub organisation: String,
    /// RFC 3339, UTC.
    pub made_at: String,
    /// What is left out, in sentences.
    pub left_out: Vec<&'static str>,
    pub classes: Vec<ExportedClass>,
}

/// One class of data.
#[derive(Debug, Clone, Serialize)]
pub struct ExportedClass {
    pub class: DataClass,
    pub holds: &'static str,
    pub needed_for: &'static str,
    /// Days it is kept; null for as long as what it belongs to.
    pub days: Option<u32>,
    pub counted_from: &'static str,
    pub rows: Vec<ExportedRow>,
}

/// One row.
#[derive(Debug, Clone, Serialize)]
pub struct ExportedRow {
    /// The kind of record.
    pub record: &'static str,
    /// Instants are UTC milliseconds in columns that end in `_ms`.
    pub fields: Map<String, Value>,
}

/// What somebody reads and takes along about themselves.
///
/// # Errors
/// The store fails.
pub async fn mine(context: &Context, person: &person::Model) -> ActResult<PersonalData> {
    export(context, person, Reader::Themselves).await
}

/// What HR hands out about somebody. That they looked is in the log before they see anything.
///
/// # Errors
/// `Forbidden`; the person was erased: nothing can be opened any more.
pub async fn hand_out(
    context: &Context,
    actor: Option<PersonId>,
    person: &person::Model,
) -> ActResult<PersonalData> {
    let tx = context.store.begin().await?;
    let asker = Asker::load(&tx, actor, Act::ExportPersonalData).await?;
    Record::new("personal-data-handed-out")
        .by(asker.pseudonym())
        .about(person)
        .fact("via", asker.via())
        .write(&tx)
        .await?;
    tx.commit().await?;
    export(context, person, Reader::Office).await
}

async fn export(
    context: &Context,
    person: &person::Model,
    reader: Reader,
) -> ActResult<PersonalData> {
    let mut held = holdings::of_person(&context.store, person).await?;
    let open = match reader {
        Reader::Themselves => OpenCases::load(context, PersonId(person.id)).await?,
        Reader::Office => OpenCases::default(),
    };
    let looked_into = LookedInto::load(context).await?;
    held.retain(|row| !is_to_come(row) && !open.concern(row) && !looked_into.concerns(row));
    let id = person.id.to_string();
    let days = &context.settings.retention;
    let mut classes: Vec<ExportedClass> = RETENTION
        .iter()
        .map(|line| ExportedClass {
            class: line.class,
            holds: tr(line.holds),
            needed_for: tr(line.needed_for),
            days: days.of(line.class),
            counted_from: tr(line.counted_from),
            rows: Vec::new(),
        })
        .collect();
    for mut row in held {
        if row.table == "notification" && text(&row, "recipient") != Some(&id) {
            row.fields.remove("message");
        }
        let class = classes.iter_mut().find(|c| c.class == row.class);
        let rows = &mut class.expect("every class stands in the table").rows;
        row.fields.values_mut().for_each(word);
        rows.push(ExportedRow { record: row.table, fields: row.fields });
    }
    classes.retain(|class| !class.rows.is_empty());
    Ok(PersonalData {
        employee_id: person.employee_id.clone(),
        name: person.name.clone(),
        organisation: context.settings.organisation.clone(),
        made_at: context.now().timestamp().to_string(),
        left_out: left_out(reader),
        classes,
    })
}

/// Puts kept sentences into the words of the reader.
fn word(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(word),
        Value::Object(fields) => {
            let is_sentence =
                fields.len() == 2 && fields.contains_key("text") && fields.contains_key("with");
            match serde_json::from_value::<Sentence>(Value::Object(fields.clone())) {
                Ok(sentence) if is_sentence => *value = say(&sentence).into(),
                _ => fields.values_mut().for_each(word),
            }
        }
        _ => {}
    }
}

fn left_out(reader: Reader) -> Vec<&'static str> {
    let mut left_out = vec![
        t!(
            "Other people are not named. Of mails about you that went to others it is said when they were sent, not what they say: they say what stands here."
        ),
        t!("A check-in that is still to be announced is not shown to anybody."),
        t!("Keys and the secrets of your sign-in do not leave the service."),
        t!(
            "That security compares lines and devices of several people is added when the comparison has ended, at the latest after thirty days."
        ),
    ];
    if reader == Reader::Themselves {
        left_out.push(t!("A check-in that somebody is still looking into is added when that has ended. For it, ask HR."));
    }
    left_out
}

/// Link groups that security still looks into, for thirty days at most: neither their people nor HR
/// hear of them meanwhile.
struct LookedInto(BTreeSet<String>);

impl LookedInto {
    async fn load(context: &Context) -> ActResult<LookedInto> {
        let hold_ms = HOLD_DAYS * DAY_MS;
        let standing = links::standing(context.store.read()).await?;
        let held = standing
            .into_iter()
            .filter(|group| is_unresolved(group) && context.now().0 - group.grew_ms < hold_ms);
        Ok(LookedInto(held.map(|group| group.id.to_string()).collect()))
    }

    fn concerns(&self, row: &HeldRow) -> bool {
        let is_links = matches!(row.table, "link_member" | "link_view");
        is_links && text(row, "group_id").is_some_and(|id| self.0.contains(id))
    }
}

/// Whether a row foretells something.
fn is_to_come(row: &HeldRow) -> bool {
    let lacks = |column: &str| row.fields.get(column).is_none_or(Value::is_null);
    match row.table {
        "check_in_order" => lacks("settled_ms"),
        // Sessions at one time are told when they are over.
        "overlap_member" => lacks("disclosed_ms"),
        _ => false,
    }
}

fn text<'a>(row: &'a HeldRow, column: &str) -> Option<&'a str> {
    row.fields.get(column).and_then(Value::as_str)
}

/// The person's open cases, with what hangs on them.
#[derive(Default)]
struct OpenCases {
    cases: BTreeSet<String>,
    check_ins: BTreeSet<String>,
    /// When the first of the check-ins was announced.
    since: Option<UtcMillis>,
}

impl OpenCases {
    async fn load(context: &Context, person: PersonId) -> ActResult<OpenCases> {
        let db = context.store.read();
        let mut open = OpenCases::default();
        for case in cases::open(db).await? {
            if case.person_id != person.0 {
                continue;
            }
            let check_in =
                muster_store::check_ins::find(db, muster_domain::id::CheckInId(case.check_in_id))
                    .await?;
            let began = check_in.map_or(case.opened_ms, |row| row.created_ms);
            let first = open.since.map_or(began, |since| since.0.min(began));
            open.since = Some(UtcMillis(first));
            open.cases.insert(case.id.to_string());
            open.check_ins.insert(case.check_in_id.to_string());
        }
        Ok(open)
    }

    fn concern(&self, row: &HeldRow) -> bool {
        let named = |column: &str, among: &BTreeSet<String>| {
            text(row, column).is_some_and(|id| among.contains(id))
        };
        let is_theirs = match row.table {
            "cases" => named("id", &self.cases),
            "check_in" => named("id", &self.check_ins),
            "notification" => named("about_id", &self.cases) || named("about_id", &self.check_ins),
            _ => false,
        };
        let hangs = named("case_id", &self.cases) || named("check_in_id", &self.check_ins);
        is_theirs || hangs || self.is_log_of_meanwhile(row)
    }

    /// The log and its salts from then on: an entry tells by its kind what has happened.
    fn is_log_of_meanwhile(&self, row: &HeldRow) -> bool {
        let Some(since) = self.since else { return false };
        match row.table {
            "audit_entry" => row.fields["at_ms"].as_i64().is_some_and(|at| at >= since.0),
            // Salts carry no instant; without their entries they are of no use to anybody.
            "audit_salt" => true,
            _ => false,
        }
    }
}
