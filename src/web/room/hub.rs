//! All rooms of this instance, in memory: who is seated, what is passed across, what is reported.
//!
//! The truth about check-ins is in the store; a restart loses nothing but live connections, which
//! the pages make again. Both people of one check-in must reach the same instance: with several,
//! the proxy routes `/room/{id}/` by id.

use super::pace::Pace;
use super::protocol::{ClientMessage, CloseCode, PageId, ServerMessage, Side, parse};
use super::seating::{Occupant, Seats};
use super::sighting::{Change, ConnectionId, LeftBy, Receiving, RoomEvents, Sighting, Trouble};
use muster_domain::id::{CheckInId, PersonId};
use muster_ports::{Clock, Entropy};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;

pub use super::seating::Outgoing;

/// Messages that may wait for one page before it counts as not reading.
const OUTBOX_ITEMS: usize = 256;

/// Proof from the web handler that this person may take this seat now.
#[derive(Debug, Clone)]
pub struct Seat {
    pub check_in: CheckInId,
    pub side: Side,
    pub person: PersonId,
    /// From the query of the socket's address.
    pub page: PageId,
    /// What the page must be told after its welcome: what the store says of its tasks.
    pub catch_up: Vec<ServerMessage>,
    /// Where whoever sits there goes on, if this person takes over from them.
    pub relieves: Option<String>,
}

/// A seated connection, held by its socket.
#[derive(Debug)]
pub struct Connection {
    pub id: ConnectionId,
    pub check_in: CheckInId,
    pub side: Side,
    pub person: PersonId,
    pace: Pace,
}

/// What [`Hub::join`] gives: the connection and what is to be sent to it. The outbox ends without
/// a close item where the page did not read; the socket then closes with `too-slow`.
#[derive(Debug)]
pub struct Joined {
    pub connection: Connection,
    pub outbox: mpsc::Receiver<Outgoing>,
}

type SharedSeats = Arc<tokio::sync::Mutex<Seats>>;

/// See the module.
pub struct Hub {
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    events: Arc<dyn RoomEvents>,
    rooms: Mutex<HashMap<CheckInId, SharedSeats>>,
    draining: AtomicBool,
}

impl Hub {
    /// A hub without rooms. `events` must not call back into the hub: it is awaited while the
    /// room is locked, which is what keeps `joined` before `left`.
    pub fn new(
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        events: Arc<dyn RoomEvents>,
    ) -> Hub {
        let rooms = Mutex::default();
        Hub { clock, entropy, events, rooms, draining: AtomicBool::new(false) }
    }

    /// Takes a seat. `Err` carries the code to close the socket with.
    pub async fn join(&self, seat: Seat) -> Result<Joined, CloseCode> {
        let Seat { check_in, side, person, page, catch_up, relieves } = seat;
        let room = self.room(check_in);
        let mut seats = room.lock().await;
        // Read under the lock, so that `drain` either sees this seat or keeps it from being taken.
        if self.draining.load(Ordering::Acquire) {
            drop(seats);
            self.tidy(check_in, room);
            return Err(CloseCode::GoingAway);
        }
        if let Some(next) = relieves {
            self.relieve(check_in, side, person, &mut seats, next).await;
        }
        let connection = self.connection(check_in, side, person);
        let (sender, outbox) = mpsc::channel(OUTBOX_ITEMS);
        let older = seats.take(side, Occupant::new(connection.id, person, page.clone(), sender))?;
        if let Some(mut older) = older {
            older.send(Outgoing::Close(CloseCode::Replaced));
            let left = Change::Left { by: LeftBy::Replaced };
            self.sighted(check_in, side, &older, left).await;
        }
        let peer = seats.at(side.other()).as_ref().map(|o| o.page.clone());
        let now_ms = self.clock.now().0;
        seats.send(side, ServerMessage::Welcome { polite: side.is_polite(), peer, now_ms });
        seats.catch_up(side, &catch_up);
        seats.send(side.other(), ServerMessage::PeerJoined { peer: page });
        if let Some(occupant) = seats.at(side) {
            self.sighted(check_in, side, occupant, Change::Joined).await;
        }
        Ok(Joined { connection, outbox })
    }

    /// Takes one frame from a page. `Err` carries the code to close its socket with.
    pub async fn receive(&self, from: &mut Connection, frame: &str) -> Result<(), CloseCode> {
        if !from.pace.take(self.clock.monotonic_ms()) {
            return Err(CloseCode::TooFast);
        }
        let message = match parse(frame)? {
            ClientMessage::Bye {} => return Err(CloseCode::Bye),
            ClientMessage::Receiving { frames_decoded, bytes } => {
                self.events.receiving(self.receiving(from, frames_decoded, bytes)).await;
                return Ok(());
            }
            ClientMessage::Trouble { step, error } => {
                let at = self.clock.now();
                let Connection { check_in, side, person, id, .. } = *from;
                let trouble = Trouble { check_in, side, person, connection: id, step, error, at };
                self.events.trouble(trouble).await;
                return Ok(());
            }
            ClientMessage::Offer { round, sdp } => ServerMessage::Offer { round, sdp },
            ClientMessage::Answer { round, sdp } => ServerMessage::Answer { round, sdp },
            ClientMessage::Candidate { round, candidate } => {
                ServerMessage::Candidate { round, candidate }
            }
            ClientMessage::Again { round } => ServerMessage::Again { round },
        };
        let Some(room) = self.existing(from.check_in) else { return Ok(()) };
        let mut seats = room.lock().await;
        // A replaced page has no voice; without a peer the message is stale, and a new round
        // starts when the peer joins.
        if seats.holds(from.side, from.id) {
            seats.send(from.side.other(), message);
        }
        Ok(())
    }

    /// Gives the seat up. Does nothing where a newer connection already took it.
    pub async fn leave(&self, connection: &Connection, by: LeftBy) {
        let Connection { check_in, side, id, .. } = *connection;
        let Some(room) = self.existing(check_in) else { return };
        let mut seats = room.lock().await;
        if seats.holds(side, id)
            && let Some(occupant) = seats.at(side).take()
        {
            let on_purpose = by == LeftBy::Choice;
            seats.send(side.other(), ServerMessage::PeerLeft { on_purpose });
            self.sighted(check_in, side, &occupant, Change::Left { by }).await;
        }
        drop(seats);
        self.tidy(check_in, room);
    }

    /// Tells both sides; gives back how many connections took it (0 to 2).
    pub async fn notify(&self, check_in: CheckInId, message: ServerMessage) -> usize {
        let Some(room) = self.existing(check_in) else { return 0 };
        let mut seats = room.lock().await;
        let employee = seats.put(Side::Employee, message.clone());
        let verifier = seats.put(Side::Verifier, message);
        usize::from(employee) + usize::from(verifier)
    }

    /// Tells one side only; false where nobody took it.
    pub async fn notify_side(
        &self,
        check_in: CheckInId,
        side: Side,
        message: ServerMessage,
    ) -> bool {
        let Some(room) = self.existing(check_in) else { return false };
        room.lock().await.put(side, message)
    }

    /// Ends the session: each side is told where to go on, and both connections end.
    pub async fn close(
        &self,
        check_in: CheckInId,
        employee_next: Option<String>,
        verifier_next: Option<String>,
    ) {
        let Some(room) = self.existing(check_in) else { return };
        let mut seats = room.lock().await;
        seats.put(Side::Employee, ServerMessage::Ended { next: employee_next });
        seats.put(Side::Verifier, ServerMessage::Ended { next: verifier_next });
        self.empty(check_in, &mut seats, CloseCode::Ended).await;
        drop(seats);
        self.tidy(check_in, room);
    }

    /// Before this instance stops: nobody new, and every page is asked to connect again elsewhere.
    pub async fn drain(&self) {
        self.draining.store(true, Ordering::Release);
        let rooms: Vec<(CheckInId, SharedSeats)> =
            self.lock_rooms().iter().map(|(id, room)| (*id, room.clone())).collect();
        for (check_in, room) in rooms {
            let mut seats = room.lock().await;
            self.empty(check_in, &mut seats, CloseCode::GoingAway).await;
            drop(seats);
            self.tidy(check_in, room);
        }
    }

    /// Whether the employee and the verifier are connected to this instance now.
    pub async fn seated(&self, check_in: CheckInId) -> (bool, bool) {
        let Some(room) = self.existing(check_in) else { return (false, false) };
        room.lock().await.taken()
    }

    /// Rooms with anybody in them, for the gauge.
    pub fn rooms_open(&self) -> usize {
        self.lock_rooms().len()
    }

    /// The time pages are told in beats, in UTC milliseconds.
    pub fn now_ms(&self) -> i64 {
        self.clock.now().0
    }

    /// Ends the connection of somebody else on this seat, and tells them where to go on.
    async fn relieve(
        &self,
        check_in: CheckInId,
        side: Side,
        newcomer: PersonId,
        seats: &mut Seats,
        next: String,
    ) {
        if seats.at(side).as_ref().is_none_or(|occupant| occupant.person == newcomer) {
            return;
        }
        seats.send(side, ServerMessage::Ended { next: Some(next) });
        if let Some(mut occupant) = seats.at(side).take() {
            occupant.send(Outgoing::Close(CloseCode::Ended));
            seats.send(side.other(), ServerMessage::PeerLeft { on_purpose: false });
            let left = Change::Left { by: LeftBy::Replaced };
            self.sighted(check_in, side, &occupant, left).await;
        }
    }

    async fn empty(&self, check_in: CheckInId, seats: &mut Seats, code: CloseCode) {
        for side in [Side::Employee, Side::Verifier] {
            if let Some(mut occupant) = seats.at(side).take() {
                occupant.send(Outgoing::Close(code));
                let left = Change::Left { by: LeftBy::Closed };
                self.sighted(check_in, side, &occupant, left).await;
            }
        }
    }

    fn connection(&self, check_in: CheckInId, side: Side, person: PersonId) -> Connection {
        let random = uuid::Builder::from_random_bytes(self.entropy.bytes()).into_uuid();
        let pace = Pace::full(self.clock.monotonic_ms());
        Connection { id: ConnectionId(random), check_in, side, person, pace }
    }

    fn receiving(&self, from: &Connection, frames_decoded: u64, bytes: u64) -> Receiving {
        let Connection { check_in, side, person, id, .. } = *from;
        let at = self.clock.now();
        Receiving { check_in, side, person, connection: id, frames_decoded, bytes, at }
    }

    async fn sighted(&self, check_in: CheckInId, side: Side, occupant: &Occupant, change: Change) {
        let Occupant { connection, person, .. } = *occupant;
        let at = self.clock.now();
        self.events.sighted(Sighting { check_in, side, person, connection, change, at }).await;
    }

    fn room(&self, check_in: CheckInId) -> SharedSeats {
        self.lock_rooms().entry(check_in).or_default().clone()
    }

    fn existing(&self, check_in: CheckInId) -> Option<SharedSeats> {
        self.lock_rooms().get(&check_in).cloned()
    }

    /// Forgets an empty room that nobody else is looking at; whoever looks last forgets it.
    fn tidy(&self, check_in: CheckInId, room: SharedSeats) {
        let mut rooms = self.lock_rooms();
        let is_empty = room.try_lock().is_ok_and(|seats| seats.is_empty());
        // Two: the map's and ours. Handles are only cloned under the lock held here.
        if is_empty && Arc::strong_count(&room) == 2 {
            rooms.remove(&check_in);
        }
    }

    fn lock_rooms(&self) -> std::sync::MutexGuard<'_, HashMap<CheckInId, SharedSeats>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
