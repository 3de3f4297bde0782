//! The rest of the company: everybody the visitor does not play does what honest people do, by
//! the same acts as the pages. Nearly always they come, say where they are, do the tasks; now and
//! then one forgets, asks for another time, keeps the place to themselves. Verifiers are there.

use super::World;
use super::farm::FARM;
use super::personas::PLAYED;
use crate::acts::check_in::{self as employee, PlaceAnswer};
use crate::acts::sightings::{self, RoomChange};
use crate::acts::verify::{self, TypedForm};
use muster_domain::check_in::Presence;
use muster_domain::id::{CheckInId, PersonId};
use muster_domain::judging::attendance::{AttendanceKind, Party};
use muster_domain::judging::evidence::{ClaimStatus, Point};
use muster_domain::time::MINUTE_MS;
use muster_store::entities::{check_in, person};
use muster_store::{check_ins, evidence, people};

/// Minutes after the start at which the talk of two residents is over.
const TALK_MS: i64 = 4 * MINUTE_MS;

/// How a resident takes one check-in: mostly as one should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    Comes,
    Forgets,
    AsksAnotherTime,
    KeepsPlace,
}

impl Manner {
    /// Follows from the check-in and its person alone, so that a seed gives the same story again.
    fn of(row: &check_in::Model, person: &person::Model) -> Manner {
        // To come is the work of the farm's operator.
        if FARM.contains(&person.employee_id.as_str()) {
            return Manner::Comes;
        }
        let of_1000 = |id: uuid::Uuid| id.as_u128() % 1000;
        // A few people forget often, so that some cases come to be.
        let forgets_below = if of_1000(row.person_id) < 20 { 600 } else { 25 };
        match of_1000(row.id) {
            n if n < forgets_below => Manner::Forgets,
            n if n >= 980 => Manner::AsksAnotherTime,
            n if n >= 970 => Manner::KeepsPlace,
            _ => Manner::Comes,
        }
    }
}

impl World {
    /// Lets residents do what they would do now. Answers how much they did.
    pub(super) async fn residents_act(&self) -> anyhow::Result<usize> {
        let db = self.context.store.read();
        let now = self.context.now();
        let mut acted = 0;
        let is_present = self.is_present();
        for row in check_ins::open(db).await? {
            let Some(person) = people::find(db, row.person()).await? else { continue };
            let manner = Manner::of(&row, &person);
            if row.start_ms > now.0 {
                acted += self.asks_another_time(&row, &person, manner).await?;
                continue;
            }
            let Some(verifier) = row.verifier() else { continue };
            let Some(verifier) = people::find(db, verifier).await? else { continue };
            let is_played = PLAYED.contains(&person.employee_id.as_str());
            let is_of_farm = FARM.contains(&person.employee_id.as_str());
            acted += match (is_played, manner) {
                (true, _) if is_present => self.verifier_waits(&row, &person).await?,
                (false, Manner::Forgets) => self.verifier_is_there(&row).await?,
                _ if is_of_farm && self.is_operator_elsewhere(&row).await? => {
                    self.verifier_is_there(&row).await?
                }
                _ => self.two_residents_meet(&row, &person, &verifier, manner).await?,
            };
        }
        if !is_present {
            acted += self.office_acts().await?;
        }
        Ok(acted)
    }

    /// Maria's verifier is there, so that it is her who does not come. Anna's is the visitor.
    async fn verifier_waits(
        &self,
        row: &check_in::Model,
        person: &person::Model,
    ) -> anyhow::Result<usize> {
        match person.employee_id == "maria" {
            true => self.verifier_is_there(row).await,
            false => Ok(0),
        }
    }

    async fn verifier_is_there(&self, row: &check_in::Model) -> anyhow::Result<usize> {
        let seen = evidence::attendance(self.context.store.read(), CheckInId(row.id)).await?;
        if seen.iter().any(|s| s.who == Party::Verifier.code()) {
            return Ok(0);
        }
        sightings::on_page(
            &self.context,
            CheckInId(row.id),
            Party::Verifier,
            AttendanceKind::Joined,
        )
        .await?;
        Ok(1)
    }

    async fn two_residents_meet(
        &self,
        row: &check_in::Model,
        person: &person::Model,
        verifier: &person::Model,
        manner: Manner,
    ) -> anyhow::Result<usize> {
        let id = CheckInId(row.id);
        let now = self.context.now();
        if row.read_ms.is_none() {
            self.resident_comes(id, person, manner).await?;
            self.both_in_room(id, true).await?;
            return Ok(1);
        }
        let has_form = evidence::form(self.context.store.read(), id).await?.is_some();
        if has_form || now.0 < row.start_ms + TALK_MS {
            return Ok(0);
        }
        let mut form = TypedForm {
            presence: Presence::LivePersonSeen.code().to_owned(),
            ..TypedForm::default()
        };
        for task in evidence::challenges(self.context.store.read(), id).await? {
            verify::reveal(&self.context, verifier, id, task.no).await?;
            form.answers.insert(task.no, "done".to_owned());
        }
        self.both_in_room(id, false).await?;
        verify::give_form(&self.context, verifier, id, &form).await?;
        Ok(1)
    }

    /// Only before the start, and only as often as the policy allows; who may not comes.
    async fn asks_another_time(
        &self,
        row: &check_in::Model,
        person: &person::Model,
        manner: Manner,
    ) -> anyhow::Result<usize> {
        if manner != Manner::AsksAnotherTime || row.cancelled_ms.is_some() {
            return Ok(0);
        }
        if PLAYED.contains(&person.employee_id.as_str()) {
            return Ok(0);
        }
        let asked = employee::not_now(&self.context, person, CheckInId(row.id)).await;
        Ok(usize::from(asked.is_ok()))
    }

    async fn resident_comes(
        &self,
        id: CheckInId,
        person: &person::Model,
        manner: Manner,
    ) -> anyhow::Result<()> {
        let context = &self.context;
        employee::acknowledge(context, person, id, employee::NOTICE_VERSION).await?;
        employee::try_devices(context, person, id, None).await?;
        let places =
            people::places(&context.store, context.store.read(), PersonId(person.id)).await?;
        let home = places.first().and_then(|p| Point::from_degrees(p.detail.lat, p.detail.lon));
        let at = home.filter(|_| manner != Manner::KeepsPlace);
        let status = match (manner, at) {
            (Manner::KeepsPlace, _) => ClaimStatus::Declined,
            (_, Some(_)) => ClaimStatus::Ok,
            (_, None) => ClaimStatus::Unavailable,
        };
        let answer = PlaceAnswer {
            nonce: employee::issue_nonce(context, id).await?,
            status: Some(status),
            point: at,
            accuracy_metres: at.map(|_| 40),
            ..PlaceAnswer::default()
        };
        Ok(employee::attest(context, person, id, &answer).await?)
    }

    async fn both_in_room(&self, id: CheckInId, joined: bool) -> anyhow::Result<()> {
        for (who, connection) in [(Party::Employee, 1), (Party::Verifier, 2)] {
            let connection = uuid::Uuid::from_u128(id.0.as_u128() ^ connection);
            let change =
                RoomChange { check_in: id, who, connection, joined, at: self.context.now() };
            sightings::in_room(&self.context, &change).await?;
        }
        Ok(())
    }
}
