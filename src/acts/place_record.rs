//! The signed record of a place: how it is read, and what is kept of the key that signed it.

use super::check_in::PlaceAnswer;
use super::{ActError, ActResult, Context};
use hmac::{Hmac, KeyInit, Mac};
use muster_domain::attestation::{Expected, PlaceRecord, RecordFault};
use muster_domain::id::CheckInId;
use muster_domain::judging::evidence::{ClaimStatus, Point};
use muster_domain::judging::gathered::{Device, Gathered, Relation, SecondPath};
use muster_domain::judging::surroundings::RoundTrips;
use muster_domain::time::UtcMillis;
use muster_messages::t;
use sha2::{Digest, Sha256};

/// Seconds for which a question may be answered by a signed record. Everything slow (the browser's
/// own question, a receiver that looks for satellites) comes before it.
pub const RECORD_SECONDS: i64 = 60;

/// An answer that was signed.
#[derive(Debug, Clone)]
pub struct Signed {
    /// The record as it came: a JWS in its compact form.
    pub text: String,
    /// RFC 7638 thumbprint of the key.
    pub thumbprint: String,
}

/// Reads a record that answers a question of this check-in. Nothing is used up yet.
///
/// # Errors
/// It was altered, belongs to something else, or was signed by another key than it names: a sentence
/// for the person, who is asked once more.
pub fn read(context: &Context, id: CheckInId, text: &str) -> ActResult<PlaceRecord> {
    let expected = Expected { audience: &context.settings.public_url, check_in: id.0 };
    PlaceRecord::read(text, expected).map_err(|fault| ActError::invalid("record", sentence(fault)))
}

fn sentence(fault: RecordFault) -> &'static str {
    match fault {
        RecordFault::OtherPurpose => {
            t!(
                "What your browser signed belongs to another check-in. Nothing was recorded; please share your place once more."
            )
        }
        RecordFault::Jws(_) | RecordFault::Claims | RecordFault::OtherKey => {
            t!(
                "What your browser signed did not arrive as it was signed. An extension can cause this. Nothing was recorded; please share your place once more."
            )
        }
    }
}

impl PlaceAnswer {
    /// The answer that a record gives.
    pub fn of_record(record: &PlaceRecord, text: &str) -> PlaceAnswer {
        let is_zone = |name: &String| muster_domain::time::zone(name).is_some();
        PlaceAnswer {
            nonce: record.nonce.clone(),
            status: Some(record.status),
            point: record.point.and_then(in_range),
            accuracy_metres: record.accuracy_metres,
            browser_time_zone: record.time_zone.clone().filter(|z| z.len() <= 64).filter(is_zone),
            camera: record.camera,
            renderer: record.renderer,
            signed: Some(Signed { text: text.to_owned(), thumbprint: record.thumbprint.clone() }),
            ..PlaceAnswer::default()
        }
    }

    /// How long ago its question may have been asked.
    pub(super) fn not_before(&self, now: UtcMillis) -> UtcMillis {
        match self.signed {
            Some(_) => now.plus_ms(-RECORD_SECONDS * 1_000),
            None => now.plus_minutes(-super::check_in::NONCE_MINUTES),
        }
    }
}

/// Coordinates that cannot be are no place.
fn in_range(point: Point) -> Option<Point> {
    let (latitude, longitude) = point.degrees();
    Point::from_degrees(latitude, longitude)
}

/// What is kept beside the claim. Nothing of the device where the person would rather not answer.
pub(super) fn gathered(
    context: &Context,
    answer: &PlaceAnswer,
    round_trips: RoundTrips,
    now: UtcMillis,
) -> Gathered {
    if answer.status == Some(ClaimStatus::Declined) {
        return Gathered::default();
    }
    let second_path = answer.address.zip(answer.datagram_from).map(|(page, datagram)| {
        let relation = Relation::of(page, datagram);
        let is_other = relation == Relation::Other;
        let network = is_other.then(|| super::check_in::line(context, datagram, now)).flatten();
        SecondPath { relation, network }
    });
    Gathered {
        round_trips,
        is_behind_proxy: answer.is_behind_proxy,
        second_path,
        device: Device {
            key: answer.signed.as_ref().map(|signed| key_mac(context, &signed.thumbprint)),
            standing: None,
            // Told by the act that keeps the answer, and by judging.
            passkey_answer: None,
            passkey: None,
            unsigned: answer.unsigned.filter(|_| answer.signed.is_none()),
            camera: answer.camera,
            renderer: answer.renderer,
        },
    }
}

/// HMAC of a thumbprint under a key outside the database.
pub(super) fn key_mac(context: &Context, thumbprint: &str) -> String {
    let key = Sha256::new()
        .chain_update("muster/device-key/v1")
        .chain_update(context.store.keys().signing_seed())
        .finalize();
    let mac = Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes a key of any length");
    hex::encode(mac.chain_update(thumbprint).finalize().into_bytes())
}
