//! A `Mail` as RFC 5322 and MIME bytes. The same mail gives the same bytes at every attempt: the
//! date is the mail's own, the boundaries follow from its Message-ID.

use lettre::message::header::{ContentDisposition, ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox as Address, Message, MultiPart, SinglePart};
use muster_ports::{Mail, Mailbox, PortError, PortResult};
use sha2::{Digest, Sha256};
use std::error::Error;
use std::time::{Duration, SystemTime};

/// The complete message.
///
/// # Errors
/// `Refused` if an address, the Message-ID or the calendar method is not one.
pub fn message(mail: &Mail) -> PortResult<Message> {
    let since_epoch = u64::try_from(mail.date_ms)
        .map_err(|_| PortError::Refused("the mail is dated before 1970".into()))?;
    let mut builder = Message::builder()
        .date(SystemTime::UNIX_EPOCH + Duration::from_millis(since_epoch))
        .from(address("sender", &mail.from)?)
        .to(address("recipient", &mail.to)?)
        .subject(one_line(&mail.subject))
        .message_id(Some(bracketed(&mail.message_id)?))
        .header(AutoSubmitted)
        .header(ListId(list_id(&mail.list_id)?));
    if let Some(reply_to) = &mail.reply_to {
        builder = builder.reply_to(address("reply address", reply_to)?);
    }
    if let Some(first) = &mail.in_reply_to {
        let first = bracketed(first)?;
        builder = builder.in_reply_to(first.clone()).references(first);
    }
    builder
        .multipart(body(mail)?)
        .map_err(|error| PortError::Refused(format!("the mail cannot be written: {error}")))
}

/// RFC 6047: a calendar part beside text and HTML for programs that act on it, and once more as a
/// file for those that only show attachments.
fn body(mail: &Mail) -> PortResult<MultiPart> {
    let alternative = MultiPart::alternative()
        .boundary(boundary(mail, "alternative"))
        .singlepart(SinglePart::plain(mail.text.clone()))
        .singlepart(SinglePart::html(mail.html.clone()));
    let Some(calendar) = &mail.calendar else { return Ok(alternative) };
    if !matches!(calendar.method.as_str(), "REQUEST" | "CANCEL") {
        let said = "the calendar method is neither REQUEST nor CANCEL";
        return Err(PortError::Refused(said.into()));
    }
    let act = format!("text/calendar; method={}; charset=UTF-8", calendar.method);
    let act = ContentType::parse(&act).expect("a content type made of constants");
    let file = ContentType::parse("text/calendar; charset=UTF-8; name=\"invite.ics\"")
        .expect("a constant content type");
    let alternative =
        alternative.singlepart(SinglePart::builder().header(act).body(calendar.ics.clone()));
    let file = SinglePart::builder()
        .header(file)
        .header(ContentDisposition::attachment("invite.ics"))
        .body(calendar.ics.clone());
    Ok(MultiPart::mixed().boundary(boundary(mail, "mixed")).multipart(alternative).singlepart(file))
}

/// No text contains a line of 128 bits it has never seen.
fn boundary(mail: &Mail, level: &str) -> String {
    let digest = Sha256::digest(format!("{level}\n{}", mail.message_id));
    digest[..16].iter().fold(String::from("muster-"), |text, byte| format!("{text}{byte:02x}"))
}

fn address(what: &str, mailbox: &Mailbox) -> PortResult<Address> {
    let email = mailbox
        .address
        .parse()
        .map_err(|_| PortError::Refused(format!("the {what} is not a mail address")))?;
    let name = one_line(&mailbox.name);
    Ok(Address::new((!name.is_empty()).then_some(name), email))
}

/// Line ends and other control characters become blanks: they would end a header, and lettre
/// panics at one in a name.
fn one_line(text: &str) -> String {
    let blank = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().map(blank).collect::<String>().trim().to_owned()
}

fn bracketed(message_id: &str) -> PortResult<String> {
    let fine = message_id.contains('@')
        && message_id.bytes().all(|b| b.is_ascii_graphic() && !b"<>\"\\(),;:[]".contains(&b));
    if !fine {
        return Err(PortError::Refused("a Message-ID is not of the form left@right".into()));
    }
    Ok(format!("<{message_id}>"))
}

fn list_id(value: &str) -> PortResult<String> {
    let fine = value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
    if !fine || value.is_empty() {
        return Err(PortError::Refused("the List-Id is not a dotted name".into()));
    }
    Ok(format!("<{value}>"))
}

/// RFC 3834: no vacation notice answers this.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        Ok(AutoSubmitted)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".into())
    }
}

/// RFC 2919: mail programs group and filter by this.
#[derive(Clone)]
struct ListId(String);

impl Header for ListId {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Id")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        Ok(ListId(text.into()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}
