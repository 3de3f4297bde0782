//! The rest of the company: everybody the visitor does not play does what honest people do, by
//! the same acts as the pages. They come, say where they are, do the tasks; verifiers are there.

use super::World;
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

impl World {
    /// Lets residents do what they would do now. Answers how much they did.
    pub(super) async fn residents_act(&self) -> anyhow::Result<usize> {
        let db = self.context.store.read();
        let now = self.context.now();
        let mut acted = 0;
        for row in check_ins::open(db).await?.into_iter().filter(|c| c.start_ms <= now.0) {
            let Some(person) = people::find(db, row.person()).await? else { continue };
            let Some(verifier) = row.verifier() else { continue };
            let Some(verifier) = people::find(db, verifier).await? else { continue };
            let is_played = PLAYED.contains(&person.employee_id.as_str());
            acted += match is_played {
                true => self.verifier_waits(&row, &person).await?,
                false => self.two_residents_meet(&row, &person, &verifier).await?,
            };
        }
        Ok(acted)
    }

    /// Maria's verifier is there, so that it is her who does not come. Anna's is the visitor.
    async fn verifier_waits(
        &self,
        row: &check_in::Model,
        person: &person::Model,
    ) -> anyhow::Result<usize> {
        let seen = evidence::attendance(self.context.store.read(), CheckInId(row.id)).await?;
        if person.employee_id != "maria" || seen.iter().any(|s| s.who == Party::Verifier.code()) {
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
    ) -> anyhow::Result<usize> {
        let id = CheckInId(row.id);
        let now = self.context.now();
        if row.read_ms.is_none() {
            self.resident_comes(id, person).await?;
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

    async fn resident_comes(&self, id: CheckInId, person: &person::Model) -> anyhow::Result<()> {
        let context = &self.context;
        employee::acknowledge(context, person, id, employee::NOTICE_VERSION).await?;
        employee::try_devices(context, person, id, None).await?;
        let places =
            people::places(&context.store, context.store.read(), PersonId(person.id)).await?;
        let at = places.first().and_then(|p| Point::from_degrees(p.detail.lat, p.detail.lon));
        let answer = PlaceAnswer {
            nonce: employee::issue_nonce(context, id).await?,
            status: Some(if at.is_some() { ClaimStatus::Ok } else { ClaimStatus::Unavailable }),
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
