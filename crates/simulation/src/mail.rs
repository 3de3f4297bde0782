//! A mail port that follows a script: it keeps what it took and fails as it is told.
//! The real one is tested against a real server in `integrations`.

use async_trait::async_trait;
use muster_ports::{Mail, MailPort, MailReceipt, PortError, PortResult};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};

/// What the next server does with one mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailAnswer {
    /// Takes it.
    Take,
    /// Does not take it and answers so.
    Fail(PortError),
    /// Takes it, but the answer is lost: the caller sees this error (the ambiguous case of P4).
    TakeThenFail(PortError),
    /// Never answers; the caller's own time-out has to end the call.
    Hang,
}

/// A scripted mail server.
#[derive(Debug)]
pub struct ScriptedMail {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    standing: MailAnswer,
    next: VecDeque<MailAnswer>,
    taken: Vec<Mail>,
    unread: usize,
    attempts: usize,
}

impl Default for ScriptedMail {
    fn default() -> ScriptedMail {
        ScriptedMail {
            state: Mutex::new(State {
                standing: MailAnswer::Take,
                next: VecDeque::new(),
                taken: Vec::new(),
                unread: 0,
                attempts: 0,
            }),
        }
    }
}

impl ScriptedMail {
    /// A server that takes everything.
    pub fn new() -> ScriptedMail {
        ScriptedMail::default()
    }

    /// From now on, every mail without an answer of its own gets this one.
    pub fn answer_always(&self, answer: MailAnswer) {
        self.state().standing = answer;
    }

    /// The next mail that has no answer of its own yet gets this one, once.
    pub fn answer_next(&self, answer: MailAnswer) {
        self.state().next.push_back(answer);
    }

    /// Everything taken so far, in order.
    pub fn taken(&self) -> Vec<Mail> {
        self.state().taken.clone()
    }

    /// What was taken since the last call of this method; a test reads everything before it ends.
    pub fn read(&self) -> Vec<Mail> {
        let mut state = self.state();
        let first_unread = state.taken.len() - state.unread;
        state.unread = 0;
        state.taken[first_unread..].to_vec()
    }

    /// How many taken mails nobody has read.
    pub fn unread(&self) -> usize {
        self.state().unread
    }

    /// How often `send` was called, whatever came of it.
    pub fn attempts(&self) -> usize {
        self.state().attempts
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic while the script is open")
    }

    fn decide(&self, mail: &Mail) -> MailAnswer {
        let mut state = self.state();
        state.attempts += 1;
        let answer = state.next.pop_front().unwrap_or_else(|| state.standing.clone());
        if matches!(answer, MailAnswer::Take | MailAnswer::TakeThenFail(_)) {
            state.taken.push(mail.clone());
            state.unread += 1;
        }
        answer
    }
}

#[async_trait]
impl MailPort for ScriptedMail {
    async fn send(&self, mail: &Mail) -> PortResult<MailReceipt> {
        match self.decide(mail) {
            MailAnswer::Take => {
                Ok(MailReceipt { response: format!("250 taken {}", mail.message_id) })
            }
            MailAnswer::Fail(error) | MailAnswer::TakeThenFail(error) => Err(error),
            MailAnswer::Hang => std::future::pending().await,
        }
    }

    async fn check(&self) -> PortResult<()> {
        let standing = self.state().standing.clone();
        match standing {
            MailAnswer::Take => Ok(()),
            MailAnswer::Fail(error) | MailAnswer::TakeThenFail(error) => Err(error),
            MailAnswer::Hang => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_ports::Mailbox;
    use std::time::Duration;

    fn mail(message_id: &str) -> Mail {
        let mailbox =
            |name: &str| Mailbox { name: name.into(), address: format!("{name}@acme.example") };
        Mail {
            from: mailbox("muster"),
            to: mailbox("anna"),
            reply_to: None,
            subject: "A short check-in".into(),
            text: "Hello".into(),
            html: "<p>Hello</p>".into(),
            calendar: None,
            message_id: message_id.into(),
            in_reply_to: None,
            list_id: "check-ins.acme.example".into(),
            date_ms: 0,
        }
    }

    #[tokio::test]
    async fn answers_of_their_own_come_before_the_standing_one() {
        let port = ScriptedMail::new();
        port.answer_next(MailAnswer::Fail(PortError::Gone));
        assert_eq!(port.send(&mail("a")).await, Err(PortError::Gone));
        assert!(port.send(&mail("a")).await.is_ok());
        assert_eq!((port.attempts(), port.taken().len()), (2, 1));
    }

    #[tokio::test]
    async fn a_lost_answer_leaves_the_mail_taken() {
        let port = ScriptedMail::new();
        let lost = PortError::TryLater { not_before: None, detail: "no answer".into() };
        port.answer_next(MailAnswer::TakeThenFail(lost.clone()));
        assert_eq!(port.send(&mail("a")).await, Err(lost));
        assert_eq!(port.read().len(), 1);
        assert_eq!(port.unread(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_hanging_server_never_answers() {
        let port = ScriptedMail::new();
        port.answer_always(MailAnswer::Hang);
        let wait = Duration::from_secs(3600);
        assert!(tokio::time::timeout(wait, port.send(&mail("a"))).await.is_err());
        assert!(tokio::time::timeout(wait, port.check()).await.is_err());
        assert!(port.taken().is_empty());
    }
}
