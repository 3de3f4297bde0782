//! The first administrator, and a way in where mail does not work: a one-time code printed at the
//! operator's terminal. The sign-in page accepts it once, within a day.

use super::{ActError, ActResult, Context, draw_token};
use crate::acts::roster::BY_HAND;
use muster_domain::id::PersonId;
use muster_domain::person::Role;
use muster_domain::time::DAY_MS;
use muster_ports::Entropy;
use muster_store::audit::Record;
use muster_store::entities::{person, person_role, sign_in_code};
use muster_store::people::{self, baseline, role_state};
use muster_store::{Owner, Tx};
use sha2::{Digest, Sha256};

/// `sign_in_code.purpose` of a code printed at the terminal.
pub const PURPOSE: &str = "admin";
/// How long a code may be used.
const VALID_MS: i64 = DAY_MS;
/// Crockford's base 32: no letter that looks like a digit.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// What `muster admin create` did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Created {
    /// The person is an administrator and signs in with this code.
    Code { person: PersonId, code: String, is_new: bool },
    /// There are administrators or HR already: one of those who may confirm roles has to.
    Pending { person: PersonId },
}

/// Makes a person with this address an administrator: at once while nobody holds `admin` or `hr`,
/// else as a request for a second person. Whoever is administrator already gets a fresh code.
///
/// # Errors
/// `Invalid` where address or name cannot be taken.
pub async fn create(context: &Context, email: &str, name: &str) -> ActResult<Created> {
    let email = email.trim().to_lowercase();
    let is_address = email.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && muster_messages::mail::MailDomain::parse(domain).is_ok()
    });
    if !is_address || email.len() > 254 {
        return Err(ActError::invalid("email", "write an e-mail address such as ade@acme.example"));
    }
    let tx = context.store.begin().await?;
    let is_first = people::with_role(&*tx, Role::Admin).await?.is_empty()
        && people::with_role(&*tx, Role::Hr).await?.is_empty();
    let person = match people::by_email(&*tx, &email).await? {
        Some(person) => person,
        None => by_hand(context, &tx, &email, name).await?,
    };
    let id = PersonId(person.id);
    let held = people::role(&*tx, id, Role::Admin).await?;
    let is_admin = held.as_ref().is_some_and(|r| r.state == role_state::ACTIVE);
    if !is_admin && !is_first {
        if held.is_none() {
            give_role(context, &tx, id, role_state::PENDING).await?;
            record(&tx, "role-requested", &person).await?;
        }
        tx.commit().await?;
        return Ok(Created::Pending { person: id });
    }
    if !is_admin {
        people::remove_role(&tx, id, Role::Admin).await?;
        give_role(context, &tx, id, role_state::ACTIVE).await?;
        record(&tx, "admin-created", &person).await?;
    }
    let code = fresh_code(context.store.entropy());
    keep_code(context, &tx, id, &code).await?;
    record(&tx, "admin-code-issued", &person).await?;
    tx.commit().await?;
    Ok(Created::Code { person: id, code, is_new: !is_admin })
}

/// What `sign_in_code.code_hash` holds of a code, however it was typed.
pub fn code_hash(code: &str) -> String {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    let hash = Sha256::new()
        .chain_update("muster/admin-code/v1")
        .chain_update(plain.to_uppercase())
        .finalize();
    hex::encode(hash)
}

/// Ten characters (50 random bits) as `XXXXX-XXXXX`.
fn fresh_code(entropy: &dyn Entropy) -> String {
    let letters = entropy.bytes::<10>().map(|b| ALPHABET[usize::from(b) % 32] as char);
    let text: String = letters.into_iter().collect();
    format!("{}-{}", &text[..5], &text[5..])
}

/// A person nobody's roster has named yet. The file takes over as soon as it names the address.
async fn by_hand(context: &Context, tx: &Tx, email: &str, name: &str) -> ActResult<person::Model> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().any(char::is_control) || name.chars().count() > 120 {
        return Err(ActError::invalid("name", "write a name of at most 120 characters"));
    }
    if people::by_employee_id(&**tx, email).await?.is_some() {
        return Err(ActError::conflict("Somebody with this address was here before and has left."));
    }
    let entropy = context.store.entropy();
    let nonces = draw_token::fresh(context);
    let row = person::Model {
        id: PersonId::from_random(entropy.bytes()).0,
        employee_id: email.to_owned(),
        draw_token: nonces.token().0.to_vec(),
        pseudonym: uuid::Builder::from_random_bytes(entropy.bytes()).into_uuid(),
        name,
        email: email.to_owned(),
        second_email: None,
        manager_id: None,
        zone: "UTC".to_owned(),
        next_zone: None,
        hours: "Mon-Fri 09:00-17:00".to_owned(),
        holidays: None,
        languages: "en".to_owned(),
        chosen_language: None,
        attributes: serde_json::json!({ BY_HAND: "yes" }).to_string(),
        accommodations: String::new(),
        state: "active".to_owned(),
        baseline: baseline::PASSED.to_owned(),
        joined_ms: context.now().0,
        left_ms: None,
    };
    let keys = tx.create_data_keys(&[Owner::Person(PersonId(row.id))]).await?;
    muster_store::insert(tx, row.clone()).await?;
    let joined = draw_token::Joined { person: &row, nonces: Some(nonces), manager: None };
    let keys = keys.into_iter().map(|key| (row.id, key)).collect();
    draw_token::bind(context, tx, (None, "operator"), &[joined], &keys).await?;
    Ok(row)
}

async fn give_role(context: &Context, tx: &Tx, id: PersonId, state: &str) -> ActResult<()> {
    let now = context.now().0;
    let row = person_role::Model {
        person_id: id.0,
        role: Role::Admin.code().to_owned(),
        state: state.to_owned(),
        requested_by: None,
        requested_ms: now,
        confirmed_by: None,
        confirmed_ms: (state == role_state::ACTIVE).then_some(now),
    };
    muster_store::insert(tx, row).await?;
    Ok(())
}

async fn keep_code(context: &Context, tx: &Tx, id: PersonId, code: &str) -> ActResult<()> {
    let now = context.now().0;
    // A code that was printed before no longer opens anything.
    for mut old in muster_store::sessions::codes_of_purpose(tx, PURPOSE).await? {
        if old.person_id == Some(id.0) {
            old.used_ms = Some(now);
            muster_store::save(tx, old).await?;
        }
    }
    let row = sign_in_code::Model {
        id: uuid::Builder::from_random_bytes(context.store.entropy().bytes()).into_uuid(),
        person_id: Some(id.0),
        browser: String::new(),
        code_hash: code_hash(code),
        purpose: PURPOSE.to_owned(),
        created_ms: now,
        expires_ms: now + VALID_MS,
        wrong_tries: 0,
        used_ms: None,
    };
    muster_store::insert(tx, row).await?;
    Ok(())
}

async fn record(tx: &Tx, kind: &'static str, person: &person::Model) -> ActResult<()> {
    let record = Record::new(kind).about(person).fact("via", "operator");
    record.fact("role", Role::Admin.code()).write(tx).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acts::test_support::Office;
    use muster_store::sessions;

    async fn open_codes(office: &Office) -> Vec<sign_in_code::Model> {
        let tx = office.context.store.begin().await.unwrap();
        sessions::codes_of_purpose(&tx, PURPOSE).await.unwrap()
    }

    #[tokio::test]
    async fn the_first_one_is_administrator_at_once_and_a_fresh_code_replaces_the_old() {
        let office = Office::open().await;
        let create =
            async || create(&office.context, " Ade@Acme.example ", "Ade F.").await.unwrap();
        let Created::Code { code, is_new: true, person } = create().await else {
            panic!("no code")
        };
        assert_eq!((code.len(), &code[5..6]), (11, "-"));
        let roles = people::roles(office.context.store.read(), person).await.unwrap();
        assert!(roles.contains(&Role::Admin));
        let Created::Code { code: second, is_new: false, .. } = create().await else {
            panic!("no second code")
        };
        assert_ne!(code, second);
        let open = open_codes(&office).await;
        assert_eq!(open.len(), 1);
        assert_eq!(open[0].code_hash, code_hash(&second.to_lowercase().replace('-', " ")));
    }

    #[tokio::test]
    async fn a_second_administrator_waits_for_a_second_person() {
        let office = Office::open().await;
        create(&office.context, "ade@acme.example", "Ade").await.unwrap();
        let other = create(&office.context, "eve@acme.example", "Eve").await.unwrap();
        let Created::Pending { person } = other else { panic!("{other:?}") };
        let roles = people::roles(office.context.store.read(), person).await.unwrap();
        assert!(!roles.contains(&Role::Admin));
        assert_eq!(open_codes(&office).await.len(), 1);
        let wrong = create(&office.context, "not an address", "X").await;
        assert!(matches!(wrong, Err(ActError::Invalid(_))));
    }
}
