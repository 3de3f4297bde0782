//! Who sits where in one room. No clock, no I/O: the hub holds the lock and reports what happened.

use super::protocol::{CloseCode, PageId, ServerMessage, Side};
use super::sighting::ConnectionId;
use muster_domain::id::PersonId;
use tokio::sync::mpsc;

/// What the hub hands to a socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outgoing {
    Message(ServerMessage),
    /// Last item: close with this code.
    Close(CloseCode),
}

/// The connection that holds a seat.
#[derive(Debug)]
pub(super) struct Occupant {
    pub connection: ConnectionId,
    pub person: PersonId,
    pub page: PageId,
    /// `None` once the page stopped reading; its socket then ends by itself.
    outbox: Option<mpsc::Sender<Outgoing>>,
}

impl Occupant {
    pub fn new(
        connection: ConnectionId,
        person: PersonId,
        page: PageId,
        outbox: mpsc::Sender<Outgoing>,
    ) -> Occupant {
        Occupant { connection, person, page, outbox: Some(outbox) }
    }

    /// Queues one item. A full queue means a page that does not read: it is cut off rather than
    /// allowed to grow the memory of the server.
    pub fn send(&mut self, item: Outgoing) -> bool {
        let accepted = self.outbox.as_ref().is_some_and(|o| o.try_send(item).is_ok());
        if !accepted {
            self.outbox = None;
        }
        accepted
    }
}

/// What lies in front of one side, so that whoever rejoins finds it again.
#[derive(Debug, Default, Clone)]
struct Table {
    /// How far the tasks have come.
    tasks: Option<ServerMessage>,
    /// The open card.
    card: Option<ServerMessage>,
    /// The picture that lies before them.
    still: Option<ServerMessage>,
}

impl Table {
    fn note(&mut self, message: &ServerMessage) {
        match message {
            ServerMessage::Tasks { .. } => self.tasks = Some(message.clone()),
            ServerMessage::Challenge { .. } => self.card = Some(message.clone()),
            ServerMessage::ChallengeOver { .. } => self.card = None,
            ServerMessage::Still { .. } => self.still = Some(message.clone()),
            ServerMessage::Ended { .. } => *self = Table::default(),
            _ => {}
        }
    }
}

/// Two seats and what lies in front of them.
#[derive(Debug, Default)]
pub(super) struct Seats {
    employee: Option<Occupant>,
    verifier: Option<Occupant>,
    employee_table: Table,
    verifier_table: Table,
}

impl Seats {
    pub fn at(&mut self, side: Side) -> &mut Option<Occupant> {
        match side {
            Side::Employee => &mut self.employee,
            Side::Verifier => &mut self.verifier,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.employee.is_none() && self.verifier.is_none()
    }

    /// Whether the employee's and the verifier's seat are taken.
    pub fn taken(&self) -> (bool, bool) {
        (self.employee.is_some(), self.verifier.is_some())
    }

    /// Seats somebody. A newer connection of the same person takes over (the older one is given
    /// back); anybody else is refused.
    pub fn take(&mut self, side: Side, newcomer: Occupant) -> Result<Option<Occupant>, CloseCode> {
        let seat = self.at(side);
        if seat.as_ref().is_some_and(|o| o.person != newcomer.person) {
            return Err(CloseCode::SeatTaken);
        }
        Ok(seat.replace(newcomer))
    }

    /// Whether this connection, and not a newer one, holds the seat.
    pub fn holds(&mut self, side: Side, connection: ConnectionId) -> bool {
        self.at(side).as_ref().is_some_and(|o| o.connection == connection)
    }

    /// Sends to one seat; false where nobody took it.
    pub fn send(&mut self, side: Side, message: ServerMessage) -> bool {
        self.at(side).as_mut().is_some_and(|o| o.send(Outgoing::Message(message)))
    }

    /// Sends to one seat and leaves it lying there for whoever rejoins; false where nobody took it.
    pub fn put(&mut self, side: Side, message: ServerMessage) -> bool {
        self.table(side).note(&message);
        self.send(side, message)
    }

    /// Sends a newcomer what lies in front of his seat. `known` is what the store said just before;
    /// what this room has seen itself is newer.
    pub fn catch_up(&mut self, side: Side, known: &[ServerMessage]) {
        let mut table = Table::default();
        known.iter().for_each(|message| table.note(message));
        let Table { tasks, card, still } = self.table(side).clone();
        let lying = [tasks.or(table.tasks), card.or(table.card), still.or(table.still)];
        for message in lying.into_iter().flatten() {
            self.put(side, message);
        }
    }

    fn table(&mut self, side: Side) -> &mut Table {
        match side {
            Side::Employee => &mut self.employee_table,
            Side::Verifier => &mut self.verifier_table,
        }
    }
}
